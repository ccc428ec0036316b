"""Text messages: how many parts a text is sent in, each of which is paid for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# 3GPP TS 23.038, section 6.2.1: the default alphabet, and its extension, of which a character takes two places.
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_7 = _ALPHABET | _EXTENSION


class Encoding(StrEnum):
    """How a text message is written down: as GSM-7 if every character is in it, else as UCS-2."""

    GSM_7 = "GSM-7"
    UCS_2 = "UCS-2"

    @property
    def alone(self) -> int:
        """Return how many units a message of one part has room for."""
        return 160 if self is Encoding.GSM_7 else 70

    @property
    def joined(self) -> int:
        """Return how many units each part of a longer message has room for: six octets say which part it is."""
        return 153 if self is Encoding.GSM_7 else 67


@dataclass(frozen=True, slots=True)
class SmsSize:
    """What a text takes: its encoding, the units of that (septets, or pairs of octets), and the parts."""

    encoding: Encoding
    units: int
    parts: int


def sms_size(text: str) -> SmsSize:
    """Return what a text takes as a text message (AWS End User Messaging SMS User Guide, "SMS character limits").

    A carrier that sends another alphabet, or breaks parts between words, may need more parts.
    """
    encoding = Encoding.GSM_7 if _GSM_7.issuperset(text) else Encoding.UCS_2
    units = [_units(one, encoding) for one in text]
    return SmsSize(encoding, sum(units), _parts(units, encoding))


def _units(character: str, encoding: Encoding) -> int:
    if encoding is Encoding.GSM_7:
        return 2 if character in _EXTENSION else 1
    return len(character.encode("utf-16-le")) // 2


def _parts(units: Sequence[int], encoding: Encoding) -> int:
    if sum(units) <= encoding.alone:
        return 1
    parts, room = 1, encoding.joined
    for needed in units:
        if needed > room:  # what takes two units is not torn apart
            parts, room = parts + 1, encoding.joined
        room -= needed
    return parts
