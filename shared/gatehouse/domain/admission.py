"""Who may enter: on what ground an address is admitted at sign-up, and what a proven address then joins."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.address import lowered
from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus, SecretKind
from gatehouse.domain.tenant import Tenant, shut
from gatehouse.errors import NotInvited

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.address import Address
    from gatehouse.domain.code import Code
    from gatehouse.domain.mail_domain import DomainRule, JoinRequest

# What people join by without an invitation; None for what a tenant's identity provider proves.
type JoinRule = Code | DomainRule | JoinRequest | None

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
    """What an admission rests on. Of the three by an invitation the mailed secret also proves the address.

    A code is in many hands, and a verified domain in everybody's: neither says anything about who has the address.
    """

    INVITATION_SHOWN = "invitation_shown"
    INVITATION_MAILED = "invitation_mailed"
    INVITATION_ADDRESS = "invitation_address"
    CODE = "code"
    DOMAIN = "domain"

    @property
    def reason(self) -> Reason:
        """Return the reason under which an admission on this ground is recorded."""
        return _REASONS[self]

    @property
    def rule(self) -> str | None:
        """Return which of a tenant's join rules it rests on (`domain/tenant.py`); None for an invitation."""
        return self.value if self in (Ground.CODE, Ground.DOMAIN) else None


