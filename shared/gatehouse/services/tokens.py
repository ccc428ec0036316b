"""Tokens: which tenant a token names, decided anew from the store each time one is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gatehouse.domain.admission import accepted_invitation, admitted_invitation
from gatehouse.domain.audit import Action, Entry, Party, PartyKind, Reason
from gatehouse.domain.claims import Claims, choose_tenant, claims_for, granted_membership
from gatehouse.domain.membership import UserMemberships
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id
from gatehouse.errors import InvalidTenantId, NotAMember, NotInvited, Refusal, TenantSuspended
from gatehouse.services.join import UserRequest, join, proven
from gatehouse.services.ports import AddressBook, MemberLookup, TenantLookup
from gatehouse.services.recording import Recorder

_NO_TENANT = Party(PartyKind.TENANT, "-")
_NOTHING_IS_DUE = (Reason.NOT_ADMITTED, Reason.ADDRESS_NOT_PROVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a token is asked for with.

    Args:
        user: whose token.
        tenant_id: the tenant asked for by name, or None.
        accept_tenant_id: the tenant whose invitation the user accepts with this request, or None.
        is_refresh: whether Cognito says that it renews a token.
    """

    user: UserRequest
    tenant_id: str | None
    accept_tenant_id: str | None
    is_refresh: bool


@dataclass(frozen=True, slots=True)
class Issued:
    """What a token claims, and the entry of that decision; None for a refresh that changed nothing."""

    claims: Claims
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A user's memberships after any join that was due, whether there was one, and the tenants read for it."""

    memberships: UserMemberships
    has_joined: bool = False
    tenants: Mapping[str, Tenant] = field(default_factory=dict)


def issue(
    request: TokenRequest,
    *,
    members: MemberLookup,
    addresses: AddressBook,
    tenants: TenantLookup,
    recorder: Recorder,
    record_refreshes: bool,
) -> Issued:
    """Decide which tenant a token names and what it claims of it, or refuse the token.

    A user without a membership joins first by what admitted them, if that has not happened yet.

    Raises:
        NotAMember: if the tenant asked for is not the user's, exists or not, or is another than the one to accept.
        NotInvited: if the tenant to accept did not invite the user's proven address.
        MemberSuspended, TenantSuspended: if the tenant that decides cannot be had.
        Unavailable: if the decision could not be made or recorded; there is no token then.
    """
    user, target = request.user, _asked(request)
    try:
        _refuse_what_cannot_be_meant(request)
        standing = _standing(request, members=members, addresses=addresses, tenants=tenants, recorder=recorder)
        memberships = standing.memberships
        choice = choose_tenant(memberships, named=request.tenant_id, accepted=request.accept_tenant_id)
        found = standing.tenants
        if choice.tenant_id is not None:
            target = Party(PartyKind.TENANT, choice.tenant_id)
            found = found or tenants.by_ids([choice.tenant_id])
        claims = claims_for(memberships, granted_membership(memberships, choice, found))
        is_named = request.tenant_id is not None or request.accept_tenant_id is not None
        if request.is_refresh and not (is_named or standing.has_joined or record_refreshes):
            return Issued(claims, None)
        entry = recorder.allow(
            user.occasion, Action.TOKEN_ISSUE, choice.reason, tenant_id=choice.tenant_id, target=target
        )
        recorder.write(entry)
    except Refusal as refusal:
        recorder.deny(user.occasion, Action.TOKEN_ISSUE, refusal, target)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(user.occasion, Action.TOKEN_ISSUE, target)
        raise
    return Issued(claims, entry)


def _standing(
    request: TokenRequest,
    *,
    members: MemberLookup,
    addresses: AddressBook,
    tenants: TenantLookup,
    recorder: Recorder,
) -> _Standing:
    user, accepting = request.user, request.accept_tenant_id
    memberships = members.of_user(user.sub)
    if accepting in memberships.by_tenant or (accepting is None and memberships.by_tenant):
        return _Standing(memberships)
    if accepting is None:
        return _joined_if_due(user, memberships, members=members, addresses=addresses, recorder=recorder)
    return _accepted(
        user, accepting, memberships, members=members, addresses=addresses, tenants=tenants, recorder=recorder
    )


def _joined_if_due(
    user: UserRequest,
    memberships: UserMemberships,
    *,
    members: MemberLookup,
    addresses: AddressBook,
    recorder: Recorder,
) -> _Standing:
    """Make up for the join that sign-up admitted this user to. Without one the token names no tenant."""
    try:
        invitation = admitted_invitation(addresses.page(proven(user)), user.sub, user.occasion.at)
        joined = invitation and join(invitation, user, addresses=addresses, recorder=recorder)
    except NotInvited as refusal:
        if refusal.reason not in _NOTHING_IS_DUE:
            recorder.deny(user.occasion, Action.MEMBER_JOIN, refusal, user.party)
        return _Standing(memberships)
    if joined:
        return _Standing(memberships.with_membership(joined.membership), has_joined=True)
    return _Standing(members.of_user(user.sub), has_joined=True)  # joined a moment ago, by another call


def _accepted(
    user: UserRequest,
    tenant_id: str,
    memberships: UserMemberships,
    *,
    members: MemberLookup,
    addresses: AddressBook,
    tenants: TenantLookup,
    recorder: Recorder,
) -> _Standing:
    """Let a user accept an invitation, unless no token could name its tenant afterwards."""
    invitation = accepted_invitation(addresses.page(proven(user)), tenant_id, user.sub, user.occasion.at)
    found = tenants.by_ids([tenant_id])
    if tenant_id not in found:
        raise NotInvited(Reason.TENANT_NOT_FOUND)
    if found[tenant_id].status is TenantStatus.SUSPENDED:
        raise TenantSuspended(tenant_id=tenant_id)
    joined = invitation and join(invitation, user, addresses=addresses, recorder=recorder)
    if joined:
        return _Standing(memberships.with_membership(joined.membership), has_joined=True, tenants=found)
    return _Standing(members.of_user(user.sub), has_joined=True, tenants=found)


def _asked(request: TokenRequest) -> Party:
    """Return the tenant asked for as a party; what is no tenant id is not repeated."""
    try:
        return Party(PartyKind.TENANT, parse_tenant_id(request.tenant_id or request.accept_tenant_id))
    except InvalidTenantId:
        return _NO_TENANT


def _refuse_what_cannot_be_meant(request: TokenRequest) -> None:
    """Refuse, before anything is written, what is no tenant id, and two tenants at once."""
    named, accepting = request.tenant_id, request.accept_tenant_id
    try:
        for asked in (named, accepting):
            if asked is not None:
                parse_tenant_id(asked)
    except InvalidTenantId:
        raise NotAMember from None
    if named is not None and accepting is not None and named != accepting:
        raise NotAMember
