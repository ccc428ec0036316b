"""Deliveries: what carries a message to an address, and what can come of an attempt."""

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.delivery import DeliveryStatus, Medium, Outcome
from tests.support.builders import an_attempt


@pytest.mark.parametrize(
    ("address", "medium"), [("ana@acme.com", Medium.MAIL), ("+4915112345678", Medium.SMS)], ids=["mail", "sms"]
)
def test_an_address_says_what_carries_a_message_to_it(address: str, medium: Medium) -> None:
    assert Medium.to(parse_address(address)) is medium


def test_an_attempt_is_unknown_until_something_is_known_of_it() -> None:
    attempt = an_attempt()

    assert (attempt.status, attempt.id, attempt.problem) == (DeliveryStatus.UNKNOWN, "", "")


def test_only_what_was_sent_has_an_id_and_only_what_was_not_a_problem() -> None:
    outcomes = [Outcome.sent("0100"), Outcome.failed("MessageRejected"), Outcome.unknown("Unreachable")]

    assert [(one.status, one.id, one.problem) for one in outcomes] == [
        (DeliveryStatus.SENT, "0100", ""),
        (DeliveryStatus.FAILED, "", "MessageRejected"),
        (DeliveryStatus.UNKNOWN, "", "Unreachable"),
    ]
