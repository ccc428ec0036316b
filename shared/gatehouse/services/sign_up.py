"""Sign-up: whether an address may have an account, decided before Cognito makes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, AddressKind, is_federated, named_address
from gatehouse.domain.admission import Admission, Ground, ground_for, hash_profile, provider_ground
from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind, Reason
from gatehouse.domain.code import hash_code, usable_code
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.policy import takes_providers_alone
from gatehouse.domain.tenant import Tenant, shut
from gatehouse.errors import NotInvited, Refusal, SignInMethodNotAllowed
from gatehouse.services.federation import proven_by_note

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gatehouse.services.join import JoinRules
    from gatehouse.services.ports import AddressBook, ProviderNotes, TenantLookup
    from gatehouse.services.recording import Recorder

_UNREADABLE = Party(PartyKind.ADDRESS, "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequest:
    """What a sign-up brings.

    Args:
        attributes: the new profile's, as Cognito gives them.
        token: an invitation's secret, `<ULID>.<secret>`, or None.
        code: a tenant's code, as it was typed, or None; not asked if there is a token.
        is_federated: whether an external identity provider brings the profile.
        occasion: the trigger's call.
    """

    attributes: Mapping[str, str]
    token: str | None
    code: str | None = None
    is_federated: bool
    occasion: Occasion


@dataclass(frozen=True, slots=True)
class SignUpPolicy:
    """How this deployment admits (`docs/settings.md`)."""

    auto_verify: bool
    admit_by_address: bool


@dataclass(frozen=True, slots=True)
class Admitted:
    """An admission, and the kind of address that Cognito may take as verified with it, if any."""

    entry: Entry
    verified: AddressKind | None


def admit(
    request: SignUpRequest,
    policy: SignUpPolicy,
    *,
    addresses: AddressBook,
    tenants: TenantLookup,
    providers: ProviderNotes,
    rules: JoinRules,
    recorder: Recorder,
) -> Admitted:
    """Admit an address on a ground and note that ground for the join, or refuse.

    A federated profile is admitted by what its provider is mapped to, which still stands when it joins, so that there
    is nothing to note.

    A refusal is recorded with its precise reason and told with a coarse code. Unknown, expired and revoked
    addresses cost the same requests. Whether a code or a verified domain admits somebody depends on nothing that is
    held of the address, which anyone can type: what it stands for, the join asks once it is proven.

    Raises:
        AddressNotSupported: if the profile claims no address that can be told apart from all others.
        NotInvited: if there is no ground.
        SignInMethodNotAllowed, TenantSuspended: if the ground is a tenant's that takes identity providers alone, or is
            suspended; told to who holds its secret or code alone.
        Unavailable: if the ground could not be read or noted; nobody is admitted then.
    """
    target = _UNREADABLE
    occasion = replace(request.occasion, actor=target)
    try:
        address = named_address(request.attributes)
        target = Party.of_address(address)
        occasion = replace(request.occasion, actor=target)  # there is no user yet: the address asks for itself
        if request.is_federated:
            reason, tenant_id = _federated_ground(request, addresses, tenants, providers)
            entry = recorder.allow(occasion, Action.USER_SIGN_UP, reason, tenant_id=tenant_id, target=target)
            recorder.write(entry)
            return Admitted(entry, None)
        admission = _taken(_ground(request, address, policy, addresses, rules), rules, tenants)
        ground = admission.ground
        entry = recorder.allow(
            occasion, Action.USER_SIGN_UP, ground.reason, tenant_id=admission.tenant_id, target=target
        )
        addresses.admit(admission, entry)
    except Refusal as refusal:
        recorder.deny(occasion, Action.USER_SIGN_UP, refusal, target)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(occasion, Action.USER_SIGN_UP, target)
        raise
    is_proven = ground is Ground.INVITATION_MAILED and policy.auto_verify
    return Admitted(entry, address.kind if is_proven else None)


def _ground(
    request: SignUpRequest, address: Address, policy: SignUpPolicy, addresses: AddressBook, rules: JoinRules
) -> Admission:
    """Return what admits a native sign-up: the token that came with it, else the code, else what the address is."""
    if is_federated(request.attributes):
        # No sign-up but a provider's own brings identities, and nobody has vouched for these.
        raise NotInvited(Reason.PROVIDER_NOT_MAPPED)
    if request.code and not request.token:
        return _by_code(request, request.code, address, rules)
    try:
        invitation, ground = ground_for(
            addresses.page(address).invitations,
            request.token,
            request.occasion.at.date(),
            admit_by_address=policy.admit_by_address,
        )
    except NotInvited:
        by_domain = None if request.token else _by_domain(address, request.occasion.at, rules)
        if by_domain is None:
            raise
        return by_domain
    return Admission(
        address=address,
        tenant_id=invitation.tenant_id,
        ground=ground,
        invitation_id=invitation.id,
        admitted_at=request.occasion.at,
    )


def _by_domain(address: Address, now: datetime, rules: JoinRules) -> Admission | None:
    rule = rules.domains.rule_of(address.domain) if address.domain else None
    if rule is None:
        return None
    return Admission(address=address, tenant_id=rule.tenant_id, ground=Ground.DOMAIN, admitted_at=now)


def _taken(admission: Admission, rules: JoinRules, tenants: TenantLookup) -> Admission:
    """Return what admits, if its tenant takes it.

    An invitation that nobody has shown the secret of stands in no domain's way: else the answer would tell of it.
    """
    try:
        _refuse_unless_it_takes(admission, tenants)
    except NotInvited:
        if admission.ground is not Ground.INVITATION_ADDRESS:
            raise
        by_domain = _by_domain(admission.address, admission.admitted_at, rules)
        if by_domain is None:
            raise
        _refuse_unless_it_takes(by_domain, tenants)
        return by_domain
    return admission


def _by_code(request: SignUpRequest, typed: str, address: Address, rules: JoinRules) -> Admission:
    occasion = request.occasion
    code = usable_code(rules.codes.find(hash_code(typed)), address, occasion.at.date())
    return Admission(
        address=address,
        tenant_id=code.tenant_id,
        ground=Ground.CODE,
        code_hash=code.hash,
        profile_hash=hash_profile(occasion.user_name),
        admitted_at=occasion.at,
    )


def _refuse_unless_it_takes(admission: Admission, tenants: TenantLookup) -> None:
    """Refuse what a tenant would not take by this ground, which is no reason of the person's."""
    ground, tenant = admission.ground, tenants.by_ids([admission.tenant_id]).get(admission.tenant_id)
    if tenant is None:
        raise NotInvited(Reason.TENANT_NOT_FOUND)
    if not tenant.is_open:
        raise _told_to_holders(ground, shut(tenant))
    if takes_providers_alone(tenant):
        raise _told_to_holders(ground, SignInMethodNotAllowed(tenant_id=tenant.id))
    if ground.rule is not None and not tenant.takes(ground.rule):
        raise NotInvited(Reason.JOIN_RULE_OFF, tenant.id)


