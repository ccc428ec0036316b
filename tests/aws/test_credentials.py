"""Whose credentials a request is signed with: the environment's, or those of an endpoint, renewed before they end."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gatehouse.aws.credentials import TemporaryCredentials
from gatehouse.aws.deadline import Deadline
from gatehouse.aws.place import CredentialEndpoint, Credentials
from gatehouse.aws.retries import Passing
from gatehouse.errors import AwsError
from tests.aws.servers import Behaviour, Server, answers, answers_with, closes, drips, hangs, serving, silent_url
from tests.aws.transports import SHORT, crt_aws
from tests.support.builders import NOW
from tests.support.stores import TestClock

pytestmark = pytest.mark.loopback

PATH = "/2021-04-23/credentials"
SECRETS = ("the-secret", "the-session", "the-token")


def hands_out(number: int, expires_at: datetime, **changes: Any) -> Behaviour:
    fields = {
        "AccessKeyId": f"ASIA{number}",
        "SecretAccessKey": "the-secret",
        "Token": "the-session",
        "Expiration": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return answers_with({name: value for name, value in (fields | changes).items() if value is not None})


def credentials_at(server: Server, clock: TestClock, **changes: Any) -> TemporaryCredentials:
    source = CredentialEndpoint(**({"url": server.url + PATH, "token": "the-token"} | changes))
    return TemporaryCredentials(source, clock, SHORT)


def a_deadline(clock: TestClock) -> Deadline:
    return Deadline(60.0, clock.monotonic)


def key_ids(credentials: TemporaryCredentials, clock: TestClock, *advances: timedelta) -> list[str]:
    """Return whose key is used at once, and after each time that passes."""
    used = [credentials.current(a_deadline(clock)).key_id]
    for advance in advances:
        clock.advance(seconds=advance.total_seconds())
        used.append(credentials.current(a_deadline(clock)).key_id)
    return used


def test_they_are_asked_for_once_with_the_token(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=6))) as server:
        credentials = credentials_at(server, clock)

        found = [credentials.current(a_deadline(clock)) for _ in range(3)]

    (request,) = server.requests
    assert found == [Credentials(key_id="ASIA1", secret="the-secret", session_token="the-session")] * 3
    assert request.line == f"GET {PATH} HTTP/1.1"
    assert request.headers["Authorization"] == "the-token"


def test_a_request_is_signed_with_them(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=6))) as endpoint, serving(answers_with({})) as dynamodb:
        source = CredentialEndpoint(url=endpoint.url + PATH, token="the-token")
        crt_aws(dynamodb.url, 60.0, credentials=source, clock=clock).call("dynamodb", "ListTables", {})

    (request,) = dynamodb.requests
    assert "Credential=ASIA1/" in request.headers["Authorization"]
    assert request.headers["X-Amz-Security-Token"] == "the-session"


def test_a_token_is_read_from_its_file_each_time(clock: TestClock, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    with serving(hands_out(1, NOW + timedelta(hours=1)), hands_out(2, NOW + timedelta(hours=2))) as server:
        credentials = credentials_at(server, clock, token=None, token_file=file)
        credentials.current(a_deadline(clock))
        file.write_text("second\n")
        clock.advance(hours=1)
        credentials.current(a_deadline(clock))

    assert [request.headers["Authorization"] for request in server.requests] == ["first", "second"]


def test_an_endpoint_that_wants_no_token_is_sent_none(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1))) as server:
        credentials_at(server, clock, token=None).current(a_deadline(clock))

    assert "Authorization" not in server.requests[0].headers


def test_they_are_renewed_a_quarter_of_an_hour_before_they_end(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1)), hands_out(2, NOW + timedelta(hours=7))) as server:
        used = key_ids(credentials_at(server, clock), clock, timedelta(minutes=44), timedelta(minutes=1))

    assert used == ["ASIA1", "ASIA1", "ASIA2"]


def test_credentials_of_a_snapshot_that_was_restored_much_later_are_not_used(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1)), hands_out(2, NOW + timedelta(days=41))) as server:
        used = key_ids(credentials_at(server, clock), clock, timedelta(days=40))

    assert used == ["ASIA1", "ASIA2"]


def test_an_endpoint_that_fails_early_leaves_the_old_ones_in_use_and_is_left_alone_for_a_minute(
    clock: TestClock,
) -> None:
    fails = answers("500 Oops", b"")
    with serving(hands_out(1, NOW + timedelta(hours=1)), fails, hands_out(2, NOW + timedelta(hours=7))) as server:
        credentials = credentials_at(server, clock)

        used = key_ids(credentials, clock, timedelta(minutes=50), timedelta(seconds=59), timedelta(seconds=1))

    assert used == ["ASIA1", "ASIA1", "ASIA1", "ASIA2"]
    assert len(server.requests) == 3


def test_an_endpoint_that_has_nothing_newer_yet_is_left_alone_for_a_minute(clock: TestClock) -> None:
    ends_soon = NOW + timedelta(minutes=10)
    with serving(hands_out(1, ends_soon), hands_out(2, ends_soon)) as server:
        used = key_ids(credentials_at(server, clock), clock, timedelta(seconds=59), timedelta(seconds=1))

    assert used == ["ASIA1", "ASIA1", "ASIA2"]


def test_those_that_end_within_the_minute_are_not_used_longer(clock: TestClock) -> None:
    ends_soon, later = NOW + timedelta(seconds=30), NOW + timedelta(hours=1)
    with serving(hands_out(1, ends_soon), hands_out(2, later)) as server:
        used = key_ids(credentials_at(server, clock), clock, timedelta(seconds=29), timedelta(seconds=1))

    assert used == ["ASIA1", "ASIA1", "ASIA2"]


def test_those_that_have_ended_are_not_used_though_there_are_no_others(clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1)), answers("401 Unauthorized", b"")) as server:
        credentials = credentials_at(server, clock)
        credentials.current(a_deadline(clock))
        clock.advance(hours=1)

        with pytest.raises(AwsError) as raised:
            credentials.current(a_deadline(clock))

    assert raised.value.code == "Unreachable"


def error_of(server: Server, clock: TestClock, **changes: Any) -> AwsError | Passing:
    try:
        credentials_at(server, clock, **changes).current(a_deadline(clock))
    except (AwsError, Passing) as error:
        return error
    pytest.fail("there were credentials")


UNREADABLE = [
    pytest.param(answers("200 OK", b""), id="nothing"),
    pytest.param(answers("200 OK", b"<html>"), id="no JSON"),
    pytest.param(answers("200 OK", b"\xff"), id="no text"),
    pytest.param(answers("200 OK", b"[]"), id="a list"),
    pytest.param(answers("200 OK", b"null"), id="null"),
    pytest.param(hands_out(1, NOW + timedelta(hours=1), SecretAccessKey=None), id="no secret"),
    pytest.param(hands_out(1, NOW + timedelta(hours=1), Token=7), id="a token that is a number"),
    pytest.param(hands_out(1, NOW, Expiration="soon"), id="no date"),
    pytest.param(hands_out(1, NOW, Expiration=None), id="no end"),
]


@pytest.mark.parametrize("behave", UNREADABLE)
def test_what_cannot_be_read_is_no_credentials(behave: Behaviour, clock: TestClock) -> None:
    with serving(behave) as server:
        error = error_of(server, clock)

    assert isinstance(error, AwsError)
    assert error.code == "UnreadableAnswer"
    assert not [secret for secret in SECRETS if secret in str(error)]


def test_credentials_that_have_expired_already_are_none(clock: TestClock) -> None:
    with serving(hands_out(1, NOW)) as server:
        error = error_of(server, clock)

    assert isinstance(error, AwsError)
    assert error.code == "Unreachable"


@pytest.mark.parametrize(
    ("behave", "passes"),
    [
        pytest.param(answers("401 Unauthorized", b"{}"), False, id="refused"),
        pytest.param(answers("404 Not Found", b"{}"), False, id="nothing there"),
        pytest.param(answers("302 Found", b"{}"), False, id="sent elsewhere"),
        pytest.param(answers("500 Oops", b"{}"), True, id="500"),
        pytest.param(closes, True, id="closed without an answer"),
    ],
)
def test_an_endpoint_that_fails_is_no_credentials(behave: Behaviour, passes: bool, clock: TestClock) -> None:  # noqa: FBT001 - a parameter of the test
    with serving(behave) as server:
        error = error_of(server, clock)

    assert isinstance(error, Passing) == passes


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(answers("401 Unauthorized", b"{}"), id="refuses"),
        pytest.param(answers("500 Oops", b"{}"), id="fails"),
        pytest.param(answers("200 OK", b"{}"), id="answers nothing"),
        pytest.param(closes, id="closes"),
        pytest.param(hangs, id="hangs"),
        pytest.param(drips, id="drips"),
    ],
)
def test_without_credentials_the_store_is_not_asked(behave: Behaviour) -> None:
    with serving(behave) as endpoint, serving(answers_with({})) as dynamodb:
        aws = crt_aws(dynamodb.url, 0.4, credentials=CredentialEndpoint(url=endpoint.url))
        with pytest.raises(AwsError) as raised:
            aws.call("dynamodb", "ListTables", {})

    assert raised.value.code in {"Unreachable", "UnreadableAnswer", "DeadlineExceeded"}
    assert dynamodb.requests == []


def test_an_endpoint_that_nobody_listens_at_is_unreachable() -> None:
    aws = crt_aws(silent_url(), 60.0, credentials=CredentialEndpoint(url=silent_url()))

    with pytest.raises(AwsError) as raised:
        aws.call("dynamodb", "ListTables", {})

    assert raised.value.code == "Unreachable"


def test_an_endpoint_that_fails_once_is_asked_again() -> None:
    good = hands_out(1, datetime.now(UTC) + timedelta(hours=6))
    with serving(answers("500 Oops", b""), good) as endpoint, serving(answers_with({})) as dynamodb:
        aws = crt_aws(dynamodb.url, 60.0, credentials=CredentialEndpoint(url=endpoint.url))

        assert aws.call("dynamodb", "ListTables", {}) == {}


@pytest.mark.parametrize(
    "url", ["http://credentials.example.com/", "http://169.254.169.254/", "http://127.0.0.1.evil/"]
)
def test_a_token_is_not_sent_beyond_this_machine_without_tls(url: str, clock: TestClock) -> None:
    credentials = TemporaryCredentials(CredentialEndpoint(url=url, token="the-token"), clock, SHORT)

    with pytest.raises(AwsError) as raised:
        credentials.current(a_deadline(clock))

    assert raised.value.code == "Unreachable"


@pytest.mark.parametrize("token", ["a\r\nX-Other: b", "a\nb", "a\x00b"])
def test_a_token_cannot_begin_another_header(token: str, clock: TestClock) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1))) as server:
        error = error_of(server, clock, token=token)

    assert isinstance(error, AwsError)
    assert server.requests == []


def test_a_token_file_that_is_not_there_is_no_credentials(clock: TestClock, tmp_path: Path) -> None:
    with serving(hands_out(1, NOW + timedelta(hours=1))) as server:
        error = error_of(server, clock, token=None, token_file=tmp_path / "none")

    assert isinstance(error, AwsError)
    assert server.requests == []
