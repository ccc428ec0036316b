"""A lost profile: its membership is offered to another profile that proves the same address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action, Occasion, Party
from gatehouse.domain.invitation import Replacement, hash_secret, invitation_token, last_day
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.services.invitations import Issued, clear_the_way

if TYPE_CHECKING:
    from gatehouse.services.ports import InvitationRegister, NewId, NewSecret, ProfileCleaner
    from gatehouse.services.recording import Recorder


def offer_replacement(
    address: str,
    tenant_id: str,
    days: int,
    occasion: Occasion,
    *,
    invitations: InvitationRegister,
    profiles: ProfileCleaner,
    recorder: Recorder,
    new_id: NewId,
    new_secret: NewSecret,
) -> Issued:
    """Invite the owner of a member's address to take the membership over with a new profile.

    Role, status and seat stay as they are, and so does the member, until somebody has. An earlier offer is dead.

    Raises:
        AddressNotSupported, InvalidTenantId, InvalidExpiry: if it cannot be asked for so.
        InvitationNotFound, MemberNotFound, TenantNotFound: if nobody has joined with that address.
    """
    whom, tenant = parse_address(address), parse_tenant_id(tenant_id)
    shown, mailed = new_secret(), new_secret()
    offered = Replacement(
        id=new_id(occasion.at),
        expires_on=last_day(occasion.at, days),
        invited_by=occasion.actor.id,
        invited_at=occasion.at,
        shown_hash=hash_secret(shown),
        mailed_hash=hash_secret(mailed),
    )
    target, fact = Party.of_address(whom), f"replacement/{offered.id}"
    with recorder.change(occasion, Action.INVITATION_REPLACE, tenant_id=tenant, target=target, fact=fact) as entry:
        slot = invitations.offer_replacement(whom, tenant, offered, entry)
    return Issued(
        slot.offer() or slot,
        shown_token=invitation_token(offered.id, shown),
        mailed_token=invitation_token(offered.id, mailed),
        is_way_clear=clear_the_way(whom, profiles),
    )
