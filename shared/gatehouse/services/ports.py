"""What the use cases need of the world, each as small as its users are; the store's own methods say what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.admission import AddressPage, Admission
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.invitation import Invitation, InvitationStatus
    from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships
    from gatehouse.domain.policy import Client, PolicyPage
    from gatehouse.domain.provider import FederationNote, ProviderMapping
    from gatehouse.domain.role import Role
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant, TenantStatus
    from gatehouse.domain.user_pool import LiveClient, LiveFunction, UserPool

type Clock = Callable[[], datetime]
type NewId = Callable[[datetime], str]
type NewSecret = Callable[[], str]


class AddressBook(Protocol):
    """What is held under an address (`store/addresses.py`)."""

    def page(self, address: Address) -> AddressPage: ...
    def admit(self, admission: Admission, entry: Entry) -> None: ...
    def join(self, invitation: Invitation, membership: Membership, entry: Entry, today: date) -> bool: ...
    def join_by_rule(self, slot: Invitation, membership: Membership, entry: Entry, today: date) -> bool: ...


class TenantLookup(Protocol):
    """The tenants of some ids (`store/tenants.py`)."""

    def by_ids(self, tenant_ids: Iterable[str]) -> Mapping[str, Tenant]: ...


class TenantRegister(Protocol):
    """Tenants as operators change them (`store/tenants.py`)."""

    def create(self, tenant: Tenant, seats: Seats, entry: Entry) -> None: ...
    def set_provider_role(self, tenant_id: str, role: Role | None, entry: Entry) -> None: ...
    def set_status(self, tenant_id: str, status: TenantStatus, entry: Entry) -> bool: ...
    def set_ways(self, tenant_id: str, ways: frozenset[str], entry: Entry) -> None: ...


class PolicyLookup(Protocol):
    """An app client and the tenants it asks for (`store/policies.py`)."""

    def page(self, client_id: str | None, tenant_ids: Iterable[str]) -> PolicyPage: ...


class ClientRegister(Protocol):
    """App clients as operators declare them (`store/policies.py`)."""

    def set_client(self, client: Client, entry: Entry) -> None: ...


class ClientListing(Protocol):
    """All app clients that are declared (`store/policies.py`)."""

    def clients(self) -> Iterator[Client]: ...


class ProviderLookup(Protocol):
    """What an identity provider is mapped to (`store/providers.py`)."""

    def of(self, provider: str) -> Sequence[ProviderMapping]: ...


class ProviderNotes(ProviderLookup, Protocol):
    """The same, and which provider brings a profile that is about to be made (`store/providers.py`)."""

    def note(self, user_name: str, note: FederationNote, entry: Entry) -> None: ...
    def noted(self, user_name: str, now: datetime) -> FederationNote | None: ...


class ProviderRegister(Protocol):
    """Identity providers as operators map them (`store/providers.py`)."""

    def set(self, mapping: ProviderMapping, entry: Entry) -> None: ...
    def remove(self, provider: str, tenant_id: str, entry: Entry) -> None: ...


class MemberLookup(Protocol):
    """The memberships of a user (`store/members.py`)."""

    def of_user(self, sub: str) -> UserMemberships: ...


class MemberRegister(Protocol):
    """Members as operators change them (`store/members.py`)."""

    def sub_of(self, address: Address, tenant_id: str) -> str: ...
    def set_role(self, tenant_id: str, sub: str, role: Role, entry: Entry) -> Membership: ...
    def set_status(self, tenant_id: str, sub: str, status: MemberStatus, entry: Entry) -> Membership: ...
    def set_default(self, tenant_id: str, sub: str, entry: Entry) -> None: ...
    def remove(self, tenant_id: str, sub: str, entry: Entry) -> Membership: ...


class InvitationRegister(Protocol):
    """Invitations as operators change them (`store/invitations.py`)."""

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None: ...
    def get(self, address: Address, tenant_id: str) -> Invitation: ...
    def resend(self, invitation: Invitation, fresh: Invitation, entry: Entry, today: date) -> None: ...
    def revoke(self, invitation: Invitation, entry: Entry, today: date) -> None: ...


class InvitationList(InvitationRegister, Protocol):
    """The same, and a tenant's invitations, to be gone through (`store/invitations.py`)."""

    def of_tenant(self, tenant_id: str, status: InvitationStatus | None = None) -> Iterator[Invitation]: ...


class ProfileCleaner(Protocol):
    """Unconfirmed profiles in the user pool (`store/profiles.py`)."""

    def delete_unconfirmed(self, address: Address) -> bool: ...


class SessionEnder(Protocol):
    """The refresh tokens of the user pool's profiles (`store/profiles.py`)."""

    def sign_out(self, sub: str) -> bool: ...


class PoolReader(Protocol):
    """A user pool as it stands, and the functions that it calls (`store/user_pool.py`)."""

    id: str

    def pool(self) -> UserPool: ...
    def client_ids(self) -> Sequence[str]: ...
    def client(self, client_id: str) -> LiveClient: ...
    def configuration(self, function_arn: str) -> LiveFunction: ...
    def policy(self, function_arn: str) -> Mapping[str, Any]: ...


class AuditAppender(Protocol):
    """The audit log, as far as it is written one entry at a time (`store/audit_log.py`)."""

    def append(self, entry: Entry) -> None: ...
