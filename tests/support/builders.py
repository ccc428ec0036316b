"""Values for tests, each with defaults that a test overrides where it cares."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from gatehouse.domain.address import parse_address
from gatehouse.domain.admission import Admission, Ground, hash_profile
from gatehouse.domain.audit import Action, Entry, Occasion, Outcome, Party, PartyKind
from gatehouse.domain.branding import Branding
from gatehouse.domain.code import Code, CodeStatus, hash_code
from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium
from gatehouse.domain.invitation import Invitation, InvitationStatus, Replacement, hash_secret, invitation_token
from gatehouse.domain.mail_domain import DomainClaim, DomainRule, JoinMode, JoinRequest
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import Client
from gatehouse.domain.provider import FederationNote, ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import Tenant, TenantStatus

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
INVITATION_ID = "01KAS3Q4W0AAAAAAAAAAAAAAAA"
SHOWN_SECRET = "shown-secret"
MAILED_SECRET = "mailed-secret"
SHOWN_TOKEN = invitation_token(INVITATION_ID, SHOWN_SECRET)
MAILED_TOKEN = invitation_token(INVITATION_ID, MAILED_SECRET)
MAIL_ID = "0100019ab1c2d3e4-5f6a7b8c-9d0e-4f1a-8b2c-3d4e5f6a7b8c-000000"
CODE = "7K2M9-QX4TB-0WHZ3-NVR8D"
CODE_ID = "01KAS3Q4W0DDDDDDDDDDDDDDDD"
DOMAIN_TOKEN = "domain-token"
CLIENT_ID = "4k2f9q7m1r8s3t6u5v0w1x2y3z"
PROVIDER = "AcmeSaml"
ANA = "ana@acme.com"
ANAS_SUB = "5215a4e4-1031-7028-b2d4-7a9f5c3b1e60"
OPERATOR = Party(PartyKind.OPERATOR, "arn:aws:iam::111122223333:user/kim")


def a_tenant(**overrides: Any) -> Tenant:
    tenant = Tenant(id="acme", name="Acme", status=TenantStatus.ACTIVE, created_at=NOW)
    return replace(tenant, **overrides)


def a_branding(**overrides: Any) -> Branding:
    branding = Branding(
        display_name="Acme & Söhne",
        logo_url="https://acme.com/logo.png",
        color="#0B5FFF",
        support_address="help@acme.com",
        footer="Acme & Söhne, Hauptstraße 1, Berlin",
        subject_prefix="[Acme]",
    )
    return replace(branding, **overrides)


def a_client(*ways: str, **overrides: Any) -> Client:
    return replace(Client(id=CLIENT_ID, name="web", ways=frozenset(ways or ("custom", "srp"))), **overrides)


def a_mapping(*domains: str, **overrides: Any) -> ProviderMapping:
    mapping = ProviderMapping(provider=PROVIDER, tenant_id="acme", domains=frozenset(domains or ("acme.com",)))
    return replace(mapping, **overrides)


def seats(**overrides: Any) -> Seats:
    return replace(Seats(limit=3, held=0, owners=0, folded=TODAY, ending={}), **overrides)


def an_invitation(address: str = ANA, **overrides: Any) -> Invitation:
    invitation = Invitation(
        id=INVITATION_ID,
        tenant_id="acme",
        address=parse_address(address),
        role=Role.MEMBER,
        status=InvitationStatus.PENDING,
        expires_on=date(2026, 11, 30),
        invited_by=OPERATOR.id,
        invited_at=NOW,
        shown_hash=hash_secret(SHOWN_SECRET),
        mailed_hash=hash_secret(MAILED_SECRET),
    )
    return replace(invitation, **overrides)


def a_replacement(**overrides: Any) -> Replacement:
    made: dict[str, Any] = {
        "id": "01KAFVQW00REP1ACEMENT00000",
        "expires_on": TODAY + timedelta(days=7),
        "invited_by": "arn:aws:iam::111122223333:user/kim",
        "invited_at": NOW,
        "shown_hash": hash_secret("shown-replacement"),
        "mailed_hash": hash_secret("mailed-replacement"),
    }
    return Replacement(**made | overrides)


def an_attempt(invitation: Invitation | None = None, **overrides: Any) -> Delivery:
    """Return an attempt to send an invitation, of which nobody knows what came of it."""
    of = (invitation or an_invitation()).mailed_hash
    return replace(Delivery(of=of, medium=Medium.MAIL, at=NOW), **overrides)


def a_delivery(**overrides: Any) -> Delivery:
    """Return that SES has taken the invitation's mail, under the id that the sample events of SES name."""
    return replace(an_attempt(status=DeliveryStatus.SENT, id=MAIL_ID), **overrides)


