"""What the use cases need of the world, each as small as its users are; the store's own methods say what they do."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from gatehouse.domain.address import Address
    from gatehouse.domain.admission import AddressPage, Admission, JoinRule
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.branding import Branding, Look
    from gatehouse.domain.code import Code, CodeStatus
    from gatehouse.domain.delivery import Delivery, DeliveryStatus, Letter, Medium, Outcome
    from gatehouse.domain.invitation import Invitation, InvitationStatus, Replacement
    from gatehouse.domain.mail_domain import DomainClaim, DomainRule, JoinRequest
    from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships
    from gatehouse.domain.message import Message, MessageKind
    from gatehouse.domain.plan import FoundTenant
    from gatehouse.domain.policy import Client, PolicyPage
    from gatehouse.domain.provider import FederationNote, ProviderMapping
    from gatehouse.domain.role import Role
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.sighted import Sighted
    from gatehouse.domain.tenant import Tenant, TenantStatus
    from gatehouse.domain.user_pool import LiveClient, LiveFunction, LiveProfile, UserPool

type Clock = Callable[[], datetime]
type NewId = Callable[[datetime], str]
type NewSecret = Callable[[], str]
type NewCode = Callable[[], str]
type TxtRecords = Callable[[str], Sequence[str]]


class AddressReader(Protocol):
    """What is held under an address, to be read (`store/addresses.py`)."""

    def page(self, address: Address) -> AddressPage: ...


class AddressBook(AddressReader, Protocol):
    """What is held under an address (`store/addresses.py`)."""

    def admit(self, admission: Admission, entry: Entry) -> None: ...
    def join(self, invitation: Invitation, membership: Membership, entry: Entry, today: date) -> bool: ...
    def take_over(self, invitation: Invitation, sub: str, entry: Entry) -> Membership | None: ...
    def join_by_rule(
        self, slot: Invitation, membership: Membership, entry: Entry, today: date, rule: JoinRule = None
    ) -> bool: ...
    def ask(self, request: JoinRequest, rule: DomainRule, entry: Entry, today: date) -> bool: ...


class CodeLookup(Protocol):
    """Codes, by what is typed (`store/codes.py`)."""

    def find(self, code_hash: str) -> Code | None: ...


class CodeRegister(Protocol):
    """Codes as operators change them (`store/codes.py`)."""

    def create(self, code: Code, entry: Entry) -> None: ...
    def set_status(self, tenant_id: str, code_id: str, status: CodeStatus, entry: Entry) -> Code: ...


class DomainLookup(Protocol):
    """The rules of verified mail domains (`store/domains.py`)."""

    def rule_of(self, domain: str) -> DomainRule | None: ...


class DomainListing(Protocol):
    """The mail domains that a tenant claims (`store/domains.py`)."""

    def of_tenant(self, tenant_id: str) -> Iterator[DomainClaim]: ...


class DomainRegister(Protocol):
    """Mail domains as operators change them (`store/domains.py`)."""

    def claims(self, domain: str) -> Sequence[DomainClaim]: ...
    def claim(self, claim: DomainClaim, entry: Entry) -> None: ...
    def verify(self, claim: DomainClaim, entry: Entry) -> None: ...
    def remove(self, domain: str, tenant_id: str, entry: Entry) -> None: ...


class RequestRegister(Protocol):
    """Requests to join as operators answer them (`store/requests.py`)."""

    def get(self, address: Address, tenant_id: str) -> JoinRequest: ...
    def reject(self, request: JoinRequest, slot: Invitation, entry: Entry, today: date) -> None: ...


class TenantLookup(Protocol):
    """The tenants of some ids (`store/tenants.py`)."""

    def by_ids(self, tenant_ids: Iterable[str]) -> Mapping[str, Tenant]: ...


class TenantRegister(Protocol):
    """Tenants as operators change them (`store/tenants.py`)."""

    def close(self, tenant_id: str, entry: Entry) -> bool: ...
    def create(self, tenant: Tenant, seats: Seats, entry: Entry) -> None: ...
    def set_status(self, tenant_id: str, status: TenantStatus, entry: Entry) -> bool: ...


class SeatReader(Protocol):
    """The seats of a tenant (`store/tenants.py`)."""

    def seats(self, tenant_id: str) -> Seats: ...


class TenantReader(SeatReader, Protocol):
    """The same, and the tenant itself (`store/tenants.py`)."""

    def get(self, tenant_id: str) -> Tenant: ...


class SettingsRegister(Protocol):
    """What operators set of a tenant (`store/tenant_settings.py`)."""

    def set(self, was: Tenant, wanted: Tenant, entry: Entry) -> bool: ...
    def set_branding(self, tenant_id: str, was: Branding, wanted: Branding, entry: Entry) -> bool: ...
    def set_seats(self, tenant_id: str, limit: int | None, entry: Entry) -> bool: ...


class BrandLookup(Protocol):
    """What the messages of a tenant go by (`store/brands.py`)."""

    def of(self, tenant_id: str) -> tuple[Tenant, Branding] | None: ...


class LocaleList(Protocol):
    """The languages that messages are there in (`messaging/templates.py`)."""

    def locales(self, kind: MessageKind) -> Sequence[str]: ...


class MessageRenderer(Protocol):
    """What makes messages of templates (`messaging/rendering.py`)."""

    @property
    def templates(self) -> LocaleList: ...
    def render(self, kind: MessageKind, locale: str, values: Mapping[str, str], look: Look) -> Message: ...


class DeliveryRegister(Protocol):
    """Attempts to send invitations (`store/deliveries.py`)."""

    def claim(self, invitation: Invitation, attempt: Delivery) -> bool: ...
    def settle(self, invitation: Invitation, attempt: Delivery, outcome: Outcome) -> None: ...


class Mailer(Protocol):
    """What sends letters, once each (`messaging/delivery.py`)."""

    def carries(self, medium: Medium) -> bool: ...
    def send(self, letter: Letter) -> Outcome: ...


class DeliveryMarker(Protocol):
    """Mails of invitations, and what came of them later (`store/deliveries.py`)."""

    def mark(
        self, tenant_id: str, address: Address, message_id: str, outcome: DeliveryStatus, problem: str
    ) -> bool: ...


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


class ProviderListing(Protocol):
    """All mappings of identity providers (`store/providers.py`)."""

    def every(self) -> Iterator[ProviderMapping]: ...


class ProviderRegister(Protocol):
    """Identity providers as operators map them (`store/providers.py`)."""

    def set(self, mapping: ProviderMapping, entry: Entry) -> None: ...
    def remove(self, provider: str, tenant_id: str, entry: Entry) -> None: ...


class Inventory(Protocol):
    """What a plan compares with, many rows at once (`store/inventory.py`)."""

    def tenants(self, tenant_ids: Collection[str]) -> Mapping[str, FoundTenant]: ...
    def clients(self, client_ids: Iterable[str]) -> Sequence[Client]: ...
    def mappings(self, names: Iterable[tuple[str, str]]) -> Sequence[ProviderMapping]: ...
    def claims(self, names: Iterable[tuple[str, str]]) -> Sequence[DomainClaim]: ...
    def rules(self, domains: Iterable[str]) -> Sequence[DomainRule]: ...


class AsFound(Protocol):
    """What changes rows that still are as a plan has found them (`store/as_found.py`)."""

    def clients(self, client_id: str, was: Client | None) -> ClientRegister: ...
    def providers(self, name: str, tenant_id: str, was: ProviderMapping | None) -> ProviderRegister: ...
    def domains(self, was: DomainClaim) -> DomainRegister: ...
    def tenant(self, was: Tenant, wanted: Tenant) -> SettingsRegister: ...
    def branding(self, tenant_id: str, was: Branding, wanted: Branding) -> SettingsRegister: ...
    def seats(self, tenant_id: str, was: int | None) -> SettingsRegister: ...


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


class MemberList(MemberRegister, Protocol):
    """The same, and a tenant's members, to be gone through (`store/members.py`)."""

    def of_tenant(self, tenant_id: str) -> Iterator[Membership]: ...


