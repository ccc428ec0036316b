"""Sign-up: whether an address may have an account, decided before Cognito makes one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, AddressKind, is_federated, named_address
from gatehouse.domain.admission import Admission, Ground, ground_for, provider_ground
from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind, Reason
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.policy import takes_providers_alone
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.errors import NotInvited, Refusal, SignInMethodNotAllowed, TenantSuspended
from gatehouse.services.federation import proven_by_note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.services.ports import AddressBook, ProviderNotes, TenantLookup
    from gatehouse.services.recording import Recorder

_UNREADABLE = Party(PartyKind.ADDRESS, "unreadable")


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpRequest:
    """What a sign-up brings.

    Args:
        attributes: the new profile's, as Cognito gives them.
        token: an invitation's secret, `<ULID>.<secret>`, or None.
        is_federated: whether an external identity provider brings the profile.
        occasion: the trigger's call.
    """

    attributes: Mapping[str, str]
    token: str | None
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
    recorder: Recorder,
) -> Admitted:
    """Admit an address on a ground and note that ground for the join, or refuse.

    A federated profile is admitted by what its provider is mapped to, which still stands when it joins, so that there
    is nothing to note.

    A refusal is recorded with its precise reason and told with a coarse code. Unknown, expired and revoked
    addresses cost the same requests.

    Raises:
        AddressNotSupported: if the profile claims no address that can be told apart from all others.
        NotInvited: if there is no ground.
        SignInMethodNotAllowed, TenantSuspended: if the ground is a tenant's that takes identity providers alone, or is
            suspended; told to who holds its secret alone.
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
        invitation, ground = _ground(request, address, policy, addresses, tenants)
        entry = recorder.allow(
            occasion, Action.USER_SIGN_UP, ground.reason, tenant_id=invitation.tenant_id, target=target
        )
        addresses.admit(_note(invitation, ground, occasion), entry)
    except Refusal as refusal:
        recorder.deny(occasion, Action.USER_SIGN_UP, refusal, target)
        raise
    except Exception:  # whatever it was: that nothing was decided is told too
        recorder.fail(occasion, Action.USER_SIGN_UP, target)
        raise
    is_proven = ground is Ground.INVITATION_MAILED and policy.auto_verify
    return Admitted(entry, address.kind if is_proven else None)


def _note(invitation: Invitation, ground: Ground, occasion: Occasion) -> Admission:
    return Admission(
        address=invitation.address,
        tenant_id=invitation.tenant_id,
        ground=ground,
        invitation_id=invitation.id,
        admitted_at=occasion.at,
    )


def _ground(
    request: SignUpRequest,
    address: Address,
    policy: SignUpPolicy,
    addresses: AddressBook,
    tenants: TenantLookup,
) -> tuple[Invitation, Ground]:
    if is_federated(request.attributes):
        # No sign-up but a provider's own brings identities, and nobody has vouched for these.
        raise NotInvited(Reason.PROVIDER_NOT_MAPPED)
    invitation, ground = ground_for(
        addresses.page(address).invitations,
        request.token,
        request.occasion.at.date(),
        admit_by_address=policy.admit_by_address,
    )
    tenant = tenants.by_ids([invitation.tenant_id]).get(invitation.tenant_id)
    if tenant is None:
        raise NotInvited(Reason.TENANT_NOT_FOUND)
    if tenant.status is TenantStatus.SUSPENDED:
        raise _told_to_holders(ground, TenantSuspended(tenant_id=tenant.id))
    if takes_providers_alone(tenant):
        raise _told_to_holders(ground, SignInMethodNotAllowed(tenant_id=tenant.id))
    return invitation, ground


def _told_to_holders(ground: Ground, refusal: Refusal) -> Refusal:
    """Return the refusal for who holds the secret; anyone can type an address, and must learn nothing by it."""
    if ground is Ground.INVITATION_ADDRESS:
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
        return Reason.INVITED_BY_PROVIDER, ground.tenant_id
    if isinstance(ground, Tenant):
        return Reason.TAKEN_BY_PROVIDER, ground.id
    raise NotInvited(Reason.INVITATION_ACCEPTED)
