"""Sending: what goes to SES and SNS, and what is said of what came of it."""

from collections.abc import Mapping
from email.header import decode_header, make_header
from email.parser import HeaderParser
from email.policy import default
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import parse_address
from gatehouse.domain.branding import Branding, dressed
from gatehouse.domain.delivery import DeliveryStatus, Letter, Medium, Outcome
from gatehouse.domain.message import Message, one_line
from gatehouse.errors import AwsError
from gatehouse.messaging.delivery import Sender, Senders, mailbox
from tests.support.builders import ANA, INVITATION_ID, a_branding
from tests.support.doubles import ScriptedAws

ANSWER = {"MessageId": "0100"}
NOBODY = AwsError("NeverConnected")
MESSAGE = Message(subject="Hällo", html="<p>Hällo</p>", text="Hällo\n", sms="Acme invites you: https://x")
MAIL_AND_SMS = Senders(mail="no-reply@acme.com", configuration_set="gatehouse", has_sms=True)


def a_letter(address: str = ANA, branding: Branding | None = None) -> Letter:
    return Letter(
        invitation_id=INVITATION_ID,
        tenant_id="acme",
        address=parse_address(address),
        look=dressed(branding or a_branding(), "Acme"),
        message=MESSAGE,
    )


class Sending:
    """A sender over AWS as a test plays it, and what it slept."""

    def __init__(self, *answers: Mapping[str, Any] | AwsError, senders: Senders = MAIL_AND_SMS) -> None:
        self.aws = ScriptedAws(*answers)
        self.slept: list[float] = []
        self.sender = Sender(self.aws, senders, self.slept.append, lambda: 0.5)

    def payload(self, letter: Letter) -> Mapping[str, Any]:
        """Send a letter and return what it asked AWS for, once."""
        assert self.sender.send(letter) == Outcome.sent("0100")
        [(_, _, payload)] = self.aws.calls
        return payload


def test_a_mail_is_one_call_with_the_message_in_both_forms() -> None:
    sending = Sending(ANSWER)

    sending.sender.send(a_letter())

    assert sending.aws.calls == [
        (
            "sesv2",
            "SendEmail",
            {
                "FromEmailAddress": "=?utf-8?q?Acme_=26_S=C3=B6hne?= <no-reply@acme.com>",
                "ReplyToAddresses": ["help@acme.com"],
                "Destination": {"ToAddresses": ["ana@acme.com"]},
                "Content": {
                    "Simple": {
                        "Subject": {"Data": "Hällo", "Charset": "UTF-8"},
                        "Body": {
                            "Html": {"Data": "<p>Hällo</p>", "Charset": "UTF-8"},
                            "Text": {"Data": "Hällo\n", "Charset": "UTF-8"},
                        },
                    }
                },
                "EmailTags": [
                    {"Name": "gatehouse_invitation", "Value": INVITATION_ID},
                    {"Name": "gatehouse_tenant", "Value": "acme"},
                ],
                "ConfigurationSetName": "gatehouse",
            },
        )
    ]


def test_an_sms_is_one_call_and_transactional() -> None:
    sending = Sending(ANSWER)

    sending.sender.send(a_letter("+4915112345678"))

    assert sending.aws.calls == [
        (
            "sns",
            "Publish",
            {
                "PhoneNumber": "+4915112345678",
                "Message": "Acme invites you: https://x",
                "MessageAttributes": {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}},
            },
        )
    ]


@pytest.mark.parametrize("support", [None, "+4915112345678"])
def test_nobody_can_reply_where_the_tenant_has_no_mail_address(support: str | None) -> None:
    payload = Sending(ANSWER).payload(a_letter(branding=a_branding(support_address=support)))

    assert "ReplyToAddresses" not in payload


def test_without_a_configuration_set_none_is_named() -> None:
    payload = Sending(ANSWER, senders=Senders(mail="no-reply@acme.com")).payload(a_letter())

    assert "ConfigurationSetName" not in payload


@pytest.mark.parametrize(
    ("senders", "media"),
    [
        (Senders(), []),
        (Senders(mail="no-reply@acme.com"), [Medium.MAIL]),
        (Senders(has_sms=True), [Medium.SMS]),
        (MAIL_AND_SMS, [Medium.MAIL, Medium.SMS]),
    ],
)
def test_a_deployment_sends_by_what_it_has(senders: Senders, media: list[Medium]) -> None:
    sender = Sending(senders=senders).sender

    assert [medium for medium in Medium if sender.carries(medium)] == media


