"""A membership that another profile of the same address takes over: the offer in its slot, and the taking over."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Entry, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.errors import NotInvited
from gatehouse.store import barred, default_tenants, keys, records
from gatehouse.store.audit_log import entry_write
from gatehouse.store.table import ConditionFailed, Write, check, delete, update

if TYPE_CHECKING:
    from gatehouse.domain.invitation import Invitation, Replacement
    from gatehouse.domain.membership import Membership
    from gatehouse.store.attributes import Value, Wire
    from gatehouse.store.table import Table

_ATTRIBUTES = (
    "replacement_id, replacement_expires_on, replacement_invited_by, replacement_invited_at, replacement_shown_hash,"
    " replacement_mailed_hash"
)
_IS_THEIRS = "invitation_status = :accepted AND user_sub = :sub"


def offer(slot: Invitation, offered: Replacement) -> Write:
    """Return the update that puts an offer into a slot that somebody has; an earlier one goes."""
    attributes = records.replacement_attributes(offered)
    return update(
        keys.invitation_key(slot.address, slot.tenant_id),
        "SET " + ", ".join(f"{name} = :{name}" for name in attributes),
        _IS_THEIRS,
        {f":{name}": value for name, value in attributes.items()} | _theirs(slot.sub),
    )


def withdraw(slot: Invitation) -> Write:
    """Return the update that takes an offer out of a slot, if it is the one that was read."""
    return update(
        keys.invitation_key(slot.address, slot.tenant_id),
        f"REMOVE {_ATTRIBUTES}",
        f"{_IS_THEIRS} AND replacement_id = :offer",
        {":offer": slot.replacement.id if slot.replacement else ""} | _theirs(slot.sub),
    )


def take_over(table: Table, audit: Table, invitation: Invitation, to: str, entry: Entry) -> Membership | None:
    """Give a membership to another user: slot, both memberships, default tenants and entry, all or none.

    Role, status and seat stay as they are.

    Args:
        table: the core table.
        audit: the audit table.
        invitation: what it is taken over by; says whose membership.
        to: the user who takes it over.
        entry: of the decision.

    Returns the membership as it is then; None if this very user has taken it over before.

    Raises:
        NotInvited: if it is no longer theirs from whom it was to be taken, or the offer is gone.
    """
    tenant_id, before = invitation.tenant_id, invitation.replaces or ""
    for _ in table.rounds():
        found = table.get(keys.membership_key(before, tenant_id))
        if found is None or records.is_removed(found):
            _refuse_unless_taken(table, invitation, to)
            return None
        was = records.read_membership(found)
        now = replace(was, sub=to, address=invitation.address.value, joined_at=entry.at)
        writes = [
            _take_slot(invitation, to),
            barred.let_in(now),
            _end(was),
            default_tenants.forget(table, was),
            default_tenants.keep_first(now),
            delete(keys.admission_key(invitation.address, tenant_id)),
            check(keys.seats_key(tenant_id), "attribute_not_exists(closed_at)"),
        ]
        try:
            table.transact(writes, (audit, entry_write(entry)))
        except ConditionFailed as failed:
            slot, member, *_ = failed.items
            if failed.items[len(writes) - 1] is not None:
                raise NotInvited(Reason.TENANT_CLOSED, tenant_id) from None
            if slot is not None:
                _refuse_unless_taken(table, invitation, to)
                return None
            if member is not None:
                raise NotInvited(Reason.INVITATION_ACCEPTED, tenant_id) from None  # a member by another address
            continue  # their role, status or default tenant was changed meanwhile
        break
    return now


def _take_slot(invitation: Invitation, to: str) -> Write:
    return update(
        keys.invitation_key(invitation.address, invitation.tenant_id),
        f"SET user_sub = :to REMOVE {_ATTRIBUTES}",
        f"{_IS_THEIRS} AND (invitation_id = :id OR replacement_id = :id)",
        _theirs(invitation.replaces) | {":id": invitation.id, ":to": to},
    )


def _end(member: Membership) -> Write:
    return delete(
        keys.membership_key(member.sub, member.tenant_id),
        "member_role = :role AND member_status = :status",
        {":role": member.role.value, ":status": member.status.value},
    )


def _refuse_unless_taken(table: Table, invitation: Invitation, to: str) -> None:
    item: Wire = table.get(keys.invitation_key(invitation.address, invitation.tenant_id)) or {}
    slot = records.read_invitation(item) if item else None
    if slot is None or slot.status is not InvitationStatus.ACCEPTED:
        raise NotInvited(Reason.INVITATION_REMOVED, invitation.tenant_id)
    if slot.sub != to:
        raise NotInvited(Reason.TOKEN_WRONG, invitation.tenant_id)


def _theirs(sub: str | None) -> dict[str, Value]:
    return {":accepted": InvitationStatus.ACCEPTED.value, ":sub": sub or ""}
