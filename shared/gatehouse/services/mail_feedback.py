"""Mail feedback: what came of an invitation's mail is marked on the invitation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_address
from gatehouse.errors import AddressNotSupported, EventUnreadable

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.delivery import DeliveryStatus
    from gatehouse.domain.mail_feedback import Feedback
    from gatehouse.services.ports import DeliveryMarker


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """What came of a mail, and what was made of that.

    Args:
        tenant_id: the tenant whose invitation it was.
        outcome: what came of it; None if it may well have arrived.
        problem: why, in SES's words.
        is_marked: whether the invitation says so now. It does not if it is gone, or if another mail has gone out since.
    """

    tenant_id: str
    outcome: DeliveryStatus | None
    problem: str
    is_marked: bool


def mark_invitation(feedback: Feedback, *, deliveries: DeliveryMarker) -> Marking:
    """Mark the invitation that the mail was sent for, if this was its last one. May come twice for the same mail.

    Raises:
        EventUnreadable: if the mail went to what is no address of ours.
        Unavailable: if the invitation could not be written.
    """
    outcome, problem, is_marked = feedback.outcome, feedback.problem, False
    if outcome is not None:
        for address in [_address(recipient) for recipient in feedback.recipients]:
            is_marked |= deliveries.mark(feedback.tenant_id, address, feedback.message_id, outcome, problem)
    return Marking(tenant_id=feedback.tenant_id, outcome=outcome, problem=problem, is_marked=is_marked)


def _address(recipient: str) -> Address:
    try:
        return parse_address(recipient)
    except AddressNotSupported:
        raise EventUnreadable("detail.mail.destination") from None