@pytest.mark.parametrize(
    "name", ["Acme", "Søhne & Co", 'The "Best", Inc. \\o/', "名" * 100, "=?utf-8?q?Bank?=", "مثال"]
)
def test_a_name_reads_as_it_is_and_is_ascii_in_words_of_75_characters(name: str) -> None:
    found = mailbox(name, "no-reply@acme.com")

    assert found.isascii()
    assert max(len(word) for word in found.split(" ")) <= 75
    assert parsed(found) == [(name, "no-reply@acme.com")]


@given(st.text(max_size=100))
def test_no_name_adds_a_header_or_another_address(name: str) -> None:
    found = mailbox(name, "no-reply@acme.com")

    assert found.isascii()
    assert found.isprintable()
    assert parsed(found) == [(one_line(name), "no-reply@acme.com")]


def parsed(header: str) -> list[tuple[str, str]]:
    """Return the names and addresses of a header, as a mail program reads them."""
    words, _, rest = header.rpartition("<")
    if words.startswith("=?"):
        return [(str(make_header(decode_header(words.strip()))), rest.removesuffix(">"))]
    read = HeaderParser(policy=default).parsestr(f"From: {header}\n\n")["From"]
    return [(one.display_name, one.addr_spec) for one in read.addresses]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (AwsError("MessageRejected", "ana@acme.com is not verified", status=400), Outcome.failed("MessageRejected")),
        (AwsError("AccessDeniedException", status=403), Outcome.failed("AccessDeniedException")),
        (AwsError("TooManyRequestsException", status=429), Outcome.failed("TooManyRequestsException")),
        (AwsError("InternalFailure", status=500), Outcome.unknown("InternalFailure")),
        (AwsError("ServiceUnavailable", status=503), Outcome.unknown("ServiceUnavailable")),
        (AwsError("Unknown", status=302), Outcome.unknown("Unknown")),
        (AwsError("Unreachable"), Outcome.unknown("Unreachable")),
        (AwsError("UnreadableAnswer"), Outcome.unknown("UnreadableAnswer")),
        (AwsError("DeadlineExceeded"), Outcome.unknown("DeadlineExceeded")),
    ],
    ids=lambda value: getattr(value, "code", getattr(value, "status", "")),
)
@pytest.mark.parametrize("address", [ANA, "+4915112345678"])
def test_whatever_goes_wrong_with_a_connection_is_told_and_not_repeated(
    address: str, error: AwsError, outcome: Outcome
) -> None:
    sending = Sending(error)

    assert sending.sender.send(a_letter(address)) == outcome
    assert len(sending.aws.calls) == 1
    assert sending.slept == []


@pytest.mark.parametrize("answer", [{}, {"MessageId": None}, {"MessageId": ""}])
def test_an_answer_without_an_id_says_nothing(answer: dict[str, Any]) -> None:
    assert Sending(answer).sender.send(a_letter()) == Outcome.unknown("UnreadableAnswer")


def test_what_was_never_connected_is_tried_again_after_growing_pauses() -> None:
    sending = Sending(NOBODY, NOBODY, ANSWER)

    assert sending.sender.send(a_letter()) == Outcome.sent("0100")
    assert len(sending.aws.calls) == 3
    assert sending.slept == [0.75, 1.5]


def test_what_is_never_connected_in_three_tries_was_certainly_not_sent() -> None:
    sending = Sending(NOBODY, NOBODY, NOBODY)

    assert sending.sender.send(a_letter()) == Outcome.failed("NeverConnected")


def test_after_a_try_that_may_have_been_sent_there_is_no_other() -> None:
    sending = Sending(NOBODY, AwsError("Unreachable"))

    assert sending.sender.send(a_letter()).status is DeliveryStatus.UNKNOWN
    assert len(sending.aws.calls) == 2


@pytest.mark.parametrize(
    ("answer", "rate"),
    [
        ({"SendQuota": {"MaxSendRate": 14.0, "Max24HourSend": 50_000.0}}, 14.0),
        ({"SendQuota": {"MaxSendRate": 1.0}}, 1.0),
        ({"SendQuota": {"MaxSendRate": 0.0}}, 1.0),
        ({}, 1.0),
    ],
)
def test_mail_goes_as_fast_as_ses_lets_the_account(answer: dict[str, Any], rate: float) -> None:
    sending = Sending(answer)

    assert sending.sender.per_second(Medium.MAIL) == rate
    assert sending.aws.calls == [("sesv2", "GetAccount", {})]


def test_text_messages_go_as_fast_as_sns_takes_them() -> None:
    assert Sending().sender.per_second(Medium.SMS) == 20.0


def test_a_letter_does_not_show_its_message() -> None:
    assert "Hällo" not in repr(a_letter())
    assert "https://x" not in repr(a_letter())
