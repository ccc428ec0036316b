"""A tenant's branding: how its messages look and whom they name, checked before it is stored.

How a message is put together is not here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from gatehouse.domain.address import parse_address
from gatehouse.errors import AddressNotSupported
from gatehouse.refusals.tenants import InvalidColor, InvalidLogoUrl, InvalidMessageText, InvalidSupportAddress

LONGEST_DISPLAY_NAME = 100
LONGEST_FOOTER = 300
LONGEST_LOGO_URL = 500
# Cognito takes a subject of 140 characters (MessageTemplateType, EmailSubject): the prefix leaves it 100.
LONGEST_SUBJECT_PREFIX = 40

# Up to here the relation of a part of a colour to its light is a straight line (WCAG 2.2, "relative luminance").
_DARKEST_PART = 0.04045

BLACK = "#000000"
WHITE = "#FFFFFF"

# Of who has not chosen a colour.
_PLAIN_COLOR = "#1F2937"

_COLOR = re.compile(r"#[0-9A-Fa-f]{6}", re.ASCII)
# RFC 3986, without user information, and without the quotes and brackets that would end an attribute of HTML.
_URL = re.compile(
    r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:[/?][\w\-.~:/?@!$&()*+,;=%]*)?", re.ASCII
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """What a tenant's messages wear; what is None, the deployment's own messages decide.

    Args:
        display_name: what the tenant is called in messages, if not by its name.
        logo_url: where mail programs find its logo.
        color: of buttons and rules, as `#RRGGBB`.
        support_address: where people turn, an e-mail address or a phone number.
        footer: the last line.
        subject_prefix: what every subject begins with.
    """

    display_name: str | None = None
    logo_url: str | None = None
    color: str | None = None
    support_address: str | None = None
    footer: str | None = None
    subject_prefix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one message wears; what is not there is empty.

    Args:
        name: of whom it comes from: what the tenant, or else the product, is called.
        logo_url: where its logo is.
        color: of buttons and rules, as `#RRGGBB`.
        text_color: of what is written on that colour.
        support_address: where people turn.
        footer: the last line.
        subject_prefix: what the subject begins with.
    """

    name: str
    logo_url: str
    color: str
    text_color: str
    support_address: str
    footer: str
    subject_prefix: str


def dressed(branding: Branding, name: str) -> Look:
    """Return the look of a branding, its name this one if it gives none."""
    color = branding.color or _PLAIN_COLOR
    return Look(
        name=branding.display_name or name,
        logo_url=branding.logo_url or "",
        color=color,
        text_color=text_color(color),
        support_address=branding.support_address or "",
        footer=branding.footer or "",
        subject_prefix=branding.subject_prefix or "",
    )


def parse_branding(branding: Branding) -> Branding:
    """Return the branding in its one spelling: the colour in upper case, the address normalised, texts trimmed.

    Raises:
        InvalidColor, InvalidLogoUrl, InvalidMessageText, InvalidSupportAddress: for what no message could wear.
    """
    return Branding(
        display_name=_text(branding.display_name, LONGEST_DISPLAY_NAME),
        logo_url=_logo_url(branding.logo_url),
        color=_color(branding.color),
        support_address=_support_address(branding.support_address),
        footer=_text(branding.footer, LONGEST_FOOTER),
        subject_prefix=_text(branding.subject_prefix, LONGEST_SUBJECT_PREFIX),
    )


def text_color(color: str) -> str:
    """Return black or white, whichever is easier to read on a colour."""
    return max(WHITE, BLACK, key=lambda text: contrast(color, text))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio").

    Success criterion 1.4.3 asks for 4.5 of ordinary text. Black or white reaches that on every colour.
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    """Return the relative luminance of `#RRGGBB`, from 0 for black to 1 for white (WCAG 2.2)."""
    red, green, blue = (_linear(int(color[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= _DARKEST_PART else ((part + 0.055) / 1.055) ** 2.4


def _text(text: str | None, longest: int) -> str | None:
    # What is not printable is every control, format and bidirectional override character, and every space but one.
    if text is None:
        return None
    if not text.strip() or len(text) > longest or not text.isprintable():
        raise InvalidMessageText
    return text.strip()


def _color(text: str | None) -> str | None:
    if text is not None and not _COLOR.fullmatch(text):
        raise InvalidColor
    return text and text.upper()


def _logo_url(text: str | None) -> str | None:
    if text is not None and (len(text) > LONGEST_LOGO_URL or not _URL.fullmatch(text)):
        raise InvalidLogoUrl
    return text


def _support_address(text: str | None) -> str | None:
    try:
        return None if text is None else parse_address(text).value
    except AddressNotSupported:
        raise InvalidSupportAddress from None
