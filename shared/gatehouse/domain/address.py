"""An e-mail address or phone number, in the one spelling under which it is compared, and whether it is proven."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gatehouse.errors import AddressNotSupported

# The dot-atom of RFC 5322 section 3.2.3, ASCII only; quoted local parts are legal and refused, nobody has one.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
# Letters, digits and inner hyphens (RFC 1035 section 2.3.1); an internationalised label comes as xn-- (RFC 5890).
_DOMAIN_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
# ITU-T E.164: a plus, then at most fifteen digits, the first not zero. No shorter number exists than seven.
_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
# RFC 5321 sections 4.5.3.1.1 and 4.5.3.1.3 with its erratum 1690.
_LONGEST_LOCAL_PART = 64
_LONGEST_EMAIL = 254

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
    labels = domain.split(".")
    if (
        not at
        or len(local_part) > _LONGEST_LOCAL_PART
        or not _LOCAL_PART.fullmatch(local_part)
        or len(labels) == 1
        or not all(_DOMAIN_LABEL.fullmatch(label) for label in labels)
        or labels[-1].isdigit()
    ):
        raise AddressNotSupported
    return Address(text.translate(_UPPER_TO_LOWER), AddressKind.EMAIL)


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
    """Tell whether an external identity provider vouches for this profile."""
    return "identities" in attributes or attributes.get("cognito:user_status") == "EXTERNAL_PROVIDER"
