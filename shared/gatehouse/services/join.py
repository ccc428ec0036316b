"""The join: a confirmed user with a proven address becomes a member, once, by what admitted or invited them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, is_federated, proven_address
from gatehouse.domain.admission import Admission, Ground, accepted_invitation, admitted_ground, has_joined
from gatehouse.domain.audit import Action, Entry, Party, PartyKind, Reason
from gatehouse.domain.code import Code, hash_code, usable_code
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.mail_domain import DomainRule, JoinMode, JoinRequest
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import takes_providers_alone
from gatehouse.domain.provider import provider_names
from gatehouse.domain.tenant import Tenant
from gatehouse.errors import NotInvited, SignInMethodNotAllowed
from gatehouse.refusals.common import AlreadyInvited

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.admission import AddressPage, JoinRule
    from gatehouse.domain.role import Role
    from gatehouse.services.ports import AddressBook, CodeLookup, DomainLookup, PolicyLookup
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest

# What somebody may join by: an invitation, or what a tenant takes people by without one.
type JoinGround = Invitation | Code | DomainRule | Tenant

# What a rule makes has no secrets: nothing hashes to this.
_NO_HASH = "-"


@dataclass(frozen=True, slots=True)
class JoinRules:
    """Where codes and the rules of verified domains are found, and the policies of the tenants whose they are."""

    codes: CodeLookup
    domains: DomainLookup
    policies: PolicyLookup


@dataclass(frozen=True, slots=True)
class Joined:
    """A membership just made, and the entry that was written with it."""

    membership: Membership
    entry: Entry


@dataclass(frozen=True, slots=True)
class Waiting:
    """That somebody waits for an operator's approval, and the entry that tells it."""

    entry: Entry


def join_confirmed(
    user: UserRequest, code: str | None, *, addresses: AddressBook, rules: JoinRules, recorder: Recorder
) -> Entry | None:
    """Let a user who has just been confirmed join by what admitted them, and return the entry of what came of it.

    The profile is confirmed already, so nothing here refuses the user: what is not joined now is at the first
    token, or not at all. Who comes by an identity provider gets that token at once, and joins there.

    Args:
        user: who has been confirmed.
        code: a code that came with the confirmation, which then counts rather than what was noted.
        addresses: what is held of addresses.
        rules: codes and verified domains.
        recorder: takes the entry.

    Raises:
        Unavailable: if the store did not answer; nothing is half written then, and the first token joins.
    """
    if is_federated(user.attributes):
        return None
    try:
        address = proven(user)
        ground = ground_of(user, address, code, addresses=addresses, rules=rules)
        _refuse_without_provider(ground, rules)
        joined = join_on(ground, user, address, addresses=addresses, recorder=recorder)
    except (NotInvited, SignInMethodNotAllowed) as refusal:
        return recorder.deny(user.occasion, Action.MEMBER_JOIN, refusal, user.party)
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(user.occasion, Action.MEMBER_JOIN, user.party)
        raise
    if joined:
        return joined.entry
    return recorder.keep(
        recorder.allow(user.occasion, Action.MEMBER_JOIN, Reason.ALREADY_JOINED, tenant_id=None, target=user.party)
    )


def _refuse_without_provider(ground: JoinGround | None, rules: JoinRules) -> None:
    """Refuse a rule of a tenant that takes identity providers alone, in which nobody else could sign in afterwards."""
    if isinstance(ground, Code | DomainRule):
        tenant = rules.policies.page(None, [ground.tenant_id]).tenants.get(ground.tenant_id)
        if tenant is not None and takes_providers_alone(tenant):
            raise SignInMethodNotAllowed(tenant_id=tenant.id)


def proven(user: UserRequest) -> Address:
    """Return a native user's proven address.

    Raises:
        NotInvited: if none is proven; nothing is a ground for such a user.
    """
    address = proven_address(user.attributes)
    if address is None:
        raise NotInvited(Reason.ADDRESS_NOT_PROVEN)
    return address


