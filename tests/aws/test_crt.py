"""AWS over awscrt: what it signs, when it tries again, and which of its connections it trusts."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials

from gatehouse.aws.connection import Answer, Request
from gatehouse.aws.deadline import Deadline
from gatehouse.aws.place import Credentials, DynamoDbPlace
from gatehouse.aws.retries import Retries
from gatehouse.aws.signing import signed
from gatehouse.errors import AwsError
from tests.aws.servers import (
    Behaviour,
    answers,
    answers_and_closes,
    answers_with,
    closes,
    hangs,
    refuses,
    resets,
    serving,
)
from tests.aws.test_faults import FAULTS
from tests.aws.transports import crt_aws
from tests.support.stores import REGION, TestClock

pytestmark = pytest.mark.loopback

MINUTE = 60.0
ROW = {"PK": {"S": "x"}}
GET = {"TableName": "core", "Key": ROW}
FOUND = answers_with({"Item": ROW})
HEADERS = [
    ("Host", "dynamodb.eu-west-1.amazonaws.com"),
    ("Content-Type", "application/x-amz-json-1.0"),
    ("X-Amz-Target", "DynamoDB_20120810.GetItem"),
]
TEMPORARY = Credentials(key_id="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI/K7MDENG", session_token="a/token+=")


def counting(slept: list[float]) -> Retries:
    return Retries(slept.append, lambda: 1.0)


@pytest.mark.parametrize("session_token", [None, "a/token+="])
def test_the_signature_is_the_one_that_boto3_would_make(session_token: str | None, clock: TestClock) -> None:
    body = b'{"TableName": "core"}'
    request = Request(method="POST", path="/", headers=HEADERS, body=body)
    credentials = Credentials(key_id="AKIAIOSFODNN7EXAMPLE", secret="wJalrXUtnFEMI", session_token=session_token)

    made = dict(
        signed(
            request,
            credentials,
            region="eu-west-1",
            service="dynamodb",
            at=clock(),
            deadline=Deadline(60.0, clock.monotonic),
        ).headers
    )

    assert made["Authorization"] == signature_of_boto(made["X-Amz-Date"], body, credentials)
    assert made.get("X-Amz-Security-Token") == session_token


def signature_of_boto(at: str, body: bytes, credentials: Credentials) -> str:
    """Return the header that botocore would send."""
    request = AWSRequest("POST", f"https://{HEADERS[0][1]}/", headers=dict(HEADERS), data=body)
    boto_credentials = BotoCredentials(credentials.key_id, credentials.secret, credentials.session_token)
    signer = SigV4Auth(boto_credentials, "dynamodb", "eu-west-1")
    request.context["timestamp"] = at
    signer._modify_request_before_signing(request)  # add_auth() would take the time of day
    text = signer.string_to_sign(request, signer.canonical_request(request))
    signer._inject_signature_to_request(request, signer.signature(text, request))
    header: str = request.headers["Authorization"]
    return header


def test_a_temporary_key_sends_its_token_along() -> None:
    with serving(FOUND) as server:
        crt_aws(server.url, MINUTE, credentials=TEMPORARY).call("dynamodb", "GetItem", GET)

    (request,) = server.requests
    assert request.headers["X-Amz-Security-Token"] == TEMPORARY.session_token
    assert request.headers["Host"] == f"127.0.0.1:{server.port}"


def test_without_credentials_nothing_is_sent() -> None:
    with serving(FOUND) as server, pytest.raises(AwsError) as raised:
        crt_aws(server.url, MINUTE, credentials=None).call("dynamodb", "GetItem", GET)

    assert raised.value.code == "Unreachable"
    assert server.requests == []


def test_another_service_is_not_reached() -> None:
    with serving(FOUND) as server, pytest.raises(AwsError) as raised:
        crt_aws(server.url, MINUTE).call("sts", "GetCallerIdentity", {})

    assert raised.value.code == "Unreachable"
    assert server.requests == []


def test_a_path_of_the_endpoint_is_kept() -> None:
    with serving(FOUND) as server:
        crt_aws(f"{server.url}/stack?of=mine", MINUTE).call("dynamodb", "GetItem", GET)

    assert server.requests[0].line == "POST /stack?of=mine HTTP/1.1"


PASSING = {"reset", "closed without an answer", "half an answer", "500", "503 without JSON", "throttled"}


@pytest.mark.parametrize("fault", sorted(set(FAULTS) - {"no answer", "a byte now and then"}))
def test_a_fault_that_lasts_is_told_as_it_is(fault: str) -> None:
    behave, code = FAULTS[fault]
    slept: list[float] = []

    with serving(behave) as server, pytest.raises(AwsError) as raised:
        crt_aws(server.url, MINUTE, retries=counting(slept)).call("dynamodb", "GetItem", GET)

    assert raised.value.code == code
    assert len(slept) == (3 if fault in PASSING else 0)
    assert len(server.requests) == len(slept) + 1


def test_a_server_that_hangs_each_time_is_unreachable_while_there_is_time() -> None:
    with serving(hangs) as server, pytest.raises(AwsError) as raised:
        crt_aws(server.url, MINUTE, (0.5, 0.05)).call("dynamodb", "GetItem", GET)

    assert raised.value.code == "Unreachable"
    assert server.connections == len(server.requests) == 4


@pytest.mark.invariant(8)
def test_throttling_is_tried_again_no_longer_than_the_deadline() -> None:
    def never_sleep(_seconds: float) -> None:
        raise AssertionError("there is no time for a pause")

    with serving(refuses("400 Bad Request", "ThrottlingException")) as server, pytest.raises(AwsError) as raised:
        crt_aws(server.url, 0.9, retries=Retries(never_sleep, lambda: 20.0)).call("dynamodb", "GetItem", GET)

    assert raised.value.code == "DeadlineExceeded"
    assert len(server.requests) == 1


@pytest.mark.parametrize("dies", [resets, closes], ids=["reset", "closed"])
def test_a_kept_connection_that_dies_under_a_request_is_replaced_at_once(dies: Behaviour) -> None:
    """After a freeze the connection may still look open; the failure is none of DynamoDB's, and counts for nothing."""
    slept: list[float] = []
    with serving(FOUND, dies, FOUND) as server:
        aws = crt_aws(server.url, MINUTE, retries=counting(slept))

        found = [aws.call("dynamodb", "GetItem", GET) for _ in range(2)]

    assert found == [{"Item": ROW}, {"Item": ROW}]
    assert slept == []
    assert server.connections == 2
    assert len(server.requests) == 3


