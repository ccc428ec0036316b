"""Requests to join, as operators approve and reject them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action, Occasion, Party, PartyKind, Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyMember, NoSeat
from gatehouse.refusals.rules import JoinRequestNotFound, MemberRemoved, TenantNotOpen
from gatehouse.services.join import membership_by, slot_of

if TYPE_CHECKING:
    from gatehouse.domain.mail_domain import JoinRequest
    from gatehouse.domain.membership import Membership
    from gatehouse.errors import OperatorRefusal
    from gatehouse.services.ports import AddressBook, RequestRegister
    from gatehouse.services.recording import Recorder

# What the join refuses, as operators are told it.
_TOLD: dict[str, type[OperatorRefusal]] = {
    Reason.INVITATION_ACCEPTED: AlreadyMember,
    Reason.INVITATION_REMOVED: MemberRemoved,
    Reason.NO_SEAT: NoSeat,
}


def approve_request(
    address: str,
    tenant_id: str,
    occasion: Occasion,
    *,
    requests: RequestRegister,
    addresses: AddressBook,
    recorder: Recorder,
) -> Membership:
    """Make a member of somebody who waits, in one transaction; return the membership.

    The domain's rule need not stand any more: an operator has looked at this person.

    Raises:
        AddressNotSupported, InvalidTenantId: if it cannot be named so.
        AlreadyInvited, AlreadyMember, MemberRemoved, NoSeat, TenantNotOpen: if they cannot become one.
        JoinRequestNotFound, TenantNotFound: if nobody waits with this address.
    """
    request, now = requests.get(parse_address(address), parse_tenant_id(tenant_id)), occasion.at
    if request.is_over(now):
        raise JoinRequestNotFound(tenant_id=request.tenant_id)
    slot = _slot(request, InvitationStatus.ACCEPTED, occasion, recorder)
    membership = membership_by(slot, request.sub, now)
    with recorder.change(
        occasion,
        Action.MEMBER_APPROVE,
        tenant_id=request.tenant_id,
        target=Party(PartyKind.USER, request.sub),
        fact=f"join/{slot.id}/{request.sub}",
    ) as entry:
        try:
            is_made = addresses.join_by_rule(slot, membership, entry, now.date(), request)
        except NotInvited as refusal:
            raise _TOLD.get(refusal.reason, TenantNotOpen)(tenant_id=request.tenant_id) from None
        if not is_made:
            raise AlreadyMember(tenant_id=request.tenant_id)
    return membership


def reject_request(
    address: str, tenant_id: str, occasion: Occasion, *, requests: RequestRegister, recorder: Recorder
) -> JoinRequest:
    """End a request to join, and close the address to the tenant's rules; return it as it was.

    As with a removed member only an invitation by name lets this person in then.

    Raises:
        AddressNotSupported, InvalidTenantId: if it cannot be named so.
        JoinRequestNotFound, TenantNotFound: if nobody waits with this address.
    """
    request = requests.get(parse_address(address), parse_tenant_id(tenant_id))
    slot = _slot(request, InvitationStatus.REMOVED, occasion, recorder)
    with recorder.change(
        occasion,
        Action.MEMBER_REJECT,
        tenant_id=request.tenant_id,
        target=Party(PartyKind.USER, request.sub),
        fact=f"reject/{slot.id}",
    ) as entry:
        requests.reject(request, slot, entry, occasion.at.date())
    return request


def _slot(request: JoinRequest, status: InvitationStatus, occasion: Occasion, recorder: Recorder) -> Invitation:
    return slot_of(request, status, occasion.actor.id, recorder.new_id(occasion.at), occasion.at)
