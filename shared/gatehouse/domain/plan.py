"""A plan: what is wanted of tenants and app clients, compared with what is found, as changes in a safe order.

Everything is plain values here; `services/plan.py` reads them from the store and carries the changes out.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gatehouse.domain.branding import Branding
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant

type Value = str | int | tuple[str, ...] | None
type Values = Mapping[str, Value]

# What the hash is of may gain fields with a new version of Gatehouse, and is another hash then.
_HASH_VERSION = 1


class Part(StrEnum):
    """What one change is of; each has its own service, transaction and audit entry."""

    TENANT = "tenant"
    SEATS = "seats"
    STATUS = "status"
    BRANDING = "branding"
    POLICY = "policy"
    PROVIDER = "provider"
    DOMAIN = "domain"
    CLIENT = "client"


class Verb(StrEnum):
    """What a change does with its place."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where values stand.

    Args:
        tenant_id: of the tenant; empty for an app client.
        part: which part of it.
        name: the identity provider's, the domain's or the app client's id; empty for what a tenant has one of.
    """

    tenant_id: str
    part: Part
    name: str = ""


type Estate = Mapping[Place, Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is to be.

    Args:
        values: at each place, those that are spoken of; whatever is not stays as it is. Each tenant that is to be
            there has its place of `Part.TENANT`, be it empty.
        whole: of which tenants the providers or the domains are given as a whole, so that others have to go.
    """

    values: Estate = field(default_factory=dict)
    whole: frozenset[tuple[str, Part]] = frozenset()

    @property
    def tenant_ids(self) -> list[str]:
        """Return the tenants that are spoken of, by id."""
        return sorted(place.tenant_id for place in self.values if place.part is Part.TENANT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: what of its place is other before than after.

    Args:
        verb: what it does.
        place: where.
        before: the values that go or change; none of what is added.
        after: the values that come; none of what is removed.
    """

    verb: Verb
    place: Place
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FoundTenant:
    """A tenant as it was found, with what stands beside it."""

    tenant: Tenant
    seats: Seats
    branding: Branding


# What a tenant has that has just been made, beside its name and its seats.
FRESH: Mapping[Part, Values] = {
    Part.STATUS: {"status": "active"},
    Part.BRANDING: dict.fromkeys(
        ("display_name", "logo_url", "color", "support_address", "footer", "subject_prefix"), None
    ),
    Part.POLICY: {
        "ways": (),
        "provider_role": None,
        "codes": True,
        "domains": True,
        "token_permissions": True,
        "tenants_list": True,
    },
}


def changes_to(wanted: Wanted, found: Estate) -> list[Change]:
    """Return the changes that make what is found what is wanted, in the order in which they are to be carried out.

    Tenants are made first and suspended next. What widens comes before what narrows, so that nobody who may enter
    before and after is shut out in between: identity providers before the policies that ask for them, policies that
    take more ways in before the app clients that offer them, these before policies that take fewer, and what no
    policy asks for any more goes after that. A tenant is resumed last, when everything else of it is as it is to be.
    """
    made = [_creation(one, wanted) for one in wanted.tenant_ids if Place(one, Part.TENANT) not in found]
    state = applied(found, made)
    changes = made + [change for place, values in wanted.values.items() for change in _changes_at(place, values, state)]
    changes += [
        Change(verb=Verb.REMOVE, place=place, before=values)
        for place, values in state.items()
        if (place.tenant_id, place.part) in wanted.whole and place not in wanted.values
    ]
    return sorted(changes, key=lambda change: (_turn(change), change.place, change.verb))


def applied(estate: Estate, changes: Iterable[Change]) -> Estate:
    """Return what is found once these changes are carried out, one after the other."""
    state = dict(estate)
    for change in changes:
        place = change.place
        if change.verb is Verb.REMOVE:
            del state[place]
        elif change.verb is Verb.CHANGE:
            state[place] = {**state[place], **change.after}
        elif place.part is Part.TENANT:
            state |= _fresh_tenant(place.tenant_id, change.after)
        else:
            unproven = {"verified": False} if place.part is Part.DOMAIN else {}
            state[place] = {**change.after, **unproven}
    return state


def plan_hash(changes: Iterable[Change]) -> str:
    """Return the SHA-256 of changes, in hexadecimal: of their JSON with sorted keys and without spaces, in order."""
    told = [[one.verb, list(_parts(one.place)), dict(one.before), dict(one.after)] for one in changes]
    canonical = json.dumps([_HASH_VERSION, told], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _parts(place: Place) -> tuple[str, str, str]:
    return place.tenant_id, place.part, place.name


def _creation(tenant_id: str, wanted: Wanted) -> Change:
    name = wanted.values[Place(tenant_id, Part.TENANT)].get("name", tenant_id)
    seats = wanted.values.get(Place(tenant_id, Part.SEATS), {}).get("seats")
    return Change(verb=Verb.ADD, place=Place(tenant_id, Part.TENANT), after={"name": name, "seats": seats})


def _fresh_tenant(tenant_id: str, made: Values) -> Estate:
    named: Estate = {
        Place(tenant_id, Part.TENANT): {"name": made["name"], "locale": None},
        Place(tenant_id, Part.SEATS): {"seats": made["seats"]},
    }
    return {**named, **{Place(tenant_id, part): values for part, values in FRESH.items()}}


def _changes_at(place: Place, values: Values, state: Estate) -> list[Change]:
    if place not in state:
        return [Change(verb=Verb.ADD, place=place, after=values)]
    now = state[place]
    after = {name: value for name, value in values.items() if now.get(name) != value}
    if not after:
        return []
    if place.part is Part.DOMAIN:
        # Who joins by a domain, and as what, is part of what was claimed: another rule is another claim.
        return [Change(verb=Verb.REMOVE, place=place, before=now), Change(verb=Verb.ADD, place=place, after=values)]
    return [Change(verb=Verb.CHANGE, place=place, before={name: now.get(name) for name in after}, after=after)]


_TURNS = {
    (Verb.ADD, Part.TENANT): 0,
    (Verb.CHANGE, Part.TENANT): 2,
    (Verb.CHANGE, Part.SEATS): 2,
    (Verb.CHANGE, Part.BRANDING): 2,
    (Verb.ADD, Part.PROVIDER): 3,
    (Verb.CHANGE, Part.PROVIDER): 3,
    (Verb.ADD, Part.CLIENT): 5,
    (Verb.CHANGE, Part.CLIENT): 5,
    (Verb.REMOVE, Part.PROVIDER): 7,
    (Verb.REMOVE, Part.DOMAIN): 8,
    (Verb.ADD, Part.DOMAIN): 9,
}


def _turn(change: Change) -> int:
    if change.place.part is Part.STATUS:
        return 1 if change.after["status"] == "suspended" else 10
    if change.place.part is Part.POLICY:
        return 4 if _takes_more(change) else 6
    return _TURNS[change.verb, change.place.part]


def _takes_more(change: Change) -> bool:
    if "ways" not in change.after:
        return False
    before, after = change.before["ways"], change.after["ways"]
    if not isinstance(before, tuple) or not isinstance(after, tuple):
        return False
    return not after or (bool(before) and set(before) < set(after))
