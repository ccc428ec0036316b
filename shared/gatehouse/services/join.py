"""The join: a confirmed user with a proven address becomes a member, once, by what admitted or invited them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, is_federated, proven_address
from gatehouse.domain.admission import admitted_invitation
from gatehouse.domain.audit import Action, Entry, Reason
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.errors import NotInvited

if TYPE_CHECKING:
    from gatehouse.domain.invitation import Invitation
    from gatehouse.services.ports import AddressBook
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest


@dataclass(frozen=True, slots=True)
class Joined:
    """A membership just made, and the entry that was written with it."""

    membership: Membership
    entry: Entry


def join_confirmed(user: UserRequest, *, addresses: AddressBook, recorder: Recorder) -> Entry | None:
    """Let a user who has just been confirmed join by what admitted them, and return the entry of what came of it.

    The profile is confirmed already, so nothing here refuses the user: what is not joined now is at the first
    token, or not at all. Who comes by an identity provider gets that token at once, and joins there.

    Raises:
        Unavailable: if the store did not answer; nothing is half written then, and the first token joins.
    """
    if is_federated(user.attributes):
        return None
    try:
        address = proven(user)
        invitation = admitted_invitation(addresses.page(address), user.sub, user.occasion.at)
        joined = invitation and join(invitation, user, addresses=addresses, recorder=recorder)
    except NotInvited as refusal:
        return recorder.deny(user.occasion, Action.MEMBER_JOIN, refusal, user.party)
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(user.occasion, Action.MEMBER_JOIN, user.party)
        raise
    if joined:
        return joined.entry
    return recorder.keep(
        recorder.allow(user.occasion, Action.MEMBER_JOIN, Reason.ALREADY_JOINED, tenant_id=None, target=user.party)
    )


def proven(user: UserRequest) -> Address:
    """Return a native user's proven address.

    Raises:
        NotInvited: if none is proven; nothing is a ground for such a user.
    """
    address = proven_address(user.attributes)
    if address is None:
        raise NotInvited(Reason.ADDRESS_NOT_PROVEN)
    return address


def join(invitation: Invitation, user: UserRequest, *, addresses: AddressBook, recorder: Recorder) -> Joined | None:
    """Make the user a member by an open invitation of a proven address; None if the same join was made before.

    Raises:
        NotInvited: if the invitation was closed meanwhile.
    """
    now = user.occasion.at
    entry = recorder.allow(
        user.occasion,
        Action.MEMBER_JOIN,
        Reason.JOINED,
        tenant_id=invitation.tenant_id,
        target=user.party,
        fact=f"join/{invitation.id}/{user.sub}",
    )
    membership = Membership(
        tenant_id=invitation.tenant_id,
        sub=user.sub,
        address=invitation.address.value,
        role=invitation.role,
        status=MemberStatus.ACTIVE,
        joined_at=now,
    )
    return Joined(membership, entry) if addresses.join(invitation, membership, entry, now.date()) else None
