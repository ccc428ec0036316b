"""Values of every kind the store keeps, for hypothesis to choose from."""

import string
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from gatehouse.domain.address import Address, parse_address
from gatehouse.domain.admission import Admission, Ground, hash_profile
from gatehouse.domain.audit import Action, Entry, Outcome, Party, PartyKind
from gatehouse.domain.code import Code, CodeStatus, hash_code
from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret
from gatehouse.domain.mail_domain import DomainClaim, JoinMode, JoinRequest, Proof
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import NATIVE_WAYS, Client
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import JOIN_RULES, OPTIONAL_CLAIMS, Tenant, TenantStatus

_LETTERS = string.ascii_lowercase + string.digits


def _moment(milliseconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)


# Keys and attributes hold milliseconds, which is all that anything reads of a moment.
moments: st.SearchStrategy[datetime] = st.integers(0, 253_370_764_799_999).map(_moment)
days: st.SearchStrategy[date] = st.dates(date(2000, 1, 1), date(9000, 12, 31))
texts: st.SearchStrategy[str] = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)
ids: st.SearchStrategy[str] = st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=26, max_size=26)
subs: st.SearchStrategy[str] = st.uuids().map(str)
tenant_ids: st.SearchStrategy[str] = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
secrets: st.SearchStrategy[str] = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=43)

_emails = st.builds(
    "{}@{}.{}".format,
    st.text(_LETTERS + "+-_", min_size=1, max_size=20),
    st.text(_LETTERS, min_size=1, max_size=20),
    st.text(string.ascii_lowercase, min_size=2, max_size=6),
)
_phones = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)
addresses: st.SearchStrategy[Address] = st.one_of(_emails, _phones).map(parse_address)

# CreateIdentityProvider, ProviderName: letters, marks, numbers, punctuation and symbols, none of them a space.
provider_names: st.SearchStrategy[str] = st.text(
    st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=32
)
ways: st.SearchStrategy[str] = st.sampled_from(NATIVE_WAYS) | provider_names.map("provider:{}".format)
provider_roles: st.SearchStrategy[Role] = st.sampled_from([Role.MEMBER, Role.VIEWER])
mail_domains: st.SearchStrategy[str] = st.from_regex(r"[a-z0-9]{1,20}\.[a-z]{2,6}", fullmatch=True)

tenants: st.SearchStrategy[Tenant] = st.builds(
    Tenant,
    id=tenant_ids,
    name=texts,
    status=st.sampled_from(TenantStatus),
    created_at=moments,
    ways=st.frozensets(ways, max_size=8),
    provider_role=st.none() | provider_roles,
    locale=st.none() | st.sampled_from(["de", "pt-BR", "zh-Hant-TW"]),
    rules_off=st.frozensets(st.sampled_from(JOIN_RULES)),
    claims_off=st.frozensets(st.sampled_from(OPTIONAL_CLAIMS)),
)
clients: st.SearchStrategy[Client] = st.builds(
    Client,
    id=st.text(_LETTERS + "_+", min_size=1, max_size=128),
    name=texts,
    ways=st.frozensets(ways, max_size=8),
    tenant_id=st.none() | tenant_ids,
)
mappings: st.SearchStrategy[ProviderMapping] = st.builds(
    ProviderMapping,
    provider=provider_names,
    tenant_id=tenant_ids,
    domains=st.frozensets(mail_domains, max_size=8),
)
some_seats: st.SearchStrategy[Seats] = st.builds(
    Seats,
    limit=st.none() | st.integers(1, 1_000_000),
    held=st.integers(0, 1_000_000),
    owners=st.integers(0, 1_000_000),
    folded=days,
    ending=st.dictionaries(days, st.integers(0, 1_000_000), max_size=31),
)
deliveries: st.SearchStrategy[Delivery] = st.builds(
    Delivery,
    of=secrets.map(hash_secret),
    medium=st.sampled_from(Medium),
    at=moments,
    status=st.sampled_from(DeliveryStatus),
    id=st.just("") | texts,
    problem=st.just("") | texts,
)
invitations: st.SearchStrategy[Invitation] = st.builds(
    Invitation,
    id=ids,
    tenant_id=tenant_ids,
    address=addresses,
    role=st.sampled_from(Role),
    status=st.sampled_from(InvitationStatus),
    expires_on=days,
    invited_by=texts,
    invited_at=moments,
    shown_hash=secrets.map(hash_secret),
    mailed_hash=secrets.map(hash_secret),
    sub=st.none() | subs,
    locale=st.none() | st.sampled_from(["de", "pt-BR", "zh-Hant-TW"]),
    note=st.just("") | texts,
    resent=st.integers(0, 1_000),
    resent_at=st.none() | moments,
    delivery=st.none() | deliveries,
)
_by_invitation: st.SearchStrategy[Admission] = st.builds(
    Admission,
    address=addresses,
    tenant_id=tenant_ids,
    ground=st.sampled_from([one for one in Ground if one.rule is None]),
    invitation_id=ids,
    admitted_at=moments,
)
_by_code: st.SearchStrategy[Admission] = st.builds(
    Admission,
    address=addresses,
    tenant_id=tenant_ids,
    ground=st.just(Ground.CODE),
    code_hash=secrets.map(hash_code),
    profile_hash=st.just("") | subs.map(hash_profile),
    admitted_at=moments,
)
_by_domain: st.SearchStrategy[Admission] = st.builds(
    Admission, address=addresses, tenant_id=tenant_ids, ground=st.just(Ground.DOMAIN), admitted_at=moments
)
admissions: st.SearchStrategy[Admission] = st.one_of(_by_invitation, _by_code, _by_domain)
codes: st.SearchStrategy[Code] = st.builds(
    Code,
    id=ids,
    hash=secrets.map(hash_code),
    tenant_id=tenant_ids,
    role=provider_roles,
    status=st.sampled_from(CodeStatus),
    max_uses=st.integers(1, 1_000_000),
    uses=st.integers(0, 1_000_000),
    expires_on=days,
    domains=st.frozensets(mail_domains, max_size=3),
    created_by=texts,
    created_at=moments,
)
claims: st.SearchStrategy[DomainClaim] = st.builds(
    DomainClaim,
    domain=mail_domains,
    tenant_id=tenant_ids,
    role=provider_roles,
    mode=st.sampled_from(JoinMode),
    token=secrets,
    claimed_by=texts,
    claimed_at=moments,
    proof=st.none() | st.sampled_from(Proof),
    verified_at=st.none() | moments,
)
requests: st.SearchStrategy[JoinRequest] = st.builds(
    JoinRequest, tenant_id=tenant_ids, address=addresses, sub=subs, role=provider_roles, asked_at=moments
)
memberships: st.SearchStrategy[Membership] = st.builds(
    Membership,
    tenant_id=tenant_ids,
    sub=subs,
    address=addresses.map(lambda one: one.value),
    role=st.sampled_from(Role),
    status=st.sampled_from(MemberStatus),
    joined_at=moments,
)
parties: st.SearchStrategy[Party] = st.builds(Party, st.sampled_from(PartyKind), texts)
entries: st.SearchStrategy[Entry] = st.builds(
    Entry,
    id=ids,
    at=moments,
    tenant_id=st.none() | tenant_ids,
    action=st.sampled_from(Action),
    outcome=st.sampled_from(Outcome),
    reason=texts,
    actor=parties,
    target=parties,
    source=texts,
    client_id=st.just("") | texts,
    dedupe_id=texts,
    word=st.just("") | texts,
)
