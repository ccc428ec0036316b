"""Attempts that fail in passing are made again: with spread pauses, a few times, and never beyond the deadline."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.aws.deadline import Deadline
from gatehouse.aws.retries import Passing, Retries
from gatehouse.errors import AwsError
from tests.support.stores import TestClock


class Attempts:
    """Fails in passing so many times, each taking so long, and then succeeds."""

    def __init__(self, clock: TestClock, fails: int, takes: float = 0.0) -> None:
        self._clock = clock
        self._fails = fails
        self._takes = takes
        self.made = 0

    def __call__(self) -> str:
        self.made += 1
        self._clock.advance(seconds=self._takes)
        if self.made <= self._fails:
            raise Passing(AwsError("ThrottlingException"))
        return "done"


def retries_on(clock: TestClock, slept: list[float], spread: float = 1.0) -> Retries:
    def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds=seconds)

    return Retries(sleep, lambda: spread)


def test_what_succeeds_at_once_sleeps_not_at_all(clock: TestClock) -> None:
    slept: list[float] = []

    assert retries_on(clock, slept).run(Attempts(clock, 0), Deadline(3.0, clock.monotonic)) == "done"
    assert slept == []


def test_pauses_double_and_the_last_attempt_decides(clock: TestClock) -> None:
    slept: list[float] = []
    attempts = Attempts(clock, 3)

    assert retries_on(clock, slept).run(attempts, Deadline(3.0, clock.monotonic)) == "done"
    assert slept == pytest.approx([0.05, 0.1, 0.2])
    assert attempts.made == 4


def test_what_keeps_failing_is_raised_as_it_was(clock: TestClock) -> None:
    attempts = Attempts(clock, 100)

    with pytest.raises(AwsError) as raised:
        retries_on(clock, []).run(attempts, Deadline(3.0, clock.monotonic))

    assert raised.value.code == "ThrottlingException"
    assert attempts.made == 4


def test_those_who_fail_together_are_spread(clock: TestClock) -> None:
    slept: list[float] = []

    retries_on(clock, slept, spread=0.25).run(Attempts(clock, 2), Deadline(3.0, clock.monotonic))

    assert slept == pytest.approx([0.0125, 0.025])


def test_a_pause_that_would_outlast_the_deadline_is_not_begun(clock: TestClock) -> None:
    slept: list[float] = []

    with pytest.raises(AwsError) as raised:
        retries_on(clock, slept).run(Attempts(clock, 100), Deadline(0.1, clock.monotonic))

    assert raised.value.code == "DeadlineExceeded"
    assert slept == pytest.approx([0.05])


def test_an_error_that_does_not_pass_is_raised_at_once(clock: TestClock) -> None:
    made = []

    def attempt() -> None:
        made.append(1)
        raise AwsError("ValidationException")

    with pytest.raises(AwsError) as raised:
        retries_on(clock, []).run(attempt, Deadline(3.0, clock.monotonic))

    assert raised.value.code == "ValidationException"
    assert made == [1]


@pytest.mark.invariant(8)
@given(st.floats(0.01, 5), st.floats(0, 1), st.integers(0, 10), st.floats(0, 1))
def test_pauses_never_reach_beyond_the_deadline(seconds: float, takes: float, fails: int, spread: float) -> None:
    clock, slept = TestClock(), list[float]()
    began = clock.monotonic()

    with suppress(AwsError):
        retries_on(clock, slept, spread).run(Attempts(clock, fails, takes), Deadline(seconds, clock.monotonic))

    assert clock.monotonic() - began <= seconds + takes + 0.001
