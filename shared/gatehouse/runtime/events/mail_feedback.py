"""The event of mail feedback: what SES says later of a mail that it has taken.

Their shape is that of the SES Developer Guide, "Monitoring SES events using Amazon EventBridge" for the names of the
events, "Contents of event data" for what is in their `detail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.mail_feedback import TENANT_TAG, Feedback, FeedbackKind
from gatehouse.errors import EventUnreadable
from gatehouse.runtime.bus import BusEvent
from gatehouse.runtime.cognito import mapping, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

_KINDS = {
    "Email Bounced": FeedbackKind.BOUNCE,
    "Email Complaint Received": FeedbackKind.COMPLAINT,
    "Email Rejected": FeedbackKind.REJECT,
}
# In which part of the detail each kind says why, and under which names.
_REASONS = {
    FeedbackKind.BOUNCE: ("bounce", "bounceType", "bounceSubType"),
    FeedbackKind.COMPLAINT: ("complaint", "complaintFeedbackType", "complaintSubType"),
    FeedbackKind.REJECT: ("reject", "reason", ""),
}


class MailFeedbackEvent(BusEvent):
    """After SES has taken a mail: it bounced, its recipient complained, or SES itself would not send it on."""

    function = "mail_feedback"
    detail_types = frozenset(_KINDS)

    @property
    def is_for_us(self) -> bool:
        """Tell whether the mail was an invitation of ours: no other mail carries our tag."""
        return bool(self._tenant_id)

    def feedback(self) -> Feedback:
        """Return what is said of the mail.

        Raises:
            EventUnreadable: if it does not say of which mail, or to whom that went.
        """
        message_id, recipients = text(self._mail.get("messageId")), texts(self._mail.get("destination"))
        if not message_id:
            raise EventUnreadable("detail.mail.messageId")
        if not recipients:
            raise EventUnreadable("detail.mail.destination")
        kind = _KINDS[self.detail_type]
        part, major, minor = _REASONS[kind]
        said = mapping(self.detail.get(part))
        return Feedback(
            kind=kind,
            tenant_id=self._tenant_id,
            message_id=message_id,
            recipients=tuple(recipients),
            major=text(said.get(major)),
            minor=text(said.get(minor)),
            has_failed=any(mapping(one).get("action") == "failed" for one in _objects(said.get("bouncedRecipients"))),
        )

    @property
    def _mail(self) -> Mapping[str, Any]:
        return mapping(self.detail.get("mail"))

    @property
    def _tenant_id(self) -> str:
        values = texts(mapping(self._mail.get("tags")).get(TENANT_TAG))
        return values[0] if values else ""


def _objects(value: object) -> list[object]:
    return value if isinstance(value, list) else []
