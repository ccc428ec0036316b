"""Addresses: their invitations, what admitted them, and the join that makes a member of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from gatehouse.domain.admission import AddressPage, Admission, not_open
from gatehouse.domain.audit import Entry, Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited, UnreadableRecord
from gatehouse.operator_refusals import AlreadyInvited
from gatehouse.store import keys, records, seats, slots
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, Write, check, delete, put, update

if TYPE_CHECKING:
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.membership import Membership
    from gatehouse.store.attributes import Wire


class Addresses:
    """Everything the core table holds under an address."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def page(self, address: Address) -> AddressPage:
        """Return all that is held of an address, in one consistent query."""
        invitations, admissions = records.read_addresses(self._table.partition(keys.address(address)))
        return AddressPage(invitations, admissions)

    def admit(self, admission: Admission, entry: Entry) -> None:
        """Write the note of what admitted an address, and the entry, together."""
        note = put(records.admission_item(admission))
        self._table.transact([note], (self._audit, entry_write(entry)))

    def join(self, invitation: Invitation, membership: Membership, entry: Entry, today: date) -> bool:
        """Make a member by an open invitation: slot, membership, seat, default tenant and entry, all or none.

        Returns whether it did; False if this very user is a member already, by the same join made before.

        Raises:
            NotInvited: if the invitation was no longer open when it came to it.
        """
        writes = [
            _accept(invitation, membership, today),
            put(
                records.membership_item(membership),
                "attribute_not_exists(PK) OR member_status = :removed",
                {":removed": records.REMOVED},
            ),
            seats.keep(invitation),
            _default_tenant(membership),
            delete(keys.admission_key(invitation.address, invitation.tenant_id)),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            _refuse_unless_joined(failed, invitation, membership, today)
            return False
        return True

    def join_by_rule(self, slot: Invitation, membership: Membership, entry: Entry, today: date) -> bool:
        """Make a member by a tenant's rule: slot, membership, seat, default tenant and entry, all or none.

        Args:
            slot: as it stands afterwards, accepted.
            membership: what the rule makes of the person; the rule must still say so, and the tenant be active.
            entry: of the join.
            today: the UTC day.

        Returns whether it did; False if this very user is a member already, by the same join made before.

        Raises:
            AlreadyInvited: if a person has invited the address meanwhile.
            NotInvited: if the slot is another's, or there is no seat, or the rule is gone.
        """
        writes = [
            slots.take(slot, today, by_rule=True),
            put(records.membership_item(membership), "attribute_not_exists(PK)"),
            seats.take_for_member(slot.tenant_id, today),
            _rule_stands(membership),
            _default_tenant(membership),
        ]
        for _ in self._table.rounds():
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
                if _has_joined(failed, membership):
                    return False
                _refuse_rule(failed, slot, today)
                seats.fold(self._table, slot.tenant_id, today)
            else:
                break
        return True


def _accept(invitation: Invitation, membership: Membership, today: date) -> Write:
    accepted = InvitationStatus.ACCEPTED
    return update(
        keys.invitation_key(invitation.address, invitation.tenant_id),
        "SET invitation_status = :accepted, user_sub = :sub, accepted_at = :at, GSI1SK = :sort REMOVE #ttl",
        "invitation_id = :id AND invitation_status = :pending AND expires_on = :day AND expires_on >= :today",
        {
            ":accepted": accepted.value,
            ":day": invitation.expires_on.isoformat(),
            ":at": keys.moment(membership.joined_at),
            ":id": invitation.id,
            ":pending": InvitationStatus.PENDING.value,
            ":sort": records.invitation_sort(invitation, accepted),
            ":sub": membership.sub,
            ":today": today.isoformat(),
        },
        {"#ttl": "ttl"},
    )


def _default_tenant(membership: Membership) -> Write:
    return update(
        keys.profile_key(membership.sub),
        "SET default_tenant_id = if_not_exists(default_tenant_id, :tenant)",
        "",
        {":tenant": membership.tenant_id},
    )


def _rule_stands(membership: Membership) -> Write:
    return check(
        keys.tenant_key(membership.tenant_id),
        "tenant_status = :active AND provider_role = :role",
        {":active": TenantStatus.ACTIVE.value, ":role": membership.role.value},
    )


def _has_joined(failed: ConditionFailed, membership: Membership) -> bool:
    slot, member, *_ = failed.items
    if member is not None:
        return not records.is_removed(member)
    if not slot:
        return False
    found = records.read_invitation(slot)
    return found.status is InvitationStatus.ACCEPTED and found.sub == membership.sub


def _refuse_rule(failed: ConditionFailed, wanted: Invitation, today: date) -> None:
    """Raise for whatever folding the seats would not mend."""
    slot, member, tenant_seats, rule, *_ = failed.items
    if member:
        raise NotInvited(Reason.INVITATION_REMOVED, wanted.tenant_id)  # under another address, perhaps
    if slot:
        found = records.read_invitation(slot)
        if found.status_on(today) is InvitationStatus.PENDING:
            raise AlreadyInvited(tenant_id=wanted.tenant_id)
        raise not_open(found, today)
    if rule is not None or not tenant_seats:
        raise NotInvited(Reason.ADDRESS_UNKNOWN, wanted.tenant_id)
    if records.read_seats(tenant_seats).folded >= today:
        raise NotInvited(Reason.NO_SEAT, wanted.tenant_id)


def _refuse_unless_joined(failed: ConditionFailed, invitation: Invitation, membership: Membership, today: date) -> None:
    slot, member, *_ = failed.items
    if member is not None:
        return
    if slot is None:
        _refuse_by_seats(failed.items[2] or {}, invitation)
    if not slot:
        raise NotInvited(Reason.ADDRESS_UNKNOWN, membership.tenant_id)
    found = records.read_invitation(slot)
    if found.status is not InvitationStatus.ACCEPTED or found.sub != membership.sub:
        raise not_open(found, today)


def _refuse_by_seats(item: Wire, invitation: Invitation) -> NoReturn:
    found = records.read_seats(item)
    if found.folded > invitation.expires_on:
        raise NotInvited(Reason.INVITATION_EXPIRED, invitation.tenant_id)  # its seat has been given back
    # The day was changed by hand: whose seat this would be, nobody can tell.
    raise UnreadableRecord("SEATS", keys.day_attribute(invitation.expires_on))
