"""One budget bounds all calls of an invocation together."""

import pytest

from gatehouse.aws.deadline import Deadline
from gatehouse.errors import AwsError
from tests.support.stores import TestClock


def test_what_is_left_is_the_budget_less_what_is_spent(clock: TestClock) -> None:
    deadline = Deadline(3.0, clock.monotonic)

    clock.advance(seconds=1.25)

    assert deadline.remaining() == pytest.approx(1.75)


@pytest.mark.parametrize("spent", [3.0, 3.5, 86_400.0])
def test_when_nothing_is_left_there_is_no_further_call(clock: TestClock, spent: float) -> None:
    deadline = Deadline(3.0, clock.monotonic)
    clock.advance(seconds=spent)

    with pytest.raises(AwsError) as raised:
        deadline.remaining()

    assert raised.value.code == "DeadlineExceeded"


def test_the_next_invocation_begins_a_budget_of_its_own(clock: TestClock) -> None:
    deadline = Deadline(3.0, clock.monotonic)
    clock.advance(minutes=7)

    deadline.restart()

    assert deadline.remaining() == pytest.approx(3.0)


def test_what_was_spent_before_it_could_begin_is_taken_off(clock: TestClock) -> None:
    deadline = Deadline(3.0, clock.monotonic)

    deadline.restart(spent=1.0)

    assert deadline.remaining() == pytest.approx(2.0)
