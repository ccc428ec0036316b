"""Plans of tenants and app clients: what is found, and what carrying a file out would do; `plan_work.py` does it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Party, PartyKind
from gatehouse.domain.dead_ends import PolicyFinding, check_policy
from gatehouse.domain.mail_domain import is_public_domain
from gatehouse.domain.plan import Change, Part, Place, Verb, applied, changes_to, plan_hash
from gatehouse.domain.plan_values import Found, client_of, mapping_of, number, optional_text, with_policy
from gatehouse.domain.seats import MOST_SEATS
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.refusals.common import TenantClosed, TenantNotFound
from gatehouse.refusals.plans import PlanRefused
from gatehouse.refusals.rules import DomainTaken, PublicDomain
from gatehouse.refusals.tenants import NobodyCouldEnter

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gatehouse.domain.audit import Occasion
    from gatehouse.domain.plan import Estate, Wanted
    from gatehouse.domain.provider import ProviderMapping
    from gatehouse.errors import OperatorRefusal
    from gatehouse.services.ports import ClientListing, DomainListing, Inventory, ProviderListing
    from gatehouse.services.recording import Recorder

_ACTIONS = {
    Part.CLIENT: (Action.CLIENT_SET, PartyKind.CLIENT),
    Part.DOMAIN: (Action.DOMAIN_CLAIM, PartyKind.DOMAIN),
    Part.POLICY: (Action.TENANT_SET_POLICY, PartyKind.TENANT),
    Part.TENANT: (Action.TENANT_SET, PartyKind.TENANT),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a part of a plan would be refused: at which place, and by which refusal."""

    place: Place
    refusal: OperatorRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What carrying a file out would do.

    Args:
        changes: in the order in which they are carried out.
        problems: for which nothing is carried out.
        findings: what is wrong with the policies of tenants, by tenant, that is not wrong with them now.
        waiting: the domains that are claimed, once this is carried out, and not verified: each with its tenant.
        crowded: how many seats are held of tenants that would have fewer.
    """

    changes: Sequence[Change]
    problems: Sequence[Problem]
    findings: Sequence[tuple[str, PolicyFinding]]
    waiting: Sequence[tuple[str, str]]
    crowded: Mapping[str, int]

    @property
    def hash(self) -> str:
        """Return what the changes are known by (`domain/plan.py`)."""
        return plan_hash(self.changes)


def survey(
    wanted: Wanted,
    *,
    inventory: Inventory,
    clients: ClientListing,
    providers: ProviderListing,
    domains: DomainListing,
    one_more: Callable[[], None],
) -> Found:
    """Return what there is of what is wanted.

    What the file names is read consistently, by its keys. What it does not name comes from listings, which lag a
    moment, and is read again by its keys. A tenant whose domains are given takes a request of its own.

    Args:
        wanted: what is to be.
        inventory: reads by keys.
        clients: those that are declared.
        providers: their mappings.
        domains: those that a tenant claims.
        one_more: counts a tenant whose domains have been listed.
    """
    places = list(wanted.values)
    owners = [optional_text(wanted.values[one].get("machine_of")) for one in places if one.part is Part.CLIENT]
    ids = set(wanted.tenant_ids)
    tenants = inventory.tenants(sorted(ids | {one for one in owners if one}))
    client_ids = {one.name for one in places if one.part is Part.CLIENT} | {one.id for one in clients.clients()}
    mapped = {(one.name, one.tenant_id) for one in places if one.part is Part.PROVIDER}
    mapped |= {(one.provider, one.tenant_id) for one in providers.every() if one.tenant_id in ids}
    claimed = {(one.name, one.tenant_id) for one in places if one.part is Part.DOMAIN}
    for tenant_id, part in sorted(wanted.whole):
        if part is Part.DOMAIN and tenant_id in tenants:
            claimed |= {(claim.domain, tenant_id) for claim in domains.of_tenant(tenant_id)}
            one_more()
    return Found(
        tenants=tenants,
        clients={one.id: one for one in inventory.clients(sorted(client_ids))},
        mappings={(one.provider, one.tenant_id): one for one in inventory.mappings(sorted(mapped))},
        claims={(one.domain, one.tenant_id): one for one in inventory.claims(sorted(claimed))},
        rules={one.domain: one.tenant_id for one in inventory.rules(sorted({domain for domain, _ in claimed}))},
    )


def make_plan(wanted: Wanted, found: Found, *, at: datetime, public: Container[str], force: bool = False) -> Plan:
    """Return what would be done; with force, a policy by which nobody could enter is no problem.

    Args:
        wanted: what is to be.
        found: what there is.
        at: now, UTC.
        public: the domains at which anybody can get an address.
        force: whether policies may shut everybody out.
    """
    estate = found.estate()
    changes = changes_to(wanted, estate)
    after = applied(estate, changes)
    held = {one: there.seats.folded_to(at.date()).held for one, there in found.tenants.items()}
    findings = _new_findings(wanted, found, after, held, at)
    problems = list(_problems(wanted, found, changes, public))
    if not force:
        shut = sorted({tenant_id for tenant_id, finding in findings if finding.is_dead_end})
        problems += [Problem(Place(one, Part.POLICY), NobodyCouldEnter(tenant_id=one)) for one in shut]
    waiting = [
        (place.name, place.tenant_id)
        for place in sorted(wanted.values)
        if place.part is Part.DOMAIN and not after[place]["verified"]
    ]
    crowded = {
        place.tenant_id: held.get(place.tenant_id, 0)
        for place in (one.place for one in changes if one.place.part is Part.SEATS)
        if held.get(place.tenant_id, 0) > (number(after[place]["seats"]) or MOST_SEATS)
    }
    return Plan(changes=changes, problems=problems, findings=findings, waiting=waiting, crowded=crowded)


def refuse_problems(plan: Plan, occasion: Occasion, *, recorder: Recorder) -> None:
    """Refuse a plan that has problems, each with its entry.

    Raises:
        PlanRefused: if it has any.
    """
    for problem in plan.problems:
        place = problem.place
        action, kind = _ACTIONS[place.part]
        recorder.deny(occasion, action, problem.refusal, Party(kind, place.name or place.tenant_id))
    if plan.problems:
        raise PlanRefused


def _problems(wanted: Wanted, found: Found, changes: Sequence[Change], public: Container[str]) -> Iterator[Problem]:
    released = {one.place for one in changes if one.verb is Verb.REMOVE}
    for tenant_id in wanted.tenant_ids:
        held = found.tenants.get(tenant_id)
        if held is not None and held.tenant.status is TenantStatus.CLOSED:
            yield Problem(Place(tenant_id, Part.TENANT), TenantClosed(tenant_id=tenant_id))
    for place in sorted(one.place for one in changes if one.verb is not Verb.REMOVE):
        if place.part is Part.DOMAIN:
            whose = found.rules.get(place.name, place.tenant_id)
            if is_public_domain(place.name, public):
                yield Problem(place, PublicDomain(tenant_id=place.tenant_id))
            elif whose != place.tenant_id and Place(whose, Part.DOMAIN, place.name) not in released:
                yield Problem(place, DomainTaken(tenant_id=place.tenant_id))
        elif place.part is Part.CLIENT:
            owner = optional_text(wanted.values[place]["machine_of"])
            if owner and owner not in found.tenants and Place(owner, Part.TENANT) not in wanted.values:
                yield Problem(place, TenantNotFound(tenant_id=owner))


def _new_findings(
    wanted: Wanted, found: Found, after: Estate, held: Mapping[str, int], at: datetime
) -> list[tuple[str, PolicyFinding]]:
    clients = [client_of(place, values) for place, values in after.items() if place.part is Part.CLIENT]
    mapped = [mapping_of(place, values) for place, values in after.items() if place.part is Part.PROVIDER]
    mappings, mappings_now = _by_tenant(mapped), _by_tenant(found.mappings.values())
    new: list[tuple[str, PolicyFinding]] = []
    for one in wanted.tenant_ids:
        there = found.tenants.get(one)
        now = there.tenant if there else Tenant(id=one, name=one, status=TenantStatus.ACTIVE, created_at=at)
        has_members = held.get(one, 0) > 0
        known = check_policy(now, found.clients.values(), mappings_now[one], has_members=has_members) if there else []
        then = with_policy(now, after[Place(one, Part.POLICY)])
        findings = check_policy(then, clients, mappings[one], has_members=has_members)
        new += [(one, what) for what in findings if what not in known]
    return new


def _by_tenant(mappings: Iterable[ProviderMapping]) -> Mapping[str, list[ProviderMapping]]:
    sorted_out: dict[str, list[ProviderMapping]] = defaultdict(list)
    for mapping in mappings:
        sorted_out[mapping.tenant_id].append(mapping)
    return sorted_out
