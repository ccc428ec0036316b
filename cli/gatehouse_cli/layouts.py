"""`layout.mjml` made into the `layout.html` beside it: `python -m gatehouse_cli.layouts`, --check compares only.

Values and words are put in when a message is rendered: what Jinja2 understands goes through as it stands.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import typer
from mjml import mjml2html

from gatehouse_cli.yaml_file import FileProblem

ROOT = Path(__file__).resolve().parents[2]

# Ours, and those that a deployment may bring.
_FOLDERS = ("shared/gatehouse/messaging/templates", "shared/messages")
_ADVICE = (
    "Close every tag, and write `is lt` where Jinja2 would take <, which begins a tag here; "
    "docs/messages.md says what a layout may hold"
)
_LEFT_OVER = re.compile(r"</?(mj-[a-z-]+)")


def html_of(path: Path) -> str:
    """Return the page that a layout is compiled to, Jinja2 template as it was.

    Raises:
        FileProblem: if it cannot be read, is no MJML, or has an element that MJML does not know where it stands.
    """
    try:
        # No fonts: MJML would have those that it knows fetched from the network when a mail is opened.
        html = mjml2html(path.read_text(encoding="utf-8"), fonts={})
    except OSError as error:
        raise FileProblem(f"{path} cannot be read: {error.strerror}", "Check the path") from None
    except UnicodeDecodeError:
        raise FileProblem(f"{path} is not in UTF-8", "Save it in UTF-8") from None
    except ValueError as error:
        raise FileProblem(f"{path} is no MJML: {error}", _ADVICE) from None
    if left_over := _LEFT_OVER.search(html):
        raise FileProblem(f"{path} has {left_over[1]} where MJML does not know it", _ADVICE)
    return html + "\n"


def stale_layouts(root: Path, *, rewrite: bool) -> list[str]:
    """Return which pages are not what the layouts beside them are compiled to; with rewrite, make them so.

    Raises:
        FileProblem: if a layout cannot be compiled.
    """
    stale = []
    for folder in _FOLDERS:
        source, made = (root / folder / name for name in ("layout.mjml", "layout.html"))
        if not source.exists():
            continue
        html = html_of(source).encode()
        if not made.exists() or made.read_bytes() != html:
            stale.append(f"{folder}/layout.html")
            if rewrite:
                made.write_bytes(html)
    return stale


def main(arguments: Sequence[str], root: Path = ROOT) -> int:
    """Make the pages, or with --check name those that are stale; returns the exit status."""
    is_check = "--check" in arguments
    try:
        stale = stale_layouts(root, rewrite=not is_check)
    except FileProblem as problem:
        typer.echo(f"error: {problem.sentence} [{problem.code}]\n{problem.advice}", err=True)
        return 1
    for name in stale:
        typer.echo(f"{name} {'is not what layout.mjml gives: make messages' if is_check else 'is written anew'}")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
