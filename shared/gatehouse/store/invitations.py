"""Invitations: made if the slot is free and a seat is, listed, resent and revoked, each with its audit entry."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.errors import UnreadableRecord
from gatehouse.refusals.common import (
    AlreadyInvited,
    AlreadyMember,
    InvitationNotFound,
    InvitationNotPending,
    MemberNotFound,
    NoSeat,
    TenantClosed,
    TenantNotFound,
)
from gatehouse.store import keys, records, replacements, seats, slots
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, Write, delete, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.invitation import Replacement
    from gatehouse.store.attributes import Wire


class Invitations:
    """The invitations of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None:
        """Write a new invitation into its slot, take a seat, and write the entry, all or none.

        The very same one again, which an earlier try has written whose answer was lost, is written already.

        Raises:
            AlreadyInvited: if another open one is there.
            AlreadyMember: if one was accepted.
            NoSeat: if every seat is held.
            TenantClosed, TenantNotFound: if there is no such tenant, or no more.
        """
        writes = [slots.take(invitation, today), seats.take(invitation, today)]
        for _ in self._table.rounds():
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
                if _is_written(failed, invitation):
                    return
                _refuse_taken(failed, invitation.tenant_id)
                if records.read_seats(failed.items[1] or {}).folded >= today:
                    raise NoSeat(tenant_id=invitation.tenant_id) from None
                seats.fold(self._table, invitation.tenant_id, today)
            else:
                return

    def get(self, address: Address, tenant_id: str) -> Invitation:
        """Return the invitation of an address to a tenant.

        Raises:
            InvitationNotFound: if there is none.
            TenantNotFound: if there is no such tenant either.
        """
        item = self._table.get(keys.invitation_key(address, tenant_id))
        if item is None:
            if self._table.get(keys.tenant_key(tenant_id)) is None:
                raise TenantNotFound
            raise InvitationNotFound(tenant_id=tenant_id)
        return records.read_invitation(item)

    def of_addresses(self, addresses: Iterable[Address], tenant_id: str) -> dict[str, Invitation]:
        """Return the invitations of addresses to a tenant, by address: a request for each hundred.

        Raises:
            UnreadableRecord: if any of them is not what we write.
        """
        rows = self._table.batch(keys.invitation_key(address, tenant_id) for address in addresses)
        return {found.address.value: found for found in map(records.read_invitation, rows)}

    def of_tenant(self, tenant_id: str, status: InvitationStatus | None = None) -> Iterator[Invitation]:
        """Yield a tenant's invitations by status and age, page by page, or those whose row has one status."""
        prefix = f"{status}#" if status else ""
        return map(records.read_invitation, self._table.listing(keys.invitations_index(tenant_id), prefix))

    def resend(self, invitation: Invitation, fresh: Invitation, entry: Entry, today: date) -> None:
        """Give an invitation new secrets and a new last day, see to its seat, and write the entry, all or none.

        What admitted somebody by an older link goes too: the new one admits them anew.

        Args:
            invitation: as it was read, pending or expired; the latter takes a seat again.
            fresh: the same as it is to be.
            entry: of the decision.
            today: the UTC day.

        Raises:
            AlreadyInvited: if it was resent or made anew meanwhile.
            InvitationNotFound: if it is gone.
            InvitationNotPending: if it was accepted, revoked or removed.
            NoSeat: if it has lost its seat and every other is held.
            TenantClosed, TenantNotFound: if there is no such tenant, or no more.
        """
        slot = slots.renew(invitation, fresh)
        note = delete(keys.admission_key(invitation.address, invitation.tenant_id))
        has_seat = invitation.status_on(today) is InvitationStatus.PENDING
        for _ in self._table.rounds():
            seat = seats.move(invitation, fresh) if has_seat else seats.take(fresh, today)
            try:
                self._table.transact([slot, seat, note], (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
                _refuse_changed(failed, invitation.tenant_id)
                found = records.read_seats(failed.items[1] or {})
                if has_seat and found.folded <= invitation.expires_on:
                    # The day was changed by hand: whose seat this would be, nobody can tell.
                    raise UnreadableRecord("SEATS", keys.day_attribute(invitation.expires_on)) from None
                if found.folded < today:
                    seats.fold(self._table, invitation.tenant_id, today)
                elif not has_seat:
                    raise NoSeat(tenant_id=invitation.tenant_id) from None
                has_seat = False  # its day is over, by our clock or by one ahead of ours
            else:
                return

    def revoke(self, invitation: Invitation, entry: Entry, today: date) -> None:
        """Revoke a pending invitation, give its seat back unless its day is over, and write the entry.

        One that was resent meanwhile is revoked all the same.

        Raises:
            InvitationNotPending: if it was accepted, revoked, replaced or removed meanwhile.
        """
        has_seat = invitation.expires_on >= today
        for _ in self._table.rounds():
            writes = [_close(invitation), seats.give_back(invitation)] if has_seat else [_close(invitation)]
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
                if failed.items[0] is None:
                    has_seat = False  # the day was folded away by a clock ahead of ours: the seat has been given back
                    continue
                invitation = _resent(failed, invitation)
                has_seat = invitation.expires_on >= today
            else:
                return

    def offer_replacement(self, address: Address, tenant_id: str, offered: Replacement, entry: Entry) -> Invitation:
        """Offer the membership of an accepted slot to another profile of its address, with the entry.

        It takes no seat: the membership has one, and whoever takes it over keeps it. An earlier offer is dead.

        Returns the slot as it is then.

        Raises:
            InvitationNotFound, TenantNotFound: if there is no slot.
            MemberNotFound: if nobody has it.
        """
        for _ in self._table.rounds():
            slot = self.get(address, tenant_id)
            if slot.status is not InvitationStatus.ACCEPTED or slot.sub is None:
                raise MemberNotFound(tenant_id=tenant_id)
            if self._changed(replacements.offer(slot, offered), entry):
                break
        return replace(slot, replacement=offered)

    def withdraw_replacement(self, slot: Invitation, entry: Entry) -> None:
        """Withdraw what an accepted slot offers to another profile, with the entry.

        Raises:
            InvitationNotPending: if it was taken up, made anew or withdrawn meanwhile.
        """
        if not self._changed(replacements.withdraw(slot), entry):
            raise InvitationNotPending(tenant_id=slot.tenant_id)

    def _changed(self, change: Write, entry: Entry) -> bool:
        try:
            self._table.transact([change], (self._audit, entry_write(entry)))
        except ConditionFailed:
            return False
        return True

    def set_inviter(self, invitation: Invitation, inviter: str, entry: Entry) -> None:
        """Have a pending invitation stand in somebody else's name, with the entry.

        Raises:
            InvitationNotPending: if it was accepted, revoked, replaced, removed or handed on meanwhile.
        """
        change = update(
            keys.invitation_key(invitation.address, invitation.tenant_id),
            "SET invited_by = :inviter",
            "invitation_id = :id AND invitation_status = :pending AND invited_by = :before",
            {
                ":before": invitation.invited_by,
                ":id": invitation.id,
                ":inviter": inviter,
                ":pending": InvitationStatus.PENDING.value,
            },
        )
        if not self._changed(change, entry):
            raise InvitationNotPending(tenant_id=invitation.tenant_id)


def _close(invitation: Invitation) -> Write:
    # A resend keeps the id and moves the seat to another day: only the hash says that this is the row that was read.
    revoked = InvitationStatus.REVOKED
    return update(
        keys.invitation_key(invitation.address, invitation.tenant_id),
        "SET invitation_status = :revoked, GSI1SK = :sort",
        "invitation_id = :id AND invitation_status = :pending AND shown_hash = :shown",
        {
            ":id": invitation.id,
            ":pending": InvitationStatus.PENDING.value,
            ":revoked": revoked.value,
            ":shown": invitation.shown_hash,
            ":sort": records.invitation_sort(invitation, revoked),
        },
    )


def _resent(failed: ConditionFailed, invitation: Invitation) -> Invitation:
    """Return the invitation as it stands after a resend; raise if that is not what came between."""
    if slot := failed.items[0]:
        found = records.read_invitation(slot)
        if (found.id, found.status) == (invitation.id, InvitationStatus.PENDING):
            return found
    raise InvitationNotPending(tenant_id=invitation.tenant_id)


def _is_written(failed: ConditionFailed, invitation: Invitation) -> bool:
    slot = failed.items[0]
    if not slot:
        return False
    found = records.read_invitation(slot)
    written = (InvitationStatus.PENDING, invitation.id, invitation.shown_hash, invitation.role)
    return (found.status, found.id, found.shown_hash, found.role) == written


def _refuse_taken(failed: ConditionFailed, tenant_id: str) -> None:
    slot, tenant_seats, *_ = failed.items
    if slot is not None:
        if records.read_invitation(slot).status is InvitationStatus.ACCEPTED:
            raise AlreadyMember(tenant_id=tenant_id)
        raise AlreadyInvited(tenant_id=tenant_id)
    _refuse_gone(tenant_seats, tenant_id)


def _refuse_changed(failed: ConditionFailed, tenant_id: str) -> None:
    slot, tenant_seats, *_ = failed.items
    if slot is not None:
        if not slot:
            raise InvitationNotFound(tenant_id=tenant_id)
        if records.read_invitation(slot).status in (InvitationStatus.PENDING, InvitationStatus.EXPIRED):
            raise AlreadyInvited(tenant_id=tenant_id)
        raise InvitationNotPending(tenant_id=tenant_id)
    _refuse_gone(tenant_seats, tenant_id)


def _refuse_gone(tenant_seats: Wire | None, tenant_id: str) -> None:
    if not tenant_seats:
        raise TenantNotFound
    if records.is_closed(tenant_seats):
        raise TenantClosed(tenant_id=tenant_id)
