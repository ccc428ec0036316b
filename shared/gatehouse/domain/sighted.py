"""What a decision has seen, in words for operators: never a secret, and nothing that it has not read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gatehouse.domain.address import AddressKind, is_federated
from gatehouse.domain.provider import provider_names
from gatehouse.domain.tenant import JOIN_RULES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from gatehouse.domain.admission import AddressPage
    from gatehouse.domain.code import Code
    from gatehouse.domain.invitation import Invitation
    from gatehouse.domain.mail_domain import DomainRule
    from gatehouse.domain.membership import Membership, UserMemberships
    from gatehouse.domain.policy import Client
    from gatehouse.domain.provider import FederationNote, ProviderMapping
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighted:
    """What a decision has read, None where it asked and there was nothing; what it never asked for is not here.

    Args:
        page: all that is held of the address.
        memberships: all of the user, and their default tenant.
        tenants: by id.
        seats: of a tenant, by its id.
        members: memberships that were read one by one, by the tenant: of who is to be replaced.
        clients: app clients, by id.
        providers: what each identity provider is mapped to.
        notes: what a provider has just said of the profile.
        codes: those that came or were noted.
        domains: the rules of mail domains, by name.
    """

    page: AddressPage | None = None
    memberships: UserMemberships | None = None
    tenants: Mapping[str, Tenant | None] = field(default_factory=dict)
    seats: Mapping[str, Seats] = field(default_factory=dict)
    members: Mapping[str, Membership] = field(default_factory=dict)
    clients: Mapping[str, Client | None] = field(default_factory=dict)
    providers: Mapping[str, Sequence[ProviderMapping]] = field(default_factory=dict)
    notes: Sequence[FederationNote | None] = ()
    codes: Sequence[Code | None] = ()
    domains: Mapping[str, DomainRule | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a question brought along, and what the decision then read.

    Args:
        at: the moment, UTC.
        attributes: the profile's, or those that a sign-up brings.
        sighted: what was read.
        token: an invitation's secret that came with a sign-up; never shown.
        admits_by_address: whether an open invitation is a ground without its secret.
        asked: the tenants that a token is asked for by name; empty for none.
        is_accepting: whether a token's request accepts an invitation, so that what sign-up noted is not asked.
    """

    at: datetime
    attributes: Mapping[str, str]
    sighted: Sighted
    token: str = field(default="", repr=False)
    admits_by_address: bool = False
    asked: str = ""
    is_accepting: bool = False


def address(seen: Seen) -> str:
    """Say which address the profile claims."""
    return seen.attributes.get(AddressKind.EMAIL) or seen.attributes.get(AddressKind.PHONE) or "no address"


def profile(seen: Seen) -> str:
    """Say what kind of profile it is, and where it stands in the pool."""
    status = seen.attributes.get("cognito:user_status") or "no status"
    providers = provider_names(seen.attributes)
    return f"{status}, of {_several(providers)}" if providers else status


def mappings(seen: Seen) -> str:
    """Say what the identity provider is mapped to."""
    return "; ".join(f"{name}: {_mapped(found)}" for name, found in seen.sighted.providers.items())


def brought(seen: Seen) -> str:
    """Say what brought a federated sign-up along, and what that is mapped to."""
    return mappings(seen) or note(seen)


def _mapped(found: Sequence[ProviderMapping]) -> str:
    return ", ".join(f"{one.tenant_id} for {_several(one.domains, 'no domain')}" for one in found) or "no tenant"


def note(seen: Seen) -> str:
    """Say what the identity provider has said of the profile."""
    return "; ".join(map(_noted, seen.sighted.notes))


def _noted(found: FederationNote | None) -> str:
    if found is None:
        return "no identity provider has said anything of this profile"
    return f"{found.provider} said {found.address or 'no address that is supported'} at {_moment(found.noted_at)}"


def proof(seen: Seen) -> str:
    """Say whether the owner of the profile has shown that the address is theirs."""
    if is_federated(seen.attributes):
        return note(seen) or "no identity provider has said anything of this profile"
    told = [(kind, seen.attributes.get(f"{kind}_verified")) for kind in AddressKind]
    return ", ".join(f"{kind}_verified is {value}" for kind, value in told if value) or "nothing is verified"


def code(seen: Seen) -> str:
    """Say what the code is."""
    return "; ".join(map(_coded, seen.sighted.codes))


def _coded(found: Code | None) -> str:
    if found is None:
        return "there is no such code"
    of_domain = f", for {_several(found.domains)}" if found.domains else ""
    used = f"{found.uses} of {found.max_uses} uses, until {found.expires_on}"
    return f"{found.id} of {found.tenant_id}: {found.status}, {used}{of_domain}"


def slots(seen: Seen) -> str:
    """Say which invitations the address has, and where each stands."""
    if seen.sighted.page is None:
        return ""
    return "; ".join(_slot(one, seen.at) for one in seen.sighted.page.invitations) or "no invitation of the address"


