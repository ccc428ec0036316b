"""What stands in the store while events are fuzzed: an invitation, a note and a membership of every kind."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from gatehouse.domain.admission import Admission
from gatehouse.domain.code import Code, CodeStatus, hash_code
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret
from gatehouse.domain.mail_domain import DomainClaim, JoinMode
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import Client
from gatehouse.domain.provider import FederationNote, ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.store import codes, domains, keys, records
from gatehouse.store.attributes import Wire, to_wire
from tests.support.answering import AnsweringAws
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    INVITATION_ID,
    MAILED_SECRET,
    NOW,
    SHOWN_SECRET,
    TODAY,
    a_claim,
    a_client,
    a_code,
    a_code_note,
    a_domain_note,
    a_mapping,
    a_membership,
    a_tenant,
    an_admission,
    an_invitation,
)
from tests.support.stage import FEDERATED_NAME, MACHINE, PROVIDER
from tests.support.stores import SETTINGS

YESTERDAY = TODAY - timedelta(days=1)
SOMEBODY = "00000000-0000-4000-8000-000000000000"
OWNER = "11111111-1111-4111-8111-111111111111"
WITHOUT_DEFAULT = "22222222-2222-4222-8222-222222222222"
DEFAULT_IS_LOST = "33333333-3333-4333-8333-333333333333"
NEWCOMER = "44444444-4444-4444-8444-444444444444"
DEFAULT_IS_DORMANT = "55555555-5555-4555-8555-555555555555"
SUBS = (ANAS_SUB, SOMEBODY, OWNER, WITHOUT_DEFAULT, DEFAULT_IS_LOST, NEWCOMER, DEFAULT_IS_DORMANT)

_numbers = count(1)


@dataclass(frozen=True)
class Offer:
    """An invitation, and the secrets of which its row holds only hashes."""

    invitation: Invitation
    shown: str = SHOWN_SECRET
    mailed: str = MAILED_SECRET

    @property
    def shown_token(self) -> str:
        """Return the token that admits."""
        return f"{self.invitation.id}.{self.shown}"

    @property
    def mailed_token(self) -> str:
        """Return the token that admits and proves the address."""
        return f"{self.invitation.id}.{self.mailed}"


def _offer(address: str, tenant_id: str = "acme", *, age: int = 0, **overrides: object) -> Offer:
    number = next(_numbers)
    shown, mailed = f"shown-secret-{number}", f"mailed-secret-{number}"
    made = an_invitation(
        address,
        id=f"01KAS3Q4W0{number:016d}",
        tenant_id=tenant_id,
        invited_at=NOW - timedelta(hours=age),
        shown_hash=hash_secret(shown),
        mailed_hash=hash_secret(mailed),
        **overrides,
    )
    return Offer(made, shown, mailed)


TENANTS: tuple[Tenant, ...] = (
    a_tenant(),
    a_tenant(id="globex", provider_role=Role.VIEWER),
    a_tenant(id="dormant", provider_role=Role.MEMBER, status=TenantStatus.SUSPENDED),
    a_tenant(id="strict", ways=frozenset({f"provider:{PROVIDER}"})),
    a_tenant(id="careful", ways=frozenset({"two-step"})),
    a_tenant(id="choosy", rules_off=frozenset({"code", "domain"})),
)
CLIENTS: tuple[Client, ...] = (
    a_client(),
    a_client("two-step", id="twostep0client"),
    a_client("two-step", "srp", id="either0client"),
    a_client(f"provider:{PROVIDER}", id="provider0client"),
    a_client(id="silent0client", ways=frozenset()),
    a_client(id=MACHINE, tenant_id="acme"),
    a_client(id="dormant0machine", tenant_id="dormant"),
    a_client(id="lost0machine", tenant_id="gone"),
)
MAPPINGS: tuple[ProviderMapping, ...] = (
    a_mapping(provider=PROVIDER),
    a_mapping("acme.com", provider=PROVIDER, tenant_id="strict"),
    a_mapping("mail.globex.com", "acme.com", provider="GlobexSaml", tenant_id="globex", email_attribute="upn"),
    a_mapping(provider="GlobexSaml", domains=frozenset()),
    a_mapping(provider="Wide"),
    a_mapping("acme.com", provider="Wide", tenant_id="globex"),
    a_mapping("acme.com", provider="Wide", tenant_id="gone"),
    a_mapping("acme.com", provider="Dormant", tenant_id="dormant"),
    a_mapping(provider="Untrusted", domains=frozenset()),
)


@dataclass(frozen=True)
class Brought:
    """A note of what a provider has said of a profile, so many minutes ago."""

    user_name: str
    provider: str
    address: str | None
    minutes: int = 0


BROUGHT = (
    Brought(FEDERATED_NAME, PROVIDER, ANA),
    Brought("GlobexSaml_kim", "GlobexSaml", "stranger@acme.com"),
    Brought("GlobexSaml_removed", "GlobexSaml", "removed@acme.com"),
    Brought("Wide_7", "Wide", ANA, minutes=59),
    Brought("Wide_8", "Wide", "stranger@acme.com"),
    Brought("Dormant_7", "Dormant", "dormant@acme.com"),
    Brought("GlobexSaml_late", "GlobexSaml", "stranger@acme.com", minutes=60),
    Brought("Unmapped_7", "Unmapped", ANA),
    Brought("Wide_silent", "Wide", None),
)


@dataclass(frozen=True)
class Handed:
    """A code, and how it is spelt, of which its row holds only a hash."""

    spelling: str
    code: Code


def _handed(letter: str, **overrides: object) -> Handed:
    spelling = f"{letter}K2M9-QX4TB-0WHZ3-NVR81"
    return Handed(spelling, a_code(id=f"01KAS3Q4W0{letter * 16}", hash=hash_code(spelling), **overrides))


HANDED: tuple[Handed, ...] = (
    _handed("A", max_uses=5, uses=4),
    _handed("B", tenant_id="globex", role=Role.VIEWER, domains=frozenset({"acme.com", "mail.globex.com"})),
    _handed("C", status=CodeStatus.PAUSED),
    _handed("D", status=CodeStatus.REVOKED),
    _handed("E", expires_on=YESTERDAY),
    _handed("F", expires_on=TODAY),
    _handed("G", uses=2),
    _handed("H", tenant_id="dormant"),
    _handed("J", tenant_id="strict"),
    _handed("K", tenant_id="choosy"),
    _handed("M", tenant_id="gone"),
)
CLAIMS: tuple[DomainClaim, ...] = (
    a_claim(domain="staff.example"),
    a_claim(domain="guests.example", tenant_id="globex", role=Role.VIEWER, mode=JoinMode.APPROVAL),
    a_claim(domain="dormant.example", tenant_id="dormant"),
    a_claim(domain="strict.example", tenant_id="strict"),
    a_claim(domain="choosy.example", tenant_id="choosy"),
    a_claim(domain="gone.example", tenant_id="gone"),
)
COLLEAGUES = tuple(f"kim@{one.domain}" for one in CLAIMS)

PHONE = "+491511234567"
IDN = "ina@xn--bcher-kva.example"

OFFERS: tuple[Offer, ...] = (
    # Whom look-alikes would like to be: letters that others fold into, dots, `+`, hyphens, both kinds of address.
    Offer(an_invitation()),
    _offer(ANA, "globex", age=1),
    _offer("kim.k@acme.com"),
    _offer("sassi+office@acme.com", "globex"),
    _offer("fin.o.hara@mail.globex.com", role=Role.ADMIN),
    _offer("strasse@acme.com"),
    _offer(PHONE),
    _offer(IDN, "globex", role=Role.OWNER),
    # One of every other status, and of every tenant that nobody can be admitted to.
    _offer("expired@acme.com", expires_on=YESTERDAY),
    _offer("lastday@acme.com", expires_on=TODAY),
    _offer("revoked@acme.com", status=InvitationStatus.REVOKED),
    _offer("removed@acme.com", status=InvitationStatus.REMOVED),
    _offer("removed@acme.com", "globex", status=InvitationStatus.REMOVED),
    _offer("accepted@acme.com", status=InvitationStatus.ACCEPTED, sub=SOMEBODY),
    _offer("accepted@acme.com", "globex", status=InvitationStatus.ACCEPTED, sub=SOMEBODY),
    _offer("dormant@acme.com", "dormant"),
    _offer("gone@acme.com", "gone"),
    _offer("strict@acme.com", "strict"),
    # The newest is closed and another is open; the newest is open and its tenant is not.
    _offer("twice@acme.com", "acme", status=InvitationStatus.REVOKED),
    _offer("twice@acme.com", "globex", age=2),
    _offer("between@acme.com", "dormant"),
    _offer("between@acme.com", "acme", age=3),
)
ADDRESSES = tuple(dict.fromkeys(offer.invitation.address.value for offer in OFFERS))


def _noted(offer: Offer, **overrides: object) -> Admission:
    invitation = offer.invitation
    noted = {"tenant_id": invitation.tenant_id, "invitation_id": invitation.id, "admitted_at": NOW} | overrides
    return an_admission(invitation.address.value, **noted)


def _of(address: str, tenant_id: str = "acme") -> Offer:
    return next(
        one for one in OFFERS if (one.invitation.address.value, one.invitation.tenant_id) == (address, tenant_id)
    )


NOTES: tuple[Admission, ...] = (
    _noted(_of(ANA)),
    _noted(_of(ANA, "globex"), admitted_at=NOW - timedelta(hours=1)),
    _noted(_of("kim.k@acme.com"), invitation_id=INVITATION_ID),
    _noted(_of("sassi+office@acme.com", "globex")),
    _noted(_of(PHONE)),
    _noted(_of("strasse@acme.com"), admitted_at=NOW - timedelta(days=8)),
    _noted(_of("expired@acme.com")),
    _noted(_of("accepted@acme.com")),
    _noted(_of("dormant@acme.com", "dormant")),
    _noted(_of("gone@acme.com", "gone")),
    _noted(_of("strict@acme.com", "strict")),
    an_admission("nobody@acme.com"),
    # Codes of one's own and of others, and domains; kim.k has a link's note of an invitation that is another by now.
    *(
        a_code_note(address, user_name, tenant_id=one.code.tenant_id, code_hash=one.code.hash)
        for one in HANDED
        for address, user_name in (("coded@acme.com", one.spelling), ("kim@acme.com", one.spelling))
    ),
    a_code_note("revoked@acme.com", NEWCOMER, code_hash=HANDED[0].code.hash),
    *(a_domain_note(f"kim@{one.domain}", tenant_id=one.tenant_id) for one in CLAIMS),
    a_domain_note("kim@lost.example"),
)

_MANY = tuple(a_tenant(id=f"branch-{number:03}-of-a-large-customer", name="Branch") for number in range(60))
MEMBERSHIPS: tuple[Membership, ...] = (
    a_membership(),
    a_membership(tenant_id="globex", status=MemberStatus.SUSPENDED),
    *(a_membership(tenant_id=one) for one in ("dormant", "strict", "careful", "gone")),
    a_membership(tenant_id="globex", sub=OWNER, role=Role.OWNER),
    *(a_membership(tenant_id=one.id, sub=WITHOUT_DEFAULT, role=Role.VIEWER) for one in _MANY),
    a_membership(tenant_id="acme", sub=DEFAULT_IS_LOST),
    a_membership(tenant_id="dormant", sub=DEFAULT_IS_DORMANT),
    a_membership(tenant_id="acme", sub=DEFAULT_IS_DORMANT, role=Role.ADMIN),
)
DEFAULTS = {ANAS_SUB: "acme", DEFAULT_IS_LOST: "globex", DEFAULT_IS_DORMANT: "dormant"}
EVERY_TENANT = {tenant.id: tenant for tenant in (*TENANTS, *_MANY)}


def answering_aws() -> AnsweringAws:
    """Return AWS that holds this world."""
    rows: list[Wire] = [
        *map(records.tenant_item, EVERY_TENANT.values()),
        *(records.invitation_item(offer.invitation) for offer in OFFERS),
        *map(records.admission_item, NOTES),
        *map(records.membership_item, MEMBERSHIPS),
        *map(records.client_item, CLIENTS),
        *map(records.provider_item, MAPPINGS),
        *(codes.code_item(one.code) for one in HANDED),
        *map(domains.rule_item, CLAIMS),
        *map(_brought_item, BROUGHT),
        *(to_wire(keys.profile_key(sub) | {"default_tenant_id": default}) for sub, default in DEFAULTS.items()),
    ]
    return AnsweringAws({SETTINGS.table_name: rows, SETTINGS.audit_table_name: []})


def _brought_item(brought: Brought) -> Wire:
    noted_at = NOW - timedelta(minutes=brought.minutes)
    note = FederationNote(provider=brought.provider, address=brought.address, noted_at=noted_at)
    return records.federation_item(brought.user_name, note)