def ground_of(
    user: UserRequest, address: Address, code: str | None, *, addresses: AddressBook, rules: JoinRules
) -> Invitation | Code | DomainRule | None:
    """Return what a native user joins by: the code that they have sent, or what their sign-up noted; None if they have.

    Both are checked again: what admitted an address that was claimed may not let in the one that is proven.

    Raises:
        NotInvited: if there is nothing, or it no longer holds.
    """
    page, occasion = addresses.page(address), user.occasion
    if code:
        return _usable(hash_code(code), user, address, page, rules)
    found = admitted_ground(page, user.sub, occasion.user_name, occasion.at)
    if not isinstance(found, Admission):
        return found
    if found.ground is Ground.CODE:
        return _usable(found.code_hash, user, address, page, rules)
    if has_joined(page, found.tenant_id, user.sub):
        return None
    rule = rules.domains.rule_of(address.domain)
    if rule is None or rule.tenant_id != found.tenant_id:
        raise NotInvited(Reason.DOMAIN_NOT_VERIFIED, found.tenant_id)
    return rule


def _usable(code_hash: str, user: UserRequest, address: Address, page: AddressPage, rules: JoinRules) -> Code | None:
    code = rules.codes.find(code_hash)
    if code is not None and has_joined(page, code.tenant_id, user.sub):
        return None
    return usable_code(code, address, user.occasion.at.date())


def tenant_of(ground: JoinGround) -> str:
    """Return the tenant that somebody would join on a ground."""
    return ground.id if isinstance(ground, Tenant) else ground.tenant_id


def join_on(
    ground: JoinGround | None, user: UserRequest, address: Address, *, addresses: AddressBook, recorder: Recorder
) -> Joined | Waiting | None:
    """Make a user a member by an invitation, or by a tenant's rule; None if they have joined before.

    Raises:
        NotInvited: if the ground has gone meanwhile, or there is no seat.
    """
    if ground is None:
        return None
    if isinstance(ground, Invitation):
        return join(ground, user, addresses=addresses, recorder=recorder)
    try:
        if isinstance(ground, DomainRule) and ground.mode is JoinMode.APPROVAL:
            return _ask(user, ground, address, addresses=addresses, recorder=recorder)
        return _join_by_rule(user, ground, address, addresses=addresses, recorder=recorder)
    except AlreadyInvited:  # by a person, at this very moment or before: that comes first
        page = addresses.page(address)
        invitation = accepted_invitation(page, tenant_of(ground), user.sub, user.occasion.at)
        return join(invitation, user, addresses=addresses, recorder=recorder) if invitation else None


def join(invitation: Invitation, user: UserRequest, *, addresses: AddressBook, recorder: Recorder) -> Joined | None:
    """Make the user a member by an open invitation of a proven address; None if the same join was made before.

    An invitation that replaces somebody gives their membership to this user.

    Raises:
        NotInvited: if the invitation was closed meanwhile, or who has made it could make it no more.
    """
    if invitation.replaces:
        return _take_over(invitation, invitation.replaces, user, addresses=addresses, recorder=recorder)
    now = user.occasion.at
    entry = recorder.allow(
        user.occasion,
        Action.MEMBER_JOIN,
        Reason.JOINED,
        tenant_id=invitation.tenant_id,
        target=user.party,
        fact=f"join/{invitation.id}/{user.sub}",
    )
    membership = membership_by(invitation, user.sub, now)
    return Joined(membership, entry) if addresses.join(invitation, membership, entry, now.date()) else None


def slot_of(person: JoinRequest, status: InvitationStatus, by: str, slot_id: str, at: datetime) -> Invitation:
    """Return the slot of somebody who was not invited: it has no secrets.

    Args:
        person: who has it, where, and as what.
        status: accepted, or removed.
        by: the rule or the operator who decided so.
        slot_id: its ULID.
        at: the moment.
    """
    return Invitation(
        id=slot_id,
        tenant_id=person.tenant_id,
        address=person.address,
        role=person.role,
        status=status,
        expires_on=at.date(),
        invited_by=by,
        invited_at=at,
        shown_hash=_NO_HASH,
        mailed_hash=_NO_HASH,
        sub=person.sub,
    )


