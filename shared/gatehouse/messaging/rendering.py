"""Rendering: from templates and values to a message, in every form that it may be sent in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from gatehouse.domain.locale import direction
from gatehouse.domain.message import Message, name_in_sms, one_line
from gatehouse.errors import TemplateBroken
from gatehouse.messaging.templates import FRAME, LAYOUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.branding import Look
    from gatehouse.domain.message import MessageKind
    from gatehouse.messaging.templates import Templates

# Not Jinja's own `{#`: Cognito's placeholders begin so, and one that a template spells out would vanish as a comment.
_COMMENT = ("<#", "#>")


class Renderer:
    """Renders messages. Words first, as plain text; then the layouts, which say the same words in HTML and as text.

    No value and no word is ever markup: the layout in HTML escapes all of them.
    """

    def __init__(self, templates: Templates) -> None:
        self.templates = templates
        self._words = environment(is_html=False)
        self._html = environment(is_html=True)
        self._compiled: dict[tuple[str, bool], Template] = {}

    def render(self, kind: MessageKind, locale: str, values: Mapping[str, str], look: Look) -> Message:
        """Return a message.

        Args:
            kind: what it is about.
            locale: a language that its templates are there in.
            values: what templates may name beside what the look gives: `VARIABLES` of `domain/message.py`.
            look: what it wears.

        Raises:
            TemplateBroken: naming the file that is not there, or cannot be read or rendered.
        """
        place = f"{kind}/{locale}.toml"
        words = self.templates.words(kind, locale)
        told = {**values, "name": one_line(look.name), "support_address": look.support_address}

        def said(text: str) -> str:
            return self._rendered(place, text, told)

        def paragraphs(texts: Sequence[str]) -> list[str]:
            return [paragraph for text in texts if (paragraph := said(text).strip())]

        brief = told | {"name": name_in_sms(told["name"])}  # the longest name would fill a subject alone
        subject = one_line(f"{look.subject_prefix} {self._rendered(place, words.subject, brief)}")
        page = {
            "locale": locale,
            "dir": direction(locale),
            "start": "right" if direction(locale) == "rtl" else "left",
            "end": "left" if direction(locale) == "rtl" else "right",
            "subject": subject,
            "preview": said(words.preview),
            "heading": said(words.heading),
            "intro": paragraphs(words.intro),
            "outro": paragraphs(words.outro),
            "code": values.get("code", ""),
            "code_label": said(words.code_label),
            "user_name": values.get("user_name", "") if words.user_name_label else "",
            "user_name_label": said(words.user_name_label),
            "button": said(words.button),
            "link": values.get("link", ""),
            "link_label": said(words.link_label),
            "support": self._support(locale, told),
            "look": look,
        }
        return Message(
            subject=subject,
            html=self._rendered(f"{LAYOUT}.html", self.templates.layout("html"), page, is_html=True),
            text=self._rendered(f"{LAYOUT}.txt", self.templates.layout("txt"), page).strip() + "\n",
            sms=one_line(self._rendered(place, words.sms, brief)),
        )

    def _support(self, locale: str, told: Mapping[str, str]) -> str:
        if not told["support_address"]:
            return ""
        return self._rendered(f"{FRAME}/{locale}.toml", self.templates.frame(locale).support, told)

    def _rendered(self, place: str, source: str, values: Mapping[str, object], *, is_html: bool = False) -> str:
        if "{" not in source:
            return source
        try:
            template = self._compiled.get((source, is_html))
            if template is None:
                template = (self._html if is_html else self._words).from_string(source)
                self._compiled[source, is_html] = template
            return template.render(values)
        except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
            # Python's own errors may quote a value, Jinja's quote the template alone.
            raise TemplateBroken(
                place, str(error) if isinstance(error, TemplateError) else type(error).__name__
            ) from None


def environment(*, is_html: bool) -> SandboxedEnvironment:
    """Return what compiles templates, of pages or of plain text."""
    return SandboxedEnvironment(
        autoescape=is_html,
        undefined=StrictUndefined,
        comment_start_string=_COMMENT[0],
        comment_end_string=_COMMENT[1],
        trim_blocks=True,
        lstrip_blocks=True,
    )
