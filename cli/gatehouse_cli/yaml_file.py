"""Files that people write in YAML: read as YAML 1.2, checked against a model, and complained about by the line."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError


class FileProblem(Exception):
    """A file that a person wrote cannot be used: a sentence that names the line, its code, and what to do."""

    code = "invalid_file"

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.advice = advice


def read_yaml[Model: BaseModel](path: Path, model: type[Model], advice: str) -> Model:
    """Return what a file says.

    Args:
        path: the file.
        model: what it has to be.
        advice: what the person is told to do if it is not.

    Raises:
        FileProblem: if it cannot be read, is no YAML, or says something else than it may.
    """
    try:
        found = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        return model.model_validate(found)
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}", "Check the path") from None
    except UnicodeDecodeError:
        raise FileProblem(f"{path} is not in UTF-8", "Save it in UTF-8") from None
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise FileProblem(f"{path}, line {line}: {error.problem or error.context}", advice) from None
    except YAMLError as error:
        raise FileProblem(f"{path} is no YAML: {' '.join(str(error).split())}", advice) from None
    except ValidationError as error:
        raise FileProblem(f"{path}{_first_of(error, found)}", advice) from None


def _first_of(error: ValidationError, found: Any) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    where = f", line {_line(found, first['loc'])}: {place}" if place else ""
    more = f", and {error.error_count() - 1} more" if error.error_count() > 1 else ""
    return f"{where}: {first['msg'].removeprefix('Value error, ')}{more}"


def _line(found: Any, place: Sequence[str | int]) -> int:
    """Return the line of the innermost part of a place that the file has, the first being 1."""
    line = 1
    for part in place:
        if not isinstance(found, CommentedMap | CommentedSeq):
            break
        try:
            line = (found.lc.key(part) if isinstance(found, CommentedMap) else found.lc.item(part))[0] + 1
            found = found[part]
        except (KeyError, IndexError, TypeError):
            break
    return line
