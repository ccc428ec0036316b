"""Rules over the words of a message as they are written, before anything is put into them."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cache

from jinja2 import TemplateSyntaxError, meta

from gatehouse.domain.message import CODE, LINK, USER_NAME, VARIABLES, MessageKind, refused_characters
from gatehouse.messaging.rendering import environment
from gatehouse_cli.lint.finding import Code, Finding
from gatehouse_cli.lint.links import link_findings
from gatehouse_cli.lint.sheets import Sheet, Text

type Rule = Callable[[Sheet, Text], Iterator[Finding]]

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<#.*?#>", re.DOTALL)
# One brace where there should be two, or a placeholder: as far as the next brace, on this line or a later one.
_BRACED = re.compile(r"\{[^{}]*(?:\}|$)|\{#[^}]*\}?|\}", re.DOTALL)
_MARKUP = re.compile(r"</?[a-z][^<>]*>|<!--|&(?:[a-z]+|#\d+|#x[0-9a-f]+);", re.IGNORECASE)
_IN_FRAME = frozenset({"name", "support_address"})

_ENVIRONMENT = environment(is_html=False)
_EARLY = {"subject": Code.CODE_IN_SUBJECT, "preview": Code.CODE_IN_PREVIEW}


@cache
def named_in(source: str) -> frozenset[str]:
    """Return the variables that a text names. Raises TemplateSyntaxError if it is no template."""
    return frozenset(meta.find_undeclared_variables(_ENVIRONMENT.parse(source)))


def words_findings(sheet: Sheet, allowed: Collection[str]) -> list[Finding]:
    """Return what is wrong with the words of a file."""
    found: list[Finding] = []
    for text in sheet.texts:
        broken = list(syntax(sheet.place, text.source, text.line, variables_of(sheet)))
        found += broken
        for rule in () if broken else _RULES:
            found += rule(sheet, text)
        found += link_findings(sheet.place, _JINJA.sub("…", text.source), text.line, allowed)
    return found


def variables_of(sheet: Sheet) -> frozenset[str]:
    """Return what the texts of a file may name."""
    return VARIABLES[sheet.kind] if sheet.kind else _IN_FRAME


def syntax(place: str, source: str, line: int, variables: Collection[str]) -> Iterator[Finding]:
    """Yield why a text is no template, or the variables that it names and are not there."""
    try:
        unknown = sorted(named_in(source) - set(variables))
    except TemplateSyntaxError as error:
        problem = f"It is no Jinja2: {(error.message or '').rstrip('.')}"
        yield Finding(Code.SYNTAX_WRONG, place, problem, line + error.lineno - 1)
        return
    for name in unknown:
        at = line + source[: _position(name, source)].count("\n")
        problem = f"There is no variable `{name}` here; there is {', '.join(sorted(variables))}"
        yield Finding(Code.VARIABLE_UNKNOWN, place, problem, at)


def _position(name: str, source: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", source)
    return found.start() if found else 0


def _placeholders(sheet: Sheet, text: Text) -> Iterator[Finding]:
    """Of a placeholder that Cognito does not know, and of a variable in one brace."""
    plain = _JINJA.sub(_blank, text.source)
    for found in _BRACED.finditer(plain):
        if not _is_placeholder(found[0], sheet.kind):
            shown = " ".join(found[0].split())
            problem = f"`{shown}` in `{text.key}` is no placeholder that is filled in {sheet.kind or 'a frame'}"
            yield Finding(
                Code.PLACEHOLDER_BROKEN, sheet.place, problem, text.line + plain.count("\n", 0, found.start())
            )


def _is_placeholder(text: str, kind: MessageKind | None) -> bool:
    if kind in (None, MessageKind.INVITATION):
        return False
    if text == USER_NAME:
        return kind is MessageKind.ADMIN_CREATE_USER
    return text == CODE or ("\n" not in text and LINK.fullmatch(text) is not None and bool(text.strip("{#} ")))


def _seen_early(sheet: Sheet, text: Text) -> Iterator[Finding]:
    """Of a code where others may see it."""
    if text.key in _EARLY and ("code" in named_in(text.source) or CODE in text.source):
        yield Finding(_EARLY[text.key], sheet.place, f"`{text.key}` says the code", text.line)


def _markup(sheet: Sheet, text: Text) -> Iterator[Finding]:
    """Of HTML, which would be shown as it is written."""
    plain = _JINJA.sub(_blank, text.source)
    for found in _MARKUP.finditer(plain):
        at = text.line + plain.count("\n", 0, found.start())
        yield Finding(Code.MARKUP_IN_WORDS, sheet.place, f"`{found[0]}` in `{text.key}` is shown as it is written", at)


def _characters(sheet: Sheet, text: Text) -> Iterator[Finding]:
    """Of what Cognito refuses."""
    if refused := refused_characters(text.source, is_mail=True):
        problem = f"`{text.key}` has characters that Cognito refuses: {', '.join(refused)}"
        yield Finding(Code.CHARACTERS_REFUSED, sheet.place, problem, text.line)


def _blank(jinja: re.Match[str]) -> str:
    """Return what stands for a piece of Jinja where it is passed over: its lines stay, so that lines can be told."""
    return "\x00" + "\n" * jinja[0].count("\n")


_RULES: Sequence[Rule] = (_placeholders, _seen_early, _markup, _characters)
