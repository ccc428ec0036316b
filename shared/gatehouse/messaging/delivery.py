"""Sending: a letter goes out by one call to SES or SNS, and what came of it is said as exactly as it is known.

A call is made again only if there was no connection for it. Whatever else goes wrong may go wrong after the message has
left, and nobody is to have it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.header import Header
from email.utils import formataddr
from typing import TYPE_CHECKING, Any

from gatehouse.domain.address import AddressKind, parse_address
from gatehouse.domain.delivery import Letter, Medium, Outcome
from gatehouse.domain.mail_feedback import TENANT_TAG
from gatehouse.domain.message import one_line
from gatehouse.errors import AddressNotSupported, AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.aws import Aws

INVITATION_TAG = "gatehouse_invitation"

_TRIES = 3
_FIRST_PAUSE_SECONDS = 0.5
# SNS publishes 20 text messages a second at most (AWS General Reference, "Amazon SNS endpoints and quotas").
_SMS_PER_SECOND = 20.0
# What SES gives an account whose rate it does not tell: that of its sandbox.
_LEAST_MAILS_PER_SECOND = 1.0
_ENCODED_WORD = 75  # characters, at most (RFC 2047, section 2)
_FIRST_CLIENT_ERROR, _FIRST_SERVER_ERROR = 400, 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """By what a deployment sends.

    Args:
        mail: the address that mail comes from; None if it sends none.
        configuration_set: SES's, by which bounces come back; None for the identity's own.
        has_sms: whether it sends text messages.
    """

    mail: str | None = None
    configuration_set: str | None = None
    has_sms: bool = False


class Sender:
    """Sends letters, each by the medium of its address.

    Args:
        aws: makes one attempt of a call to SES or SNS (`SENT_ONCE` of `aws/boto.py`).
        senders: by what it sends.
        sleep: waits so many seconds.
        spread: a number from 0 to 1, so that many who wait do not come back at once.
    """

    def __init__(
        self, aws: Aws, senders: Senders, sleep: Callable[[float], object], spread: Callable[[], float]
    ) -> None:
        self._aws = aws
        self._senders = senders
        self._sleep = sleep
        self._spread = spread

    def carries(self, medium: Medium) -> bool:
        """Tell whether this deployment sends by a medium."""
        return self._senders.has_sms if medium is Medium.SMS else self._senders.mail is not None

    def per_second(self, medium: Medium) -> float:
        """Return how many letters a second AWS takes by a medium.

        Raises:
            AwsError: if SES does not say.
        """
        if medium is Medium.SMS:
            return _SMS_PER_SECOND
        quota = self._aws.call("sesv2", "GetAccount", {}).get("SendQuota", {})
        return max(_LEAST_MAILS_PER_SECOND, float(quota.get("MaxSendRate", 0)))

    def send(self, letter: Letter) -> Outcome:
        """Send a letter and return what came of it; what came of it is never raised."""
        if Medium.to(letter.address) is Medium.SMS:
            return self._outcome("sns", "Publish", _text_message(letter))
        return self._outcome("sesv2", "SendEmail", self._mail(letter))

    def _outcome(self, service: str, operation: str, payload: Mapping[str, Any]) -> Outcome:
        for made in range(_TRIES):
            if made:
                self._sleep(_FIRST_PAUSE_SECONDS * 2 ** (made - 1) * (1 + self._spread()))
            try:
                answer = self._aws.call(service, operation, payload)
            except AwsError as error:
                if error.code == "NeverConnected":
                    continue
                was_refused = _FIRST_CLIENT_ERROR <= (error.status or 0) < _FIRST_SERVER_ERROR
                return Outcome.failed(error.code) if was_refused else Outcome.unknown(error.code)
            message_id = str(answer.get("MessageId") or "")
            return Outcome.sent(message_id) if message_id else Outcome.unknown("UnreadableAnswer")
        return Outcome.failed("NeverConnected")

    def _mail(self, letter: Letter) -> dict[str, Any]:
        message = letter.message
        payload: dict[str, Any] = {
            "FromEmailAddress": mailbox(letter.look.name, self._senders.mail or ""),
            "Destination": {"ToAddresses": [letter.address.value]},
            "Content": {
                "Simple": {
                    "Subject": _utf8(message.subject),
                    "Body": {"Html": _utf8(message.html), "Text": _utf8(message.text)},
                }
            },
            "EmailTags": [
                {"Name": INVITATION_TAG, "Value": letter.invitation_id},
                {"Name": TENANT_TAG, "Value": letter.tenant_id},
            ],
        }
        if _is_mail_address(letter.look.support_address):
            payload["ReplyToAddresses"] = [letter.look.support_address]
        if self._senders.configuration_set:
            payload["ConfigurationSetName"] = self._senders.configuration_set
        return payload


def mailbox(name: str, address: str) -> str:
    """Return a name and an address as a header has them, the name as encoded words (RFC 2047) if it is not plain.

    So is one that looks like an encoded word itself: some mail programs decode it even between quotes.
    """
    plain = one_line(name)
    if plain.isascii() and "=?" not in plain:
        return formataddr((plain, address))
    words = Header(plain, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="")
    return f"{words} <{address}>"


def _text_message(letter: Letter) -> dict[str, Any]:
    return {
        "PhoneNumber": letter.address.value,
        "Message": letter.message.sms,
        "MessageAttributes": {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}},
    }


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}


def _is_mail_address(text: str) -> bool:
    try:
        return parse_address(text).kind is AddressKind.EMAIL
    except AddressNotSupported:
        return False
