"""What SES says later of a mail that it has taken: what came of it, and why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from gatehouse.domain.delivery import DeliveryStatus

# The tag under which a mail of ours names its tenant.
TENANT_TAG = "gatehouse_tenant"

# SES's own words are such as `OnAccountSuppressionList`, `Bad content`, `not-spam`. Some of them are copied from what a
# stranger's mail server has written, so nothing that could be more than a word is passed on.
_WORD = re.compile(r"[A-Za-z][A-Za-z -]{0,39}", re.ASCII)


class FeedbackKind(StrEnum):
    """What kind of word it is."""

    BOUNCE = "bounce"
    COMPLAINT = "complaint"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What SES says of one mail.

    Args:
        kind: what kind of word it is.
        tenant_id: the tenant whose invitation it was.
        message_id: SES's id of the mail.
        recipients: to whom it went, as it was addressed. Whom a bounce or a complaint names is no help: that is who it
            was forwarded to, or whom SES supposes.
        major: SES's type of it: a bounce's type, a complaint's feedback type, the reason of a reject; may be empty.
        minor: its subtype; may be empty.
        has_failed: whether a mail server has reported, by `Action: failed`, that it has given the mail up.
    """

    kind: FeedbackKind
    tenant_id: str
    message_id: str
    recipients: tuple[str, ...]
    major: str
    minor: str
    has_failed: bool

    @property
    def outcome(self) -> DeliveryStatus | None:
        """Return what came of the mail; None if it may well have arrived, and nobody minds.

        SES publishes a bounce when it has stopped trying, so a transient one is an end like any other: nothing will
        arrive unless it is sent again. But a general transient one can be an automatic answer, such as an out-of-office
        message (SES Developer Guide, "Amazon SNS notification contents", bounce types): that counts only if a mail
        server says that it has failed. A complaint of the type `not-spam` is the opposite of one.
        """
        match self.kind:
            case FeedbackKind.REJECT:
                return DeliveryStatus.FAILED
            case FeedbackKind.COMPLAINT:
                return None if self.major == "not-spam" else DeliveryStatus.COMPLAINED
            case FeedbackKind.BOUNCE:
                is_answer = (self.major, self.minor) == ("Transient", "General") and not self.has_failed
                return None if is_answer else DeliveryStatus.BOUNCED

    @property
    def problem(self) -> str:
        """Return why, in SES's words: `Permanent General`, `abuse`, `Bad content`; the kind, if it says none."""
        words = [word for word in (self.major, self.minor) if _WORD.fullmatch(word)]
        return " ".join(words) or self.kind.value
