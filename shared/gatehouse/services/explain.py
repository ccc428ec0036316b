"""Explaining: a trigger's own decision on a rehearsal, and what came of each of its rules.

Nothing is decided here. The use cases run as they do for the trigger, over stores that write nothing, and what they
read and would have recorded tells where they ended.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import is_federated, parse_address
from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.domain.claims import TENANT_ID, TENANT_ROLE
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.rules import RULES, Part, judged, not_asked
from gatehouse.domain.sighted import Seen
from gatehouse.errors import Refusal
from gatehouse.refusals.common import TenantNotFound
from gatehouse.refusals.profiles import ProfileNotFound, SeveralProfiles
from gatehouse.services.federation import FederationRequest, let_in, mappings_of, sole_providers
from gatehouse.services.join import join_confirmed
from gatehouse.services.sign_up import SignUpPolicy, SignUpRequest, admit
from gatehouse.services.tokens import TokenRequest, TokenStores, issue

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.domain.audit import Entry, Occasion
    from gatehouse.domain.rules import Judgement
    from gatehouse.domain.sighted import Sighted
    from gatehouse.domain.user_pool import LiveProfile
    from gatehouse.services.join import JoinRules
    from gatehouse.services.ports import AddressBook, ProfileFinder, ProviderNotes, SeatReader, TenantLookup, Watch
    from gatehouse.services.recording import Recorder

_JOINS = (Action.MEMBER_JOIN, Action.MEMBER_ASK, Action.MEMBER_TAKE_OVER)
_JOIN_REASONS = frozenset(reason for rule in RULES[Part.JOIN] for reason in rule.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpStores:
    """What a sign-up is decided by: a rehearsal's."""

    addresses: AddressBook
    tenants: TenantLookup
    providers: ProviderNotes
    rules: JoinRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What a trigger would decide, and why.

    Args:
        reason: the precise one, as the audit log would have it.
        refusal: what would be raised; None if it would be allowed.
        judgements: what came of each rule, in order.
        tenant_id: the tenant that the person is admitted to, or that the token names; None for none.
        role: what they are to be there, or are.
        join: of a token, the reason for which the user joins with it, or does not; empty if that is not asked.
        needs_approval: of a sign-up, whether an operator has to approve whom it lets in.
    """

    reason: str
    refusal: Refusal | None
    judgements: Sequence[Judgement]
    tenant_id: str | None = None
    role: str | None = None
    join: str = ""
    needs_approval: bool = False

    @property
    def outcome(self) -> Outcome:
        """Return whether it would be allowed."""
        return Outcome.DENY if self.refusal else Outcome.ALLOW


def find_profile(who: str, *, profiles: ProfileFinder) -> LiveProfile:
    """Return the one profile that an operator names by address, or by `sub` as it is.

    Raises:
        AddressNotSupported: if it cannot be named so.
        ProfileNotFound: if the pool has none.
        SeveralProfiles: if it has more than one.
    """
    is_address = "@" in who or who.startswith("+")
    found = profiles.of_address(parse_address(who)) if is_address else profiles.of_sub(who)
    if not found:
        raise ProfileNotFound
    if len(found) > 1:
        raise SeveralProfiles
    return found[0]


def explain_sign_up(
    request: SignUpRequest,
    policy: SignUpPolicy,
    *,
    provider: str | None,
    stores: SignUpStores,
    recorder: Recorder,
    watch: Watch,
) -> Explanation:
    """Say whether a sign-up would be admitted, and what came of each rule.

    Args:
        request: as pre sign-up would get it.
        policy: of the deployment.
        provider: the identity provider that brings the profile; inbound federation is then asked first, as if it had
            asserted the very address.
        stores: over a rehearsal.
        recorder: over the same.
        watch: the same.

    Raises:
        Unavailable: if something could not be read.
    """
    brought = None
    if provider is not None:
        brought = _explain_federation(
            provider,
            request.attributes,
            request.occasion,
            providers=stores.providers,
            recorder=recorder,
            watch=watch,
        )
        if brought.refusal:
            return replace(brought, judgements=[*brought.judgements, *not_asked(Part.SIGN_UP)])
    refusal, reason, tenant_id = None, "", None
    try:
        admitted = admit(
            request,
            policy,
            addresses=stores.addresses,
            tenants=stores.tenants,
            providers=stores.providers,
            rules=stores.rules,
            recorder=recorder,
        ).entry
        reason, tenant_id = admitted.reason, admitted.tenant_id
    except Refusal as raised:
        refusal = raised
    sighted = watch.sighted
    seen = Seen(
        at=request.occasion.at,
        attributes=request.attributes,
        sighted=sighted,
        token=request.token or "",
        admits_by_address=policy.admit_by_address,
    )
    by_domain = Reason.TAKEN_BY_DOMAIN if any(sighted.domains.values()) else ""
    told = judged(Part.SIGN_UP, seen, stopped_by=refusal.reason if refusal else "", let_in_by=reason or by_domain)
    return Explanation(
        reason=refusal.reason if refusal else reason,
        refusal=refusal,
        judgements=[*(brought.judgements if brought else ()), *told],
        tenant_id=tenant_id,
        role=_role(reason, tenant_id, sighted),
        needs_approval=reason == Reason.TAKEN_BY_DOMAIN and _is_by_approval(sighted),
    )


def explain_token(
    request: TokenRequest, *, stores: TokenStores, seats: SeatReader, recorder: Recorder, watch: Watch
) -> Explanation:
    """Say which tenant a token would name, or why it would be refused, and what came of each rule.

    Of a profile that an identity provider alone can sign in, a sign-in asks inbound federation first, as if the
    provider had asserted the very address; a refresh asks nobody, and goes by what the last sign-in noted.

    Args:
        request: as pre token generation would get it.
        stores: over a rehearsal.
        seats: over the same.
        recorder: over the same.
        watch: the same.

    Raises:
        Unavailable: if something could not be read.
    """
    user, before = request.user, []
    providers = sole_providers(user.attributes) or ()
    if len(providers) == 1 and not request.is_refresh:
        brought = _explain_federation(
            providers[0],
            user.attributes,
            user.occasion,
            providers=stores.providers,
            recorder=recorder,
            watch=watch,
        )
        if brought.refusal:
            return replace(brought, judgements=[*brought.judgements, *not_asked(Part.JOIN), *not_asked(Part.TOKEN)])
        before = list(brought.judgements)
    refusal, reason = None, ""
    tenant_id = role = None
    try:
        issued = issue(request, stores=stores, recorder=recorder, record_refreshes=True)
        reason = issued.entry.reason if issued.entry else ""
        tenant_id, role = (_text(issued.claims.get(name)) for name in (TENANT_ID, TENANT_ROLE))
    except Refusal as raised:
        refusal, reason = raised, raised.reason
    join = _join(request, refusal, stores, recorder, watch)
    if join.entry and join.entry.tenant_id:
        with suppress(TenantNotFound):
            seats.seats(join.entry.tenant_id)  # read to be seen
    return Explanation(
        reason=reason,
        refusal=refusal,
        judgements=[*before, *_told(request, refusal, join, watch.sighted)],
        tenant_id=tenant_id,
        role=role,
        join=join.stopped_by or join.let_in_by,
    )


def _told(request: TokenRequest, refusal: Refusal | None, join: _Join, sighted: Sighted) -> Sequence[Judgement]:
    user, is_accepting = request.user, request.accept_tenant_id is not None
    asked = dict.fromkeys(filter(None, (request.tenant_id, request.accept_tenant_id)))
    seen = Seen(
        at=user.occasion.at,
        attributes=user.attributes,
        sighted=sighted,
        asked=" and ".join(asked),
        is_accepting=is_accepting,
    )
    of_join = not_asked(Part.JOIN)
    if join.is_asked:
        of_join = judged(Part.JOIN, seen, stopped_by=join.stopped_by, let_in_by=join.let_in_by)
    if refusal is not None and join.entry is None and join.stopped_by == refusal.reason:
        return [*of_join, *not_asked(Part.TOKEN)]
    after = replace(seen, sighted=_after(sighted, join, request))
    return [*of_join, *judged(Part.TOKEN, after, stopped_by=refusal.reason if refusal else "")]


def _explain_federation(
    provider: str,
    attributes: Mapping[str, str],
    occasion: Occasion,
    *,
    providers: ProviderNotes,
    recorder: Recorder,
    watch: Watch,
) -> Explanation:
    """Ask inbound federation; the rehearsal then has its note, that the provider said this very address."""
    email = attributes.get("email", "")
    places = {one.email_attribute or "email" for one in mappings_of(provider, providers)}
    asked = FederationRequest(
        provider=provider,
        user_name=occasion.user_name,
        asserted=dict.fromkeys(places, email),
        occasion=occasion,
    )
    refusal, reason = None, Reason.PROVIDER_MAPPED.value
    try:
        let_in(asked, providers=providers, recorder=recorder)
    except Refusal as raised:
        refusal, reason = raised, raised.reason
    seen = Seen(at=occasion.at, attributes=attributes, sighted=watch.sighted)
    told = judged(Part.FEDERATION, seen, stopped_by=reason if refusal else "")
    return Explanation(reason=reason, refusal=refusal, judgements=told)


@dataclass(frozen=True, slots=True)
class _Join:
    """What came of the join that a token makes up for: why it was stopped, or made, and its entry if it has one."""

    is_asked: bool
    stopped_by: str = ""
    let_in_by: str = ""
    entry: Entry | None = None


def _join(
    request: TokenRequest, refusal: Refusal | None, stores: TokenStores, recorder: Recorder, watch: Watch
) -> _Join:
    sighted, accepting = watch.sighted, request.accept_tenant_id
    if sighted.memberships is None or (accepting is None and sighted.memberships.by_tenant):
        return _Join(is_asked=False)
    if accepting in sighted.memberships.by_tenant:
        return _Join(is_asked=False)
    entry = next((one for one in watch.entries if one.action in _JOINS), None)
    if entry is not None and entry.outcome is Outcome.ALLOW and entry.action is not Action.MEMBER_ASK:
        return _Join(is_asked=True, let_in_by=entry.reason, entry=entry)
    if entry is not None:
        return _Join(is_asked=True, stopped_by=entry.reason, entry=entry)
    if refusal is not None and refusal.reason in _JOIN_REASONS:
        return _Join(is_asked=True, stopped_by=refusal.reason)
    return _unrecorded(request, sighted, stores, recorder)


def _unrecorded(request: TokenRequest, sighted: Sighted, stores: TokenStores, recorder: Recorder) -> _Join:
    """Return why a token was made without a join, and without an entry of that, as of most who are nowhere a member.

    Of a native user, post confirmation goes by the same, and records it.
    """
    user = request.user
    if is_federated(user.attributes):
        return _Join(is_asked=True, stopped_by="" if sighted.page else Reason.ADDRESS_NOT_PROVEN)
    if request.accept_tenant_id is not None:
        return _Join(is_asked=True)
    told = join_confirmed(user, None, addresses=stores.addresses, rules=stores.rules, recorder=recorder)
    if told is not None and told.outcome is Outcome.DENY:
        return _Join(is_asked=True, stopped_by=told.reason)
    if told is not None and told.reason == Reason.ALREADY_JOINED:
        return _Join(is_asked=True, let_in_by=told.reason)
    return _Join(is_asked=True)  # they could join, but another tenant was asked for


def _after(sighted: Sighted, join: _Join, request: TokenRequest) -> Sighted:
    """Return what was seen with the membership that the join makes."""
    tenant_id = join.entry.tenant_id if join.entry else None
    role = _role(join.let_in_by, tenant_id, sighted)
    if tenant_id is None or role is None or sighted.memberships is None:
        return sighted
    made = Membership(
        tenant_id=tenant_id,
        sub=request.user.sub,
        address="",
        role=Role(role),
        status=_status(join.let_in_by, tenant_id, sighted),
        joined_at=request.user.occasion.at,
    )
    return replace(sighted, memberships=sighted.memberships.with_membership(made))


def _status(let_in_by: str, tenant_id: str, sighted: Sighted) -> MemberStatus:
    """Return the status of a membership just made: who takes one over takes it as it is."""
    before = sighted.members.get(tenant_id)
    return before.status if before and let_in_by == Reason.REPLACED else MemberStatus.ACTIVE


def _role(let_in_by: str, tenant_id: str | None, sighted: Sighted) -> str | None:
    """Return what somebody becomes in a tenant who is let in by this reason; None if nobody is."""
    found: Role | None = None
    match let_in_by:
        case "":
            return None
        case Reason.TAKEN_BY_CODE:
            found = next((one.role for one in sighted.codes if one), None)
        case Reason.TAKEN_BY_DOMAIN:
            found = next((one.role for one in sighted.domains.values() if one), None)
        case Reason.TAKEN_BY_PROVIDER:
            tenant = sighted.tenants.get(tenant_id or "")
            found = tenant.provider_role if tenant else None
        case Reason.REPLACED if before := sighted.members.get(tenant_id or ""):
            found = before.role
        case _:
            slots = sighted.page.invitations if sighted.page else ()
            found = next((one.role for one in slots if one.tenant_id == tenant_id), None)
    return found.value if found else None


def _is_by_approval(sighted: Sighted) -> bool:
    return any(rule.mode is JoinMode.APPROVAL for rule in sighted.domains.values() if rule)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
