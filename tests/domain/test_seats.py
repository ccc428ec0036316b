"""Seats: what is folded away, and whether there is room."""

from datetime import date, timedelta

import pytest
from hypothesis import given

from gatehouse.domain.seats import Seats, parse_seats
from gatehouse.refusals.common import InvalidSeats
from tests.support import strategies
from tests.support.builders import TODAY, seats

DAY = timedelta(days=1)


def test_what_ended_before_today_is_taken_off() -> None:
    before = seats(held=9, owners=1, folded=TODAY - 2 * DAY, ending={TODAY - DAY: 2, TODAY: 1, TODAY + DAY: 3})

    assert seats(held=7, owners=1, ending={TODAY: 1, TODAY + DAY: 3}) == before.folded_to(TODAY)


def test_what_ends_today_is_still_held() -> None:
    assert seats(ending={TODAY: 1}).past(TODAY) == {}


def test_days_gone_by_are_counted_in_their_order() -> None:
    ending = {TODAY - DAY: 1, TODAY - 3 * DAY: 2, TODAY: 4}

    assert list(seats(ending=ending).past(TODAY).items()) == [(TODAY - 3 * DAY, 2), (TODAY - DAY, 1)]


@given(strategies.some_seats, strategies.days, strategies.days)
def test_folding_twice_is_folding_to_the_later_day(some: Seats, one: date, other: date) -> None:
    assert some.folded_to(max(one, other)) == some.folded_to(max(one, other)).folded_to(min(one, other))


@given(strategies.some_seats, strategies.days)
def test_folding_takes_off_what_it_forgets_and_nothing_else(some: Seats, today: date) -> None:
    folded = some.folded_to(today)

    assert some.held - folded.held == sum(some.ending.values()) - sum(folded.ending.values())
    assert (folded.limit, folded.owners) == (some.limit, some.owners)
    assert folded.folded == max(some.folded, today)


@pytest.mark.parametrize("limit", [None, 1, 1_000_000])
def test_a_limit_is_a_whole_number_or_none(limit: int | None) -> None:
    assert limit == parse_seats(limit)


@pytest.mark.parametrize("limit", [0, -1, 1_000_001])
def test_no_other_limit_can_be_had(limit: int) -> None:
    with pytest.raises(InvalidSeats):
        parse_seats(limit)
