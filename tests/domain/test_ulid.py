"""ULIDs are those of the specification, and sort as the moments that they are of."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.ulid import ulid
from tests.support.strategies import moments

TAILS = st.binary(min_size=10, max_size=10)


def test_the_example_of_the_specification_comes_out() -> None:
    at = datetime.fromtimestamp(1469918176, UTC) + timedelta(milliseconds=385)

    assert ulid(at, bytes(10)) == "01ARYZ6S410000000000000000"
    assert ulid(at, b"\xff" * 10) == "01ARYZ6S41ZZZZZZZZZZZZZZZZ"


@given(moments, moments, TAILS, TAILS)
def test_of_two_moments_the_later_sorts_last(one: datetime, other: datetime, tail: bytes, other_tail: bytes) -> None:
    ids = ulid(one, tail), ulid(other, other_tail)

    if one != other:
        assert (one < other) == (ids[0] < ids[1])


@given(moments, TAILS, TAILS)
def test_two_tails_are_two_ids(at: datetime, tail: bytes, other: bytes) -> None:
    assert (tail == other) == (ulid(at, tail) == ulid(at, other))
    assert len(ulid(at, tail)) == 26