def test_it_is_replaced_once_and_what_dies_then_is_a_failure() -> None:
    slept: list[float] = []
    with serving(FOUND, resets, resets, FOUND) as server:
        aws = crt_aws(server.url, MINUTE, retries=counting(slept))

        found = [aws.call("dynamodb", "GetItem", GET) for _ in range(2)]

    assert found == [{"Item": ROW}, {"Item": ROW}]
    assert len(slept) == 1
    assert server.connections == 3


def test_a_connection_on_which_an_answer_broke_off_is_not_used_again() -> None:
    with serving(answers("200 OK", b'{"Item"', length=50), FOUND) as server:
        found = crt_aws(server.url, MINUTE).call("dynamodb", "GetItem", GET)

    assert found == {"Item": ROW}
    assert server.connections == 2


def test_an_answer_that_breaks_off_on_a_kept_connection_is_a_failure() -> None:
    """It is no sign of a freeze: the other side was there, and began."""
    slept: list[float] = []
    with serving(FOUND, answers("200 OK", b'{"Item"', length=50), FOUND) as server:
        aws = crt_aws(server.url, MINUTE, retries=counting(slept))

        found = [aws.call("dynamodb", "GetItem", GET) for _ in range(2)]

    assert found == [{"Item": ROW}, {"Item": ROW}]
    assert len(slept) == 1


def test_a_late_answer_is_never_taken_for_that_of_the_next_call() -> None:
    """A call that was given up takes its connection with it."""

    def answers_late(connection: socket.socket) -> None:
        time.sleep(0.3)
        answers_with({"Item": {"PK": {"S": "late"}}})(connection)

    with serving(answers_late, answers_with({"Item": {"PK": {"S": "next"}}})) as server:
        aws = crt_aws(server.url, MINUTE, (0.5, 0.1))

        found = aws.call("dynamodb", "GetItem", GET)
        time.sleep(0.3)
        found_then = aws.call("dynamodb", "GetItem", GET)

    assert found == found_then == {"Item": {"PK": {"S": "next"}}}
    assert server.connections == 2


def test_threads_that_ask_at_once_get_each_their_own_answer() -> None:
    def echoes(connection: socket.socket) -> None:
        number = str(connection.getpeername()[1])
        answers_with({"Item": {"PORT": {"N": number}}})(connection)

    with serving(echoes) as server, ThreadPoolExecutor(8) as threads:
        aws = crt_aws(server.url, MINUTE)

        found = list(threads.map(lambda _: aws.call("dynamodb", "GetItem", GET), range(200)))

    assert len(found) == len(server.requests) == 200
    assert len({one["Item"]["PORT"]["N"] for one in found}) == server.connections <= 8


def test_a_server_that_closes_after_every_answer_is_served_on() -> None:
    with serving(answers_and_closes({})) as server:
        aws = crt_aws(server.url, MINUTE)

        found = [aws.call("dynamodb", "PutItem", {}) for _ in range(20)]

    assert found == [{}] * 20


@pytest.mark.invariant(9)
@pytest.mark.parametrize(
    "holder",
    [
        TEMPORARY,
        DynamoDbPlace(region=REGION, credentials=TEMPORARY),
        Request(method="POST", path="/", headers=[("X-Amz-Security-Token", "a/token+=")], body=b"wJalrXUtnFEMI"),
        Answer(status=200, headers={"etag": "a/token+="}, body=b"wJalrXUtnFEMI"),
    ],
    ids=lambda holder: type(holder).__name__,
)
def test_no_secret_is_shown_by_what_holds_it(holder: Any) -> None:
    assert "wJalrXUtnFEMI" not in repr(holder)
    assert "a/token" not in repr(holder)