def _slot(one: Invitation, at: datetime) -> str:
    told = f"{one.tenant_id}: {one.status_on(at.date())}, as {one.role}, last day {one.expires_on}"
    offer = one.offer()
    return f"{told}, offered to another profile until {offer.expires_on}" if offer else told


def inviters(seen: Seen) -> str:
    """Say who has made the invitations."""
    slots = seen.sighted.page.invitations if seen.sighted.page else ()
    return "; ".join(f"{one.tenant_id}: by {one.invited_by_member or 'an operator'}" for one in slots)


def secret(seen: Seen) -> str:
    """Say whose secret came, if one did."""
    if seen.sighted.page is None or not seen.token:
        return ""
    found = seen.sighted.page.invitations
    every = (*found, *(offer for one in found if (offer := one.offer())))
    kinds = ((one, one.secret_kind(seen.token)) for one in every)
    return next((f"the {kind} one of {one.tenant_id}" for one, kind in kinds if kind), "it is of no invitation here")


def secret_sent(seen: Seen) -> str:
    """Say whether a secret came, and whether one is needed."""
    if seen.sighted.page is None:
        return ""
    needed = "GATEHOUSE_ADMIT_BY_ADDRESS is on" if seen.admits_by_address else "one is needed"
    return "a secret came" if seen.token else f"no secret came, {needed}"


def admissions(seen: Seen) -> str:
    """Say what sign-up noted of the address."""
    if seen.sighted.page is None or seen.is_accepting or is_federated(seen.attributes):
        return ""
    told = (
        f"{one.ground} to {one.tenant_id} at {_moment(one.admitted_at)}" + ("" if one.holds_at(seen.at) else ", over")
        for one in seen.sighted.page.admissions
    )
    return "; ".join(told) or "nothing is noted"


def domain(seen: Seen) -> str:
    """Say for which tenant the address's domain is verified."""
    return "; ".join(f"{name}: {_ruled(rule)}" for name, rule in seen.sighted.domains.items())


def _ruled(rule: DomainRule | None) -> str:
    return "verified for no tenant" if rule is None else f"verified for {rule.tenant_id}, {rule.mode}, as {rule.role}"


def tenants(seen: Seen) -> str:
    """Say where the tenants stand that were asked for."""
    found = seen.sighted.tenants.items()
    return "; ".join(f"{name}: {one.status if one else 'there is no such tenant'}" for name, one in found)


def ways(seen: Seen) -> str:
    """Say which ways in the tenants take, and which the app client offers."""
    told = [f"{one.id} takes {_several(one.ways, 'any way in')}" for one in _there(seen)]
    if not told:
        return ""
    clients = (_offered(name, one) for name, one in seen.sighted.clients.items())
    return "; ".join([*told, *clients])


def _offered(client_id: str, client: Client | None) -> str:
    if client is None:
        return f"{client_id} is not declared, so it offers anything"
    return f"{client.name} offers {_several(client.ways, 'nothing')}"


def rules(seen: Seen) -> str:
    """Say by what the tenants take people who have no invitation, where that is what admits."""
    if any(seen.sighted.codes) or any(seen.sighted.domains.values()):
        on = ((one.id, [rule for rule in JOIN_RULES if rule not in one.rules_off]) for one in _there(seen))
        return "; ".join(f"{name} takes people by {_several(names, 'neither code nor domain')}" for name, names in on)
    if seen.sighted.providers:
        roles = ((one.id, one.provider_role) for one in _there(seen))
        return "; ".join(f"{name}: {f'as {role}' if role else 'an invitation is needed'}" for name, role in roles)
    return ""


def memberships(seen: Seen) -> str:
    """Say where the user is a member, and which tenant is asked for."""
    told = [f"asked for {seen.asked}"] if seen.asked else []
    found = seen.sighted.memberships
    if found is not None:
        told.append(", ".join(map(_member, found.by_tenant.values())) or "member of no tenant")
        told += [f"default {found.default_tenant_id}"] if found.default_tenant_id else []
    return "; ".join(told)


def member_status(seen: Seen) -> str:
    """Say where the memberships stand."""
    found = seen.sighted.memberships
    return "; ".join(f"{name}: {one.status}" for name, one in found.by_tenant.items()) if found else ""


def _member(one: Membership) -> str:
    return f"{one.tenant_id} as {one.role}"


def seats(seen: Seen) -> str:
    """Say how many seats are held."""
    return "; ".join(f"{name}: {_held(one.folded_to(seen.at.date()))}" for name, one in seen.sighted.seats.items())


def _held(found: Seats) -> str:
    return f"{found.held} held, no limit" if found.limit is None else f"{found.held} of {found.limit} held"


def _there(seen: Seen) -> list[Tenant]:
    return [one for one in seen.sighted.tenants.values() if one is not None]


def _several(names: Iterable[str], nothing: str = "none") -> str:
    return ", ".join(sorted(names)) or nothing


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
