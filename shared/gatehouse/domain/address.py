"""An e-mail address or phone number, in the one spelling under which it is compared, and whether it is proven."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.errors import AddressNotSupported
from gatehouse.refusals.common import InvalidDomain

if TYPE_CHECKING:
    from collections.abc import Mapping

# The dot-atom of RFC 5322 section 3.2.3, ASCII only; quoted local parts are legal and refused, nobody has one.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
# Letters, digits and inner hyphens (RFC 1035 section 2.3.1); an internationalised label comes as xn-- (RFC 5890).
_DOMAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
# ITU-T E.164: a plus, then at most fifteen digits, the first not zero. No shorter number exists than seven.
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3 with its erratum 1690.
_LONGEST_LOCAL_PART = 64
_LONGEST_EMAIL = 254
_LONGEST_DOMAIN = 253  # RFC 1035 section 2.3.4, without the length bytes

_UPPER_TO_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


class AddressKind(StrEnum):
    """What kind of address it is; the value is Cognito's attribute for it."""

    EMAIL = "email"
    PHONE = "phone_number"


@dataclass(frozen=True, slots=True)
class Address:
    """A normalised address: two are the same mailbox or phone if and only if their values are equal."""

    value: str
    kind: AddressKind

    @property
    def domain(self) -> str:
        """Return the mail domain; empty for a phone."""
        return self.value.rpartition("@")[2] if self.kind is AddressKind.EMAIL else ""

    @property
    def masked(self) -> str:
        """Return a form that a person recognises and nobody can write to: `a***@acme.com`, `+4***89`."""
        if self.kind is AddressKind.PHONE:
            return f"{self.value[:2]}***{self.value[-2:]}"
        local_part, _, domain = self.value.rpartition("@")
        return f"{local_part[0]}***@{domain}"


def parse_address(text: object) -> Address:
    """Return the address that the text spells.

    ASCII letters are lowered and nothing else is folded: no trimming, no NFKC, no casefold, which make two
    mailboxes one. Dots and `+` are kept.

    Raises:
        AddressNotSupported: for anything but an ASCII dot-atom at an ASCII or `xn--` domain, or an E.164 number.
    """
    if not isinstance(text, str) or len(text) > _LONGEST_EMAIL:
        raise AddressNotSupported
    if _PHONE.fullmatch(text):
        return Address(text, AddressKind.PHONE)
    local_part, at, domain = text.rpartition("@")
    if (
        not at
        or len(local_part) > _LONGEST_LOCAL_PART
        or not _LOCAL_PART.fullmatch(local_part)
        or not _is_domain(domain)
    ):
        raise AddressNotSupported
    return Address(lowered(text), AddressKind.EMAIL)


def parse_domain(text: str) -> str:
    """Return the mail domain that the text spells, in lower case; an internationalised one comes as `xn--`.

    Raises:
        InvalidDomain: for anything else.
    """
    if len(text) > _LONGEST_DOMAIN or not _is_domain(text):
        raise InvalidDomain
    return lowered(text)


def lowered(text: str) -> str:
    """Return the text with its ASCII letters in lower case, and nothing else folded: the Kelvin sign is no k."""
    return text.translate(_UPPER_TO_LOWER)


def _is_domain(text: str) -> bool:
    labels = text.split(".")
    return len(labels) > 1 and all(map(_DOMAIN_LABEL.fullmatch, labels)) and not labels[-1].isdigit()


def named_address(attributes: Mapping[str, str]) -> Address:
    """Return the address that a profile's attributes claim, e-mail before phone, proven or not.

    Raises:
        AddressNotSupported: if it claims none, or one that is not supported.
    """
    return parse_address(attributes.get(AddressKind.EMAIL) or attributes.get(AddressKind.PHONE))


def proven_address(attributes: Mapping[str, str]) -> Address | None:
    """Return the address that the owner of this profile has shown to be theirs, or None.

    For a native profile Cognito's `…_verified` attribute is the proof (the Developer Guide sends it as a string,
    in more than one spelling). For a federated profile that attribute is only what some provider says, so it
    counts for nothing: none is proven until its provider is mapped to a tenant.
    """
    if is_federated(attributes):
        return None
    for kind in AddressKind:
        if attributes.get(f"{kind}_verified", "").lower() == "true":
            try:
                return parse_address(attributes.get(kind))
            except AddressNotSupported:
                continue
    return None


def is_federated(attributes: Mapping[str, str]) -> bool:
    """Tell whether an external identity provider vouches for this profile, alone or beside a password."""
    return "identities" in attributes or is_external(attributes)


def is_external(attributes: Mapping[str, str]) -> bool:
    """Tell whether this profile has no password: an identity provider is the only way to it."""
    return attributes.get("cognito:user_status") == "EXTERNAL_PROVIDER"
