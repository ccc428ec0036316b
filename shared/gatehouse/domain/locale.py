"""Locales: which language a message is written in, of those that somebody wants and those that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.invitation import parse_locale
from gatehouse.refusals.common import InvalidLocale

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

FALLBACK = "en"

# Written from right to left: the scripts of Unicode's bidirectional class R and AL that are living languages' own.
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def choose_locale(wanted: Iterable[str | None], available: Collection[str]) -> str:
    """Return the first locale that is wanted and there, `en` if none is.

    Each is tried as it is, then shorter and shorter, as RFC 4647 section 3.4 looks one up: `zh-Hant-TW`, `zh-Hant`,
    `zh`. What cannot be read is passed over: a user types their own.
    """
    for locale in wanted:
        for shorter in _fallbacks(locale):
            if shorter in available:
                return shorter
    return FALLBACK


def _fallbacks(locale: str | None) -> Iterator[str]:
    try:
        parsed = parse_locale(locale and locale.replace("_", "-"))  # OpenID Connect Core, 5.1: some write en_US
    except InvalidLocale:
        return
    while parsed:
        yield parsed
        parsed = parsed.rpartition("-")[0]


def direction(locale: str) -> str:
    """Return `rtl` for a language that is written from right to left, else `ltr`: HTML's words for it."""
    return "rtl" if locale.partition("-")[0] in _RIGHT_TO_LEFT else "ltr"
