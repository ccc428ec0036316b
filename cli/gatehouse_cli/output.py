"""How commands print: JSON for programs, tables for people.

A table fits the terminal that it is printed to. Where there is none, it is as wide as its widest row, so that
nothing is lost to `grep`.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import batched

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

type Field = str | int | bool | list[str] | Mapping[str, int | str | None] | None
type Fields = Mapping[str, Field]

_WIDER_THAN_ANY_ROW = 100_000
_GAP = 2
_PAGE = 100
_MOMENT_LENGTH = len("2026-11-23T12:00:00")
_ARN_PARTS = 5


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its header, and the field that it shows."""

    header: str
    field: str


type Columns = Sequence[Column]


def moment(at: datetime) -> str:
    """Return a moment as JSON carries it: ISO 8601, UTC, whole seconds, with a Z."""
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(value: object) -> str:
    """Return a value as a person sees it, on one line; nothing that a terminal would obey gets through."""
    if isinstance(value, list):
        value = ", ".join(value) or None
    text = "-" if value is None else str(value)
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def counted(number: int, noun: str) -> str:
    """Return how many there are of something, in words such as `1 member` and `2 members`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def print_json(fields: Fields) -> None:
    """Print one JSON object on one line."""
    typer.echo(json.dumps(fields))


def print_details(fields: Sequence[tuple[str, object]]) -> None:
    """Print what there is to know of one thing, a line each."""
    width = max(len(name) for name, _ in fields) + _GAP
    for name, value in fields:
        typer.echo(f"{name:<{width}}{shown(value)}")


def print_list(rows: Iterable[Fields], columns: Columns, *stacked: Columns, as_json: bool, empty: str) -> None:
    """Print rows as NDJSON, or as tables of a hundred rows each, so that a long listing begins at once.

    Args:
        rows: the fields of each.
        columns: what a table shows.
        stacked: the same in fewer, taller columns, for a terminal that is too narrow for `columns`.
        as_json: whether to print NDJSON, each row as soon as it is there.
        empty: what to say, on stderr, if there are none.
    """
    if as_json:
        for row in rows:
            print_json(row)
        return
    is_terminal = sys.stdout.isatty()
    console = Console(width=None if is_terminal else _WIDER_THAN_ANY_ROW)
    is_first = True
    for page in batched(rows, _PAGE, strict=False):
        print_table(page, columns, stacked, console, with_header=is_first or is_terminal)
        is_first = False
    if is_first:
        typer.echo(empty, err=True)


def print_table(
    rows: Sequence[Fields],
    columns: Columns,
    stacked: Sequence[Columns],
    console: Console,
    *,
    with_header: bool = True,
) -> None:
    """Print a table to a console: one line per row if that fits, else stacked."""
    is_stacked = bool(stacked) and _natural_width(rows, columns) > console.width
    groups = stacked if is_stacked else [[column] for column in columns]
    table = Table(box=None, padding=(0, _GAP, 0, 0), pad_edge=False, header_style="bold", show_header=with_header)
    for group in groups:
        headers = [column.header for column in group]
        missing = max(len(other) for other in groups) - len(group)
        table.add_column("\n".join(headers + [""] * missing), overflow="fold")
    for row in rows:
        cells = (Text("\n".join(_cell(row, column, brief=is_stacked) for column in group)) for group in groups)
        table.add_row(*cells)
    with console.capture() as printed:
        console.print(table)
    for line in printed.get().splitlines():
        typer.echo(line.rstrip())


def _natural_width(rows: Sequence[Fields], columns: Columns) -> int:
    widest = (max(len(column.header), *(cell_len(_cell(row, column)) for row in rows)) for column in columns)
    return sum(widest) + _GAP * (len(columns) - 1)


def _cell(row: Fields, column: Column, *, brief: bool = False) -> str:
    """Return a field as a table has it; brief, of an ARN only what names somebody: `user/kim`."""
    value = row[column.field]
    if isinstance(value, str) and column.header.endswith("(UTC)"):
        return shown(value[:_MOMENT_LENGTH].replace("T", " "))
    if isinstance(value, str) and brief and value.startswith("arn:"):
        return shown(value.split(":", _ARN_PARTS)[-1])
    return shown(value)
