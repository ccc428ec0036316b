"""The generated parts of the reference pages: `python -m gatehouse_cli.reference`, with --check to compare only.

A page is written by hand but for its blocks, each between `<!-- generated: name -->` and `<!-- end -->`. The schema of
tenants.yaml is made here too, and not with that of roles.yaml: it names roles, which are put into the code first.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, fields
from pathlib import Path
from typing import get_type_hints

import typer
from typer.core import TyperGroup
from typer.main import get_command
from typer.testing import CliRunner

from gatehouse.domain.audit import Reason
from gatehouse.domain.finding import KINDS
from gatehouse.domain.role import Role
from gatehouse.domain.rules import RULES
from gatehouse.errors import OperatorRefusal, Refusal
from gatehouse.runtime.settings import SERVICE_NAME, Settings, service_name
from gatehouse_cli.errors import ADDRESS_ADVICE
from gatehouse_cli.lint.finding import KINDS as LINT_KINDS
from gatehouse_cli.main import app
from gatehouse_cli.meanings import ACTIONS, OUTCOMES, REASONS
from gatehouse_cli.tenants_file import schema as tenants_schema

DOCS = Path(__file__).resolve().parents[2] / "docs"

_BLOCK = re.compile(r"(<!-- generated: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_ARGUMENT = re.compile(r"^    (\w+): (.*(?:\n {6,}.*)*)", re.MULTILINE)


def filled(page: str, blocks: Mapping[str, Callable[[], str]]) -> str:
    """Return the page with its blocks made anew.

    Raises:
        ValueError: if a block is missing, or one is there that nobody makes.
    """
    names = [match["name"] for match in _BLOCK.finditer(page)]
    if sorted(names) != sorted(blocks):
        raise ValueError(f"has the blocks {names}, and should have {list(blocks)}")
    return _BLOCK.sub(lambda match: f"{match[1]}\n{blocks[match['name']]()}\n{match[3]}", page)


def stale_pages(folder: Path, *, rewrite: bool) -> list[str]:
    """Return the names of the pages whose blocks are not what the code says; with rewrite, make them so.

    So it is with the files that are made as a whole.
    """
    stale = []
    for name, made in FILES.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != made():
            stale.append(name)
            if rewrite:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(made(), encoding="utf-8")
    for name, blocks in PAGES.items():
        path = folder / name
        before = path.read_text(encoding="utf-8")
        after = filled(before, blocks)
        if after != before:
            stale.append(name)
            if rewrite:
                path.write_text(after, encoding="utf-8")
    return stale


def commands() -> str:
    """Return the help of every command."""
    return "\n".join(f"### `{' '.join(words)}`\n\n```text\n{_help(words[1:])}\n```\n" for words in _commands())


def _commands() -> Iterator[list[str]]:
    root = get_command(app)
    yield ["gatehouse"]
    for noun, command in root.commands.items() if isinstance(root, TyperGroup) else ():
        if not isinstance(command, TyperGroup):
            yield ["gatehouse", noun]
            continue
        for verb in command.commands:
            yield ["gatehouse", noun, verb]


def _help(words: Sequence[str]) -> str:
    result = CliRunner().invoke(app, [*words, "--help"], prog_name="gatehouse")
    return result.stdout.strip()


def public_refusals() -> str:
    """Return a table of what the person at the door may read."""
    rows = (
        (f"`{one.code}`", one.sentence, _behind(one)) for one in _refusals() if not issubclass(one, OperatorRefusal)
    )
    return _table(("Code", "What the person reads", "Reasons in the audit log"), rows)


def operator_refusals() -> str:
    """Return a table of what operators may read."""
    rows = [(f"`{one.code}`", one.sentence, one.advice) for one in _refusals() if issubclass(one, OperatorRefusal)]
    for_both = next(one for one in _refusals() if one.code == "address_not_supported")
    rows.append((f"`{for_both.code}`", for_both.sentence, ADDRESS_ADVICE))
    return _table(("Code", "What the operator reads", "What to do"), sorted(rows))


def _refusals(parent: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for child in parent.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from _refusals(child)


def _behind(refusal: type[Refusal]) -> str:
    return ", ".join(f"`{reason}`" for reason, meaning in REASONS.items() if meaning.refusal is refusal)


def actions() -> str:
    """Return a table of every action of the audit log."""
    return _table(("Action", "What happened"), ((f"`{one}`", meaning) for one, meaning in ACTIONS.items()))


def outcomes() -> str:
    """Return a table of every outcome."""
    return _table(("Outcome", "How it ended"), ((f"`{one}`", meaning) for one, meaning in OUTCOMES.items()))


def reasons() -> str:
    """Return a table of every reason that is not an operator's refusal."""
    rows = (
        (f"`{one}`", meaning.sentence, f"`{meaning.refusal.code}`" if meaning.refusal else "")
        for one, meaning in REASONS.items()
    )
    return _table(("Reason", "Why", "The person reads"), rows)


