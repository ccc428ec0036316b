"""An invitation: the standing offer of a tenant to one address, and the two secrets that take it up."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.refusals.common import InvalidExpiry, InvalidLocale, InvalidNote

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.delivery import Delivery
    from gatehouse.domain.role import Role

SHORTEST_DAYS = 1
LONGEST_DAYS = 30
_LONGEST_NOTE = 500
_SCRIPT_LENGTH = 4


class InvitationStatus(StrEnum):
    """Where an invitation stands. A pending one past its last day counts as expired, whatever the row says."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REMOVED = "removed"


class SecretKind(StrEnum):
    """Which of an invitation's two secrets a token carries.

    The shown one has passed through an operator's hands and admits only; the mailed one was put into a message
    to the address and nowhere else, so whoever has it has read that message.
    """

    SHOWN = "shown"
    MAILED = "mailed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """What a slot that is accepted offers to another profile of the same address: to take the membership over."""

    id: str
    expires_on: date
    invited_by: str
    invited_at: datetime
    shown_hash: str
    mailed_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """The one slot of an address in a tenant. Of its secrets it holds hashes only.

    The note is what an operator wrote about a person, for operators: it stands in the row, in no log and no audit
    entry. `replaces` is the user whose membership it takes over; only an `offer` has one. `delivery` is the last
    attempt to send a secret of this slot, that of a replacement too; a resend leaves it until the next attempt.
    """

    id: str
    tenant_id: str
    address: Address
    role: Role
    status: InvitationStatus
    expires_on: date
    invited_by: str
    invited_at: datetime
    shown_hash: str
    mailed_hash: str
    sub: str | None = None
    locale: str | None = None
    note: str = ""
    resent: int = 0
    resent_at: datetime | None = None
    replacement: Replacement | None = None
    replaces: str | None = None
    delivery: Delivery | None = None

    @property
    def invited_by_member(self) -> str | None:
        """Return the `sub` of the member who has made it; None if an operator has, whose id is an ARN."""
        return None if self.invited_by.startswith("arn:") else self.invited_by

    @property
    def expires_at(self) -> datetime:
        """Return the first moment at which it is expired: the end of its last day, UTC."""
        return datetime.combine(self.expires_on + timedelta(days=1), time(), UTC)

    def status_on(self, today: date) -> InvitationStatus:
        """Return the status that counts on this UTC day."""
        if self.status is InvitationStatus.PENDING and self.expires_on < today:
            return InvitationStatus.EXPIRED
        return self.status

    def offer(self) -> Invitation | None:
        """Return the invitation that an accepted slot holds for another profile of its address, if it does."""
        if self.replacement is None or self.status is not InvitationStatus.ACCEPTED:
            return None
        offered = self.replacement
        return replace(
            self,
            id=offered.id,
            status=InvitationStatus.PENDING,
            expires_on=offered.expires_on,
            invited_by=offered.invited_by,
            invited_at=offered.invited_at,
            shown_hash=offered.shown_hash,
            mailed_hash=offered.mailed_hash,
            sub=None,
            replacement=None,
            replaces=self.sub,
        )

    def taken_over(self) -> Invitation | None:
        """Return the invitation by which a provider's profile takes over what this slot holds, if somebody has it."""
        if self.status is not InvitationStatus.ACCEPTED or self.sub is None:
            return None
        return replace(self, status=InvitationStatus.PENDING, sub=None, replacement=None, replaces=self.sub)

    def secret_kind(self, token: str) -> SecretKind | None:
        """Return which of this invitation's secrets the token carries, or None. Takes constant time."""
        invitation_id, _, secret = token.partition(".")
        given = hash_secret(secret)
        is_shown = _are_equal(given, self.shown_hash)
        is_mailed = _are_equal(given, self.mailed_hash)
        if invitation_id != self.id:
            return None
        if is_mailed:
            return SecretKind.MAILED
        return SecretKind.SHOWN if is_shown else None


def invitation_token(invitation_id: str, secret: str) -> str:
    """Return what a link carries in its fragment: `<ULID>.<secret>`, without the address."""
    return f"{invitation_id}.{secret}"


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret: with 256 random bits in it a plain SHA-256 cannot be searched back."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _are_equal(one: str, other: str) -> bool:
    # As bytes: compare_digest raises TypeError for text that is not ASCII, and a row can be written by hand.
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogatepass"))


def last_day(now: datetime, days: int) -> date:
    """Return the last UTC day of an invitation made now for so many days: its end is rounded up to a day's end.

    Raises:
        InvalidExpiry: for less than 1 or more than 30 days.
    """
    if not SHORTEST_DAYS <= days <= LONGEST_DAYS:
        raise InvalidExpiry
    return (now.astimezone(UTC) + timedelta(days=days)).date()


def parse_locale(text: str | None) -> str | None:
    """Return a language tag, language[-Script][-REGION], in the letter case of RFC 5646 section 2.1.1; None as it is.

    Raises:
        InvalidLocale: for anything else.
    """
    if text is None:
        return None
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?", text, re.ASCII | re.IGNORECASE):
        raise InvalidLocale
    language, *rest = text.split("-")
    return "-".join([language.lower(), *(one.title() if len(one) == _SCRIPT_LENGTH else one.upper() for one in rest)])


def parse_note(text: str) -> str:
    """Return the text if it can be a note: printable, on one line, at most 500 characters; it may be empty.

    Raises:
        InvalidNote: for anything else.
    """
    if len(text) > _LONGEST_NOTE or not text.isprintable():
        raise InvalidNote
    return text
