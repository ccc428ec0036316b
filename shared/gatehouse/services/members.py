"""Members, as operators change them, and what becomes of the invitations that they have made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action, Party, PartyKind, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.membership import MemberStatus, may_invite
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.refusals.common import InvitationNotFound, InvitationNotPending
from gatehouse.services.invitations import revoke_invitation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gatehouse.domain.audit import Entry, Occasion
    from gatehouse.domain.invitation import Invitation
    from gatehouse.domain.membership import Membership
    from gatehouse.domain.role import Role
    from gatehouse.services.ports import InvitationList, MemberRegister, SessionEnder
    from gatehouse.services.recording import Recorder


def sub_of_member(who: str, tenant_id: str, *, members: MemberRegister) -> str:
    """Return the user whom an operator names by address, or by `sub` as it is.

    Raises:
        AddressNotSupported, InvalidTenantId: if it cannot be named so.
        MemberNotFound, TenantNotFound: if nobody has joined with that address.
    """
    tenant = parse_tenant_id(tenant_id)
    if "@" in who or who.startswith("+"):
        return members.sub_of(parse_address(who), tenant)
    return who


def set_member_role(
    tenant_id: str, sub: str, role: Role, occasion: Occasion, *, members: MemberRegister, recorder: Recorder
) -> Membership:
    """Give a member another role; return the membership as it was. It counts from the next token on.

    Raises:
        LastOwner: if that would leave the tenant without an active owner.
        MemberNotFound, TenantNotFound: if there is no such member.
    """
    with _change(occasion, Action.MEMBER_SET_ROLE, tenant_id, sub, recorder) as entry:
        return members.set_role(tenant_id, sub, role, entry)


def set_member_status(
    tenant_id: str, sub: str, status: MemberStatus, occasion: Occasion, *, members: MemberRegister, recorder: Recorder
) -> Membership:
    """Suspend or resume a member; return the membership as it was. It counts from the next token on.

    Raises:
        LastOwner: if that would leave the tenant without an active owner.
        MemberNotFound, TenantNotFound: if there is no such member.
    """
    action = Action.MEMBER_SUSPEND if status is MemberStatus.SUSPENDED else Action.MEMBER_RESUME
    with _change(occasion, action, tenant_id, sub, recorder) as entry:
        return members.set_status(tenant_id, sub, status, entry)


def remove_member(
    tenant_id: str, sub: str, occasion: Occasion, *, members: MemberRegister, recorder: Recorder
) -> Membership:
    """Remove a member, whether the user pool still has the user or not; return the membership as it was.

    Raises:
        LastOwner: if that would leave the tenant without an active owner.
        MemberNotFound, TenantNotFound: if there is no such member.
    """
    with _change(occasion, Action.MEMBER_REMOVE, tenant_id, sub, recorder) as entry:
        return members.remove(tenant_id, sub, entry)


def set_default_tenant(
    tenant_id: str, sub: str, occasion: Occasion, *, members: MemberRegister, recorder: Recorder
) -> None:
    """Have a user's tokens name this tenant where none is asked for.

    Raises:
        MemberNotFound, TenantNotFound: if the user is no member there.
    """
    with _change(occasion, Action.MEMBER_SET_DEFAULT, tenant_id, sub, recorder) as entry:
        members.set_default(tenant_id, sub, entry)


def sign_out(tenant_id: str, sub: str, occasion: Occasion, *, sessions: SessionEnder, recorder: Recorder) -> bool:
    """Revoke a user's refresh tokens, of all tenants: the pool knows none; return whether the pool has the user.

    Raises:
        AwsError: if Cognito could not be asked.
    """
    is_there = sessions.sign_out(sub)
    if is_there:
        user = Party(PartyKind.USER, sub)
        recorder.keep(recorder.allow(occasion, Action.MEMBER_SIGN_OUT, Reason.DONE, tenant_id=tenant_id, target=user))
    return is_there


def revoke_beyond(
    tenant_id: str,
    sub: str,
    now: Membership | None,
    occasion: Occasion,
    *,
    invitations: InvitationList,
    recorder: Recorder,
) -> Iterator[Invitation]:
    """Revoke the open invitations that a member has made and could no longer make; yield each as it was.

    They are found by a listing, which lags a moment behind; of what it does not show yet, the join asks whether who
    made it still may.

    Args:
        tenant_id: the tenant.
        sub: who has made them.
        now: the member, as they are now; None if they are none any more.
        occasion: the operator's command.
        invitations: those of the store.
        recorder: takes an entry for each.
    """
    for invitation in _beyond(tenant_id, sub, now, invitations):
        address = invitation.address.value
        try:
            yield revoke_invitation(address, tenant_id, occasion, invitations=invitations, recorder=recorder)
        except (InvitationNotFound, InvitationNotPending):
            continue  # closed by somebody else meanwhile


def take_over_beyond(
    tenant_id: str,
    sub: str,
    now: Membership | None,
    occasion: Occasion,
    *,
    invitations: InvitationList,
    recorder: Recorder,
) -> Iterator[Invitation]:
    """Make the operator the inviter of the open invitations that a member has made and could no longer make.

    As `revoke_beyond` otherwise.
    """
    for invitation in _beyond(tenant_id, sub, now, invitations):
        fact = f"take_over/{invitation.id}/{occasion.at.isoformat()}"
        target = Party.of_address(invitation.address)
        try:
            with recorder.change(
                occasion, Action.INVITATION_TAKE_OVER, tenant_id=tenant_id, target=target, fact=fact
            ) as entry:
                invitations.set_inviter(invitation, occasion.actor.id, entry)
        except InvitationNotPending:
            continue  # closed by somebody else meanwhile
        yield invitation


def _beyond(tenant_id: str, sub: str, now: Membership | None, invitations: InvitationList) -> Iterator[Invitation]:
    role = now.role if now is not None and now.status is MemberStatus.ACTIVE else None
    for invitation in invitations.of_tenant(tenant_id, InvitationStatus.PENDING):
        is_theirs = invitation.invited_by == sub
        if is_theirs and not (role is not None and may_invite(role, invitation.role)):
            yield invitation


def _change(
    occasion: Occasion, action: Action, tenant_id: str, sub: str, recorder: Recorder
) -> AbstractContextManager[Entry]:
    """Return what a change of a member is carried out in."""
    tenant = parse_tenant_id(tenant_id)
    fact = f"{action}/{tenant}/{sub}/{occasion.at.isoformat()}"
    return recorder.change(occasion, action, tenant_id=tenant, target=Party(PartyKind.USER, sub), fact=fact)
