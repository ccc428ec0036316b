"""Addresses: their invitations, what admitted them, and the join that makes a member of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from gatehouse.domain.admission import AddressPage, Admission, not_open
from gatehouse.domain.audit import Entry, Reason
from gatehouse.domain.code import Code, usable_code
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.mail_domain import DomainRule, JoinRequest
from gatehouse.domain.membership import MemberStatus, who_may_invite
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited, UnreadableRecord
from gatehouse.refusals.common import AlreadyInvited
from gatehouse.refusals.rules import JoinRequestNotFound
from gatehouse.store import (
    barred,
    codes,
    default_tenants,
    domains,
    keys,
    records,
    replacements,
    requests,
    rules,
    seats,
    slots,
)
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, Write, check, delete, put, update

if TYPE_CHECKING:
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.admission import JoinRule
    from gatehouse.domain.membership import Membership
    from gatehouse.store.attributes import Wire


class Addresses:
    """Everything the core table holds under an address."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def page(self, address: Address) -> AddressPage:
        """Return all that is held of an address, in one consistent query."""
        return AddressPage(*records.read_addresses(self._table.partition(keys.address(address))))

    def admit(self, admission: Admission, entry: Entry) -> None:
        """Write the note of what admitted an address, and the entry, together."""
        note = put(records.admission_item(admission))
        self._table.transact([note], (self._audit, entry_write(entry)))

    def join(self, invitation: Invitation, membership: Membership, entry: Entry, today: date) -> bool:
        """Make a member by an open invitation: slot, membership, seat, default tenant and entry, all or none.

        Returns whether it did; False if this very user is a member already, by the same join made before.

        Raises:
            NotInvited: if the invitation was no longer open when it came to it, or who made it could make it no more.
        """
        if invitation.invited_by_member == membership.sub:
            raise NotInvited(Reason.INVITER_LEFT, invitation.tenant_id)  # nobody invites themselves
        writes = [
            _accept(invitation, membership, today),
            barred.let_in(membership),
            seats.keep(invitation),
            default_tenants.keep_first(membership),
            delete(keys.admission_key(invitation.address, invitation.tenant_id)),
            barred.lift(invitation.address, invitation.tenant_id),
            *_inviter_stands(invitation),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            _refuse_unless_joined(failed, invitation, membership, today)
            return False
        return True

    def join_by_rule(
        self, slot: Invitation, membership: Membership, entry: Entry, today: date, rule: JoinRule = None
    ) -> bool:
        """Make a member by a tenant's rule: slot, membership, seat, default tenant and entry, all or none.

        Args:
            slot: as it stands afterwards, accepted.
            membership: what the rule makes of the person; the rule must still say so, and the tenant be active.
            entry: of the join.
            today: the UTC day.
            rule: the code, of which one more use is counted; the verified domain's rule; the request that an operator
                approves, which is gone then; None for what the tenant's identity provider proves.

        Returns whether it did; False if this very user is a member already, by the same join made before.

        Raises:
            AlreadyInvited: if a person has invited the address meanwhile.
            NotInvited: if the slot is another's, or there is no seat, or the rule is gone.
        """
        writes = [
            slots.take(slot, today, by_rule=True),
            put(records.membership_item(membership), "attribute_not_exists(PK)"),
            seats.take_for_member(slot.tenant_id, today),
            *_standing(rule, membership, today),
            default_tenants.keep_first(membership),
            *_done_with(rule, slot),
            barred.is_not(slot.address, slot.tenant_id),
        ]
        for _ in self._table.rounds():
            try:
                self._table.transact(writes, (self._audit, entry_write(entry)))
            except ConditionFailed as failed:
                if _has_joined(failed, membership):
                    return False
                _refuse_barred(failed, writes, slot.tenant_id)
                _refuse_rule(failed, slot, today, rule)
                seats.fold(self._table, slot.tenant_id, today)
            else:
                break
        return True

    def ask(self, request: JoinRequest, rule: DomainRule, entry: Entry, today: date) -> bool:
        """Let somebody wait for an operator, by the rule of a verified domain: the request and the entry. No seat.

        Returns whether they do since now; False if this very user waits already, or has joined.

        Raises:
            AlreadyInvited: if a person has invited the address meanwhile.
            NotInvited: if the slot is another's or a removed member's, or the rule is gone.
        """
        slot = keys.invitation_key(request.address, request.tenant_id)
        writes = [
            slots.check_free(slot, today),
            check(keys.membership_key(request.sub, request.tenant_id), "attribute_not_exists(PK)"),
            requests.add(request),
            *_standing(rule, request, today),
            *_done_with(rule, request),
            barred.is_not(request.address, request.tenant_id),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            if _has_joined(failed, request):
                return False
            _refuse_barred(failed, writes, request.tenant_id)
            _refuse_slot(failed, request.tenant_id, today)
            _, _, waiting, tenant, of_rule, *_ = failed.items
            if tenant is not None:
                raise NotInvited(_why_not_taken(tenant, rule), request.tenant_id) from None
            if of_rule is not None:
                raise NotInvited(Reason.DOMAIN_NOT_VERIFIED, request.tenant_id) from None
            if waiting is not None:
                self._table.write(delete(keys.admission_key(request.address, request.tenant_id, keys.DOMAIN)))
            return False
        return True

    def take_over(self, invitation: Invitation, sub: str, entry: Entry) -> Membership | None:
        """Give the membership that an invitation replaces to another user; see `replacements.take_over`."""
        return replacements.take_over(self._table, self._audit, invitation, sub, entry)


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


def _inviter_stands(invitation: Invitation) -> list[Write]:
    """Return the check that the member who has invited somebody still may; an operator always may."""
    sub = invitation.invited_by_member
    if sub is None:
        return []
    roles = {f":role{number}": role.value for number, role in enumerate(who_may_invite(invitation.role))}
    return [
        check(
            keys.membership_key(sub, invitation.tenant_id),
            f"member_status = :active AND member_role IN ({', '.join(roles)})",
            {":active": MemberStatus.ACTIVE.value, **roles},
        )
    ]


def _standing(rule: JoinRule, wanted: Membership | JoinRequest, today: date) -> list[Write]:
    """Return what must still be so for a join by a rule: of the tenant first, then of the rule itself."""
    match rule:
        case Code():
            return [rules.tenant_takes(wanted.tenant_id, "code"), codes.use(rule, today)]
        case DomainRule():
            return [rules.tenant_takes(wanted.tenant_id, "domain"), domains.rule_stands(rule)]
        case JoinRequest():
            return [rules.tenant_is_open(wanted.tenant_id), requests.end(rule)]
    return [
        check(
            keys.tenant_key(wanted.tenant_id),
            "tenant_status = :active AND provider_role = :role",
            {":active": TenantStatus.ACTIVE.value, ":role": wanted.role.value},
        )
    ]


def _done_with(rule: JoinRule, of: Invitation | JoinRequest) -> list[Write]:
    """Return the deletes of the notes of sign-ups that a join by a rule leaves nothing to do."""
    if not isinstance(rule, DomainRule):
        return []
    return [delete(keys.admission_key(of.address, of.tenant_id, keys.DOMAIN))]


def _has_joined(failed: ConditionFailed, wanted: Membership | JoinRequest) -> bool:
    slot, member, *_ = failed.items
    if member is not None:
        return not records.is_removed(member)
    if not slot:
        return False
    found = records.read_invitation(slot)
    return found.status is InvitationStatus.ACCEPTED and found.sub == wanted.sub


def _refuse_barred(failed: ConditionFailed, writes: list[Write], tenant_id: str) -> None:
    """Raise if the address was removed or rejected, which is the last condition; an open invitation comes first."""
    slot = failed.items[0]
    if failed.items[len(writes) - 1] and not slot:
        raise NotInvited(Reason.INVITATION_REMOVED, tenant_id)


def _refuse_slot(failed: ConditionFailed, tenant_id: str, today: date) -> None:
    """Raise if the address's place is taken, or closed to rules, or the user was removed before."""
    slot, member, *_ = failed.items
    if member:
        raise NotInvited(Reason.INVITATION_REMOVED, tenant_id)  # under another address, perhaps
    if slot:
        found = records.read_invitation(slot)
        if found.status_on(today) is InvitationStatus.PENDING:
            raise AlreadyInvited(tenant_id=tenant_id)
        raise not_open(found, today)


def _refuse_rule(failed: ConditionFailed, wanted: Invitation, today: date, rule: JoinRule) -> None:
    """Raise for whatever folding the seats would not mend."""
    _refuse_slot(failed, wanted.tenant_id, today)
    _, _, tenant_seats, tenant, of_rule, *_ = failed.items
    if tenant is not None or tenant_seats == {}:
        raise NotInvited(_why_not_taken(tenant or {}, rule), wanted.tenant_id)
    if of_rule is not None and rule is not None:
        _refuse_what_ended(rule, of_rule, wanted, today)
    found = records.read_seats(tenant_seats or {})
    if records.is_closed(tenant_seats or {}):
        raise NotInvited(Reason.TENANT_CLOSED, wanted.tenant_id)
    if found.folded >= today:
        raise NotInvited(Reason.NO_SEAT, wanted.tenant_id)


def _why_not_taken(tenant: Wire, rule: JoinRule) -> Reason:
    if tenant and rule is not None:
        status = records.read_tenant(tenant).status
        return _OF_STATUS.get(status, Reason.JOIN_RULE_OFF)
    return Reason.ADDRESS_UNKNOWN


_OF_STATUS = {TenantStatus.SUSPENDED: Reason.TENANT_SUSPENDED, TenantStatus.CLOSED: Reason.TENANT_CLOSED}


def _refuse_what_ended(rule: Code | DomainRule | JoinRequest, row: Wire, wanted: Invitation, today: date) -> NoReturn:
    if isinstance(rule, Code):
        usable_code(codes.read_code(row) if row else None, wanted.address, today)
        raise NotInvited(Reason.CODE_UNKNOWN, wanted.tenant_id)  # made anew: another code of the same hash is none
    if isinstance(rule, DomainRule):
        raise NotInvited(Reason.DOMAIN_NOT_VERIFIED, wanted.tenant_id)
    raise JoinRequestNotFound(tenant_id=wanted.tenant_id)


def _refuse_unless_joined(failed: ConditionFailed, invitation: Invitation, membership: Membership, today: date) -> None:
    slot, member, *_ = failed.items
    if member is not None:
        return
    if slot is None:
        if failed.items[2] is None:
            raise NotInvited(Reason.INVITER_LEFT, invitation.tenant_id)
        _refuse_by_seats(failed.items[2], invitation)
    if not slot:
        raise NotInvited(Reason.ADDRESS_UNKNOWN, membership.tenant_id)
    found = records.read_invitation(slot)
    if found.status is not InvitationStatus.ACCEPTED or found.sub != membership.sub:
        raise not_open(found, today)


def _refuse_by_seats(item: Wire, invitation: Invitation) -> NoReturn:
    if records.is_closed(item):
        raise NotInvited(Reason.TENANT_CLOSED, invitation.tenant_id)
    found = records.read_seats(item)
    if found.folded > invitation.expires_on:
        raise NotInvited(Reason.INVITATION_EXPIRED, invitation.tenant_id)  # its seat has been given back
    # The day was changed by hand: whose seat this would be, nobody can tell.
    raise UnreadableRecord("SEATS", keys.day_attribute(invitation.expires_on))
