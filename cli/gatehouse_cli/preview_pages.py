"""Pages to look at messages on: each with samples for Cognito's placeholders, as a phone and a desktop show it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gatehouse.domain.branding import Look
from gatehouse.domain.locale import direction
from gatehouse.domain.message import CODE, LINK, USER_NAME, VARIABLES, Message, MessageKind, problems
from gatehouse.domain.sms import sms_size
from gatehouse.messaging.rendering import Renderer
from gatehouse_cli.output import counted

# By this a later run knows a folder that an earlier one made.
MARK = '<meta name="generator" content="gatehouse message preview">'

PHONE_PX, DESKTOP_PX = 375, 700
# As long as a real one, so that lines break and text messages are split where they will be; none has an L in it.
_SAMPLE_TOKEN = "01SAMPLESAMPLESAMPLESAMPLE.sample-sample-sample-sample-sample-sample-s"  # noqa: S105 - a sample
_SAMPLE_USER_NAME = "ana@acme.com"
_SAMPLE_CODE = "123456"
_SAMPLE_PASSWORD = "Sample#1234"  # noqa: S105 - a sample
_SAMPLE_VALUES = {
    "code": CODE,
    "expires_on": "2026-11-30",
    "inviter": "Ben Costa",
    "person": "Ana",
    "user_name": USER_NAME,
}
# What mail programs have room for beside the subject, at most.
_LONGEST_PREVIEW = 140


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A message as somebody would read it.

    Args:
        kind: what it is about.
        locale: its language.
        message: its words, samples in the place of placeholders.
        complaints: why Cognito would not take it.
    """

    kind: MessageKind
    locale: str
    message: Message
    complaints: Sequence[str]

    @property
    def stem(self) -> str:
        """Return what the names of its files begin with."""
        return f"{self.kind}.{self.locale}"

    def files(self) -> dict[str, str]:
        """Return its files: what each is called, and what it holds."""
        return {
            f"{self.stem}.page.html": page(self),
            f"{self.stem}.html": self.message.html,
            f"{self.stem}.txt": (
                f"Subject: {self.message.subject}\n\n{self.message.text}\n"
                f"SMS ({sms_length(self.message.sms)}): {self.message.sms}\n"
            ),
        }


def preview(renderer: Renderer, kind: MessageKind, locale: str, look: Look, app_url: str) -> Preview:
    """Return a message with sample values, its link leading to the app, where it counts for nothing.

    Raises:
        TemplateBroken: if there is none to be made.
    """
    values = {**_SAMPLE_VALUES, "link": f"{app_url}#invitation={_SAMPLE_TOKEN}"}
    named = {name: value for name, value in values.items() if name in VARIABLES[kind]}
    message = renderer.render(kind, locale, named, look)
    return Preview(
        kind=kind,
        locale=locale,
        message=_filled(message, _SAMPLE_PASSWORD if kind is MessageKind.ADMIN_CREATE_USER else _SAMPLE_CODE, app_url),
        complaints=[] if kind is MessageKind.INVITATION else problems(message, kind),
    )


def page(of: Preview) -> str:
    """Return the page that shows a message in a list of mails, on a phone, on a desktop, as text and as an SMS."""
    return _rendered(
        "preview_page.html",
        {
            "title": of.stem,
            "locale": of.locale,
            "dir": direction(of.locale),
            "message": of.message,
            "in_list": shown_in_list(of.message.html),
            "sms_length": sms_length(of.message.sms),
            "complaints": of.complaints,
            "widths": {"Phone": PHONE_PX, "Desktop": DESKTOP_PX},
        },
    )


def index(title: str, previews: Sequence[Preview]) -> str:
    """Return the page that leads to all others, a line for each kind of message."""
    by_kind = {kind: [one for one in previews if one.kind is kind] for kind in MessageKind}
    rows = {kind: found for kind, found in by_kind.items() if found}
    return _rendered("preview_index.html", {"mark": MARK, "title": title, "rows": rows})


def shown_in_list(html: str) -> str:
    """Return what mail programs show of a mail beside its subject: the first words of its body."""
    reader = _FirstWords()
    reader.feed(html)
    return " ".join("".join(reader.words).split())[:_LONGEST_PREVIEW]


def sms_length(sms: str) -> str:
    """Return what a text message takes, in words."""
    size = sms_size(sms)
    return f"{counted(len(sms), 'character')} in {size.encoding}, {counted(size.parts, 'part')}"


def _filled(message: Message, code: str, app_url: str) -> Message:
    """Return a message with samples where Cognito puts a code, a user name or, for `{##words##}`, a link."""

    def said(text: str) -> str:
        return text.replace(CODE, code).replace(USER_NAME, _SAMPLE_USER_NAME)

    linked = LINK.sub(lambda found: f'<a href="{app_url}">{found[0][3:-3]}</a>', message.html)
    return replace(message, html=said(linked), text=said(message.text), sms=said(message.sms))


def _rendered(template: str, values: Mapping[str, object]) -> str:
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(template).render(values)


class _FirstWords(HTMLParser):
    """Collects the text of a page's body."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        if tag in ("head", "style", "script"):
            self._inside.append(tag)
        elif tag in ("div", "h1", "p", "td"):
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            self._inside.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._inside:
            self.words.append(data)
