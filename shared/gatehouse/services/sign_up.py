"""Sign-up: whether an address may have an account, decided before Cognito makes one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from gatehouse.domain.address import Address, AddressKind, named_address
from gatehouse.domain.admission import Admission, Ground, ground_for
from gatehouse.domain.audit import Action, Entry, Occasion, Party, PartyKind, Reason
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited, Refusal, TenantSuspended
from gatehouse.services.ports import AddressBook, TenantLookup
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
    recorder: Recorder,
) -> Admitted:
    """Admit an address on a ground and note that ground for the join, or refuse.

    A refusal is recorded with its precise reason and told with a coarse code. Unknown, expired and revoked
    addresses cost the same requests.

    Raises:
        AddressNotSupported: if the profile claims no address that can be told apart from all others.
        NotInvited: if there is no ground.
        TenantSuspended: if the ground is a suspended tenant's; told to who holds its secret alone.
        Unavailable: if the ground could not be read or noted; nobody is admitted then.
    """
    target = _UNREADABLE
    occasion = replace(request.occasion, actor=target)
    try:
        address = named_address(request.attributes)
        target = Party.of_address(address)
        occasion = replace(request.occasion, actor=target)  # there is no user yet: the address asks for itself
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
    if request.is_federated:
        # A provider's word for an address is worth nothing until the provider is mapped to a tenant.
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
        if ground is Ground.INVITATION_ADDRESS:  # anyone can type an address, and must not learn this by it
            raise NotInvited(Reason.TENANT_SUSPENDED, tenant.id)
        raise TenantSuspended(tenant_id=tenant.id)
    return invitation, ground
