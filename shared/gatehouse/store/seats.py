"""A tenant's seats in its one item: conditions that keep the count, and the folding of days gone by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.refusals.common import TenantNotFound
from gatehouse.store import keys, records
from gatehouse.store.table import ConditionFailed, Table, Write, check, update

if TYPE_CHECKING:
    from datetime import date, datetime

    from gatehouse.domain.invitation import Invitation
    from gatehouse.domain.seats import Seats
    from gatehouse.store.attributes import Value

_HAS_ROOM = "(attribute_not_exists(seat_limit) OR held < seat_limit)"
# A closed tenant gives seats back and none away; its last owner goes like any other member.
_IS_OPEN = "attribute_not_exists(closed_at)"
_IS_CLOSED = "attribute_exists(closed_at)"


def take(invitation: Invitation, today: date) -> Write:
    """Return the update that takes a seat for a new invitation: needs room, and all days before today folded."""
    return update(
        keys.seats_key(invitation.tenant_id),
        f"ADD held :one, {_ending(invitation)} :one",
        f"attribute_exists(PK) AND {_IS_OPEN} AND {_HAS_ROOM} AND folded >= :today",
        {":one": 1, ":today": today.isoformat()},
    )


def take_for_member(tenant_id: str, today: date) -> Write:
    """Return the update that takes a seat for a member who is no owner and was not invited: as for an invitation."""
    return update(
        keys.seats_key(tenant_id),
        "ADD held :one",
        f"attribute_exists(PK) AND {_IS_OPEN} AND {_HAS_ROOM} AND folded >= :today",
        {":one": 1, ":today": today.isoformat()},
    )


def keep(invitation: Invitation) -> Write:
    """Return the update that turns an invitation's seat into a member's: `held` stays, its day is not counted."""
    owners = ", owners :one" if invitation.role == "owner" else ""
    values: dict[str, Value] = {":minus_one": -1, ":one": 1, ":day": invitation.expires_on.isoformat()}
    return update(
        keys.seats_key(invitation.tenant_id),
        f"ADD {_ending(invitation)} :minus_one{owners}",
        f"{_IS_OPEN} AND {_is_counted(invitation)}",
        values,
    )


def give_back(invitation: Invitation) -> Write:
    """Return the update that frees a pending invitation's seat, if its day has not been folded away."""
    return update(
        keys.seats_key(invitation.tenant_id),
        f"ADD held :minus_one, {_ending(invitation)} :minus_one",
        _is_counted(invitation),
        {":minus_one": -1, ":one": 1, ":day": invitation.expires_on.isoformat()},
    )


def close(tenant_id: str, at: datetime) -> Write:
    """Return the update that has a tenant give no seat away any more."""
    return update(keys.seats_key(tenant_id), "SET closed_at = :at", "attribute_exists(PK)", {":at": keys.moment(at)})


def set_limit(tenant_id: str, limit: int | None) -> Write:
    """Return the update that sets how many seats there are, None for no limit; needs that it is another number."""
    if limit is None:
        return update(
            keys.seats_key(tenant_id), "REMOVE seat_limit", f"{_IS_OPEN} AND attribute_exists(seat_limit)", {}
        )
    return update(
        keys.seats_key(tenant_id),
        "SET seat_limit = :limit",
        f"attribute_exists(PK) AND {_IS_OPEN} AND (attribute_not_exists(seat_limit) OR seat_limit <> :limit)",
        {":limit": limit},
    )


def count_owners(tenant_id: str, change: int) -> list[Write]:
    """Return the update that counts one active owner more or less, if either; the last one cannot be taken off."""
    if not change:
        return []
    values: dict[str, Value] = {":change": change}
    if change > 0:
        return [update(keys.seats_key(tenant_id), "ADD owners :change", "attribute_exists(PK)", values)]
    return [update(keys.seats_key(tenant_id), "ADD owners :change", "owners > :one", values | {":one": 1})]


def release(tenant_id: str, owners: int) -> Write:
    """Return the update that frees a member's seat, and takes an active owner off if the member is one (-1, or 0)."""
    values: dict[str, Value] = {":minus_one": -1, ":one": 1}
    if not owners:
        return update(keys.seats_key(tenant_id), "ADD held :minus_one", "held >= :one", values)
    return update(
        keys.seats_key(tenant_id),
        "ADD held :minus_one, owners :minus_one",
        f"held >= :one AND (owners > :one OR {_IS_CLOSED})",
        values,
    )


def move(invitation: Invitation, fresh: Invitation) -> Write:
    """Return the write that takes an invitation's seat along to another last day: `held` stays.

    Needs that its day has not been folded away; if the day stays, that is all it asks.
    """
    values: dict[str, Value] = {":one": 1, ":day": invitation.expires_on.isoformat()}
    condition = f"{_IS_OPEN} AND {_is_counted(invitation)}"
    if invitation.expires_on == fresh.expires_on:
        return check(keys.seats_key(invitation.tenant_id), condition, values)
    return update(
        keys.seats_key(invitation.tenant_id),
        f"ADD {_ending(invitation)} :minus_one, {_ending(fresh)} :one",
        condition,
        values | {":minus_one": -1},
    )


def fold(table: Table, tenant_id: str, today: date) -> Seats:
    """Take what ended before today off the seats, once, whoever else does it too; return the seats.

    Raises:
        TenantNotFound: if the tenant has none.
    """
    for _ in table.rounds():
        item = table.get(keys.seats_key(tenant_id))
        if item is None:
            raise TenantNotFound
        seats = records.read_seats(item)
        if seats.folded >= today:
            break
        try:
            table.write(_fold(tenant_id, seats, today))
        except ConditionFailed:
            continue  # somebody else folded, or a day changed under us: read again
        break
    return seats.folded_to(today)


def _fold(tenant_id: str, seats: Seats, today: date) -> Write:
    days = {keys.day_attribute(day): count for day, count in seats.past(today).items()}
    counted: dict[str, Value] = {f":past{number}": count for number, count in enumerate(days.values())}
    # The counts are part of the condition: a clock behind ours may still give back a seat of a day gone by.
    unchanged = [f"{day} = {value}" for day, value in zip(days, counted, strict=True)]
    values: dict[str, Value] = {
        ":seen": seats.folded.isoformat(),
        ":today": today.isoformat(),
        ":total": sum(days.values()),
    }
    change = "SET held = held - :total, folded = :today" + (" REMOVE " + ", ".join(days) if days else "")
    condition = " AND ".join(["folded = :seen", *unchanged])
    return update(keys.seats_key(tenant_id), change, condition, values | counted)


def _is_counted(invitation: Invitation) -> str:
    """Return the condition that a day's count still holds the invitation: neither folded away nor never there."""
    return f"folded <= :day AND {_ending(invitation)} >= :one"


def _ending(invitation: Invitation) -> str:
    return keys.day_attribute(invitation.expires_on)
