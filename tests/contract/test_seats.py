"""The store's contract: days gone by are taken off a tenant's seats once, whoever does it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.seats import Seats
from gatehouse.refusals.common import TenantNotFound
from gatehouse.store import seats
from tests.support import stage
from tests.support.builders import TODAY
from tests.support.builders import seats as some_seats
from tests.support.doubles import CountingAws
from tests.support.histories import counted, has_tenant, invites, joins, kept, revokes
from tests.support.tables import Store


def in_days(number: int) -> Seats:
    """Return the seats of ten addresses whose invitations end one a day, folded to a day."""
    ending = {TODAY + timedelta(days=day): 1 for day in range(number, 11) if day > 0}
    return some_seats(limit=10, held=len(ending), folded=TODAY + timedelta(days=number), ending=ending)


@pytest.fixture
def ten_ending(store: Store) -> Store:
    has_tenant(store.app, limit=10)
    for day in range(1, 11):
        invites(store.app, f"person-{day}@acme.com", expires_on=TODAY + timedelta(days=day))
    return store


@pytest.mark.parametrize("number", [0, 1, 2, 7, 11, 400])
def test_all_that_ended_before_today_is_taken_off(ten_ending: Store, number: int) -> None:
    today = TODAY + timedelta(days=number)

    folded = seats.fold(stage.core_table(ten_ending.app), "acme", today)

    assert in_days(number) == folded
    assert folded == ten_ending.app.tenants.seats("acme")


def test_a_second_fold_of_a_day_changes_nothing_and_writes_nothing(ten_ending: Store) -> None:
    today = TODAY + timedelta(days=4)
    seats.fold(stage.core_table(ten_ending.app), "acme", today)
    before, counting = ten_ending.snapshot(), CountingAws(ten_ending.aws)

    seats.fold(stage.core_table(ten_ending.over(counting).app), "acme", today)

    assert before == ten_ending.snapshot()
    assert counting.calls == {"GetItem": 1}


def test_a_clock_behind_does_not_fold_backwards(ten_ending: Store) -> None:
    seats.fold(stage.core_table(ten_ending.app), "acme", TODAY + timedelta(days=4))

    folded = seats.fold(stage.core_table(ten_ending.app), "acme", TODAY + timedelta(days=3))

    assert in_days(4) == folded


def test_a_day_at_a_time_comes_to_the_same_as_all_at_once(ten_ending: Store) -> None:
    for day in range(8):
        seats.fold(stage.core_table(ten_ending.app), "acme", TODAY + timedelta(days=day))

    assert in_days(7) == ten_ending.app.tenants.seats("acme")


def test_members_outlast_every_fold(store: Store) -> None:
    has_tenant(store.app, limit=None)
    for number in range(3):
        joins(store.app, invites(store.app, f"person-{number}@acme.com"), sub=f"sub-{number}")
    revokes(store.app, invites(store.app, "revoked@acme.com"))
    invites(store.app, "open@acme.com")
    today = TODAY + timedelta(days=31)

    seats.fold(stage.core_table(store.app), "acme", today)

    assert (3, 0) == kept(store.app, "acme", today) == counted(store.app, "acme", today)
    assert store.app.tenants.seats("acme").ending == {}


class Interrupted:
    """Lets something else happen once, just before the first update of a row."""

    def __init__(self, inner: Aws, happening: Callable[[], object]) -> None:
        self._inner = inner
        self._happenings = [happening]

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "UpdateItem" and self._happenings:
            self._happenings.pop()()
        return self._inner.call(service, operation, payload)


def test_a_seat_given_back_by_a_clock_behind_while_its_day_is_folded_is_taken_off_once(ten_ending: Store) -> None:
    app, today = ten_ending.app, TODAY + timedelta(days=2)
    first = app.invitations.get(parse_address("person-1@acme.com"), "acme")
    interrupted = Interrupted(ten_ending.aws, lambda: revokes(app, first, first.expires_on))

    folded = seats.fold(stage.core_table(ten_ending.over(interrupted).app), "acme", today)

    assert in_days(2) == folded
    assert folded == app.tenants.seats("acme")


def test_a_day_that_somebody_else_folds_meanwhile_is_taken_off_once(ten_ending: Store) -> None:
    app, today = ten_ending.app, TODAY + timedelta(days=2)
    interrupted = Interrupted(ten_ending.aws, lambda: seats.fold(stage.core_table(app), "acme", today))

    folded = seats.fold(stage.core_table(ten_ending.over(interrupted).app), "acme", today)

    assert in_days(2) == folded
    assert folded == app.tenants.seats("acme")


def test_a_seat_taken_while_days_are_folded_is_kept(ten_ending: Store) -> None:
    app, today = ten_ending.app, TODAY + timedelta(days=2)
    ends = today + timedelta(days=7)
    interrupted = Interrupted(ten_ending.aws, lambda: invites(app, today=today, expires_on=ends))

    folded = seats.fold(stage.core_table(ten_ending.over(interrupted).app), "acme", today)

    assert folded == app.tenants.seats("acme")
    assert (10, 0) == kept(app, "acme", today) == counted(app, "acme", today)


def test_there_is_nothing_to_fold_of_a_tenant_that_is_not_there(store: Store) -> None:
    with pytest.raises(TenantNotFound):
        seats.fold(stage.core_table(store.app), "acme", TODAY)

    assert store.rows() == []