def a_note(**overrides: Any) -> FederationNote:
    return replace(FederationNote(provider=PROVIDER, address=ANA, noted_at=NOW), **overrides)


def an_admission(address: str = ANA, **overrides: Any) -> Admission:
    admission = Admission(
        address=parse_address(address),
        tenant_id="acme",
        ground=Ground.INVITATION_SHOWN,
        invitation_id=INVITATION_ID,
        admitted_at=NOW,
    )
    return replace(admission, **overrides)


def a_code(**overrides: Any) -> Code:
    code = Code(
        id=CODE_ID,
        hash=hash_code(CODE),
        tenant_id="acme",
        role=Role.MEMBER,
        status=CodeStatus.ACTIVE,
        max_uses=2,
        expires_on=date(2026, 11, 30),
        created_by=OPERATOR.id,
        created_at=NOW,
    )
    return replace(code, **overrides)


def a_claim(**overrides: Any) -> DomainClaim:
    claim = DomainClaim(
        domain="acme.com",
        tenant_id="acme",
        role=Role.MEMBER,
        mode=JoinMode.AUTOMATIC,
        token=DOMAIN_TOKEN,
        claimed_by=OPERATOR.id,
        claimed_at=NOW,
    )
    return replace(claim, **overrides)


def a_domain_rule(**overrides: Any) -> DomainRule:
    rule = DomainRule(domain="acme.com", tenant_id="acme", role=Role.MEMBER, mode=JoinMode.AUTOMATIC)
    return replace(rule, **overrides)


def a_request(address: str = ANA, **overrides: Any) -> JoinRequest:
    request = JoinRequest(
        tenant_id="acme", address=parse_address(address), sub=ANAS_SUB, role=Role.MEMBER, asked_at=NOW
    )
    return replace(request, **overrides)


def a_code_note(address: str = ANA, user_name: str = ANAS_SUB, **overrides: Any) -> Admission:
    admission = Admission(
        address=parse_address(address),
        tenant_id="acme",
        ground=Ground.CODE,
        code_hash=hash_code(CODE),
        profile_hash=hash_profile(user_name),
        admitted_at=NOW,
    )
    return replace(admission, **overrides)


def a_domain_note(address: str = ANA, **overrides: Any) -> Admission:
    admission = Admission(address=parse_address(address), tenant_id="acme", ground=Ground.DOMAIN, admitted_at=NOW)
    return replace(admission, **overrides)


def a_membership(**overrides: Any) -> Membership:
    membership = Membership(
        tenant_id="acme", sub=ANAS_SUB, address=ANA, role=Role.MEMBER, status=MemberStatus.ACTIVE, joined_at=NOW
    )
    return replace(membership, **overrides)


def an_occasion(**overrides: Any) -> Occasion:
    return replace(Occasion(source="cli:test", actor=OPERATOR, at=NOW), **overrides)


def an_entry(**overrides: Any) -> Entry:
    entry = Entry(
        id="01KAS3Q4W0BBBBBBBBBBBBBBBB",
        at=NOW,
        tenant_id="acme",
        action=Action.TENANT_CREATE,
        outcome=Outcome.ALLOW,
        reason="done",
        actor=OPERATOR,
        target=Party(PartyKind.TENANT, "acme"),
        source="cli:test",
        client_id="",
        dedupe_id="d" * 26,
    )
    return replace(entry, **overrides)


def user_attributes(**overrides: str) -> dict[str, str]:
    return {
        "sub": ANAS_SUB,
        "cognito:user_status": "CONFIRMED",
        "email": ANA,
        "email_verified": "true",
    } | overrides


def an_event(source: str, request: dict[str, Any], response: Any = None, version: str = "1") -> dict[str, Any]:
    """Return a trigger's event in the envelope that all of them share."""
    return {
        "version": version,
        "triggerSource": source,
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_Ab12Cd34E",
        "userName": ANAS_SUB,
        "callerContext": {"awsSdkVersion": "aws-sdk-unknown-unknown", "clientId": CLIENT_ID},
        "request": request,
        "response": {} if response is None else response,
    }
