"""The delivery of an invitation: how its secret went to the address, and what has become of that."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from gatehouse.domain.address import AddressKind

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.address import Address
    from gatehouse.domain.branding import Look
    from gatehouse.domain.message import Message


class Medium(StrEnum):
    """What carries a message."""

    MAIL = "mail"
    SMS = "sms"

    @classmethod
    def to(cls, address: Address) -> Self:
        """Return what carries a message to an address."""
        return cls.MAIL if address.kind is AddressKind.EMAIL else cls.SMS


class DeliveryStatus(StrEnum):
    """What is known of an attempt to send. While nobody can tell whether it was sent, it is `unknown`."""

    UNKNOWN = "unknown"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    COMPLAINED = "complained"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """The last attempt to send an invitation; an attempt is claimed before it is made, and made once.

    Args:
        of: the hash of the mailed secret that it carries; a resend makes another, and with it room for a new attempt.
        medium: what carries it.
        at: when it was claimed.
        status: what is known of it.
        id: what SES or SNS calls the message; empty unless they have taken it.
        problem: AWS's code of what failed, or the type of the bounce; empty if there is none.
    """

    of: str
    medium: Medium
    at: datetime
    status: DeliveryStatus = DeliveryStatus.UNKNOWN
    id: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of the one call that sends: `sent` with an id, `failed` with AWS's code, or `unknown`."""

    status: DeliveryStatus
    id: str = ""
    problem: str = ""

    @classmethod
    def sent(cls, message_id: str) -> Self:
        """Return that AWS has taken the message."""
        return cls(status=DeliveryStatus.SENT, id=message_id)

    @classmethod
    def failed(cls, code: str) -> Self:
        """Return that the message was certainly not sent."""
        return cls(status=DeliveryStatus.FAILED, problem=code)

    @classmethod
    def unknown(cls, code: str) -> Self:
        """Return that nobody can tell whether the message was sent, and what came instead of an answer."""
        return cls(status=DeliveryStatus.UNKNOWN, problem=code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What is sent: a message to an address, and of which invitation it is. The message holds the mailed secret."""

    invitation_id: str
    tenant_id: str
    address: Address
    look: Look
    message: Message = field(repr=False)
