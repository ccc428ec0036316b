"""Members: the memberships of a user, the members of a tenant, and what operators change about one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships
from gatehouse.domain.role import Role
from gatehouse.refusals.common import LastOwner, MemberNotFound, TenantNotFound
from gatehouse.store import barred, default_tenants, keys, records, seats
from gatehouse.store.attributes import Record
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, Write, check, update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.address import Address
    from gatehouse.domain.audit import Entry


class Members:
    """The memberships of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def of_user(self, sub: str) -> UserMemberships:
        """Return a user's memberships and default tenant, in one consistent query."""
        by_tenant: dict[str, Membership] = {}
        default: str | None = None
        for item in self._table.partition(keys.user(sub)):
            record = Record("PROFILE", item)
            if record.text("SK") == keys.PROFILE:
                default = record.optional_text("default_tenant_id")
            elif record.text("SK").startswith(keys.MEMBERSHIP) and not records.is_removed(item):
                membership = records.read_membership(item)
                by_tenant[membership.tenant_id] = membership
        return UserMemberships(by_tenant, default)

    def of_tenant(self, tenant_id: str) -> Iterator[Membership]:
        """Yield a tenant's members, the longest there first, page by page."""
        return map(records.read_membership, self._table.listing(keys.members_index(tenant_id)))

    def get(self, tenant_id: str, sub: str) -> Membership:
        """Return a member of a tenant.

        Raises:
            MemberNotFound: if the user is none.
            TenantNotFound: if there is no such tenant either.
        """
        item = self._table.get(keys.membership_key(sub, tenant_id))
        if item is None or records.is_removed(item):
            raise self._not_found(tenant_id)
        return records.read_membership(item)

    def sub_of(self, address: Address, tenant_id: str) -> str:
        """Return the user who has joined a tenant with this address.

        Raises:
            MemberNotFound: if nobody has.
            TenantNotFound: if there is no such tenant either.
        """
        item = self._table.get(keys.invitation_key(address, tenant_id))
        slot = records.read_invitation(item) if item else None
        if slot is None or slot.status is not InvitationStatus.ACCEPTED or slot.sub is None:
            raise self._not_found(tenant_id)
        return slot.sub

    def set_role(self, tenant_id: str, sub: str, role: Role, entry: Entry) -> Membership:
        """Give a member another role, with the entry; return the membership as it was, of the same role if unchanged.

        Raises:
            LastOwner: if that would leave the tenant without an active owner.
            MemberNotFound, TenantNotFound: if there is no such member.
        """
        return self._set(tenant_id, sub, entry, role=role)

    def set_status(self, tenant_id: str, sub: str, status: MemberStatus, entry: Entry) -> Membership:
        """Suspend or resume a member, with the entry; return the membership as it was, of the same status if unchanged.

        Raises:
            LastOwner: if that would leave the tenant without an active owner.
            MemberNotFound, TenantNotFound: if there is no such member.
        """
        return self._set(tenant_id, sub, entry, status=status)

    def remove(self, tenant_id: str, sub: str, entry: Entry) -> Membership:
        """Remove a member: the seat is free, the slot stays `removed`, and so does a mark at the user; with the entry.

        The mark is what stops a rule that would take the same user in again under another address; it holds no address.
        One at the address stops rules that would take another profile of it. Who is invited anew by name joins as if
        they had never been there.

        Returns the membership as it was.

        Raises:
            LastOwner: if that would leave the tenant without an active owner.
            MemberNotFound, TenantNotFound: if there is no such member.
        """
        for _ in self._table.rounds():
            member = self.get(tenant_id, sub)
            gone = _change(
                member,
                "SET member_status = :gone, removed_at = :at REMOVE GSI1PK, GSI1SK, address",
                {":gone": records.REMOVED, ":at": keys.moment(entry.at)},
            )
            writes = [
                gone,
                seats.release(tenant_id, -_owners(member)),
                default_tenants.forget(self._table, member),
                *self._closed_slot(member),
                barred.bar(parse_address(member.address), tenant_id, entry.at),
            ]
            if self._done(writes, tenant_id, entry):
                break
        return member

    def set_default(self, tenant_id: str, sub: str, entry: Entry) -> None:
        """Have a user's tokens name this tenant where none is asked for, with the entry.

        Raises:
            MemberNotFound, TenantNotFound: if the user is no member there.
        """
        member = self.get(tenant_id, sub)
        writes = [
            check(
                keys.membership_key(sub, tenant_id),
                "member_status IN (:active, :suspended)",
                {":active": MemberStatus.ACTIVE.value, ":suspended": MemberStatus.SUSPENDED.value},
            ),
            update(keys.profile_key(sub), "SET default_tenant_id = :tenant", "", {":tenant": member.tenant_id}),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise self._not_found(tenant_id) from None

    def _set(self, tenant_id: str, sub: str, entry: Entry, **to: Any) -> Membership:
        for _ in self._table.rounds():
            member = self.get(tenant_id, sub)
            changed = replace(member, **to)
            if changed == member:
                break
            change = _change(
                member,
                "SET member_role = :new_role, member_status = :new_status",
                {":new_role": changed.role.value, ":new_status": changed.status.value},
            )
            owners = seats.count_owners(tenant_id, _owners(changed) - _owners(member))
            if self._done([change, *owners], tenant_id, entry):
                break
        return member

    def _done(self, writes: list[Write], tenant_id: str, entry: Entry) -> bool:
        """Carry out a change; return whether it was, or must be made anew for what somebody else has changed."""
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            member, tenant_seats, *_ = failed.items
            if member is None and tenant_seats and records.read_seats(tenant_seats).owners <= 1:
                raise LastOwner(tenant_id=tenant_id) from None
            return False
        return True

    def _closed_slot(self, member: Membership) -> list[Write]:
        """Return the write that closes the slot by which the member has joined, if it is still theirs."""
        key = keys.invitation_key(parse_address(member.address), member.tenant_id)
        item = self._table.get(key)
        slot = records.read_invitation(item) if item else None
        if slot is None or slot.sub != member.sub:
            return []
        removed = InvitationStatus.REMOVED
        return [
            update(
                key,
                "SET invitation_status = :removed, GSI1SK = :sort",
                "invitation_id = :id AND invitation_status = :accepted AND user_sub = :sub",
                {
                    ":accepted": InvitationStatus.ACCEPTED.value,
                    ":id": slot.id,
                    ":removed": removed.value,
                    ":sort": records.invitation_sort(slot, removed),
                    ":sub": member.sub,
                },
            )
        ]

    def _not_found(self, tenant_id: str) -> MemberNotFound | TenantNotFound:
        if self._table.get(keys.tenant_key(tenant_id)) is None:
            return TenantNotFound()
        return MemberNotFound(tenant_id=tenant_id)


def _change(member: Membership, change: str, values: dict[str, str]) -> Write:
    """Return an update of a membership that is still what was read."""
    seen = {":role": member.role.value, ":status": member.status.value}
    return update(
        keys.membership_key(member.sub, member.tenant_id),
        change,
        "member_role = :role AND member_status = :status",
        {**values, **seen},
    )


def _owners(member: Membership) -> int:
    """Return how many active owners a member is."""
    return int(member.status is MemberStatus.ACTIVE and member.role is Role.OWNER)
