"""Dead ends: sign-in policies by which nobody could enter a tenant, or not all whom its operator may think of.

What is compared is what operators have declared and mapped; what the user pool really offers, `gatehouse doctor` says.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.policy import NATIVE_WAYS, is_client_allowed, takes_providers_alone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gatehouse.domain.policy import Client
    from gatehouse.domain.provider import ProviderMapping
    from gatehouse.domain.tenant import Tenant

# As long as every custom challenge is refused, nobody gets in by one (`services/challenges.py`).
_REFUSED_YET = frozenset({"custom", "two-step"})


@dataclass(frozen=True, slots=True)
class PolicyFinding:
    """Something that a policy does not do as it reads.

    Args:
        code: what it is, in a word that does not change.
        what: the same in a sentence, with what to do.
        is_dead_end: whether nobody at all could enter.
    """

    code: str
    what: str
    is_dead_end: bool = False


def check_policy(
    tenant: Tenant, clients: Iterable[Client], mappings: Iterable[ProviderMapping], *, has_members: bool = False
) -> list[PolicyFinding]:
    """Return what is wrong with a tenant's policy, whatever shuts everybody out first; nothing if it takes any way in.

    Somebody can enter if one app client for people offers only ways in that the tenant takes, and one of these works:
    a native way but for custom challenges, or an identity provider that is mapped to the tenant with a mail domain.

    Args:
        tenant: as it is to be.
        clients: all that are declared.
        mappings: the identity providers that are mapped to this tenant.
        has_members: whether anybody is in it, or invited to it.
    """
    if not tenant.ways:
        return []
    domains = {f"provider:{mapping.provider}": bool(mapping.domains) for mapping in mappings}
    serving = [one for one in clients if one.tenant_id is None and is_client_allowed(tenant, one)]
    found = [*_blocked(tenant, serving, domains), *_providers(tenant, domains)]
    if takes_providers_alone(tenant) and has_members:
        what = "members with a password, or with several identities, get no token any more; only their provider's do"
        found.append(PolicyFinding("native_members_shut_out", what))
    return found


def _blocked(tenant: Tenant, serving: Sequence[Client], domains: dict[str, bool]) -> list[PolicyFinding]:
    if not serving:
        what = (
            f"no app client is declared that offers nothing but {_in_words(tenant.ways)}: gatehouse client list,"
            " gatehouse client set"
        )
        return [PolicyFinding("no_client_keeps_to_it", what, is_dead_end=True)]
    offered = {way for client in serving for way in client.ways}
    if any(_works(way, domains) for way in offered):
        return []
    if offered <= _REFUSED_YET:
        what = f"every custom challenge is refused so far, so nobody gets in by {_in_words(offered)} yet"
        return [PolicyFinding("challenges_refused", what, is_dead_end=True)]
    what = f"of the ways in that its app clients offer none works: {_in_words(offered)}"
    return [PolicyFinding("no_way_works", what, is_dead_end=True)]


def _providers(tenant: Tenant, domains: dict[str, bool]) -> list[PolicyFinding]:
    found = []
    for way in sorted(tenant.ways - {*NATIVE_WAYS}):
        provider = way.removeprefix("provider:")
        command = f"gatehouse provider set {provider} --tenant {tenant.id} --domain DOMAIN"
        if way not in domains:
            what = f"{provider} is not mapped to the tenant, so it brings nobody: {command}"
            found.append(PolicyFinding("provider_not_mapped", what))
        elif not domains[way]:
            what = f"{provider} is mapped without a mail domain, so its word proves no address: {command}"
            found.append(PolicyFinding("provider_without_domain", what))
    return found


def _works(way: str, domains: dict[str, bool]) -> bool:
    return domains.get(way, False) if way not in NATIVE_WAYS else way not in _REFUSED_YET


def _in_words(ways: Iterable[str]) -> str:
    return ", ".join(sorted(ways))
