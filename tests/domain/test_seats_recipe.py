"""The seats recipe as the store carries it out, against a model that simply counts who is there."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited, Refusal
from gatehouse.refusals.common import AlreadyInvited, AlreadyMember, InvitationNotPending, NoSeat
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, seats
from gatehouse.store.table import update
from tests.support.builders import TODAY
from tests.support.histories import counted, has_tenant, invites, joins, resends, revokes
from tests.support.stage import core_table

ADDRESSES = st.sampled_from([f"{name}@acme.com" for name in ("ana", "ben", "cleo", "dan", "eve")])
SUBS = st.sampled_from(["sub-1", "sub-2"])
_NUMBERS = count(1)

PENDING = InvitationStatus.PENDING


@dataclass
class Model:
    """Everybody's last invitation and every member, in plain lists."""

    limit: int | None
    today: date = TODAY
    slots: dict[str, Invitation] = field(default_factory=dict)
    members: dict[tuple[str, str], Role] = field(default_factory=dict)

    @property
    def held(self) -> int:
        return len(self.members) + sum(one.status_on(self.today) is PENDING for one in self.slots.values())

    @property
    def owners(self) -> int:
        return sum(role is Role.OWNER for role in self.members.values())

    def refusal_to_invite(self, address: str) -> type[Refusal] | None:
        slot = self.slots.get(address)
        if slot is not None and slot.status_on(self.today) is PENDING:
            return AlreadyInvited
        if slot is not None and slot.status is InvitationStatus.ACCEPTED:
            return AlreadyMember
        return None if self.limit is None or self.held < self.limit else NoSeat

    def refusal_to_resend(self, slot: Invitation) -> type[Refusal] | None:
        if slot.status is not PENDING:
            return InvitationNotPending
        has_seat = slot.status_on(self.today) is PENDING
        return None if has_seat or self.limit is None or self.held < self.limit else NoSeat

    def refusal_to_join(self, slot: Invitation, sub: str) -> type[Refusal] | None:
        """Return why this user cannot join; who has joined by this very invitation is no refusal."""
        if slot.status is InvitationStatus.ACCEPTED and slot.sub == sub:
            return None
        return None if slot.status_on(self.today) is PENDING else NotInvited


class SeatsRecipe(RuleBasedStateMachine):
    """Plays what operators, invited people and midnight do to a tenant's seats."""

    app: App

    @initialize(limit=st.none() | st.integers(1, 4))
    def begin(self, limit: int | None) -> None:
        self.tenant_id = f"tenant-{next(_NUMBERS)}"
        self.model = Model(limit)
        has_tenant(self.app, self.tenant_id, limit=limit)

    @rule(address=ADDRESSES, days=st.integers(1, 30), role=st.sampled_from([Role.OWNER, Role.MEMBER]))
    def invite(self, address: str, days: int, role: Role) -> None:
        model, name = self.model, f"{self.tenant_id}.{address}"
        expected = model.refusal_to_invite(address)

        def make() -> None:
            model.slots[address] = invites(
                self.app,
                name,
                today=model.today,
                id=f"01KAS3Q4W0{next(_NUMBERS):016d}",
                tenant_id=self.tenant_id,
                role=role,
                expires_on=model.today + timedelta(days=days),
            )

        assert expected is refusal_of(make)

    @rule(address=ADDRESSES, sub=SUBS)
    def join(self, address: str, sub: str) -> None:
        slot = self.model.slots.get(address)
        if slot is None:
            return
        user = f"{sub}.{address}"
        expected = self.model.refusal_to_join(slot, user)

        assert expected is refusal_of(lambda: joins(self.app, slot, f"{self.tenant_id}.{user}", self.model.today))
        if expected is None:
            self.model.slots[address] = replace(slot, status=InvitationStatus.ACCEPTED, sub=user)
            self.model.members[address, user] = slot.role

    @rule(address=ADDRESSES)
    def revoke(self, address: str) -> None:
        slot = self.model.slots.get(address)
        if slot is None:
            return
        expected = None if slot.status is PENDING else InvitationNotPending

        assert expected is refusal_of(lambda: revokes(self.app, slot, self.model.today))
        if expected is None:
            self.model.slots[address] = replace(slot, status=InvitationStatus.REVOKED)

    @rule(address=ADDRESSES, days=st.integers(1, 30))
    def resend(self, address: str, days: int) -> None:
        slot, model = self.model.slots.get(address), self.model
        if slot is None:
            return
        expected = model.refusal_to_resend(slot)

        def make() -> None:
            until = model.today + timedelta(days=days)
            model.slots[address] = resends(self.app, slot, today=model.today, expires_on=until)

        assert expected is refusal_of(make)

    @rule(days=st.integers(1, 12))
    def wait(self, days: int) -> None:
        self.model.today += timedelta(days=days)

    @rule()
    def fold(self) -> None:
        folded = seats.fold(core_table(self.app), self.tenant_id, self.model.today)

        assert folded == self.app.tenants.seats(self.tenant_id)

    @rule(limit=st.integers(1, 4))
    def set_limit(self, limit: int) -> None:
        change = update(keys.seats_key(self.tenant_id), "SET seat_limit = :limit", "", {":limit": limit})
        core_table(self.app).write(change)
        self.model.limit = limit

    @invariant()
    def seats_are_what_the_model_counts(self) -> None:
        folded = self.app.tenants.seats(self.tenant_id).folded_to(self.model.today)

        assert (self.model.held, self.model.owners) == (folded.held, folded.owners)
        assert len(folded.ending) <= 31
        assert all(number >= 0 for number in folded.ending.values())

    def teardown(self) -> None:
        if hasattr(self, "model"):
            found = counted(self.app, self.tenant_id, self.model.today)
            assert (self.model.held, self.model.owners) == found


def refusal_of(act: Callable[[], object]) -> type[Refusal] | None:
    try:
        act()
    except Refusal as refusal:
        return type(refusal)
    return None


def test_the_seats_agree_with_who_is_there_whatever_happens(app: App) -> None:
    class OverThisStore(SeatsRecipe):
        pass

    OverThisStore.app = app

    run_state_machine_as_test(OverThisStore, settings=settings(max_examples=25, stateful_step_count=25))
