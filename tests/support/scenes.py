"""What stands in the store before a sample event arrives: one scene for each decision that events are named after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gatehouse.domain.admission import Admission
from gatehouse.domain.code import Code, CodeStatus
from gatehouse.domain.invitation import Invitation, InvitationStatus, Replacement
from gatehouse.domain.mail_domain import DomainClaim, JoinMode, Proof
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.policy import Client
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, records
from gatehouse.store.table import Table, put
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    NOW,
    TODAY,
    a_claim,
    a_code,
    a_code_note,
    a_domain_note,
    a_membership,
    a_note,
    a_replacement,
    a_tenant,
    an_admission,
    an_entry,
    an_invitation,
    seats,
)
from tests.support.stores import SETTINGS

PROVIDER = "Acme_Oidc"
FEDERATED_NAME = "Acme_Oidc_00u8k2m4pXqZ7LrT5d7"
MACHINE = "7h3o0ebyozvd3vjhymdo8bvn0s"
SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"
_DEFAULT_IDS = iter(range(10**6))


@dataclass(frozen=True)
class Scene:
    """How to set the stage for one decision, and the settings that it needs."""

    arrange: Callable[[App], None]
    settings: Settings = SETTINGS


def fresh_entry_id() -> str:
    """Return an id that no other entry of this run has."""
    return f"01KAS3Q4W0{next(_DEFAULT_IDS):016d}"


def tenant(app: App, tenant_id: str = "acme", limit: int = 3, **overrides: Any) -> None:
    """Make a tenant with three seats."""
    entry = an_entry(id=fresh_entry_id(), tenant_id=tenant_id)
    app.tenants.create(a_tenant(id=tenant_id, **overrides), seats(limit=limit), entry)


def mapping(
    app: App, *domains: str, tenant_id: str = "acme", provider: str = PROVIDER, email_attribute: str | None = None
) -> None:
    """Map the identity provider of the sample events to a tenant, for these mail domains."""
    made = ProviderMapping(
        provider=provider, tenant_id=tenant_id, domains=frozenset(domains), email_attribute=email_attribute
    )
    app.providers.set(made, an_entry(id=fresh_entry_id(), tenant_id=tenant_id))


def brought_by(app: App, provider: str = PROVIDER, **overrides: Any) -> None:
    """Note what inbound federation notes of the sample events' federated profile, a moment before its sign-up."""
    app.providers.note(FEDERATED_NAME, a_note(provider=provider, **overrides), an_entry(id=fresh_entry_id()))


def invitation(app: App, address: str = ANA, **overrides: Any) -> Invitation:
    """Make an open invitation, its seat taken."""
    made = an_invitation(address, **overrides)
    app.invitations.create(made, an_entry(id=fresh_entry_id()), TODAY)
    return made


