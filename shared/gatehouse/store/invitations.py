"""Invitations: made if the slot is free and a seat is, listed, and revoked, each with its audit entry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.errors import (
    AlreadyInvited,
    AlreadyMember,
    InvitationNotFound,
    InvitationNotPending,
    NoSeat,
    TenantNotFound,
)
from gatehouse.store import keys, records, seats, slots
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.address import Address
    from gatehouse.domain.audit import Entry


class Invitations:
    """The invitations of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None:
        """Write a new invitation into its slot, take a seat, and write the entry, all or none.

        Raises:
            AlreadyInvited: if an open one is there.
            AlreadyMember: if one was accepted.
            NoSeat: if every seat is held.
            TenantNotFound: if there is no such tenant.
        """
        writes = [slots.take(invitation, today), seats.take(invitation, today)]
        for _ in self._table.rounds():
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
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

    def of_tenant(self, tenant_id: str, status: InvitationStatus | None = None) -> Iterator[Invitation]:
        """Yield a tenant's invitations by status and age, page by page, or those whose row has one status."""
        prefix = f"{status}#" if status else ""
        return map(records.read_invitation, self._table.listing(keys.invitations_index(tenant_id), prefix))

    def revoke(self, invitation: Invitation, entry: Entry, today: date) -> None:
        """Revoke a pending invitation, give its seat back unless its day is over, and write the entry.

        Raises:
            InvitationNotPending: if it was accepted, revoked, replaced or removed meanwhile.
        """
        revoked = InvitationStatus.REVOKED
        slot = update(
            keys.invitation_key(invitation.address, invitation.tenant_id),
            "SET invitation_status = :revoked, GSI1SK = :sort",
            "invitation_id = :id AND invitation_status = :pending",
            {
                ":id": invitation.id,
                ":pending": InvitationStatus.PENDING.value,
                ":revoked": revoked.value,
                ":sort": records.invitation_sort(invitation, revoked),
            },
        )
        writes = [slot, seats.give_back(invitation)] if invitation.expires_on >= today else [slot]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            if failed.items[0] is not None or len(writes) == 1:
                raise InvitationNotPending(tenant_id=invitation.tenant_id) from None
            # The day was folded away by a clock ahead of ours, so the seat has been given back.
            self.revoke(invitation, entry, today=date.max)


def _refuse_taken(failed: ConditionFailed, tenant_id: str) -> None:
    slot, tenant_seats, *_ = failed.items
    if slot is not None:
        if records.read_invitation(slot).status is InvitationStatus.ACCEPTED:
            raise AlreadyMember(tenant_id=tenant_id)
        raise AlreadyInvited(tenant_id=tenant_id)
    if not tenant_seats:
        raise TenantNotFound