_REASONS = {
    Ground.INVITATION_SHOWN: Reason.INVITED,
    Ground.INVITATION_MAILED: Reason.INVITED_BY_MAIL,
    Ground.INVITATION_ADDRESS: Reason.INVITED_BY_ADDRESS,
    Ground.CODE: Reason.TAKEN_BY_CODE,
    Ground.DOMAIN: Reason.TAKEN_BY_DOMAIN,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The note of what admitted an address at sign-up, for the join that follows confirmation.

    It takes no seat and uses nothing up, so an abandoned sign-up leaves nothing behind but this, for 7 days.

    Args:
        address: what the sign-up claimed; proven by the time of the join, or nobody joins.
        tenant_id: the tenant to join, and no other.
        ground: what admitted it.
        admitted_at: when, UTC.
        invitation_id: which invitation, if it was one.
        code_hash: which code, if it was one.
        profile_hash: of a code, whose sign-up it came with: see `hash_profile`.
    """

    address: Address
    tenant_id: str
    ground: Ground
    admitted_at: datetime
    invitation_id: str = ""
    code_hash: str = ""
    profile_hash: str = ""

    def holds_at(self, now: datetime) -> bool:
        """Tell whether the note still counts: DynamoDB may keep it for days after its time."""
        return now - self.admitted_at < NOTE_LASTS

    def is_of(self, user_name: str, sub: str) -> bool:
        """Tell whether the profile of this name may join by the note.

        Anyone can type an address, so a note must not lead its owner where somebody else would have them. A link's
        secret names its address, and a domain is one tenant's; but a code is for any address, and whoever has one
        could have the owner of an address join that code's tenant, so it counts for the sign-up that brought it: that
        can be told where Cognito gives the names, which are then the users' `sub`, and nowhere else.
        """
        if self.ground is not Ground.CODE:
            return True
        return bool(self.profile_hash) and user_name == sub and self.profile_hash == hash_profile(sub)


@dataclass(frozen=True, slots=True)
class AddressPage:
    """Everything the store holds of one address; `barred` are the tenants whose rules take it no more."""

    invitations: Sequence[Invitation] = ()
    admissions: Sequence[Admission] = ()
    barred: frozenset[str] = frozenset()


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
    offers = [offer for one in invitations if (offer := one.offer())]
    for invitation in (*invitations, *offers):
        kind = invitation.secret_kind(token)
        if kind is None:
            continue
        if invitation.status_on(today) is not InvitationStatus.PENDING:
            raise not_open(invitation, today)
        if kind is SecretKind.MAILED:
            return invitation, Ground.INVITATION_MAILED
        return invitation, Ground.INVITATION_SHOWN
    raise NotInvited(Reason.TOKEN_WRONG if invitations else Reason.ADDRESS_UNKNOWN)


def hash_profile(user_name: str) -> str:
    """Return what is stored of the profile that a sign-up is to make; empty for no name.

    Where people sign up with an address, Cognito calls the profile by its future `sub` from pre sign-up on: only there
    the note leads anywhere. Else it is the name that was chosen, which Cognito lowers where it takes the cases for one.
    """
    return hashlib.sha256(lowered(user_name).encode("utf-8", "surrogatepass")).hexdigest() if user_name else ""


def admitted_ground(page: AddressPage, sub: str, user_name: str, now: datetime) -> Invitation | Admission | None:
    """Return what this user joins by, as noted at sign-up: an invitation, checked again, or a code's or domain's note.

    Only the newest note counts: what the person asked for last, and into that tenant only. A domain's counts after an
    invitation's, because anybody could have had it written, and a code's after both, because whoever has a code could.

    Args:
        page: all that is held of the user's proven address.
        sub: of the user.
        user_name: what Cognito calls their profile.
        now: the moment.

    Returns:
        None if they have joined by it before.

    Raises:
        NotInvited: if nothing is noted, or what was noted no longer holds.
    """
    notes = _notes(page, sub, user_name, now)
    if not notes:
        if any(one.status is InvitationStatus.ACCEPTED and one.sub == sub for one in page.invitations):
            return None
        raise NotInvited(Reason.NOT_ADMITTED)
    first, *others = notes
    if first.ground.rule is not None:
        return first
    try:
        return _noted_invitation(page, first, sub, now)
    except NotInvited:
        by_rule = next((note for note in others if note.ground.rule is not None), None)
        if by_rule is None:
            raise
        return by_rule


def newest_note(page: AddressPage, sub: str, user_name: str, now: datetime) -> Admission | None:
    """Return the note that a join would go by first, whether or not it still leads anywhere; None if there is none."""
    return next(iter(_notes(page, sub, user_name, now)), None)


def _notes(page: AddressPage, sub: str, user_name: str, now: datetime) -> list[Admission]:
    notes = (note for note in page.admissions if note.holds_at(now) and note.is_of(user_name, sub))
    return sorted(notes, key=_weight, reverse=True)


def _weight(note: Admission) -> tuple[bool, bool, datetime]:
    return note.ground.rule is None, note.ground is Ground.DOMAIN, note.admitted_at


def _noted_invitation(page: AddressPage, note: Admission, sub: str, now: datetime) -> Invitation | None:
    invitation = accepted_invitation(page, note.tenant_id, sub, now)
    if invitation is not None and invitation.id != note.invitation_id:
        raise not_open(invitation, now.date())
    return invitation


def has_joined(page: AddressPage, tenant_id: str, sub: str) -> bool:
    """Tell whether this user has taken the address's place in a tenant."""
    return any(
        one.tenant_id == tenant_id and one.status is InvitationStatus.ACCEPTED and one.sub == sub
        for one in page.invitations
    )


def provider_ground(
    page: AddressPage, tenants: Mapping[str, Tenant], sub: str, today: date
) -> Invitation | Tenant | None:
    """Return what admits the owner of a federated profile, whose provider has proven the address.

    An open invitation comes first, and of several the newest; then the place of a member of the same address, which
    this profile takes over; then a tenant's rule. If more than one tenant would take
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
    taken_over = [taken for one in newest_first if (taken := one.taken_over())]
    for invitation in (*is_open, *taken_over):
        if tenants[invitation.tenant_id].is_open:
            return invitation
    closed_to_rules = {one.tenant_id for one in slots if one.status in _CLOSED_TO_RULES} | page.barred
    taking = [one for one in tenants.values() if one.takes_by_rule and one.id not in closed_to_rules]
    if len(taking) == 1:
        return taking[0]
    if is_open:
        raise NotInvited(shut(tenants[is_open[0].tenant_id]).reason, is_open[0].tenant_id)
    if newest_first:
        raise not_open(newest_first[0], today)
    raise NotInvited(Reason.ADDRESS_UNKNOWN, next(iter(tenants)) if len(tenants) == 1 else None)


def accepted_invitation(
    page: AddressPage, tenant_id: str, sub: str, now: datetime, *, by_provider: bool = False
) -> Invitation | None:
    """Return the open invitation of a user's proven address to one tenant; None if they joined by it before.

    Args:
        page: all that is held of the address.
        tenant_id: the tenant.
        sub: of the user.
        now: the moment.
        by_provider: whether an identity provider has proven the address towards the tenant: then the place of a member
            who has another profile is one to be taken over.

    Raises:
        NotInvited: if there is none, or it is no longer open.
    """
    invitation = next((one for one in page.invitations if one.tenant_id == tenant_id), None)
    if invitation is None:
        raise NotInvited(Reason.ADDRESS_UNKNOWN)
    if invitation.status is InvitationStatus.ACCEPTED and invitation.sub == sub:
        return None
    if by_provider and (taken := invitation.taken_over()):
        return taken
    invitation = invitation.offer() or invitation
    if invitation.status_on(now.date()) is not InvitationStatus.PENDING:
        raise not_open(invitation, now.date())
    return invitation


def not_open(invitation: Invitation, today: date) -> NotInvited:
    """Return the refusal of what rests on an invitation that is not open: closed, or made anew since."""
    return NotInvited(_WHY_NOT[invitation.status_on(today)], invitation.tenant_id)
