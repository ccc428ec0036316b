"""All rules over all templates."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatehouse.domain.invitation import parse_locale
from gatehouse.domain.message import MessageKind
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import FRAME, Templates
from gatehouse.refusals.common import InvalidLocale
from gatehouse_cli.lint.finding import Code, Finding, Severity
from gatehouse_cli.lint.layouts import layout_findings
from gatehouse_cli.lint.links import read_hosts
from gatehouse_cli.lint.rendered import rendered_findings, size_as_sent
from gatehouse_cli.lint.samples import USUAL, values_for
from gatehouse_cli.lint.sheets import Sheet, read_sheet, shown_path
from gatehouse_cli.lint.words import words_findings

# What keeps a message from being made at all: then nothing can be said of what is made.
_HOPELESS = (Code.FILE_UNREADABLE, Code.NOT_RENDERED, Code.SYNTAX_WRONG, Code.VARIABLE_UNKNOWN)


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check: the findings, how many messages there are, and in which languages.

    Of an invitation's text message, by language, in how many parts it is sent; none if it cannot be made.
    """

    findings: list[Finding]
    messages: int
    locales: list[str]
    invitation_parts: dict[str, int]


def check_templates(templates: Templates, allowed: Collection[str] = ()) -> Checked:
    """Return what is wrong with templates.

    Args:
        templates: in all their folders.
        allowed: the hosts that links may lead to, beside those of `allowed-hosts.txt`.
    """
    listed, found = read_hosts(templates)
    hosts = listed.union(allowed)
    locales = sorted({locale for kind in MessageKind for locale in templates.locales(kind) if _is_locale(locale)})
    of_layouts = layout_findings(templates, hosts)
    found += [*_strays(templates.folders), *_missing(templates, locales), *of_layouts]
    frames, of_frames = _read(templates, [(None, one) for one in templates.locales() if _is_locale(one)], hosts)
    there = [(kind, one) for kind in MessageKind for one in templates.locales(kind) if one in locales]
    sheets, of_words = _read(templates, there, hosts)
    found += [*of_frames, *of_words]
    parts: dict[str, int] = {}
    if not any(one.code in _HOPELESS for one in of_layouts):
        renderer, framed = Renderer(templates), {frame.locale for frame in frames}
        for sheet in sheets:
            if sheet.locale in framed:
                found += rendered_findings(sheet, renderer)
        parts = _invitation_parts(renderer, sheets) if not any(map(is_error, found)) else {}
    told = {one.place for one in found if is_error(one) and one.code is not Code.NOT_TAKEN}
    found = [one for one in found if one.code is not Code.NOT_TAKEN or one.place not in told]
    return Checked(_by_place(found), len(there), locales, parts)


def is_error(finding: Finding) -> bool:
    """Return whether a finding fails a check by itself."""
    return finding.kind.severity is Severity.ERROR


def _by_place(found: Sequence[Finding]) -> list[Finding]:
    """Return findings with those of one file beside each other, the files in the order in which they came up."""
    order = {place: number for number, place in enumerate(dict.fromkeys(one.place for one in found))}
    return sorted(found, key=lambda one: order[one.place])


def _read(
    templates: Templates, wanted: Sequence[tuple[MessageKind | None, str]], hosts: Collection[str]
) -> tuple[list[Sheet], list[Finding]]:
    """Return the files that messages can be made of, and what is wrong with all of them."""
    usable, found = [], []
    for kind, locale in wanted:
        sheet = read_sheet(templates, kind, locale)
        wrong = words_findings(sheet, hosts) if isinstance(sheet, Sheet) else sheet
        found += wrong
        if isinstance(sheet, Sheet) and not any(one.code in _HOPELESS for one in wrong):
            usable.append(sheet)
    return usable, found


def _invitation_parts(renderer: Renderer, sheets: Sequence[Sheet]) -> dict[str, int]:
    kind = MessageKind.INVITATION
    return {
        one.locale: size_as_sent(renderer.render(kind, one.locale, values_for(kind, USUAL), USUAL.look).sms).parts
        for one in sheets
        if one.kind is kind
    }


def _strays(folders: Sequence[Path]) -> Iterator[Finding]:
    """Yield folders and files that no message is looked for in."""
    for path in sorted(child for folder in folders if folder.is_dir() for child in folder.iterdir() if child.is_dir()):
        if path.name not in {*MessageKind, FRAME, "__pycache__"}:
            problem = f"No message is called `{path.name}`; there are {', '.join(MessageKind)} and {FRAME}"
            yield Finding(Code.FOLDER_UNKNOWN, shown_path(path), problem)
            continue
        for file in sorted(path.glob("*.toml")):
            if not _is_locale(file.stem):
                yield Finding(Code.LOCALE_UNREADABLE, shown_path(file), f"`{file.stem}` is no language as we write it")


def _missing(templates: Templates, locales: Sequence[str]) -> Iterator[Finding]:
    """Yield what is there in one language and not in another."""
    for locale in locales:
        for kind in MessageKind:
            if locale not in templates.locales(kind):
                others = f"other messages are there in {locale}, and this one is not"
                yield Finding(Code.LOCALE_MISSING, f"{kind}/{locale}.toml", f"There is no such file: {others}")
        if locale not in templates.locales():
            problem = f"There is no such file: messages are there in {locale}, and the words around them are not"
            yield Finding(Code.FRAME_MISSING, f"{FRAME}/{locale}.toml", problem)


def _is_locale(text: str) -> bool:
    try:
        return parse_locale(text) == text
    except InvalidLocale:
        return False
