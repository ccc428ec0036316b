"""Invitations, as operators make, resend and revoke them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, parse_address
from gatehouse.domain.audit import Action, Occasion, Party, Reason
from gatehouse.domain.invitation import (
    Invitation,
    InvitationStatus,
    hash_secret,
    invitation_token,
    last_day,
    parse_locale,
    parse_note,
)
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.errors import AwsError, Refusal
from gatehouse.refusals.common import WrongAddressKind

if TYPE_CHECKING:
    from gatehouse.domain.address import AddressKind
    from gatehouse.domain.role import Role
    from gatehouse.services.ports import InvitationMaker, InvitationRegister, NewId, NewSecret, ProfileCleaner
    from gatehouse.services.recording import Recorder


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation made or resent, and its two tokens, which exist nowhere else: only hashes are stored.

    Args:
        invitation: as it was stored.
        shown_token: for the operator and the link; it admits and proves nothing.
        mailed_token: for the message to the address and nothing else; it also proves the address.
        is_way_clear: whether no unconfirmed profile stands in the way; False if the pool could not be asked.
    """

    invitation: Invitation
    shown_token: str
    mailed_token: str
    is_way_clear: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What an invitation is known by: its id, and its two secrets."""

    id: str
    shown: str
    mailed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationOrder:
    """What an operator asks for: whom to invite, to which tenant, as what, for how many days, in which language.

    The note is for operators. `takes` is the kind of address that people sign in by; None for either.
    """

    address: str
    tenant_id: str
    role: Role
    days: int
    locale: str | None = None
    note: str = ""
    takes: AddressKind | None = None


def create_invitation(
    order: InvitationOrder,
    occasion: Occasion,
    *,
    invitations: InvitationRegister,
    profiles: ProfileCleaner,
    recorder: Recorder,
    new_id: NewId,
    new_secret: NewSecret,
) -> Issued:
    """Invite an address to a tenant, and clear away the unconfirmed profile that somebody began with it.

    Raises:
        AddressNotSupported, InvalidTenantId, InvalidExpiry, InvalidLocale, InvalidNote, WrongAddressKind: if it cannot
            be asked for so.
        AlreadyInvited, AlreadyMember, NoSeat, TenantNotFound: if it cannot be had.
    """
    names = Names(new_id(occasion.at), shown=new_secret(), mailed=new_secret())
    return create_named(order, occasion, names, invitations=invitations, profiles=profiles, recorder=recorder)


def create_named(
    order: InvitationOrder,
    occasion: Occasion,
    names: Names,
    *,
    invitations: InvitationMaker,
    profiles: ProfileCleaner,
    recorder: Recorder,
) -> Issued:
    """Do as `create_invitation` does, with an id and secrets that are there already; twice the same is once."""
    now = occasion.at
    invitation = Invitation(
        id=names.id,
        tenant_id=parse_tenant_id(order.tenant_id),
        address=_usable(order),
        role=order.role,
        status=InvitationStatus.PENDING,
        expires_on=last_day(now, order.days),
        invited_by=occasion.actor.id,
        invited_at=now,
        shown_hash=hash_secret(names.shown),
        mailed_hash=hash_secret(names.mailed),
        locale=parse_locale(order.locale),
        note=parse_note(order.note),
    )
    target = Party.of_address(invitation.address)
    fact = f"invitation/{invitation.id}"
    with recorder.change(
        occasion, Action.INVITATION_CREATE, tenant_id=invitation.tenant_id, target=target, fact=fact
    ) as entry:
        invitations.create(invitation, entry, now.date())
    return Issued(
        invitation,
        shown_token=invitation_token(names.id, names.shown),
        mailed_token=invitation_token(names.id, names.mailed),
        is_way_clear=clear_the_way(invitation.address, profiles),
    )


def _usable(order: InvitationOrder) -> Address:
    address = parse_address(order.address)
    if order.takes not in (None, address.kind):
        raise WrongAddressKind
    return address


def clear_the_way(address: Address, profiles: ProfileCleaner) -> bool:
    """Delete the unconfirmed profile that somebody began with an address; return whether the pool could be asked."""
    try:
        profiles.delete_unconfirmed(address)
    except AwsError:
        return False  # the invitation stands, and its tokens must not be lost with this
    return True


def resend_invitation(
    address: str,
    tenant_id: str,
    days: int,
    occasion: Occasion,
    *,
    invitations: InvitationRegister,
    profiles: ProfileCleaner,
    recorder: Recorder,
    new_secret: NewSecret,
) -> Issued:
    """Give a pending or expired invitation new secrets and a new last day; its older links are dead from then on.

    It keeps its id. An unconfirmed profile of the address is cleared away, as when it was made.

    Raises:
        AddressNotSupported, InvalidTenantId, InvalidExpiry: if it cannot be asked for so.
        InvitationNotFound, TenantNotFound: if there is none.
        InvitationNotPending: if it was accepted, revoked or removed.
        AlreadyInvited: if somebody else resent it or made it anew meanwhile.
        NoSeat: if it has expired and every seat is held.
    """
    whom, tenant = parse_address(address), parse_tenant_id(tenant_id)
    expires_on, shown, mailed = last_day(occasion.at, days), new_secret(), new_secret()
    try:
        invitation = invitations.get(whom, tenant)
        fresh = replace(
            invitation,
            status=InvitationStatus.PENDING,
            expires_on=expires_on,
            shown_hash=hash_secret(shown),
            mailed_hash=hash_secret(mailed),
            resent=invitation.resent + 1,
            resent_at=occasion.at,
        )
        entry = recorder.allow(
            occasion,
            Action.INVITATION_RESEND,
            Reason.DONE,
            tenant_id=tenant,
            target=Party.of_address(whom),
            fact=f"resend/{fresh.id}/{fresh.resent}",
        )
        invitations.resend(invitation, fresh, entry, occasion.at.date())
    except Refusal as refusal:
        recorder.deny(occasion, Action.INVITATION_RESEND, refusal, Party.of_address(whom))
        raise
    return Issued(
        fresh,
        shown_token=invitation_token(fresh.id, shown),
        mailed_token=invitation_token(fresh.id, mailed),
        is_way_clear=clear_the_way(whom, profiles),
    )


def revoke_invitation(
    address: str,
    tenant_id: str,
    occasion: Occasion,
    *,
    invitations: InvitationRegister,
    recorder: Recorder,
) -> Invitation:
    """Revoke the pending invitation of an address to a tenant, or its offer to replace a member; return it as it was.

    Raises:
        AddressNotSupported, InvalidTenantId: if it cannot be named so.
        InvitationNotFound, TenantNotFound: if there is none.
        InvitationNotPending: if it is not pending.
    """
    whom, tenant = parse_address(address), parse_tenant_id(tenant_id)
    try:
        slot = invitations.get(whom, tenant)
        offer = slot.offer()
        invitation = offer or slot
        entry = recorder.allow(
            occasion,
            Action.INVITATION_REVOKE,
            Reason.DONE,
            tenant_id=tenant,
            target=Party.of_address(whom),
            fact=f"revoke/{invitation.id}",
        )
        if offer:
            invitations.withdraw_replacement(slot, entry)
        else:
            invitations.revoke(slot, entry, occasion.at.date())
    except Refusal as refusal:
        recorder.deny(occasion, Action.INVITATION_REVOKE, refusal, Party.of_address(whom))
        raise
    return invitation