def code(app: App, **overrides: Any) -> Code:
    """Make the code of the sample events."""
    made = a_code(**overrides)
    app.codes.create(made, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    return made


def domain(app: App, **overrides: Any) -> DomainClaim:
    """Have a tenant's domain verified."""
    made = a_claim(**overrides)
    app.domains.claim(made, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    verified = replace(made, proof=Proof.DNS, verified_at=NOW)
    app.domains.verify(verified, an_entry(id=fresh_entry_id(), tenant_id=made.tenant_id))
    return verified


def suspends(app: App, tenant_id: str = "acme") -> None:
    """Suspend a tenant."""
    app.tenants.set_status(tenant_id, TenantStatus.SUSPENDED, an_entry(id=fresh_entry_id(), tenant_id=tenant_id))


def rewrite(app: App, made: Invitation) -> None:
    """Put an invitation's row as it would stand after a history that is not played here."""
    core_table(app).write(put(records.invitation_item(made)))


def membership(app: App, made: Membership, default: str | None = None) -> None:
    """Put a membership's row, and a default tenant if one is given."""
    core_table(app).write(put(records.membership_item(made)))
    if default is not None:
        wire = {name: {"S": value} for name, value in keys.profile_key(made.sub).items()}
        core_table(app).write(put(wire | {"default_tenant_id": {"S": default}}))


def core_table(app: App) -> Table:
    """Return the core table, to write rows that no verb of the store writes."""
    return app.addresses._table


def _invited(app: App) -> None:
    tenant(app)
    invitation(app)


def _closed(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app)
        made = invitation(app)
        rewrite(app, replace(made, **overrides))

    return arrange


def _suspended(app: App) -> None:
    tenant(app, status=TenantStatus.SUSPENDED)
    invitation(app)


def _tenant_gone(app: App) -> None:
    rewrite(app, an_invitation())


def _nothing(_app: App) -> None:
    return


def _admitted(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        _invited(app)
        app.addresses.admit(an_admission(), an_entry(id=fresh_entry_id()))
        if overrides:
            rewrite(app, replace(an_invitation(), **overrides))

    return arrange


def _noted(note: Admission) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app)
        app.addresses.admit(note, an_entry(id=fresh_entry_id()))

    return arrange


def _member(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app)
        membership(app, a_membership(**overrides), default="acme")

    return arrange


def _only_member(app: App) -> None:
    tenant(app)
    membership(app, a_membership())


def _member_of(**of_tenant: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app, **of_tenant)
        membership(app, a_membership(), default="acme")

    return arrange


def _invited_to_globex(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        _member()(app)
        tenant(app, "globex")
        made = invitation(app, tenant_id="globex")
        if overrides:
            rewrite(app, replace(made, **overrides))

    return arrange


def _federated(*domains: str, **of_tenant: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app, **of_tenant)
        mapping(app, *domains)
        brought_by(app)

    return arrange


def _federated_and_invited(app: App) -> None:
    _federated("acme.com")(app)
    invitation(app)


def _federated_and_full(app: App) -> None:
    _federated("acme.com", limit=1, provider_role=Role.MEMBER)(app)
    invitation(app, "kim@acme.com")


def _unmapped(app: App) -> None:
    tenant(app)
    invitation(app)
    brought_by(app)


def _machine(tenant_id: str | None, **of_tenant: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app, **of_tenant)
        client = Client(id=MACHINE, name="invoices", ways=frozenset(), tenant_id=tenant_id)
        app.policies.set_client(client, an_entry(id=fresh_entry_id()))

    return arrange


def _machine_of_nobody(app: App) -> None:
    client = Client(id=MACHINE, name="invoices", ways=frozenset(), tenant_id="acme")
    core_table(app).write(put(records.client_item(client)))


def _coded(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app)
        code(app, **overrides)

    return arrange


def _admitted_by_code(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        _coded(**overrides)(app)
        app.addresses.admit(a_code_note(), an_entry(id=fresh_entry_id()))

    return arrange


def _admitted_by_domain(**overrides: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app)
        domain(app, **overrides)
        app.addresses.admit(a_domain_note(), an_entry(id=fresh_entry_id()))

    return arrange


def _verified(**of_tenant: Any) -> Callable[[App], None]:
    def arrange(app: App) -> None:
        tenant(app, **of_tenant)
        domain(app)

    return arrange


def _coded_and_full(app: App) -> None:
    tenant(app, limit=1)
    code(app)
    app.addresses.admit(a_code_note(), an_entry(id=fresh_entry_id()))
    invitation(app, "kim@acme.com")


def _taken(app: App, replacement: Replacement | None = None) -> None:
    """Have somebody else stand in the slot of the sample events' address."""
    rewrite(app, replace(an_invitation(), status=_ACCEPTED, sub=SOMEBODY_ELSE, replacement=replacement))
    membership(app, a_membership(sub=SOMEBODY_ELSE, role=Role.ADMIN), default="acme")


def _replaced(app: App) -> None:
    tenant(app)
    _taken(app, a_replacement())
    app.addresses.admit(an_admission(invitation_id=a_replacement().id), an_entry(id=fresh_entry_id()))


def _federated_and_taken(app: App) -> None:
    _federated("acme.com")(app)
    _taken(app)


_YESTERDAY = TODAY - timedelta(days=1)
_ACCEPTED = InvitationStatus.ACCEPTED
_REVOKED = InvitationStatus.REVOKED
_REMOVED = InvitationStatus.REMOVED

SCENES: dict[tuple[str, str], Scene] = {
    ("pre_sign_up", "invited"): Scene(_invited),
    ("pre_sign_up", "invited_by_mail"): Scene(_invited, replace(SETTINGS, auto_verify=True)),
    ("pre_sign_up", "invited_by_address"): Scene(_invited, replace(SETTINGS, admit_by_address=True)),
    ("pre_sign_up", "address_not_supported"): Scene(_invited),
    ("pre_sign_up", "address_unknown"): Scene(_invited),
    ("pre_sign_up", "invitation_accepted"): Scene(_closed(status=_ACCEPTED, sub=SOMEBODY_ELSE)),
    ("pre_sign_up", "invitation_expired"): Scene(_closed(expires_on=_YESTERDAY)),
    ("pre_sign_up", "invitation_removed"): Scene(_closed(status=_REMOVED)),
    ("pre_sign_up", "invitation_revoked"): Scene(_closed(status=_REVOKED)),
    ("pre_sign_up", "domain_not_mapped"): Scene(_federated("globex.com")),
    ("pre_sign_up", "invited_by_provider"): Scene(_federated_and_invited),
    ("pre_sign_up", "replaced"): Scene(_federated_and_taken),
    ("pre_sign_up", "provider_not_mapped"): Scene(_unmapped),
    ("pre_sign_up", "taken_by_provider"): Scene(_federated("acme.com", provider_role=Role.MEMBER)),
    ("pre_sign_up", "tenant_not_found"): Scene(_tenant_gone),
    ("pre_sign_up", "tenant_suspended"): Scene(_suspended),
    ("pre_sign_up", "token_missing"): Scene(_invited),
    ("pre_sign_up", "token_wrong"): Scene(_invited),
    ("pre_sign_up", "taken_by_code"): Scene(_coded(domains=frozenset({"acme.com"}))),
    ("pre_sign_up", "code_expired"): Scene(_coded(expires_on=_YESTERDAY)),
    ("pre_sign_up", "code_not_for_domain"): Scene(_coded(domains=frozenset({"acme.org"}))),
    ("pre_sign_up", "code_paused"): Scene(_coded(status=CodeStatus.PAUSED)),
    ("pre_sign_up", "code_revoked"): Scene(_coded(status=CodeStatus.REVOKED)),
    ("pre_sign_up", "code_unknown"): Scene(_coded()),
    ("pre_sign_up", "code_used_up"): Scene(_coded(uses=2)),
    ("pre_sign_up", "taken_by_domain"): Scene(_verified()),
    ("pre_sign_up", "join_rule_off"): Scene(_verified(rules_off=frozenset({"domain"}))),
    ("post_confirmation", "taken_by_code"): Scene(_admitted_by_code()),
    ("post_confirmation", "code_used_up"): Scene(_admitted_by_code(uses=2)),
    ("post_confirmation", "no_seat"): Scene(_coded_and_full),
    ("post_confirmation", "taken_by_domain"): Scene(_admitted_by_domain()),
    ("post_confirmation", "domain_not_verified"): Scene(_noted(a_domain_note())),
    ("post_confirmation", "waits_for_approval"): Scene(_admitted_by_domain(mode=JoinMode.APPROVAL)),
    ("post_confirmation", "joined"): Scene(_admitted()),
    ("post_confirmation", "replaced"): Scene(_replaced),
    ("post_confirmation", "inviter_left"): Scene(_admitted(invited_by=SOMEBODY_ELSE)),
    ("post_confirmation", "already_joined"): Scene(_closed(status=_ACCEPTED, sub=ANAS_SUB)),
    ("post_confirmation", "address_not_proven"): Scene(_admitted()),
    ("post_confirmation", "not_admitted"): Scene(_invited),
    ("post_confirmation", "invitation_accepted"): Scene(_admitted(status=_ACCEPTED, sub=SOMEBODY_ELSE)),
    ("post_confirmation", "invitation_expired"): Scene(_admitted(expires_on=_YESTERDAY)),
    ("post_confirmation", "invitation_removed"): Scene(_admitted(status=_REMOVED)),
    ("post_confirmation", "invitation_revoked"): Scene(_admitted(status=_REVOKED)),
    ("post_confirmation", "address_unknown"): Scene(_noted(an_admission())),
    ("post_confirmation", "token_wrong"): Scene(_admitted(id="01KAS3Q4W0CCCCCCCCCCCCCCCC")),
    ("post_confirmation", "password_reset"): Scene(_nothing),
    ("post_confirmation", "passed_through"): Scene(_federated_and_invited),
    ("pre_authentication", "passed_through"): Scene(_nothing),
    ("pre_authentication", "address_not_supported"): Scene(_federated("acme.com")),
    ("pre_authentication", "domain_not_mapped"): Scene(_federated()),
    ("pre_authentication", "provider_not_mapped"): Scene(_unmapped),
    ("post_authentication", "authenticated"): Scene(_nothing),
    ("inbound_federation", "provider_mapped"): Scene(_federated("acme.com")),
    ("inbound_federation", "provider_not_mapped"): Scene(_invited),
    ("inbound_federation", "domain_not_mapped"): Scene(_federated("acme.com")),
    ("inbound_federation", "address_not_supported"): Scene(_federated("acme.com")),
    ("custom_auth_challenge", "challenge_not_offered"): Scene(_nothing),
    ("custom_auth_challenge", "challenge_not_begun"): Scene(_nothing),
    ("custom_auth_challenge", "answer_not_expected"): Scene(_nothing),
    ("custom_message", "admin_create_user"): Scene(_nothing, replace(SETTINGS, pool_sends_by_ses=True)),
    ("custom_message", "authentication"): Scene(_nothing),
    ("custom_message", "forgot_password"): Scene(_nothing),
    ("custom_message", "resend_code"): Scene(_nothing),
    ("custom_message", "sign_up"): Scene(_nothing, replace(SETTINGS, pool_sends_by_ses=True)),
    ("custom_message", "update_user_attribute"): Scene(_nothing),
    ("custom_message", "verify_user_attribute"): Scene(_nothing),
    ("pre_token_generation", "default_tenant"): Scene(_member()),
    ("pre_token_generation", "only_tenant"): Scene(_only_member),
    ("pre_token_generation", "named_tenant"): Scene(_member()),
    ("pre_token_generation", "accepted_tenant"): Scene(_invited_to_globex()),
    ("pre_token_generation", "no_tenant"): Scene(_nothing),
    ("pre_token_generation", "not_a_member"): Scene(_member()),
    ("pre_token_generation", "member_suspended"): Scene(_member(status=MemberStatus.SUSPENDED)),
    ("pre_token_generation", "tenant_closed"): Scene(_member_of(status=TenantStatus.CLOSED)),
    ("pre_token_generation", "tenant_suspended"): Scene(_member_of(status=TenantStatus.SUSPENDED)),
    ("pre_token_generation", "sign_in_method_not_allowed"): Scene(_member_of(ways=frozenset({"two-step"}))),
    ("pre_token_generation", "joined"): Scene(_federated_and_invited),
    ("pre_token_generation", "replaced"): Scene(_federated_and_taken),
    ("pre_token_generation", "taken_by_provider"): Scene(_federated("acme.com", provider_role=Role.MEMBER)),
    ("pre_token_generation", "taken_by_code"): Scene(_admitted_by_code()),
    ("pre_token_generation", "taken_by_domain"): Scene(_admitted_by_domain()),
    ("pre_token_generation", "no_seat"): Scene(_federated_and_full),
    ("pre_token_generation", "domain_not_mapped"): Scene(_federated("globex.com")),
    ("pre_token_generation", "provider_not_mapped"): Scene(_unmapped),
    ("pre_token_generation", "machine_tenant"): Scene(_machine("acme")),
    ("pre_token_generation", "machine_without_tenant"): Scene(_machine(None)),
    ("pre_token_generation", "tenant_not_found"): Scene(_machine_of_nobody),
    ("pre_token_generation", "address_unknown"): Scene(_member()),
    ("pre_token_generation", "address_not_proven"): Scene(_invited_to_globex()),
    ("pre_token_generation", "invitation_expired"): Scene(_invited_to_globex(expires_on=_YESTERDAY)),
    ("pre_token_generation", "invitation_revoked"): Scene(_invited_to_globex(status=_REVOKED)),
    ("pre_token_generation", "invitation_removed"): Scene(_invited_to_globex(status=_REMOVED)),
    ("pre_token_generation", "invitation_accepted"): Scene(_invited_to_globex(status=_ACCEPTED, sub=SOMEBODY_ELSE)),
}