def _told_to_holders(ground: Ground, refusal: Refusal) -> Refusal:
    """Return the refusal for who holds a secret; anyone can type an address, and must learn nothing by it."""
    if ground in (Ground.INVITATION_ADDRESS, Ground.DOMAIN):
        return NotInvited(refusal.reason, refusal.tenant_id)
    return refusal


def _federated_ground(
    request: SignUpRequest, addresses: AddressBook, tenants: TenantLookup, providers: ProviderNotes
) -> tuple[Reason, str]:
    """Return why a federated profile may be made, and for which tenant.

    The event names the provider nowhere but in the username, which may be read in more than one way, so it is what
    inbound federation has noted of this very profile.
    """
    occasion = request.occasion
    note = providers.noted(occasion.user_name, occasion.at)
    if note is None:
        raise NotInvited(Reason.PROVIDER_NOT_MAPPED)
    proven = proven_by_note(note, request.attributes, providers)
    found = tenants.by_ids(proven.towards or ())
    ground = provider_ground(addresses.page(proven.address), found, "", occasion.at.date())
    if isinstance(ground, Invitation):
        return Reason.REPLACED if ground.replaces else Reason.INVITED_BY_PROVIDER, ground.tenant_id
    if isinstance(ground, Tenant):
        return Reason.TAKEN_BY_PROVIDER, ground.id
    raise NotInvited(Reason.INVITATION_ACCEPTED)
