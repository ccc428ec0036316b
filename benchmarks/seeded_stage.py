"""Where the operations of the store are carried out: a seeded table, and people who come to it anew each time."""

import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import count, islice
from statistics import median
from typing import Any

from benchmarks import Unmeasurable
from benchmarks.seeding import LARGEST
from benchmarks.tally import Cost, TallyingAws
from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Entry
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.membership import Membership
from gatehouse.domain.role import Role
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from tests.support.builders import TODAY, a_membership, an_entry, an_invitation
from tests.support.stores import TestClock, app_for

TAKEN = 50  # rows of a listing

type Act = Callable[[], object]
type Prepare = Callable[["Stage"], Act]


class Stage:
    """A seeded table, and people who come to its largest tenant anew for each run of an operation.

    Args:
        aws: where the tables are.
        settings: the tables.
    """

    def __init__(self, aws: Aws, settings: Settings) -> None:
        self.tally = TallyingAws(aws)
        self.app = app_for(self.tally, TestClock(), settings)
        self._numbers = count(1)

    def cost(self, prepare: Prepare, runs: int) -> Cost:
        """Carry an operation out so many times, each prepared anew, and return what it took.

        Raises:
            Unmeasurable: if two runs asked for different things.
        """
        found: list[Cost] = []
        for _ in range(runs):
            act = prepare(self)
            self.tally.clear()
            began = time.perf_counter()
            act()
            taken = (time.perf_counter() - began) * 1000
            tally = self.tally
            found.append(Cost(tally.requests, tally.items, tally.read_units, tally.write_units, taken))
        if len({one.counts for one in found}) > 1:
            raise Unmeasurable("no two runs of it are alike")
        return replace(found[-1], ms=median(one.ms for one in found))

    def number(self) -> int:
        """Return a number that nothing else has."""
        return next(self._numbers)

    def sub(self) -> str:
        """Return a user whom nobody knows."""
        return f"{self.number():08x}-0000-4000-8000-000000000000"

    def entry(self) -> Entry:
        """Return an audit entry that is not written yet."""
        return an_entry(id=f"01KAT0000{self.number():017d}", tenant_id=LARGEST)

    def order(self, **overrides: Any) -> Invitation:
        """Return an invitation of somebody new that is not written yet."""
        number = self.number()
        made = an_invitation(f"new-{number}@example.com", id=f"01KAT3Q4W0{number:016d}", tenant_id=LARGEST)
        return replace(made, **overrides)

    def invitation(self, **overrides: Any) -> Invitation:
        """Invite somebody new."""
        made = self.order(**overrides)
        self.app.invitations.create(made, self.entry(), TODAY)
        return made

    def member(self, role: Role = Role.MEMBER) -> Membership:
        """Have somebody new join."""
        invitation = self.invitation(role=role)
        membership = self.membership(invitation)
        self.app.addresses.join(invitation, membership, self.entry(), TODAY)
        return membership

    def membership(self, invitation: Invitation) -> Membership:
        """Return the membership that an invitation is to make."""
        return a_membership(
            tenant_id=LARGEST,
            sub=self.sub(),
            address=invitation.address.value,
            role=invitation.role,
        )

    def slot(self, membership: Membership) -> Invitation:
        """Return the accepted slot of a member whom a rule takes in."""
        address = parse_address(membership.address)
        return self.order(address=address, status=InvitationStatus.ACCEPTED, sub=membership.sub)


def first(rows: Callable[[App], Iterable[object]]) -> Prepare:
    """Return the operation that takes the first rows of a listing and leaves the others."""
    return lambda stage: lambda: list(islice(rows(stage.app), TAKEN))