def membership_by(slot: Invitation, sub: str, at: datetime) -> Membership:
    """Return the membership that a slot makes a user."""
    return Membership(
        tenant_id=slot.tenant_id,
        sub=sub,
        address=slot.address.value,
        role=slot.role,
        status=MemberStatus.ACTIVE,
        joined_at=at,
    )


def _take_over(
    invitation: Invitation, sub: str, user: UserRequest, *, addresses: AddressBook, recorder: Recorder
) -> Joined | None:
    entry = recorder.allow(
        user.occasion,
        Action.MEMBER_TAKE_OVER,
        Reason.REPLACED,
        tenant_id=invitation.tenant_id,
        target=Party(PartyKind.USER, sub),
        fact=f"take_over/{invitation.id}/{sub}/{user.sub}",
    )
    taken = addresses.take_over(invitation, user.sub, entry)
    return Joined(taken, entry) if taken else None


@dataclass(frozen=True, slots=True)
class _ByRule:
    """What a rule makes of somebody, why, in whose name, and what must still stand in the store."""

    role: Role
    reason: Reason
    invited_by: str
    rule: JoinRule


def _by_rule(ground: Code | DomainRule | Tenant, user: UserRequest) -> _ByRule:
    if isinstance(ground, Code):
        return _ByRule(ground.role, Reason.TAKEN_BY_CODE, f"code:{ground.id}", ground)
    if isinstance(ground, DomainRule):
        return _ByRule(ground.role, Reason.TAKEN_BY_DOMAIN, f"domain:{ground.domain}", ground)
    if ground.provider_role is None:
        raise NotInvited(Reason.ADDRESS_UNKNOWN, ground.id)
    names = ", ".join(provider_names(user.attributes))
    return _ByRule(ground.provider_role, Reason.TAKEN_BY_PROVIDER, f"provider:{names}", None)


def _join_by_rule(
    user: UserRequest,
    ground: Code | DomainRule | Tenant,
    address: Address,
    *,
    addresses: AddressBook,
    recorder: Recorder,
) -> Joined | None:
    now, tenant_id, made = user.occasion.at, tenant_of(ground), _by_rule(ground, user)
    person = JoinRequest(tenant_id=tenant_id, address=address, sub=user.sub, role=made.role, asked_at=now)
    slot = slot_of(person, InvitationStatus.ACCEPTED, made.invited_by, recorder.new_id(now), now)
    membership = membership_by(slot, user.sub, now)
    entry = recorder.allow(
        user.occasion,
        Action.MEMBER_JOIN,
        made.reason,
        tenant_id=tenant_id,
        target=user.party,
        fact=f"join/{slot.id}/{user.sub}",
    )
    is_made = addresses.join_by_rule(slot, membership, entry, now.date(), made.rule)
    return Joined(membership, entry) if is_made else None


def _ask(
    user: UserRequest, rule: DomainRule, address: Address, *, addresses: AddressBook, recorder: Recorder
) -> Waiting:
    """Let the user wait for an operator; who waits already goes on waiting."""
    now = user.occasion.at
    request = JoinRequest(tenant_id=rule.tenant_id, address=address, sub=user.sub, role=rule.role, asked_at=now)
    reason, target = Reason.WAITS_FOR_APPROVAL, user.party
    fact = f"ask/{rule.tenant_id}/{user.sub}/{now.isoformat()}"
    entry = recorder.allow(user.occasion, Action.MEMBER_ASK, reason, tenant_id=rule.tenant_id, target=target, fact=fact)
    if addresses.ask(request, rule, entry, now.date()):
        return Waiting(entry)
    again = recorder.allow(user.occasion, Action.MEMBER_ASK, reason, tenant_id=rule.tenant_id, target=target)
    return Waiting(recorder.keep(again))
