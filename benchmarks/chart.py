"""The chart of cold starts for the docs: one bar for each row, with the quartiles across its end."""

from collections.abc import Mapping
from html import escape
from typing import Any

_WIDTH, _LABELS, _ROW, _TOP = 860, 250, 24, 44
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.ours { fill: #1a9c6e }
.peer { fill: #a8b1bb }
.quartiles { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) { text { fill: #e6edf3 } .peer { fill: #59636e } .quartiles { stroke: #e6edf3 } }
"""


def cold_chart(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> str:
    """Return an SVG of the cold starts, the fastest first.

    Args:
        figures: of `figures.results`.
        apart: of `figures.spread`.
    """
    cold = figures["cold_ms"]
    longest = max((apart["cold_ms"][name]["upper_quartile"] for name in cold), default=1.0)
    scale = (_WIDTH - _LABELS - 80) / max(longest, *cold.values(), 1.0)
    height = _TOP + _ROW * len(cold) + 12
    title = f"Cold starts in milliseconds, medians of {apart['rounds']} with their quartiles"
    bars = [
        _bar(name, cold[name], apart["cold_ms"][name], _TOP + _ROW * number, scale, is_ours=_is_ours(name, figures))
        for number, name in enumerate(sorted(cold, key=cold.__getitem__))
    ]
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="{title}">'
    parts = [head, f"<style>{_STYLE}</style>", f'<text x="8" y="22">{title}</text>', *bars, "</svg>"]
    return "\n".join(parts) + "\n"


def _bar(name: str, ms: float, spread: Mapping[str, float], y: int, scale: float, *, is_ours: bool) -> str:
    middle, end = y + 9, _LABELS + ms * scale
    lower, upper = (_LABELS + spread[side] * scale for side in ("lower_quartile", "upper_quartile"))
    return (
        f'<text x="{_LABELS - 8}" y="{middle + 5}" text-anchor="end">{escape(name)}</text>'
        f'<rect class="{"ours" if is_ours else "peer"}" x="{_LABELS}" y="{y}" width="{ms * scale:.1f}" height="18"/>'
        f'<line class="quartiles" x1="{lower:.1f}" x2="{upper:.1f}" y1="{middle}" y2="{middle}"/>'
        f'<text x="{max(end, upper) + 6:.1f}" y="{middle + 5}">{ms:.0f}</text>'
    )


def _is_ours(name: str, figures: Mapping[str, Any]) -> bool:
    return name.partition("@")[0] in figures["requests"]
