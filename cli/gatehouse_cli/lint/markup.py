"""A page as its reader sees it: each text with its colour, what is behind it, and whether it is shown at all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser

_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_UNSHOWN = frozenset({"head", "script", "style", "template", "title"})
_HIDING = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})", re.IGNORECASE)
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\b", re.IGNORECASE)
_SHORT = len("#fff")
# Those of HTML 4, and the two shades that follow them most.
_NAMED = {
    "aqua": "#00FFFF",
    "black": "#000000",
    "blue": "#0000FF",
    "fuchsia": "#FF00FF",
    "gray": "#808080",
    "green": "#008000",
    "grey": "#808080",
    "lightgray": "#D3D3D3",
    "lightgrey": "#D3D3D3",
    "lime": "#00FF00",
    "maroon": "#800000",
    "navy": "#000080",
    "olive": "#808000",
    "purple": "#800080",
    "red": "#FF0000",
    "silver": "#C0C0C0",
    "teal": "#008080",
    "white": "#FFFFFF",
    "yellow": "#FFFF00",
}


@dataclass(frozen=True, slots=True)
class Run:
    """A text of a page: its colour, that of what is behind it, and whether people see it."""

    text: str
    color: str
    background: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class _Open:
    tag: str
    color: str
    background: str
    is_hidden: bool


class Page(HTMLParser):
    """A page of HTML with its styles inline, as mails have them; what a style sheet says is not looked at.

    Its `runs` are its texts, in order; its `painted` the pairs of a colour and the background on which an element
    shows it, as its own background or its border.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.runs: list[Run] = []
        self.painted: set[tuple[str, str]] = set()
        self._open = [_Open("", "#000000", "#FFFFFF", is_hidden=False)]
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what an element wears, and what it hands down."""
        said = {name: value or "" for name, value in attrs}
        style = _declared(said.get("style", ""))
        around = self._open[-1]
        background = parse_color(style.get("background-color") or style.get("background") or said.get("bgcolor", ""))
        color = parse_color(style.get("color") or (said.get("color", "") if tag == "font" else ""))
        if background:
            self.painted.add((background, around.background))
        borders = (parse_color(value) for name, value in style.items() if name.startswith("border"))
        self.painted |= {(border, around.background) for border in borders if border}
        if said.get("alt"):  # what is read while a mail program keeps the image back
            self.runs.append(Run(said["alt"], color or around.color, background or around.background, around.is_hidden))
        if tag not in _VOID:
            is_hidden = tag in _UNSHOWN or "hidden" in said or bool(_HIDING.search(said.get("style", "")))
            inner = replace(around, tag=tag, color=color or around.color, background=background or around.background)
            self._open.append(replace(inner, is_hidden=is_hidden or around.is_hidden))

    def handle_endtag(self, tag: str) -> None:
        """Go back to what is around the element, and around those in it that nobody closed."""
        at = next((number for number in range(len(self._open) - 1, 0, -1) if self._open[number].tag == tag), None)
        if at is not None:
            del self._open[at:]

    def handle_data(self, data: str) -> None:
        """Note a text."""
        text = " ".join(data.split())
        if text:
            here = self._open[-1]
            self.runs.append(Run(text, here.color, here.background, here.is_hidden))

    def everything(self) -> str:
        """Return everything that is on the page, seen or not."""
        return " ".join(run.text for run in self.runs)

    def said(self) -> str:
        """Return everything that people see."""
        return " ".join(run.text for run in self.runs if not run.is_hidden)


def parse_color(text: str) -> str | None:
    """Return the first colour in a value of CSS as `#RRGGBB`; None if there is none that is told by itself."""
    if found := _HEX.search(text):
        digits = found[0].upper()
        return digits if len(digits) > _SHORT else "#" + "".join(digit * 2 for digit in digits[1:])
    if found := _RGB.search(text):
        return _of_parts([min(int(part), 255) for part in found.groups()])
    return next((_NAMED[word] for word in text.lower().split() if word in _NAMED), None)


def _of_parts(parts: Sequence[int]) -> str:
    return "#" + "".join(f"{part:02X}" for part in parts)


def _declared(style: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in style.split(";"))
    return {name.strip().lower(): value.strip().removesuffix("!important") for name, _, value in pairs}
