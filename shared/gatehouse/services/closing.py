"""Closing a tenant: for good, and then emptied member by member, so that what is interrupted goes on another time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Party, PartyKind, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.refusals.common import InvitationNotPending, MemberNotFound

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gatehouse.domain.audit import Occasion
    from gatehouse.domain.invitation import Invitation
    from gatehouse.domain.membership import Membership
    from gatehouse.services.ports import InvitationList, MemberList, SeatReader, TenantRegister
    from gatehouse.services.recording import Recorder

_PASSES = 5


def close_tenant(tenant_id: str, occasion: Occasion, *, tenants: TenantRegister, recorder: Recorder) -> bool:
    """Close a tenant for good; return whether it was open or suspended until now.

    From then on no token names it, and nobody is invited to it or joins it. Its row stays, so that the id is never
    another tenant's. Who is still in it `emptied` removes.

    Raises:
        InvalidTenantId: if this is no tenant id.
        TenantNotFound: if there is no such tenant.
    """
    target = Party(PartyKind.TENANT, parse_tenant_id(tenant_id))
    fact = f"{Action.TENANT_CLOSE}/{tenant_id}"
    with recorder.change(occasion, Action.TENANT_CLOSE, tenant_id=tenant_id, target=target, fact=fact) as entry:
        return tenants.close(tenant_id, entry)


def emptied(
    tenant_id: str,
    occasion: Occasion,
    *,
    tenants: SeatReader,
    members: MemberList,
    invitations: InvitationList,
    recorder: Recorder,
    pause: Callable[[], None],
) -> Iterator[Membership | Invitation]:
    """Revoke a closed tenant's open invitations and remove its members; yield each as it was, once it is done.

    Each has its own transaction with its entry, so whoever is interrupted begins again and finds what is left. They
    are found by listings, which lag a moment behind: while seats are still held, they are gone through again.

    Args:
        tenant_id: a tenant that is closed, so that nobody is added while this goes on.
        occasion: the operator's command.
        tenants: say how many seats are held.
        members: those of the store.
        invitations: those of the store.
        recorder: takes an entry for each.
        pause: waits a moment for the listings.
    """
    today = occasion.at.date()
    for number in range(_PASSES):
        if number:
            pause()
        yield from _revoked(tenant_id, occasion, invitations, recorder)
        yield from _removed(tenant_id, occasion, members, recorder)
        if not tenants.seats(tenant_id).folded_to(today).held:
            return


def _revoked(
    tenant_id: str, occasion: Occasion, invitations: InvitationList, recorder: Recorder
) -> Iterator[Invitation]:
    today = occasion.at.date()
    for one in invitations.of_tenant(tenant_id, InvitationStatus.PENDING):
        if one.status_on(today) is not InvitationStatus.PENDING:
            continue
        target = Party.of_address(one.address)
        entry = recorder.allow(
            occasion,
            Action.INVITATION_REVOKE,
            Reason.DONE,
            tenant_id=tenant_id,
            target=target,
            fact=f"revoke/{one.id}",
        )
        try:
            invitations.revoke(one, entry, today)
        except InvitationNotPending:
            continue  # closed before, and the listing does not show it yet
        yield one


def _removed(tenant_id: str, occasion: Occasion, members: MemberList, recorder: Recorder) -> Iterator[Membership]:
    for one in members.of_tenant(tenant_id):
        entry = recorder.allow(
            occasion,
            Action.MEMBER_REMOVE,
            Reason.DONE,
            tenant_id=tenant_id,
            target=Party(PartyKind.USER, one.sub),
            fact=f"{Action.MEMBER_REMOVE}/{tenant_id}/{one.sub}/{occasion.at.isoformat()}",
        )
        try:
            members.remove(tenant_id, one.sub, entry)
        except MemberNotFound:
            continue  # removed before, and the listing does not show it yet
        yield one
