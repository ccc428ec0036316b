"""Who may enter: on what ground an address is admitted at sign-up, and what a proven address then joins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus, SecretKind
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.errors import NotInvited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.address import Address

NOTE_LASTS = timedelta(days=7)

_WHY_NOT = {
    InvitationStatus.PENDING: Reason.TOKEN_WRONG,  # the link that admitted this person is another, dead one
    InvitationStatus.ACCEPTED: Reason.INVITATION_ACCEPTED,
    InvitationStatus.EXPIRED: Reason.INVITATION_EXPIRED,
    InvitationStatus.REMOVED: Reason.INVITATION_REMOVED,
    InvitationStatus.REVOKED: Reason.INVITATION_REVOKED,
}


# An invitation by name alone brings back who was removed, and a slot that is another profile's stays that one's.
_CLOSED_TO_RULES = (InvitationStatus.ACCEPTED, InvitationStatus.REMOVED)


class Ground(StrEnum):
    """What an admission rests on. Each names an invitation; the mailed secret also proves the address."""

    INVITATION_SHOWN = "invitation_shown"
    INVITATION_MAILED = "invitation_mailed"
    INVITATION_ADDRESS = "invitation_address"

    @property
    def reason(self) -> Reason:
        """Return the reason under which an admission on this ground is recorded."""
        return _REASONS[self]


_REASONS = {
    Ground.INVITATION_SHOWN: Reason.INVITED,
    Ground.INVITATION_MAILED: Reason.INVITED_BY_MAIL,
    Ground.INVITATION_ADDRESS: Reason.INVITED_BY_ADDRESS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The note of what admitted an address at sign-up, for the join that follows confirmation.

    It takes no seat and uses nothing up, so an abandoned sign-up leaves nothing behind but this, for 7 days.
    """

    address: Address
    tenant_id: str
    ground: Ground
    invitation_id: str
    admitted_at: datetime

    def holds_at(self, now: datetime) -> bool:
        """Tell whether the note still counts: DynamoDB may keep it for days after its time."""
        return now - self.admitted_at < NOTE_LASTS


@dataclass(frozen=True, slots=True)
class AddressPage:
    """Everything the store holds of one address."""

    invitations: Sequence[Invitation] = ()
    admissions: Sequence[Admission] = ()


def ground_for(
    invitations: Sequence[Invitation], token: str | None, today: date, *, admit_by_address: bool
) -> tuple[Invitation, Ground]:
    """Return the invitation that admits an address at sign-up, and on what ground.

    Args:
        invitations: every invitation of the address.
        token: the secret that came with the sign-up, `<ULID>.<secret>`, or None.
        today: the UTC day.
        admit_by_address: whether an open invitation is a ground without its secret. Anyone can type an address,
            so a deployment must have chosen that.

    Raises:
        NotInvited: if there is no ground; its reason is precise.
    """
    if token:
        return _ground_by_token(invitations, token, today)
    if not invitations:
        raise NotInvited(Reason.ADDRESS_UNKNOWN)
    newest_first = sorted(invitations, key=lambda one: (one.invited_at, one.id), reverse=True)
    open_one = next((one for one in newest_first if one.status_on(today) is InvitationStatus.PENDING), None)
    if open_one is None:
        raise not_open(newest_first[0], today)
    if not admit_by_address:
        raise NotInvited(Reason.TOKEN_MISSING, open_one.tenant_id)
    return open_one, Ground.INVITATION_ADDRESS


def _ground_by_token(invitations: Sequence[Invitation], token: str, today: date) -> tuple[Invitation, Ground]:
    for invitation in invitations:
        kind = invitation.secret_kind(token)
        if kind is None:
            continue
        if invitation.status_on(today) is not InvitationStatus.PENDING:
            raise not_open(invitation, today)
        if kind is SecretKind.MAILED:
            return invitation, Ground.INVITATION_MAILED
        return invitation, Ground.INVITATION_SHOWN
    raise NotInvited(Reason.TOKEN_WRONG if invitations else Reason.ADDRESS_UNKNOWN)


def admitted_invitation(page: AddressPage, sub: str, now: datetime) -> Invitation | None:
    """Return the invitation that this user joins by, as noted at sign-up and checked again; None if they did.

    Only the newest note counts: what the person asked for last, and into that tenant only.

    Raises:
        NotInvited: if nothing is noted, or what was noted no longer holds.
    """
    notes = [note for note in page.admissions if note.holds_at(now)]
    if not notes:
        if any(one.status is InvitationStatus.ACCEPTED and one.sub == sub for one in page.invitations):
            return None
        raise NotInvited(Reason.NOT_ADMITTED)
    newest = max(notes, key=lambda note: note.admitted_at)
    invitation = accepted_invitation(page, newest.tenant_id, sub, now)
    if invitation is not None and invitation.id != newest.invitation_id:
        raise not_open(invitation, now.date())
    return invitation


def provider_ground(
    page: AddressPage, tenants: Mapping[str, Tenant], sub: str, today: date
) -> Invitation | Tenant | None:
    """Return what admits the owner of a federated profile, whose provider has proven the address.

    An open invitation comes before a tenant's rule, and of several the newest. If more than one tenant would take
    the person by rule, none does: they need an invitation, which says where to.

    Args:
        page: all that is held of the address.
        tenants: those towards which it is proven.
        sub: of the profile; empty if there is none yet.
        today: the UTC day.

    Returns:
        The invitation, or the tenant whose rule takes them, or None if this profile has joined before.

    Raises:
        NotInvited: if there is no ground; its reason is precise.
    """
    slots = [one for one in page.invitations if one.tenant_id in tenants]
    if sub and any(one.status is InvitationStatus.ACCEPTED and one.sub == sub for one in slots):
        return None
    newest_first = sorted(slots, key=lambda one: (one.invited_at, one.id), reverse=True)
    is_open = [one for one in newest_first if one.status_on(today) is InvitationStatus.PENDING]
    for invitation in is_open:
        if tenants[invitation.tenant_id].status is TenantStatus.ACTIVE:
            return invitation
    closed_to_rules = {one.tenant_id for one in slots if one.status in _CLOSED_TO_RULES}
    taking = [one for one in tenants.values() if one.takes_by_rule and one.id not in closed_to_rules]
    if len(taking) == 1:
        return taking[0]
    if is_open:
        raise NotInvited(Reason.TENANT_SUSPENDED, is_open[0].tenant_id)
    if newest_first:
        raise not_open(newest_first[0], today)
    raise NotInvited(Reason.ADDRESS_UNKNOWN, next(iter(tenants)) if len(tenants) == 1 else None)


def accepted_invitation(page: AddressPage, tenant_id: str, sub: str, now: datetime) -> Invitation | None:
    """Return the open invitation of a user's proven address to one tenant; None if they joined by it before.

    Raises:
        NotInvited: if there is none, or it is no longer open.
    """
    invitation = next((one for one in page.invitations if one.tenant_id == tenant_id), None)
    if invitation is None:
        raise NotInvited(Reason.ADDRESS_UNKNOWN)
    if invitation.status is InvitationStatus.ACCEPTED and invitation.sub == sub:
        return None
    if invitation.status_on(now.date()) is not InvitationStatus.PENDING:
        raise not_open(invitation, now.date())
    return invitation


def not_open(invitation: Invitation, today: date) -> NotInvited:
    """Return the refusal of what rests on an invitation that is not open: closed, or made anew since."""
    return NotInvited(_WHY_NOT[invitation.status_on(today)], invitation.tenant_id)
