"""What holds however AWS is reached: what is sent, what comes back, and that connections and the budget are shared."""

import json
import socket
import time
from contextlib import suppress

import pytest

from gatehouse.errors import AwsError
from tests.aws.servers import (
    Behaviour,
    answers,
    answers_and_closes,
    answers_with,
    closes,
    drips,
    hangs,
    refuses,
    resets,
    serving,
    silent_url,
)
from tests.aws.transports import Reach
from tests.support.stores import REGION

pytestmark = pytest.mark.loopback

MINUTE = 60.0
ROW = {"PK": {"S": "x"}}
WRITES = {"TransactItems": [{"Put": {"TableName": "core", "Item": ROW}}]}
FOUND = answers_with({"Item": ROW})


def test_the_payload_is_sent_as_dynamodb_wants_it_and_its_answer_returned(reach: Reach) -> None:
    with serving(FOUND) as server:
        found = reach(server.url, MINUTE).call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    (request,) = server.requests
    assert found["Item"] == ROW
    assert request.line == "POST / HTTP/1.1"
    assert json.loads(request.body) == {"TableName": "core", "Key": ROW}
    assert request.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert request.headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
    assert f"/{REGION}/dynamodb/aws4_request" in request.headers["Authorization"]


def test_a_transaction_bears_one_token_however_often_it_is_sent(reach: Reach) -> None:
    with serving(closes, refuses("500 Oops", "InternalServerError"), answers_with({})) as server:
        aws = reach(server.url, MINUTE)

        for _ in range(2):
            aws.call("dynamodb", "TransactWriteItems", WRITES)

    first, second, third, next_one = [json.loads(request.body)["ClientRequestToken"] for request in server.requests]
    assert first == second == third
    assert next_one != first


def test_a_refusal_of_awss_keeps_its_code_and_words(reach: Reach) -> None:
    with serving(refuses("400 Bad Request", "ValidationException")) as server, pytest.raises(AwsError) as raised:
        reach(server.url, MINUTE).call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    assert str(raised.value) == "ValidationException: words"
    assert raised.value.code == "ValidationException"
    assert raised.value.reasons == ()
    assert raised.value.item is None


def test_a_cancelled_transaction_keeps_its_reasons_in_order(reach: Reach) -> None:
    reasons = [{"Code": "None"}, {"Code": "ConditionalCheckFailed", "Item": ROW}, {"Code": "TransactionConflict"}]
    cancelled = refuses("400 Bad Request", "TransactionCanceledException", CancellationReasons=reasons)

    with serving(cancelled) as server, pytest.raises(AwsError) as raised:
        reach(server.url, MINUTE).call("dynamodb", "TransactWriteItems", WRITES)

    assert raised.value.code == "TransactionCanceledException"
    assert raised.value.reasons == tuple(reasons)


def test_a_failed_condition_keeps_the_row_it_met(reach: Reach) -> None:
    failed = refuses("400 Bad Request", "ConditionalCheckFailedException", Item=ROW)

    with serving(failed) as server, pytest.raises(AwsError) as raised:
        reach(server.url, MINUTE).call("dynamodb", "PutItem", {"TableName": "core", "Item": ROW})

    assert raised.value.code == "ConditionalCheckFailedException"
    assert raised.value.item == ROW


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refuses("500 Oops", "InternalServerError"), id="500"),
        pytest.param(answers("503 Oops", b"<html>", "text/html"), id="503"),
        pytest.param(answers("429 Too Many Requests", b""), id="429"),
        pytest.param(refuses("400 Bad Request", "ThrottlingException"), id="throttled"),
        pytest.param(refuses("400 Bad Request", "ProvisionedThroughputExceededException"), id="too much for the table"),
        pytest.param(refuses("400 Bad Request", "RequestLimitExceeded"), id="too much for the account"),
        pytest.param(refuses("400 Bad Request", "TransactionInProgressException"), id="still being carried out"),
        pytest.param(answers("200 OK", b'{"Item": {}}', headers={"x-amz-crc32": 1}), id="another checksum"),
        pytest.param(resets, id="reset"),
        pytest.param(closes, id="closed without an answer"),
    ],
)
def test_what_passes_is_tried_again(fault: Behaviour, reach: Reach) -> None:
    with serving(fault, FOUND) as server:
        found = reach(server.url, MINUTE).call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    assert found["Item"] == ROW
    assert len(server.requests) == 2


def test_an_attempt_that_hangs_is_given_up_for_another(reach: Reach) -> None:
    with serving(hangs, FOUND) as server:
        found = reach(server.url, MINUTE, (0.5, 0.2)).call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    assert found["Item"] == ROW


@pytest.mark.parametrize(
    "code", ["ValidationException", "TransactionCanceledException", "TransactionConflictException"]
)
def test_what_does_not_pass_is_not_tried_again(code: str, reach: Reach) -> None:
    with serving(refuses("400 Bad Request", code), FOUND) as server, pytest.raises(AwsError) as raised:
        reach(server.url, MINUTE).call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    assert raised.value.code == code
    assert len(server.requests) == 1


def test_one_connection_serves_call_after_call(reach: Reach) -> None:
    with serving(FOUND) as server:
        aws = reach(server.url, MINUTE)

        for _ in range(5):
            aws.call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})

    assert len(server.requests) == 5
    assert server.connections == 1


def test_a_connection_that_was_closed_between_two_calls_is_replaced(reach: Reach) -> None:
    """As after a freeze: Lambda stops a function between two invocations, and DynamoDB closes what is idle."""
    with serving(answers_and_closes({"Item": ROW})) as server:
        aws = reach(server.url, MINUTE)

        found = [aws.call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW})["Item"] for _ in range(3)]

    assert found == [ROW, ROW, ROW]
    assert server.connections == 3


@pytest.mark.invariant(8)
def test_one_budget_bounds_all_calls_together(reach: Reach) -> None:
    """Each call is answered well within the timeouts of an attempt, and there are too many of them."""

    def answers_slowly(connection: socket.socket) -> None:
        time.sleep(0.15)
        FOUND(connection)

    with serving(answers_slowly) as server:
        aws = reach(server.url, 0.4)
        with pytest.raises(AwsError) as raised:
            [aws.call("dynamodb", "GetItem", {"TableName": "core", "Key": ROW}) for _ in range(100)]

    assert raised.value.code == "DeadlineExceeded"
    assert len(server.requests) <= 3


def test_after_the_budget_is_spent_nothing_is_sent(reach: Reach) -> None:
    with serving(drips) as server:
        aws = reach(server.url, 0.1)
        with suppress(AwsError):
            aws.call("dynamodb", "ListTables", {})
        sent = len(server.requests)

        with pytest.raises(AwsError) as raised:
            aws.call("dynamodb", "ListTables", {})

    assert raised.value.code == "DeadlineExceeded"
    assert len(server.requests) == sent


def test_an_address_that_nobody_listens_at_is_unreachable_whatever_the_budget(reach: Reach) -> None:
    with pytest.raises(AwsError) as raised:
        reach(silent_url(), MINUTE).call("dynamodb", "ListTables", {})

    assert raised.value.code == "Unreachable"
