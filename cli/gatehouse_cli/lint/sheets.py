"""Template files as they are checked: each text with its line, or what keeps the file from being used."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from gatehouse.domain.message import MessageKind
from gatehouse.messaging.templates import FRAME, Frame, Templates, Words
from gatehouse_cli.lint.finding import Code, Finding

_LINE_AT_END = re.compile(r" \(at (?:line (?P<line>\d+), column \d+|end of document)\)$")
_SHOWN = 40

# What a message of these kinds needs besides what every message does: without it the layout shows a part unnamed.
_NEEDED = {
    MessageKind.ADMIN_CREATE_USER: ("user_name_label", "code_label"),
    MessageKind.INVITATION: ("button", "link_label"),
}


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a file: its key, what is written, and the line where that begins."""

    key: str
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """A message file, or the words around messages (then without a kind), that could be read."""

    place: str
    kind: MessageKind | None
    locale: str
    texts: tuple[Text, ...]

    def of(self, key: str) -> list[Text]:
        """Return the texts of a key."""
        return [text for text in self.texts if text.key == key]


def shown_path(path: Path) -> str:
    """Return a path as people see it, from where they stand."""
    here = Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def file_text(path: Path) -> str | Finding:
    """Return what a file says, or the finding that it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return Finding(Code.FILE_UNREADABLE, shown_path(path), "It is not in UTF-8")
    except OSError as error:
        return Finding(Code.FILE_UNREADABLE, shown_path(path), f"It cannot be read: {error.strerror}")


def read_sheet(templates: Templates, kind: MessageKind | None, locale: str) -> Sheet | list[Finding]:
    """Return the file of a message in a language, or what is wrong with its form."""
    name = f"{kind or FRAME}/{locale}.toml"
    path = templates.path(name)
    if path is None:
        return [Finding(Code.FILE_UNREADABLE, name, "It is no file")]
    place = shown_path(path)
    text = file_text(path)
    if isinstance(text, Finding):
        return [text]
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_no_toml(place, str(error), text)]
    wrong = list(_wrong_keys(place, text, found, kind))
    return wrong or Sheet(place, kind, locale, tuple(_texts(text, found)))


def _no_toml(place: str, message: str, text: str) -> Finding:
    at = _LINE_AT_END.search(message)
    line = int(at["line"]) if at and at["line"] else len(text.splitlines())
    return Finding(Code.FILE_UNREADABLE, place, f"It is no TOML: {_LINE_AT_END.sub('', message)}", line)


def _wrong_keys(place: str, text: str, found: dict[str, Any], kind: MessageKind | None) -> Iterator[Finding]:
    known = {one.name: one for one in fields(Words if kind else Frame)}
    needed = [name for name, one in known.items() if one.default != ""] + list(_NEEDED.get(kind, ()) if kind else ())
    for key in found:
        if key not in known:
            problem = f"Nothing is called `{key}` here; there is {_listed(known)}"
            yield Finding(Code.KEY_UNKNOWN, place, problem, _line(text, key))
    for key in needed:
        if key not in found:
            yield Finding(Code.KEY_MISSING, place, f"It lacks `{key}`")
    for key, value in found.items():
        is_list = key in known and "tuple" in str(known[key].type)
        texts = value if is_list else [value]
        if key in known and not (isinstance(texts, list) and all(isinstance(one, str) for one in texts)):
            problem = f"`{key}` must be {'a list of texts' if is_list else 'a text'}"
            yield Finding(Code.KEY_WRONG_TYPE, place, problem, _line(text, key))


def _listed(names: dict[str, Any]) -> str:
    return ", ".join(sorted(names))


def _texts(text: str, found: dict[str, Any]) -> Iterator[Text]:
    for key, value in found.items():
        for source in value if isinstance(value, list) else [value]:
            yield Text(key, source, _line(text, key, source))


def _line(text: str, key: str, source: str = "") -> int:
    """Return the line in which a text begins, that of its key if it is not found there as it is written."""
    lines = text.splitlines()
    at = next(
        (number for number, line in enumerate(lines) if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line)), 0
    )
    beginning = source.partition("\n")[0][:_SHOWN]
    return next((number for number, line in enumerate(lines[at:], at) if beginning in line), at) + 1
