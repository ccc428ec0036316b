"""Tokens: which tenant a token names, decided anew from the store each time one is made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, is_federated
from gatehouse.domain.admission import accepted_invitation, provider_ground
from gatehouse.domain.audit import Action, Entry, Party, PartyKind, Reason
from gatehouse.domain.claims import Claims, choose_tenant, claims_for, granted_membership
from gatehouse.domain.policy import PolicyPage, is_way_allowed, known_client_id
from gatehouse.domain.provider import ProvenAddress
from gatehouse.domain.tenant import parse_tenant_id, shut
from gatehouse.errors import NotAMember, NotInvited, Refusal, SignInMethodNotAllowed
from gatehouse.refusals.common import InvalidTenantId
from gatehouse.services.federation import proven_by_provider, sole_providers
from gatehouse.services.join import Joined, Waiting, ground_of, join, join_on, proven, tenant_of

if TYPE_CHECKING:
    from gatehouse.domain.membership import UserMemberships
    from gatehouse.services.join import JoinGround, JoinRules
    from gatehouse.services.ports import AddressBook, MemberLookup, PolicyLookup, ProviderNotes
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest

_NO_TENANT = Party(PartyKind.TENANT, "-")
# What is no wonder of a user who is nowhere a member, and so is no decision of its own.
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

    @property
    def client_id(self) -> str | None:
        """Return the app client that asks; None where none does, or what is named can be none."""
        return known_client_id(self.user.occasion.client_id)


@dataclass(frozen=True, slots=True)
class Issued:
    """What a token claims, and the entry of that decision; None for a refresh that changed nothing."""

    claims: Claims
    entry: Entry | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenStores:
    """What a token is decided by. All are read for it, and a join that is due is written."""

    members: MemberLookup
    addresses: AddressBook
    policies: PolicyLookup
    providers: ProviderNotes
    rules: JoinRules


@dataclass(frozen=True, slots=True)
class _Standing:
    """A user's memberships after any join that was due, whether there was one, and the policies read for it."""

    memberships: UserMemberships
    has_joined: bool = False
    page: PolicyPage | None = None


def issue(request: TokenRequest, *, stores: TokenStores, recorder: Recorder, record_refreshes: bool) -> Issued:
    """Decide which tenant a token names and what it claims of it, or refuse the token.

    A user without a membership joins first by what admitted them, if that has not happened yet.

    Raises:
        NotAMember: if the tenant asked for is not the user's, exists or not, or is another than the one to accept.
        NotInvited: if the tenant to accept did not invite the user's proven address.
        MemberSuspended, SignInMethodNotAllowed, TenantSuspended: if the tenant that decides cannot be had.
        Unavailable: if the decision could not be made or recorded; there is no token then.
    """
    user, target = request.user, _asked(request)
    try:
        _refuse_what_cannot_be_meant(request)
        standing = _standing(request, stores, recorder)
        memberships = standing.memberships
        choice = choose_tenant(memberships, named=request.tenant_id, accepted=request.accept_tenant_id)
        page = standing.page or PolicyPage()
        if choice.tenant_id is not None:
            target = Party(PartyKind.TENANT, choice.tenant_id)
            if choice.tenant_id not in page.tenants:
                page = stores.policies.page(request.client_id, [choice.tenant_id])
        granted = granted_membership(memberships, choice, page, sole_providers(user.attributes))
        claims = claims_for(memberships, granted, page.tenants.get(choice.tenant_id or ""))
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


def _standing(request: TokenRequest, stores: TokenStores, recorder: Recorder) -> _Standing:
    accepting = request.accept_tenant_id
    memberships = stores.members.of_user(request.user.sub)
    if accepting in memberships.by_tenant or (accepting is None and memberships.by_tenant):
        return _Standing(memberships)
    if accepting is None:
        return _joined_if_due(request, memberships, stores, recorder)
    return _accepted(request, accepting, memberships, stores, recorder)


