"""What the use cases need of the world, each as small as its users are; the store's own methods say what they do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.admission import AddressPage, Admission
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.invitation import Invitation
    from gatehouse.domain.membership import Membership, Role, UserMemberships
    from gatehouse.domain.policy import Client, PolicyPage
    from gatehouse.domain.provider import FederationNote, ProviderMapping
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant, TenantStatus

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


class InvitationRegister(Protocol):
    """Invitations as operators change them (`store/invitations.py`)."""

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None: ...
    def get(self, address: Address, tenant_id: str) -> Invitation: ...
    def revoke(self, invitation: Invitation, entry: Entry, today: date) -> None: ...


class ProfileCleaner(Protocol):
    """Unconfirmed profiles in the user pool (`store/profiles.py`)."""

    def delete_unconfirmed(self, address: Address) -> bool: ...


class AuditAppender(Protocol):
    """The audit log, as far as it is written one entry at a time (`store/audit_log.py`)."""

    def append(self, entry: Entry) -> None: ...
