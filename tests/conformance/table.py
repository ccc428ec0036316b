"""The table of what became of every source: for a terminal, and for docs/triggers.md."""

from collections.abc import Sequence
from pathlib import Path

from gatehouse_cli.reference import DOCS, filled
from tests.conformance.run import Report

PAGE = DOCS / "triggers.md"
_HEADER = ("triggerSource", "Function", "Event versions", "State")


def table(reports: Sequence[Report]) -> str:
    """Return a Markdown table that also reads well in a terminal."""
    rows = [_HEADER, *map(_row, reports)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [f"| {' | '.join(map(str.ljust, row, widths))} |" for row in rows]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"


def _row(report: Report) -> tuple[str, str, str, str]:
    source = report.source
    return (f"`{source.name}`", source.function or "", ", ".join(source.responses), report.state)


def page_with(page: str, reports: Sequence[Report]) -> str:
    """Return the page with this table in its block. Raises ValueError if it has no such block."""
    return filled(page, {"conformance": lambda: table(reports)})


def is_stale(reports: Sequence[Report], path: Path = PAGE, *, rewrite: bool) -> bool:
    """Tell whether the page shows another table than what ran; with rewrite, make it show that."""
    before = path.read_text(encoding="utf-8")
    after = page_with(before, reports)
    if rewrite:
        path.write_text(after, encoding="utf-8")
    return after != before