def _joined_if_due(
    request: TokenRequest, memberships: UserMemberships, stores: TokenStores, recorder: Recorder
) -> _Standing:
    """Make up for the join that sign-up admitted this user to. Without one the token names no tenant."""
    user = request.user
    try:
        due = _due(request, stores)
        if due.tenant_id is not None and request.tenant_id not in (None, due.tenant_id):
            return _Standing(memberships)  # the tenant that is asked for decides, and it is another
        _refuse_other_ways(request, due.page, due.tenant_id)
        joined = join_on(due.ground, user, due.address, addresses=stores.addresses, recorder=recorder)
    except NotInvited as refusal:
        if refusal.reason not in _NOTHING_IS_DUE:
            recorder.deny(user.occasion, Action.MEMBER_JOIN, refusal, user.party)
        return _Standing(memberships)
    if isinstance(joined, Waiting):
        return _Standing(memberships)
    return _standing_after(joined, user, memberships, due.page, stores)


@dataclass(frozen=True, slots=True)
class _Due:
    """The join that a user has not made yet: by what, of which address, and the policies read for it."""

    ground: JoinGround | None
    address: Address
    page: PolicyPage

    @property
    def tenant_id(self) -> str | None:
        return None if self.ground is None else tenant_of(self.ground)


def _due(request: TokenRequest, stores: TokenStores) -> _Due:
    user, today = request.user, request.user.occasion.at.date()
    if is_federated(user.attributes):
        proof = proven_by_provider(user, stores.providers)
        page = stores.policies.page(request.client_id, proof.towards or ())
        ground = provider_ground(stores.addresses.page(proof.address), page.tenants, user.sub, today)
        return _Due(ground, proof.address, page)
    address = proven(user)
    due = ground_of(user, address, None, addresses=stores.addresses, rules=stores.rules)
    if due is None:
        return _Due(None, address, PolicyPage())
    return _Due(due, address, stores.policies.page(request.client_id, [due.tenant_id]))


def _refuse_other_ways(request: TokenRequest, page: PolicyPage, tenant_id: str | None) -> None:
    """Refuse, before anybody joins it, a tenant that does not take this way in."""
    tenant = page.tenants.get(tenant_id or "")
    if tenant is not None and not is_way_allowed(tenant, page.client, sole_providers(request.user.attributes)):
        raise SignInMethodNotAllowed(tenant_id=tenant.id)


def _accepted(
    request: TokenRequest, tenant_id: str, memberships: UserMemberships, stores: TokenStores, recorder: Recorder
) -> _Standing:
    """Let a user accept an invitation, unless no token could name its tenant afterwards."""
    user = request.user
    proof = _proof(user, stores.providers)
    if not proof.holds_for(tenant_id):
        raise NotInvited(Reason.ADDRESS_NOT_PROVEN)
    invitation = accepted_invitation(
        stores.addresses.page(proof.address),
        tenant_id,
        user.sub,
        user.occasion.at,
        by_provider=is_federated(user.attributes),
    )
    page = stores.policies.page(request.client_id, [tenant_id])
    tenant = page.tenants.get(tenant_id)
    if tenant is None:
        raise NotInvited(Reason.TENANT_NOT_FOUND)
    if not tenant.is_open:
        raise shut(tenant)
    _refuse_other_ways(request, page, tenant_id)
    joined = join(invitation, user, addresses=stores.addresses, recorder=recorder) if invitation else None
    return _standing_after(joined, user, memberships, page, stores)


def _proof(user: UserRequest, providers: ProviderNotes) -> ProvenAddress:
    if is_federated(user.attributes):
        return proven_by_provider(user, providers)
    return ProvenAddress(proven(user))


def _standing_after(
    joined: Joined | None,
    user: UserRequest,
    memberships: UserMemberships,
    page: PolicyPage | None,
    stores: TokenStores,
) -> _Standing:
    if joined:
        return _Standing(memberships.with_membership(joined.membership), has_joined=True, page=page)
    return _Standing(stores.members.of_user(user.sub), has_joined=True, page=page)  # joined by another call, just now


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
