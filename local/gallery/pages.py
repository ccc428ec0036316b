"""What the gallery shows: which pictures there are, the pages that they are taken of, and the page that lists them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import gatehouse
from gatehouse.domain.message import MessageKind
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates
from gatehouse_cli.preview_pages import page as page_of
from gatehouse_cli.preview_pages import preview
from local.gallery.tenants import TENANTS, MadeUp

APP_URL = "https://app.example.com/"

# A code and a button, from left to right and from right to left.
_IN_DARK = frozenset({(MessageKind.SIGN_UP, "en"), (MessageKind.INVITATION, "ar")})

_LANGUAGES = {"ar": "Arabic", "de": "German", "en": "English", "es": "Spanish", "fr": "French", "ja": "Japanese"}

_ABOUT = """\
Written by `make gallery`, as the pictures are: do not edit. Both tenants are made up. Each picture shows a message \
as a phone and a desktop show it, in a list of mails, as a text message and as plain text; it leads to itself in full \
size. Codes, user names and links are samples. How messages are written, and how to look at yours, is in \
[messages.md](../messages.md)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a message, taken in light or in dark mode."""

    tenant: MadeUp
    kind: MessageKind
    locale: str
    is_dark: bool = False

    @property
    def path(self) -> str:
        """Return where it lies in the gallery."""
        return f"{self.tenant.id}/{self.kind}.{self.locale}{'.dark' if self.is_dark else ''}.png"

    @property
    def caption(self) -> str:
        """Return what it shows, in words."""
        language = _LANGUAGES.get(self.locale, self.locale)
        return f"{self.kind}, {self.tenant.name}, {language}{', dark' if self.is_dark else ''}"


def shipped_templates() -> Templates:
    """Return the templates that are shipped, without those that a deployment may have put beside them."""
    return Templates(Path(gatehouse.__file__).parent / "messaging" / "templates")


def pictures(templates: Templates) -> list[Picture]:
    """Return every picture of the gallery, in its order: by message, then by language, then by tenant."""
    return list(_pictures(templates))


def page(picture: Picture, renderer: Renderer) -> str:
    """Return the page that a picture is taken of. Raises TemplateBroken if there is none to be made."""
    return page_of(preview(renderer, picture.kind, picture.locale, picture.tenant.look, APP_URL))


def readme(shown: Sequence[Picture]) -> str:
    """Return the page that shows all pictures, in Markdown."""
    lines = ["# Every message, as people see it", "", _ABOUT]
    for kind, of_kind in groupby(shown, lambda one: one.kind):
        lines += ["", f"## {kind}", ""]
        lines += [f"| | {' | '.join(tenant.name for tenant in TENANTS)} |", "|---|---|---|"]
        for (locale, is_dark), row in groupby(of_kind, lambda one: (one.locale, one.is_dark)):
            name = f"{_LANGUAGES.get(locale, locale)}{', dark' if is_dark else ''}"
            cells = [f"[![{one.caption}]({one.path})]({one.path})" for one in row]
            lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _pictures(templates: Templates) -> Iterator[Picture]:
    for kind in MessageKind:
        for locale in templates.locales(kind):
            for is_dark in (False, True) if (kind, locale) in _IN_DARK else (False,):
                for tenant in TENANTS:
                    yield Picture(tenant=tenant, kind=kind, locale=locale, is_dark=is_dark)
