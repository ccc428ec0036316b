"""A server that does what servers do when they fail: each fault ends in an `AwsError`, and none hangs."""

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from gatehouse.errors import AwsError, Fault
from gatehouse.store.table import Pauses, Table, put
from tests.aws.servers import Behaviour, answers, closes, drips, hangs, refuses, resets, serving, silent_url
from tests.aws.transports import GIVEN_UP_SECONDS, PATIENT, Reach
from tests.support.functions import Context, handler_of, sample_event
from tests.support.stores import TestClock, app_for

pytestmark = pytest.mark.loopback

BUDGET_SECONDS = 0.4


@contextmanager
def table_at(behave: Behaviour, reach: Reach, seconds: float = BUDGET_SECONDS) -> Iterator[Table]:
    """Yield a table whose every request meets this behaviour."""
    with serving(behave) as server:
        yield Table(reach(server.url, seconds), "core", Pauses(time.sleep, random.random))


# Each with the code it ends in.
FAULTS = {
    "reset": (resets, "Unreachable"),
    "closed without an answer": (closes, "Unreachable"),
    "no answer": (hangs, "DeadlineExceeded"),
    "a byte now and then": (drips, "DeadlineExceeded"),
    "half an answer": (answers("200 OK", b'{"Item": {"PK"', length=500), "UnreadableAnswer"),
    "broken JSON": (answers("200 OK", b'{"Item": {"PK"'), "UnreadableAnswer"),
    "nothing": (answers("200 OK", b""), "UnreadableAnswer"),
    "no JSON": (answers("200 OK", b"<html>Sign in"), "UnreadableAnswer"),
    "no text": (answers("200 OK", b"\xff\xfe\x00"), "UnreadableAnswer"),
    "a list": (answers("200 OK", b"[]"), "UnreadableAnswer"),
    "null": (answers("200 OK", b"null"), "UnreadableAnswer"),
    "a refusal that is a list": (answers("400 Bad Request", b"[]"), "UnreadableAnswer"),
    "a refusal that says nothing": (answers("400 Bad Request", b""), "400"),
    "403 without JSON": (answers("403 Forbidden", b"<html>", "text/html"), "403"),
    "500": (refuses("500 Oops", "InternalServerError"), "InternalServerError"),
    "503 without JSON": (answers("503 Oops", b"<html>", "text/html"), "503"),
    "throttled": (refuses("400 Bad Request", "ThrottlingException"), "ThrottlingException"),
    "no table": (refuses("400 Bad Request", "ResourceNotFoundException"), "ResourceNotFoundException"),
    "no permission": (refuses("400 Bad Request", "AccessDeniedException"), "AccessDeniedException"),
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda table: table.get({"PK": "a", "SK": "b"}), id="reading a row"),
        pytest.param(lambda table: table.transact([put({"PK": {"S": "a"}, "SK": {"S": "b"}})]), id="a transaction"),
    ],
)
def test_a_fault_is_never_an_absent_row_nor_a_success(fault: str, use: Callable[[Table], object], reach: Reach) -> None:
    behave, code = FAULTS[fault]

    with table_at(behave, reach) as table, pytest.raises(AwsError) as raised:
        use(table)

    assert raised.value.code in {code, "DeadlineExceeded"}  # what is tried again may meet the deadline first


HANGING = [pytest.param(hangs, id="no answer"), pytest.param(drips, id="a byte now and then")]


@pytest.mark.invariant(8)
@pytest.mark.parametrize("behave", HANGING)
def test_a_call_is_given_up_at_the_deadline_however_patient_each_attempt_is(behave: Behaviour, reach: Reach) -> None:
    with serving(behave) as server:
        aws = reach(server.url, BUDGET_SECONDS, PATIENT)
        began = time.monotonic()

        with pytest.raises(AwsError) as raised:
            aws.call("dynamodb", "ListTables", {})

    assert raised.value.code == "DeadlineExceeded"
    assert time.monotonic() - began < GIVEN_UP_SECONDS


@pytest.mark.invariant(8)
@pytest.mark.parametrize("behave", HANGING)
def test_a_handler_gives_a_store_up_that_never_answers(behave: Behaviour, reach: Reach) -> None:
    """Over real sockets and the real clock: that it comes back at all is what is proven."""
    with serving(behave) as server:
        app = app_for(reach(server.url, BUDGET_SECONDS), TestClock())

        with pytest.raises(Fault):
            handler_of("pre_sign_up")(sample_event("pre_sign_up", "invited"), Context(), app)
        followed = handler_of("post_authentication")(
            sample_event("post_authentication", "authenticated"), Context(), app
        )

    assert followed == sample_event("post_authentication", "authenticated")


def test_a_server_that_says_nothing_at_all_is_given_up(reach: Reach) -> None:
    """It takes the connection, and not even reads the request."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        aws = reach(f"http://127.0.0.1:{listening.getsockname()[1]}", BUDGET_SECONDS)

        with pytest.raises(AwsError) as raised:
            aws.call("dynamodb", "ListTables", {})

    assert raised.value.code == "DeadlineExceeded"


def test_an_address_that_nobody_listens_at_is_unreachable(reach: Reach) -> None:
    with pytest.raises(AwsError) as raised:
        reach(silent_url(), BUDGET_SECONDS).call("dynamodb", "ListTables", {})

    assert raised.value.code in {"Unreachable", "DeadlineExceeded"}


def test_a_whole_answer_is_read(reach: Reach) -> None:
    with table_at(answers("200 OK", b'{"Item": {"PK": {"S": "a"}}}'), reach, 60) as table:
        assert table.get({"PK": "a", "SK": "b"}) == {"PK": {"S": "a"}}
