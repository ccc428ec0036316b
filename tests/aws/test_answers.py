"""What is read of an answer: its object or an error, and never an object that was not sent."""

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.aws.answers import read_answer
from gatehouse.aws.connection import Answer
from gatehouse.aws.retries import Passing
from gatehouse.errors import AwsError

WHOLE = json.dumps({"Item": {"PK": {"S": "TENANT#acme"}, "SK": {"S": "TENANT"}}}).encode()
FIELDS = st.dictionaries(st.text(max_size=4), st.none() | st.integers() | st.text(max_size=4), max_size=3)


def an_answer(body: bytes, status: int = 200, **headers: str) -> Answer:
    return Answer(status=status, headers={name.replace("_", "-"): value for name, value in headers.items()}, body=body)


def error_of(answer: Answer) -> AwsError:
    try:
        read_answer(answer)
    except Passing as passing:
        return passing.error
    except AwsError as error:
        return error
    pytest.fail("that was an object")


@given(FIELDS)
def test_an_object_is_read_as_it_was_sent(fields: dict[str, Any]) -> None:
    assert read_answer(an_answer(json.dumps(fields).encode())) == fields


@given(st.integers(0, len(WHOLE) - 1))
def test_an_answer_that_was_cut_anywhere_is_unreadable(length: int) -> None:
    assert error_of(an_answer(WHOLE[:length])).code == "UnreadableAnswer"


@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_a_byte_that_changed_on_the_way_is_noticed_by_the_checksum(place: int, change: int) -> None:
    body = WHOLE[:place] + bytes([WHOLE[place] ^ change]) + WHOLE[place + 1 :]

    with pytest.raises(Passing) as raised:
        read_answer(an_answer(body, x_amz_crc32=str(zlib.crc32(WHOLE))))

    assert raised.value.error.code == "UnreadableAnswer"


@pytest.mark.parametrize("status", [200, 400, 500])
def test_a_checksum_that_is_none_is_one_that_differs(status: int) -> None:
    assert error_of(an_answer(b"{}", status, x_amz_crc32="none")).code == "UnreadableAnswer"


def test_the_right_checksum_is_no_hindrance() -> None:
    assert read_answer(an_answer(b"{}", x_amz_crc32=str(zlib.crc32(b"{}")))) == {}


@given(st.binary(max_size=40), st.sampled_from([200, 204, 301, 400, 403, 413, 500, 503]))
def test_whatever_comes_is_an_object_or_an_error(body: bytes, status: int) -> None:
    try:
        found = read_answer(an_answer(body, status))
    except (AwsError, Passing):
        return

    assert status == 200
    assert found == json.loads(body)


@pytest.mark.parametrize("status", [201, 204, 302, 400])
def test_an_object_with_any_other_status_is_no_answer(status: int) -> None:
    assert error_of(an_answer(b"{}", status)).code == str(status)


def test_what_is_nested_too_deep_is_unreadable() -> None:
    assert error_of(an_answer(b'{"a":' * 100_000)).code == "UnreadableAnswer"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "ResourceNotFoundException"),
        ("com.amazon.coral.service#UnrecognizedClientException", "UnrecognizedClientException"),
        ("ThrottlingException", "ThrottlingException"),
        ("ThrottlingException:http://internal.amazon.com/coral/", "ThrottlingException"),
        ("", "400"),
        (None, "400"),
        (7, "7"),
    ],
)
def test_the_code_is_what_stands_behind_the_name_of_the_service(kind: object, code: str) -> None:
    assert error_of(an_answer(json.dumps({"__type": kind}).encode(), 400)).code == code


@pytest.mark.parametrize("name", ["message", "Message"])
def test_the_words_stand_under_either_name(name: str) -> None:
    told = {"__type": "ValidationException", name: "words"}

    assert str(error_of(an_answer(json.dumps(told).encode(), 400))) == "ValidationException: words"


@pytest.mark.parametrize("reasons", ["none", [None], [[]], {"Code": "None"}])
def test_reasons_that_are_none_are_unreadable(reasons: object) -> None:
    told = {"__type": "TransactionCanceledException", "CancellationReasons": reasons}

    assert error_of(an_answer(json.dumps(told).encode(), 400)).code == "UnreadableAnswer"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"<html>", b"\xff", b"{}"])
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_passes_whatever_it_holds(status: int, body: bytes) -> None:
    with pytest.raises(Passing):
        read_answer(an_answer(body, status))