class InvitationRegister(Protocol):
    """Invitations as operators change them (`store/invitations.py`)."""

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None: ...
    def get(self, address: Address, tenant_id: str) -> Invitation: ...
    def resend(self, invitation: Invitation, fresh: Invitation, entry: Entry, today: date) -> None: ...
    def revoke(self, invitation: Invitation, entry: Entry, today: date) -> None: ...
    def set_inviter(self, invitation: Invitation, inviter: str, entry: Entry) -> None: ...
    def offer_replacement(self, address: Address, tenant_id: str, offered: Replacement, entry: Entry) -> Invitation: ...
    def withdraw_replacement(self, slot: Invitation, entry: Entry) -> None: ...


class InvitationReader(Protocol):
    """Invitations, one by one (`store/invitations.py`)."""

    def get(self, address: Address, tenant_id: str) -> Invitation: ...


class InvitationMaker(Protocol):
    """Invitations as they are made (`store/invitations.py`)."""

    def create(self, invitation: Invitation, entry: Entry, today: date) -> None: ...


class InvitationSlots(InvitationMaker, Protocol):
    """The same, and the slots of many addresses at once (`store/invitations.py`)."""

    def of_addresses(self, addresses: Iterable[Address], tenant_id: str) -> Mapping[str, Invitation]: ...


