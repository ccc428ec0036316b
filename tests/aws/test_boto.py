"""AWS over boto3: whatever goes wrong is an `AwsError`, and no call outlives the budget."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from threading import Event, Semaphore
from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.aws.boto import BotoAws
from gatehouse.aws.deadline import Deadline
from gatehouse.errors import AwsError
from tests.support.stores import TestClock

URL = "https://dynamodb.invalid"
type Answer = Callable[..., dict[str, Any]]


class Client:
    """A boto3 client of any service, whose one operation answers as a test says."""

    def __init__(self, answer: Answer) -> None:
        self.get_item = answer
        self.transact_write_items = answer


def aws_that(answer: Answer, clock: TestClock, seconds: float = 3.0, **more: Any) -> BotoAws:
    return BotoAws(lambda _service: Client(answer), Deadline(seconds, clock.monotonic), **more)


def failing_with(error: Exception) -> Answer:
    def answer(**_payload: Any) -> dict[str, Any]:
        raise error

    return answer


def test_an_answer_is_passed_on_and_the_payload_before_it(clock: TestClock) -> None:
    aws = aws_that(lambda **payload: {"Asked": payload}, clock)

    assert aws.call("dynamodb", "GetItem", {"TableName": "core"}) == {"Asked": {"TableName": "core"}}


def test_a_client_is_made_once_for_each_service_at_its_first_call(clock: TestClock) -> None:
    made: list[str] = []

    def new_client(service: str) -> Client:
        made.append(service)
        return Client(lambda **_payload: {})

    aws = BotoAws(new_client, Deadline(3.0, clock.monotonic))
    assert made == []

    for service in ("dynamodb", "sts", "dynamodb"):
        aws.call(service, "GetItem", {})

    assert made == ["dynamodb", "sts"]


def test_a_refusal_without_a_code_is_unknown(clock: TestClock) -> None:
    aws = aws_that(failing_with(ClientError({}, "GetItem")), clock)

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "GetItem", {})

    assert raised.value.code == "Unknown"


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        ReadTimeoutError(endpoint_url=URL),
        NoCredentialsError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_reached_is_unreachable(clock: TestClock, error: BotoCoreError) -> None:
    aws = aws_that(failing_with(error), clock)

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "GetItem", {})

    assert raised.value.code == "Unreachable"


@pytest.mark.parametrize("error", [AttributeError("get"), TypeError("int"), ValueError("json")], ids=repr)
def test_an_answer_that_boto_falls_over_is_unreadable_and_not_repeated(clock: TestClock, error: Exception) -> None:
    aws = aws_that(failing_with(error), clock)

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "GetItem", {})

    assert str(raised.value) == f"UnreadableAnswer: {type(error).__name__}"


def test_a_client_that_cannot_be_made_is_unreachable_and_tried_again(clock: TestClock) -> None:
    clients = iter([NoCredentialsError(), Client(lambda **_payload: {"Item": {}})])

    def new_client(_service: str) -> Client:
        made = next(clients)
        if isinstance(made, Client):
            return made
        raise made

    aws = BotoAws(new_client, Deadline(3.0, clock.monotonic))

    with pytest.raises(AwsError):
        aws.call("dynamodb", "GetItem", {})

    assert aws.call("dynamodb", "GetItem", {}) == {"Item": {}}


class Waiting:
    """Waits on the test's clock: each call hangs for so long, or until the waiting is over."""

    def __init__(self, clock: TestClock, *calls: float) -> None:
        self._clock = clock
        self._calls = iter(calls)
        self.waited: list[float] = []

    def __call__(self, _future: "Future[dict[str, Any]]", seconds: float) -> dict[str, Any]:
        takes = next(self._calls)
        spent = min(takes, seconds)
        self.waited.append(spent)
        self._clock.advance(seconds=spent)
        if takes > seconds:
            raise TimeoutError
        return {}


def test_a_call_that_hangs_is_given_up_when_the_budget_is_spent(clock: TestClock) -> None:
    waiting = Waiting(clock, 1e9)
    aws = aws_that(lambda **_payload: {}, clock, wait=waiting)

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "GetItem", {})

    assert raised.value.code == "DeadlineExceeded"
    assert waiting.waited == pytest.approx([3.0])


def test_after_the_budget_is_spent_nothing_is_sent(clock: TestClock) -> None:
    sent: list[Mapping[str, Any]] = []

    def answer(**payload: Any) -> dict[str, Any]:
        sent.append(payload)
        return {}

    aws = aws_that(answer, clock)
    clock.advance(seconds=3)

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "GetItem", {})

    assert raised.value.code == "DeadlineExceeded"
    assert sent == []


@given(st.floats(0.01, 10), st.lists(st.floats(0, 20), min_size=1, max_size=12))
def test_all_waits_together_never_exceed_the_budget(budget: float, calls: list[float]) -> None:
    clock = TestClock()
    waiting = Waiting(clock, *calls)
    aws = aws_that(lambda **_payload: {}, clock, budget, wait=waiting)

    for _ in calls:
        with suppress(AwsError):
            aws.call("dynamodb", "GetItem", {})

    assert sum(waiting.waited) <= budget + 0.001


def test_what_was_given_up_before_it_began_is_never_sent(clock: TestClock) -> None:
    release, has_begun, sent = Event(), Semaphore(0), []

    def answer(**payload: Any) -> dict[str, Any]:
        sent.append(payload["Number"])
        has_begun.release()
        release.wait(60)
        return {}

    def give_up(future: "Future[dict[str, Any]]", _seconds: float) -> dict[str, Any]:
        given_up.append(future)
        if len(given_up) <= 8:
            has_begun.acquire(timeout=60)
        raise TimeoutError

    given_up: list[Future[dict[str, Any]]] = []
    aws = aws_that(answer, clock, wait=give_up)
    for number in range(12):
        with pytest.raises(AwsError):
            aws.call("dynamodb", "GetItem", {"Number": number})

    release.set()
    begun = [future for future in given_up if not future.cancelled()]
    for future in begun:
        future.result()

    assert len(begun) == 8
    assert len(given_up) == 12
    assert set(sent) == set(range(8))


def test_a_slow_cold_client_is_bounded_too() -> None:
    """Making the first client loads boto3, which is part of the budget."""
    release = Event()

    def new_client(_service: str) -> object:
        release.wait(60)
        return object()

    aws = BotoAws(new_client, Deadline(0.05, time.monotonic))

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "ListTables", {})
    release.set()

    assert raised.value.code == "DeadlineExceeded"
