"""The one slot of an address in a tenant, as far as taking it is the same for everybody who does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.store import records
from gatehouse.store.table import Write, put

if TYPE_CHECKING:
    from datetime import date

# Free: never used, given up, or pending past its last day, whose seat has been folded away by then.
_IS_FREE = (
    "attribute_not_exists(PK) OR invitation_status IN (:revoked, :expired)"
    " OR (invitation_status = :pending AND expires_on < :today)"
)
_IS_FREE_TO_PEOPLE = f"{_IS_FREE} OR invitation_status = :removed"


def take(invitation: Invitation, today: date, *, by_rule: bool = False) -> Write:
    """Return the put that takes a free slot. That of a removed member is free to a person's invitation, to no rule."""
    values = {
        ":expired": InvitationStatus.EXPIRED.value,
        ":pending": InvitationStatus.PENDING.value,
        ":revoked": InvitationStatus.REVOKED.value,
        ":today": today.isoformat(),
    }
    item = records.invitation_item(invitation)
    if by_rule:
        return put(item, _IS_FREE, values)
    return put(item, _IS_FREE_TO_PEOPLE, values | {":removed": InvitationStatus.REMOVED.value})