def findings() -> str:
    """Return a table of everything that `gatehouse doctor` can find, the most serious first."""
    return _table(
        ("Severity", "Code", "Why it matters", "What to do", "Source"),
        ((kind.severity, f"`{code}`", kind.meaning, kind.advice, kind.source) for code, kind in KINDS.items()),
    )


def lint_findings() -> str:
    """Return a table of everything that `gatehouse message lint` can find."""
    return _table(
        ("Severity", "Code", "Why it matters", "What to do"),
        ((kind.severity, f"`{code}`", kind.meaning, kind.advice) for code, kind in LINT_KINDS.items()),
    )


def roles() -> str:
    """Return a table of every role, the highest first."""
    return _table(
        ("Role", "Rank", "Permissions"),
        ((f"`{one}`", str(one.rank), " ".join(f"`{permission}`" for permission in one.permissions)) for one in Role),
    )


def rules() -> str:
    """Return a table of every rule that a decision is explained by, in the order in which they are asked."""
    return _table(
        ("Part", "Rule", "What must be so", "Refuses by"),
        (
            (part, rule.name, rule.asks, ", ".join(f"`{reason}`" for reason in Reason if reason in rule.reasons))
            for part, of_part in RULES.items()
            for rule in of_part
        ),
    )


def settings() -> str:
    """Return a table of what the functions read of their environment."""
    told = {name: " ".join(text.split()) for name, text in _ARGUMENT.findall(inspect.getdoc(Settings) or "")}
    kinds = get_type_hints(Settings)
    rows = [
        (
            f"`GATEHOUSE_{one.name.upper()}`",
            "`true` or `false`" if kinds[one.name] is bool else "text",
            "none, must be set" if one.default is MISSING else f"`{str(one.default).lower()}`",
            told[one.name][0].upper() + told[one.name][1:],
        )
        for one in fields(Settings)
    ]
    meaning = (inspect.getdoc(service_name) or "").removeprefix("Return the")
    rows.append((f"`{SERVICE_NAME}`", "text", f"`{service_name({})}`", f"The{meaning}"))
    return _table(("Setting", "Type", "Default", "Meaning"), rows)


def command_settings() -> str:
    """Return a table of what the command reads of its environment, besides what boto3 reads."""
    rows = (
        (f"`{one.envvar}`", f"`{one.opts[0]}`", one.help or "")
        for one in get_command(app).params
        if isinstance(one, typer.core.TyperOption) and one.envvar
    )
    return _table(("Setting", "In place of", "Meaning"), rows)


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in (header, *rows)]
    return "\n".join([lines[0], "|---" * len(header) + "|", *lines[1:]]) + "\n"


PAGES: dict[str, dict[str, Callable[[], str]]] = {
    "audit-actions.md": {"actions": actions, "outcomes": outcomes, "reasons": reasons},
    "cli.md": {"commands": commands},
    "clients.md": {"roles": roles},
    "deploy.md": {"findings": findings},
    "explain.md": {"rules": rules},
    "messages.md": {"findings": lint_findings},
    "refusals.md": {"public": public_refusals, "operators": operator_refusals},
    "settings.md": {"functions": settings, "command": command_settings},
}


FILES: dict[str, Callable[[], str]] = {"schemas/tenants.json": tenants_schema}


def main(arguments: Sequence[str]) -> int:
    """Fill the pages, or with --check name those that are stale; returns the exit status."""
    is_check = "--check" in arguments
    try:
        stale = stale_pages(DOCS, rewrite=not is_check)
    except (OSError, ValueError) as error:
        typer.echo(f"error: a reference page is broken: {error}", err=True)
        return 1
    for name in stale:
        typer.echo(
            f"docs/{name} {'is stale: run python -m gatehouse_cli.reference' if is_check else 'is written anew'}"
        )
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
