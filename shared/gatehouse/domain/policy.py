"""What a tenant asks of a sign-in, and what an app client offers: the ways in, compared before a token names a tenant.

The app client is what is compared because it is the only thing that every gate, refresh included, sees of a sign-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.membership import is_for_rules
from gatehouse.domain.provider import parse_provider_name
from gatehouse.domain.tenant import Tenant, parse_tenant_name
from gatehouse.refusals.common import (
    InvalidClientId,
    InvalidClientName,
    InvalidProviderName,
    InvalidRuleRole,
    InvalidTenantName,
    InvalidWayIn,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.role import Role

# Cognito's own pattern for an app client's id (CreateUserPoolClient, ClientId).
_CLIENT_ID = re.compile(r"[A-Za-z0-9_+]{1,128}", re.ASCII)

# What Cognito offers for native profiles; `two-step` is a custom challenge that asks for a password and then a code.
NATIVE_WAYS = ("custom", "otp", "passkey", "password", "srp", "two-step")
_PROVIDER = "provider:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """An app client, as far as Gatehouse needs to know it.

    Args:
        id: Cognito's id of it.
        name: what operators call it.
        ways: every way in that it offers.
        tenant_id: the tenant whose machine it is, or None for people's.
    """

    id: str
    name: str
    ways: frozenset[str]
    tenant_id: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """What decides whether a sign-in may name a tenant: the app client, if it is known, and the tenants asked for."""

    client: Client | None = None
    tenants: Mapping[str, Tenant] = field(default_factory=dict)


def parse_client_id(text: str) -> str:
    """Return the text if it is an app client's id.

    Raises:
        InvalidClientId: for anything else.
    """
    if not _CLIENT_ID.fullmatch(text):
        raise InvalidClientId
    return text


def parse_client_name(text: str) -> str:
    """Return the text if it can be shown as an app client's name: what a tenant can be called, a client can.

    Raises:
        InvalidClientName: for anything else.
    """
    try:
        return parse_tenant_name(text)
    except InvalidTenantName:
        raise InvalidClientName from None


def known_client_id(text: str) -> str | None:
    """Return the text if an app client can have this id, else None."""
    return text if _CLIENT_ID.fullmatch(text) else None


def parse_way(text: str) -> str:
    """Return the text if it is a way in: one of Cognito's own, or `provider:` and an identity provider's name.

    Raises:
        InvalidWayIn: for anything else.
    """
    try:
        if text in NATIVE_WAYS or parse_provider_name(_provider_of(text)):
            return text
    except InvalidProviderName:
        pass
    raise InvalidWayIn


def parse_rule_role(role: Role) -> Role:
    """Return the role if a rule alone may make somebody that: one that does not stand above a member.

    Raises:
        InvalidRuleRole: for the roles above.
    """
    if not is_for_rules(role):
        raise InvalidRuleRole
    return role


def is_client_allowed(tenant: Tenant, client: Client | None) -> bool:
    """Tell whether every way in that the client offers is one that the tenant takes.

    Every one, because nobody can tell which of them was taken. A client that is not known offers anything.

    Args:
        tenant: whose policy counts; without ways in it, any will do.
        client: whose ways are compared, or None if it is not known.
    """
    if not tenant.ways:
        return True
    return client is not None and bool(client.ways) and client.ways <= _known(tenant.ways)


def is_way_allowed(tenant: Tenant, client: Client | None, providers: tuple[str, ...] | None) -> bool:
    """Tell whether a sign-in by this client to this profile is one that the tenant takes.

    The client must be allowed. Of a profile that an identity provider alone can sign in, the way in is known: its one
    provider must be among the tenant's ways. Any other profile has a password or may have, so a tenant that takes
    providers alone does not take it, whatever is linked to it.

    Args:
        tenant: whose policy counts; without ways in it, any will do.
        client: whose tokens these are, or None if it is not known.
        providers: the identity providers of a profile that has no other way in; None for any other profile.
    """
    if not tenant.ways:
        return True
    if not is_client_allowed(tenant, client):
        return False
    if providers is None:
        return not takes_providers_alone(tenant)
    return len(providers) == 1 and f"{_PROVIDER}{providers[0]}" in _known(tenant.ways)


def takes_providers_alone(tenant: Tenant) -> bool:
    """Tell whether a tenant has ways in, and all of them are identity providers."""
    return bool(tenant.ways) and all(way.startswith(_PROVIDER) for way in _known(tenant.ways))


def _known(ways: frozenset[str]) -> frozenset[str]:
    """Return the ways in that we know; what else somebody wrote into a row is no way, and lets nobody in."""
    return frozenset(way for way in ways if _is_way(way))


def _is_way(text: str) -> bool:
    try:
        parse_way(text)
    except InvalidWayIn:
        return False
    return True


def _provider_of(way: str) -> str:
    return way.removeprefix(_PROVIDER) if way.startswith(_PROVIDER) else ""
