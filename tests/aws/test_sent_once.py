"""What sends something to a person is sent once: boto3 makes one attempt, and tells whether it can have arrived."""

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ProxyConnectionError,
    ReadTimeoutError,
    SSLError,
)

from gatehouse.aws import Aws
from gatehouse.errors import AwsError
from tests.aws.servers import Behaviour, answers, closes, drips, hangs, resets, serving, silent_url
from tests.aws.test_boto import URL, aws_that, failing_with
from tests.aws.transports import GIVEN_UP_SECONDS, boto_aws
from tests.support.stores import TestClock

pytestmark = pytest.mark.loopback

MAIL = (
    "sesv2",
    "SendEmail",
    {
        "Destination": {"ToAddresses": ["ana@acme.com"]},
        "Content": {"Simple": {"Subject": {"Data": "Hello"}, "Body": {"Text": {"Data": "Hello"}}}},
    },
)
SMS = ("sns", "Publish", {"PhoneNumber": "+4915112345678", "Message": "Hello"})
SENT = answers("200 OK", b'{"MessageId": "0100"}', "application/json")


def refused(status: str, code: str) -> Behaviour:
    return answers(status, b"{}", "application/json", headers={"x-amzn-ErrorType": code})


def error_of(aws: Aws, call: tuple[str, str, dict[str, object]]) -> AwsError:
    with pytest.raises(AwsError) as raised:
        aws.call(*call)
    return raised.value


@pytest.mark.parametrize("call", [MAIL, SMS], ids=["mail", "sms"])
@pytest.mark.parametrize("turn", [closes, resets, hangs, drips], ids=lambda turn: turn.__name__)
def test_what_may_have_arrived_is_sent_once_and_cannot_be_told(
    turn: Behaviour, call: tuple[str, str, dict[str, object]]
) -> None:
    with serving(turn) as server:
        aws = boto_aws(server.url, GIVEN_UP_SECONDS if turn is not drips else 1.5, (0.5, 0.5))

        error = error_of(aws, call)

        assert len(server.requests) == 1
    assert error.code in {"Unreachable", "DeadlineExceeded"}
    assert error.status is None


@pytest.mark.parametrize(
    ("turn", "code", "status"),
    [
        (refused("400 Bad Request", "MessageRejected"), "MessageRejected", 400),
        (refused("429 Too Many Requests", "TooManyRequestsException"), "TooManyRequestsException", 429),
        (refused("500 Internal Server Error", "InternalFailure"), "InternalFailure", 500),
        (refused("503 Service Unavailable", "ServiceUnavailable"), "ServiceUnavailable", 503),
    ],
    ids=["rejected", "throttled", "failed", "unavailable"],
)
def test_a_refusal_is_not_asked_for_twice_and_says_whose_fault_it_is(turn: Behaviour, code: str, status: int) -> None:
    with serving(turn) as server:
        error = error_of(boto_aws(server.url, GIVEN_UP_SECONDS), MAIL)

        assert len(server.requests) == 1
    assert (error.code, error.status) == (code, status)


@pytest.mark.parametrize("call", [MAIL, SMS], ids=["mail", "sms"])
def test_where_nobody_listens_it_was_never_connected(call: tuple[str, str, dict[str, object]]) -> None:
    assert error_of(boto_aws(silent_url(), GIVEN_UP_SECONDS), call).code == "NeverConnected"


def test_of_what_is_tried_several_times_nobody_says_that_it_was_never_connected() -> None:
    error = error_of(boto_aws(silent_url(), GIVEN_UP_SECONDS), ("dynamodb", "ListTables", {}))

    assert error.code == "Unreachable"


def test_a_proxy_that_is_not_there_was_never_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", silent_url())

    assert error_of(boto_aws("http://ses.invalid", GIVEN_UP_SECONDS), MAIL).code == "NeverConnected"


@pytest.mark.parametrize("turn", [closes, resets], ids=lambda turn: turn.__name__)
def test_a_proxy_that_breaks_off_may_have_passed_it_on(turn: Behaviour, monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(turn) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)

        error = error_of(boto_aws("http://ses.invalid", GIVEN_UP_SECONDS), MAIL)

        assert len(proxy.requests) == 1
    assert error.code == "Unreachable"


def test_what_was_sent_is_answered() -> None:
    with serving(SENT) as server:
        answer = boto_aws(server.url, GIVEN_UP_SECONDS).call(*MAIL)

        assert len(server.requests) == 1
    assert answer["MessageId"] == "0100"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (EndpointConnectionError(endpoint_url=URL), "NeverConnected"),
        (ConnectTimeoutError(endpoint_url=URL), "NeverConnected"),
        (ReadTimeoutError(endpoint_url=URL), "Unreachable"),
        (ConnectionClosedError(endpoint_url=URL), "Unreachable"),
        (SSLError(endpoint_url=URL, error="broken"), "Unreachable"),
        (ProxyConnectionError(proxy_url=URL, error=OSError("broken")), "Unreachable"),
        (NoCredentialsError(), "Unreachable"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_an_attempt_without_a_connection_was_never_connected(
    error: BotoCoreError, code: str, clock: TestClock
) -> None:
    aws = aws_that(failing_with(error), clock)

    assert error_of(aws, ("sesv2", "GetItem", {})).code == code
    assert error_of(aws, ("dynamodb", "GetItem", {})).code == "Unreachable"