class InvitationList(InvitationRegister, Protocol):
    """The same, and a tenant's invitations, to be gone through (`store/invitations.py`)."""

    def of_tenant(self, tenant_id: str, status: InvitationStatus | None = None) -> Iterator[Invitation]: ...


class ProfileCleaner(Protocol):
    """Unconfirmed profiles in the user pool (`store/profiles.py`)."""

    def delete_unconfirmed(self, address: Address) -> bool: ...


class SessionEnder(Protocol):
    """The refresh tokens of the user pool's profiles (`store/profiles.py`)."""

    def sign_out(self, sub: str) -> bool: ...


class ProfileFinder(Protocol):
    """The profiles of the user pool, as far as they can be found (`store/profiles.py`)."""

    def of_address(self, address: Address) -> Sequence[LiveProfile]: ...
    def of_sub(self, sub: str) -> Sequence[LiveProfile]: ...


class Watch(Protocol):
    """What a rehearsal has seen of a decision (`store/rehearsal.py`)."""

    @property
    def entries(self) -> Sequence[Entry]: ...
    @property
    def sighted(self) -> Sighted: ...


class PoolReader(Protocol):
    """A user pool as it stands, and the functions that it calls (`store/user_pool.py`)."""

    id: str

    def pool(self) -> UserPool: ...
    def client_ids(self) -> Sequence[str]: ...
    def client(self, client_id: str) -> LiveClient: ...
    def configuration(self, function_arn: str) -> LiveFunction: ...
    def policy(self, function_arn: str) -> Mapping[str, Any]: ...


class PoolEditor(PoolReader, Protocol):
    """The same, with everything that Cognito says of the pool, to be changed as a whole (`store/user_pool.py`)."""

    def described(self) -> Mapping[str, Any]: ...
    def factors(self) -> Mapping[str, Any]: ...
    def update(self, request: Mapping[str, Any]) -> None: ...


class StackEditor(Protocol):
    """The CloudFormation stack of this deployment (`store/stack.py`)."""

    def parameters(self) -> Mapping[str, str]: ...
    def set_parameters(self, values: Mapping[str, str]) -> None: ...


class AuditAppender(Protocol):
    """The audit log, as far as it is written one entry at a time (`store/audit_log.py`)."""

    def append(self, entry: Entry) -> None: ...
