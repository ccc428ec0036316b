"""An identity provider: the tenants that it is mapped to, and the mail domains for which each takes its word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, lowered, parse_address
from gatehouse.domain.audit import Reason
from gatehouse.errors import AddressNotSupported, NotInvited
from gatehouse.refusals.common import InvalidAttributeName, InvalidProviderName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# How long a provider's answer counts as what it says now; as long as a managed login's own session.
NOTE_LASTS = timedelta(hours=1)

# Where the mail address stands in a provider's answer, unless its mapping says otherwise: OpenID Connect Core 1.0
# section 5.1 has the first, SAML assertions the others, by the names that common directories give it.
_EMAIL_NAMES = (
    "email",
    "mail",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "urn:oid:0.9.2342.19200300.100.1.3",
)

# CreateIdentityProvider, ProviderName: 32 characters at most, none of them a separator.
_LONGEST_NAME = 32
_LONGEST_ATTRIBUTE_NAME = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderMapping:
    """One identity provider towards one tenant.

    Args:
        provider: its name in the user pool.
        tenant_id: the tenant that takes its word.
        domains: the mail domains for which it does; none proves nothing.
        email_attribute: where the address stands in its answer; None for the usual names.
    """

    provider: str
    tenant_id: str
    domains: frozenset[str]
    email_attribute: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FederationNote:
    """What a provider has just said of one profile.

    Its owner may write the profile's address later on, so what counts is the one that was noted.

    Args:
        provider: which one it was.
        address: the address that it asserted; None if none was found that is supported.
        noted_at: when, UTC.
    """

    provider: str
    address: str | None
    noted_at: datetime

    def holds_at(self, now: datetime) -> bool:
        """Tell whether that still counts: DynamoDB may keep the note for days after its time."""
        return now - self.noted_at < NOTE_LASTS


@dataclass(frozen=True, slots=True)
class ProvenAddress:
    """An address that is its owner's, and the tenants towards which it is proven; None for all of them."""

    address: Address
    towards: frozenset[str] | None = None

    def holds_for(self, tenant_id: str) -> bool:
        """Tell whether this tenant takes the address for proven."""
        return self.towards is None or tenant_id in self.towards


def parse_provider_name(text: object) -> str:
    """Return the text if an identity provider of a user pool can be called so.

    Raises:
        InvalidProviderName: for anything else.
    """
    if not isinstance(text, str) or not 1 <= len(text) <= _LONGEST_NAME:
        raise InvalidProviderName
    if not text.isprintable() or any(character.isspace() for character in text):
        raise InvalidProviderName
    return text


def parse_attribute_name(text: str) -> str:
    """Return the text if a provider's answer can have an attribute of that name; SAML's are long, and often URIs.

    Raises:
        InvalidAttributeName: for anything else.
    """
    if not 1 <= len(text) <= _LONGEST_ATTRIBUTE_NAME or not text.isprintable() or text.strip() != text:
        raise InvalidAttributeName
    return text


def asserted_email(asserted: Mapping[str, str], mappings: Iterable[ProviderMapping]) -> str | None:
    """Return the mail address in a provider's answer, if it is where its mappings say, or where it usually is.

    Args:
        asserted: everything that the provider says of the person.
        mappings: all of that provider.
    """
    named = sorted({one.email_attribute for one in mappings if one.email_attribute is not None})
    return next((asserted[name] for name in named or _EMAIL_NAMES if asserted.get(name)), None)


def profile_name(provider: str, user_name: str) -> str:
    """Return the username of the profile that a provider brings: `<provider>_<id>`, and some say the id alone."""
    if lowered(user_name).startswith(lowered(f"{provider}_")):
        return user_name
    return f"{provider}_{user_name}"


def provider_names(attributes: Mapping[str, str]) -> tuple[str, ...]:
    """Return the identity providers of a profile, as the JSON of its `identities` names them; never its username.

    A username is `<provider>_<id>`, and both may hold underscores, so it names no provider for certain.
    """
    try:
        identities = json.loads(attributes.get("identities", ""))
    except (ValueError, RecursionError):
        return ()
    if not isinstance(identities, list):
        return ()
    # Each identity counts, readable or not: a profile with two has more than the one that a tenant asks for.
    return tuple(map(_provider_name, identities))


def _provider_name(identity: object) -> str:
    name = identity.get("providerName") if isinstance(identity, dict) else None
    return name if isinstance(name, str) else ""


def vouched(email: str | None, mappings: Iterable[ProviderMapping]) -> ProvenAddress:
    """Return the address that a mapped provider's word proves, and towards which tenants.

    Args:
        email: the address that the provider asserts. What it says of its being verified counts for nothing.
        mappings: all of that provider.

    Raises:
        NotInvited: if no tenant maps the provider, or none takes its word for this address.
    """
    every = tuple(mappings)
    if not every:
        raise NotInvited(Reason.PROVIDER_NOT_MAPPED)
    try:
        address = parse_address(email)
    except AddressNotSupported:
        raise NotInvited(Reason.ADDRESS_NOT_SUPPORTED, _only_tenant(every)) from None
    # A phone has no domain, and an empty one that somebody wrote into a row is none either.
    towards = frozenset(one.tenant_id for one in every if address.domain and address.domain in one.domains)
    if not towards:
        raise NotInvited(Reason.DOMAIN_NOT_MAPPED, _only_tenant(every))
    return ProvenAddress(address, towards)


def _only_tenant(mappings: tuple[ProviderMapping, ...]) -> str | None:
    return mappings[0].tenant_id if len(mappings) == 1 else None
