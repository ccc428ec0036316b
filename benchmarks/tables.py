"""The tables that a run prints, and that docs/performance.md shows."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import shorten
from typing import Any

from benchmarks.figures import bars
from benchmarks.subjects import BOTO3_BYTECODE, RUNTIME_ONLY, USUAL_STACK_PLAIN
from gatehouse_cli.reference import DOCS, filled

PAGE = DOCS / "performance.md"
_LONGEST_REASON = 60


def told(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    """Return all tables as Markdown that also reads well in a terminal, 100 columns wide at most.

    Args:
        figures: of `figures.results`.
        apart: of `figures.spread`.
    """
    parts = [
        apart["machine"],
        f"Cold starts: medians of {apart['rounds']}, with their quartiles, and processor time of a start, ms",
        _cold(figures, apart),
        f"Warm calls: medians of {apart['calls']}, with their quartiles, and processor time of a call, ms",
        _warm(figures, apart),
        "Requests to DynamoDB and the capacity units that they take",
        _requests(figures, apart),
        "Bars",
        _bars(figures, apart),
    ]
    if apart["missing"]:
        parts += ["Not measured", _missing(apart)]
    return "\n\n".join(parts) + "\n"


def page_with(page: str, figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    """Return the page with these tables in its block. Raises ValueError if it has no such block."""
    return filled(page, {"benchmarks": lambda: told(figures, apart)})


def write_page(figures: Mapping[str, Any], apart: Mapping[str, Any], path: Path = PAGE) -> None:
    """Show these figures in the page."""
    path.write_text(page_with(path.read_text(encoding="utf-8"), figures, apart), encoding="utf-8")


def _cold(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    cold = figures["cold_ms"]
    besides = (BOTO3_BYTECODE, USUAL_STACK_PLAIN, RUNTIME_ONLY)
    rows = (
        (
            f"`{name}`",
            f"{cold[name]:.0f}",
            _quartiles(apart["cold_ms"][name], 0),
            f"{apart['cold_cpu_ms'][name]:.0f}",
            *(f"{cold[name] / cold[beside]:.2f}" if beside in cold else "" for beside in besides),
        )
        for name in sorted(cold, key=cold.__getitem__)
    )
    return _table(("Handler", "Cold", "Quartiles", "CPU", "/ boto3", "/ usual", "/ runtime"), rows)


def _warm(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    """Return each function's row with its peer's under it, and then the others."""
    warm, peers = figures["warm_ms"], apart["peers"]
    others = sorted({*warm} - {*peers} - {*peers.values()})
    names = [(name, shown) for one in peers for name, shown in ((one, f"`{one}`"), (peers[one], f"- `{peers[one]}`"))]
    rows = (
        (shown, f"{warm[name]:.2f}", _quartiles(apart["warm_ms"][name], 2), f"{apart['warm_cpu_ms'][name]:.2f}")
        for name, shown in (*names, *((one, f"`{one}`") for one in others))
        if name in warm
    )
    return _table(("Handler, and the peer beside it", "Warm", "Quartiles", "CPU"), rows)


def _requests(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    rows = (
        (
            f"`{name}`",
            "+".join(apart["operations"][name]),
            f"{figures['consumed'][name]['read_units']:g}",
            f"{figures['consumed'][name]['write_units']:g}",
        )
        for name in figures["requests"]
    )
    return _table(("Function", "Requests", "Read units", "Write units"), rows)


def _bars(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    rows = (
        (
            f"{bar.kind} `{bar.name}` / {bar.beside if bar.kind == 'cold' else 'its peer'}",
            "" if (ratio := bar.ratio(figures)) is None else f"{ratio:.2f}",
            "" if bar.aim is None else f"{bar.aim:g}",
            f"{bar.must:g}",
            bar.verdict(figures),
        )
        for bar in bars(figures, apart)
    )
    return _table(("Ratio", "Is", "Aim", "Must", "Verdict"), rows)


def _missing(apart: Mapping[str, Any]) -> str:
    rows = (
        (f"`{name}`", shorten(why, _LONGEST_REASON, placeholder="…")) for name, why in sorted(apart["missing"].items())
    )
    return _table(("Row", "Why"), rows)


def _quartiles(of: Mapping[str, float], digits: int) -> str:
    return f"{of['lower_quartile']:.{digits}f} to {of['upper_quartile']:.{digits}f}"


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, *([cell.replace("|", "&#124;").replace("\n", " ") for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    told = [f"| {' | '.join(map(str.ljust, line, widths))} |" for line in lines]
    return "\n".join([told[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *told[1:]])
