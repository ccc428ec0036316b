"""What docs/clients.md tells front ends about errors, taken out of the page: its table, and its parsers, run."""

import json
import re
import runpy
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.support.stores import ROOT

_NODE = shutil.which("node")
_PAGE = ROOT / "docs" / "clients.md"
_ROW = re.compile(r"^\| [^|]+ \| `(\w+)` \| `([^`|]+)` \| (?:`([a-z_]+)`|none) \|$", re.MULTILINE)

type Parsed = tuple[str, str | None]
type Parsers = Callable[[Sequence[str]], list[Parsed]]

# What there is to run them. Without Node, that both have one pattern is what is known of the other.
LANGUAGES = ["python", "ts"] if _NODE else ["python"]


class Told(NamedTuple):
    """What a program is told: the exception that it catches, and its message."""

    exception: str
    message: str


def documented() -> dict[Told, str | None]:
    """Return the table: what a program is told, and the code in it, if any."""
    return {Told(exception, message): code or None for exception, message, code in _ROW.findall(_section())}


def documented_parsers(language: str, folder: Path) -> Parsers:
    """Return the parser as it stands on the page, in `python` or in `ts`, to run on several messages at once."""
    return _python(folder) if language == "python" else _typescript


def patterns() -> tuple[str, str]:
    """Return the regular expressions of the two parsers, the Python one first."""
    (python,) = re.findall(r're\.search\(r"(.+)", message\)', _code("python"))
    (typescript,) = re.findall(r"= /(.+)/\.exec\(message\)", _code("ts"))
    return str(python), str(typescript)


def _section() -> str:
    _, _, after = _PAGE.read_text(encoding="utf-8").partition("\n## Errors\n")
    return after.partition("\n## ")[0]


def _code(language: str) -> str:
    (block,) = re.findall(rf"^```{language}\n(.*?)^```$", _section(), re.DOTALL | re.MULTILINE)
    return str(block)


def _python(folder: Path) -> Parsers:
    file = folder / "parser.py"
    file.write_text(_code("python"), encoding="utf-8")
    parse: Callable[[str], Parsed] = runpy.run_path(str(file))["parse"]
    return lambda messages: list(map(parse, messages))


def _typescript(messages: Sequence[str]) -> list[Parsed]:
    # One annotation of a type apart, it is JavaScript.
    parser = _code("ts").replace("(message: string)", "(message)")
    asks = "const messages = JSON.parse(require('fs').readFileSync(0));"
    answers = "console.log(JSON.stringify(messages.map(parse)));"
    script = [str(_NODE), "--eval", f"{parser}\n{asks}\n{answers}"]
    done = subprocess.run(script, input=json.dumps(messages), capture_output=True, check=True, text=True)
    return [(answer["sentence"], answer.get("code")) for answer in json.loads(done.stdout)]
