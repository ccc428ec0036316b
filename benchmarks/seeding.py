"""Tables as full as a large deployment's: rows that the store's own records make, of tenants of very unequal size."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import batched

from gatehouse.aws import Aws
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.mail_domain import Proof
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.runtime.settings import Settings
from gatehouse.store import keys, records
from gatehouse.store.attributes import Wire, to_wire
from gatehouse.store.codes import code_item
from gatehouse.store.domains import claim_item, rule_item
from gatehouse.store.entries import entry_item
from gatehouse.store.requests import request_item
from tests.support.builders import (
    NOW,
    TODAY,
    a_claim,
    a_client,
    a_code,
    a_mapping,
    a_membership,
    a_request,
    a_tenant,
    an_entry,
    an_invitation,
    seats,
)

LARGEST = "largest"

_BATCH = 25  # items in a BatchWriteItem, at most
_OWNERS = 2
_ROOM = 1_000
_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How much there is.

    Args:
        tenants: each with its seats, an app client and an identity provider's mapping.
        invitations: of all tenants. A fifth or so is accepted, most of the others are pending.
        members: of all tenants; each has an accepted invitation and a default tenant.
        largest: invitations of one tenant; the others share the rest alike.
        entries: of the largest tenant's audit log of today.
    """

    tenants: int
    invitations: int
    members: int
    largest: int
    entries: int

    def shares(self) -> Iterator[tuple[str, int, int]]:
        """Yield each tenant's id with how many invitations and how many members it has, the largest tenant first."""
        each, rest = divmod(self.invitations - self.largest, max(1, self.tenants - 1))
        before = 0
        for number in range(self.tenants):
            invitations = self.largest if number == 0 else each + (number <= rest)
            # What is shared out so far is rounded, not each share: the sum comes out right.
            after = before + invitations
            members = after * self.members // self.invitations - before * self.members // self.invitations
            before = after
            yield LARGEST if number == 0 else f"tenant-{number}", invitations, members


SMALL = World(tenants=150, invitations=1_000, members=500, largest=600, entries=500)
FULL = World(tenants=5_000, invitations=1_000_000, members=200_000, largest=50_000, entries=20_000)


def core_rows(world: World, part: int = 0, parts: int = 1) -> Iterator[Wire]:
    """Yield every row of the core table, or those of every so-manieth tenant only."""
    persons = 0
    for number, (tenant_id, invitations, members) in enumerate(world.shares()):
        first, persons = persons, persons + invitations
        if number % parts != part:
            continue
        made = [_invitation(tenant_id, first + one, one - members) for one in range(invitations)]
        yield records.tenant_item(a_tenant(id=tenant_id, name=f"Tenant {number}", provider_role=Role.MEMBER))
        yield records.client_item(a_client(id=f"{number:026d}", name=tenant_id, tenant_id=tenant_id))
        yield records.provider_item(
            a_mapping(f"{tenant_id}.example", provider=f"Provider-{number}", tenant_id=tenant_id)
        )
        yield from map(records.invitation_item, made)
        for place, one in enumerate(made[:members]):
            yield from _member_rows(one, Role.OWNER if place < _OWNERS else Role.MEMBER)
        yield records.seats_item(tenant_id, _seats(made, members))


def rule_rows(world: World) -> Iterator[Wire]:
    """Yield codes, verified domains and requests to join of the largest tenant, as many of each as there are tenants.

    Of a code its own row alone, not the one that leads to it by its id: what is listed.
    """
    for number in range(world.tenants):
        yield code_item(a_code(id=f"01KAS5Q4W0{number:016d}", hash=f"{number:064x}", tenant_id=LARGEST))
        claim = a_claim(domain=f"domain-{number}.example", tenant_id=LARGEST, proof=Proof.DNS, verified_at=NOW)
        yield claim_item(claim)
        yield rule_item(claim)
        yield request_item(a_request(f"waiting-{number}@domain-{number}.example", tenant_id=LARGEST))


def audit_rows(world: World) -> Iterator[Wire]:
    """Yield every row of the audit table."""
    for number in range(world.entries):
        yield entry_item(an_entry(id=f"01KAS0000{number:017d}", tenant_id=LARGEST))


def _invitation(tenant_id: str, person: int, after_members: int) -> Invitation:
    """Return the invitation of a person: accepted, or, in turn, one of those that are not."""
    made = an_invitation(
        f"person-{person}@example.com",
        id=f"01KAS3Q4W0{person:016d}",
        tenant_id=tenant_id,
        invited_at=NOW - timedelta(seconds=person),
        expires_on=TODAY + timedelta(days=person % _DAYS),
    )
    if after_members < 0:
        return replace(made, status=InvitationStatus.ACCEPTED, sub=f"{person:08x}-1031-7028-b2d4-{person:012x}")
    if after_members % 5 == 0:
        return replace(made, status=InvitationStatus.REVOKED)
    if after_members % 5 == 1:
        return replace(made, expires_on=TODAY - timedelta(days=1))
    return made


def _member_rows(invitation: Invitation, role: Role) -> Iterator[Wire]:
    sub = invitation.sub or ""  # it is accepted, and so has one
    yield records.membership_item(
        a_membership(
            tenant_id=invitation.tenant_id,
            sub=sub,
            address=invitation.address.value,
            role=role,
            joined_at=invitation.invited_at,
        )
    )
    yield to_wire(keys.profile_key(sub) | {"default_tenant_id": invitation.tenant_id})


def _seats(made: Iterable[Invitation], members: int) -> Seats:
    open_ones = (one for one in made if one.status_on(TODAY) is InvitationStatus.PENDING)
    ending = Counter(one.expires_on for one in open_ones)
    held = members + ending.total()
    return seats(limit=held + _ROOM, held=held, owners=min(members, _OWNERS), ending=dict(ending))


def put_rows(aws: Aws, table_name: str, rows: Iterable[Wire]) -> int:
    """Write rows into a table that is there; return how many they were."""
    number = 0
    for some in batched(rows, _BATCH, strict=False):
        requests = [{"PutRequest": {"Item": row}} for row in some]
        aws.call("dynamodb", "BatchWriteItem", {"RequestItems": {table_name: requests}})
        number += len(some)
    return number


def seed(aws: Aws, settings: Settings, world: World, part: int = 0, parts: int = 1) -> int:
    """Write everything into tables that are there, or one of so many parts of it; return how many rows that was."""
    number = put_rows(aws, settings.table_name, core_rows(world, part, parts))
    if part == 0:
        number += put_rows(aws, settings.table_name, rule_rows(world))
        number += put_rows(aws, settings.audit_table_name, audit_rows(world))
    return number
