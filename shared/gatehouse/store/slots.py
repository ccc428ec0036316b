"""The one slot of an address in a tenant: how it is taken, and how the invitation in it gets new secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.store import keys, records
from gatehouse.store.table import Write, check, put, update

if TYPE_CHECKING:
    from datetime import date

    from gatehouse.store.attributes import Value

# Free: never used, given up, or pending past its last day, whose seat has been folded away by then.
_IS_FREE = (
    "attribute_not_exists(PK) OR invitation_status IN (:revoked, :expired)"
    " OR (invitation_status = :pending AND expires_on < :today)"
)
_IS_FREE_TO_PEOPLE = f"{_IS_FREE} OR invitation_status = :removed"


def take(invitation: Invitation, today: date, *, by_rule: bool = False) -> Write:
    """Return the put that takes a free slot. That of a removed member is free to a person's invitation, to no rule."""
    values = _free_on(today)
    item = records.invitation_item(invitation)
    if by_rule:
        return put(item, _IS_FREE, values)
    return put(item, _IS_FREE_TO_PEOPLE, values | {":removed": InvitationStatus.REMOVED.value})


def check_free(slot: keys.Key, today: date) -> Write:
    """Return the condition that a slot is free to a rule; it takes nothing."""
    return check(slot, _IS_FREE, _free_on(today))


def _free_on(today: date) -> dict[str, Value]:
    return {
        ":expired": InvitationStatus.EXPIRED.value,
        ":pending": InvitationStatus.PENDING.value,
        ":revoked": InvitationStatus.REVOKED.value,
        ":today": today.isoformat(),
    }


def renew(invitation: Invitation, fresh: Invitation) -> Write:
    """Return the update that gives an invitation new secrets and a new last day, if it still is the one that was read.

    Of two who read the same row one finds its hashes changed.
    """
    return update(
        keys.invitation_key(invitation.address, invitation.tenant_id),
        "SET invitation_status = :pending, GSI1SK = :sort, expires_on = :until, shown_hash = :shown,"
        " mailed_hash = :mailed, resent = :resent, resent_at = :resent_at, #ttl = :ttl",
        "invitation_id = :id AND invitation_status IN (:pending, :expired) AND expires_on = :day"
        " AND shown_hash = :was_shown AND mailed_hash = :was_mailed",
        {
            ":day": invitation.expires_on.isoformat(),
            ":expired": InvitationStatus.EXPIRED.value,
            ":id": invitation.id,
            ":mailed": fresh.mailed_hash,
            ":pending": fresh.status.value,
            ":resent": fresh.resent,
            ":resent_at": keys.moment(fresh.resent_at) if fresh.resent_at else None,
            ":shown": fresh.shown_hash,
            ":sort": records.invitation_sort(fresh),
            ":ttl": records.invitation_ttl(fresh),
            ":until": fresh.expires_on.isoformat(),
            ":was_mailed": invitation.mailed_hash,
            ":was_shown": invitation.shown_hash,
        },
        {"#ttl": "ttl"},
    )
