"""A mail as a mail program shows it: what it says, in which element, and in which style."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = {"br", "img", "link", "meta"}
_UNSAID = {"head", "style", "title"}
_INHERITED_NAMES = {"background": ("background", "background-color"), "color": ("color",)}


@dataclass(frozen=True, slots=True)
class Element:
    tag: str
    attributes: dict[str, str]

    @property
    def styles(self) -> dict[str, str]:
        pairs = (one.split(":", 1) for one in self.attributes.get("style", "").split(";") if ":" in one)
        return {name.strip(): value.strip() for name, value in pairs}


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it stands in the page, or an image's alternative text; `path` leads to it from the outside in."""

    text: str
    path: tuple[Element, ...]

    def style(self, name: str) -> str | None:
        """Return what the innermost element that has this style says."""
        return next((one.styles[name] for one in reversed(self.path) if name in one.styles), None)

    def attribute(self, name: str) -> str | None:
        return next((one.attributes[name] for one in reversed(self.path) if name in one.attributes), None)

    @property
    def is_hidden(self) -> bool:
        return any(one.styles.get("display") == "none" for one in self.path)


class Page(HTMLParser):
    """A page that has been read: `elements` in order, `said` in order, and the text of its style sheets."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.said: list[Said] = []
        self.sheets = ""
        self._path: list[Element] = []
        self.feed(html)
        self.close()
        assert self._path == []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag == "img":
            self.said.append(Said(element.attributes["alt"], (*self._path, element)))
        if tag not in _VOID:
            self._path.append(element)

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._path.pop().tag == tag

    def handle_data(self, data: str) -> None:
        if self._path and self._path[-1].tag == "style":
            self.sheets += data
        elif data.strip() and not any(one.tag in _UNSAID for one in self._path):
            self.said.append(Said(data, tuple(self._path)))

    def shown(self) -> list[Said]:
        """Return what is said and not hidden."""
        return [one for one in self.said if not one.is_hidden]

    def colors(self, said: Said, mode: str) -> tuple[str, str]:
        """Return the colour of a text and that under it, in the mode `light`, `dark` or `outlook` (its dark one)."""
        rules = list(_rules(self.sheets, mode))
        found = [_effective(said.path, name, rules) for name in ("color", "background")]
        return found[0], found[1]


@dataclass(frozen=True, slots=True)
class _Rule:
    selector: tuple[str, ...]
    name: str
    value: str

    @property
    def weight(self) -> tuple[int, int]:
        return sum(part.count(".") for part in self.selector), len(self.selector)

    def matches(self, path: Sequence[Element]) -> bool:
        *outer, innermost = self.selector
        return _fits(path[-1], innermost) and _stand_in_order(path[:-1], outer)


def _rules(sheets: str, mode: str) -> Iterator[_Rule]:
    """Yield what a dark mode changes; each declaration must be important, as it stands against inline styles."""
    if mode == "light":
        return
    dark = re.search(r"@media \(prefers-color-scheme:dark\)\{\n(.*?\})\n\}", sheets, re.DOTALL)
    assert dark
    text = dark[1] if mode == "dark" else "\n".join(re.findall(r"^\[data-ogs[bc]\].*$", sheets, re.MULTILINE))
    for selectors, declarations in re.findall(r"([^{}]+)\{([^}]*)\}", text):
        for declaration in declarations.split(";"):
            name, value = declaration.split(":")
            if name.startswith(("background", "color")):
                for selector in selectors.replace("[data-ogsb]", "").replace("[data-ogsc]", "").split(","):
                    parts = tuple(re.split(r"[\s>]+", selector.strip()))
                    yield _Rule(parts, name.removesuffix("-color"), value.removesuffix("!important"))


def _effective(path: Sequence[Element], name: str, rules: Sequence[_Rule]) -> str:
    for depth in range(len(path), 0, -1):
        matching = [rule for rule in rules if rule.name == name and rule.matches(path[:depth])]
        inline = [path[depth - 1].styles[one] for one in _INHERITED_NAMES[name] if one in path[depth - 1].styles]
        if matching:
            return max(reversed(matching), key=lambda rule: rule.weight).value
        if inline:
            return inline[0]
    raise AssertionError(name)


def _stand_in_order(path: Sequence[Element], parts: Sequence[str]) -> bool:
    elements = iter(path)
    return all(any(_fits(element, part) for element in elements) for part in parts)


def _fits(element: Element, part: str) -> bool:
    if part.startswith("."):
        return part[1:] in element.attributes.get("class", "").split()
    return part == element.tag
