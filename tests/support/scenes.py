"""What stands in the store before a sample event arrives: one scene for each decision that events are named after."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from gatehouse.domain.admission import Admission
from gatehouse.domain.code import CodeStatus
from gatehouse.domain.invitation import InvitationStatus, Replacement
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.policy import Client
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from gatehouse.store import records
from gatehouse.store.table import put
from tests.support.builders import (
    ANAS_SUB,
    TODAY,
    a_code_note,
    a_delivery,
    a_domain_note,
    a_membership,
    a_replacement,
    an_admission,
    an_entry,
    an_invitation,
)
from tests.support.stage import (
    MACHINE,
    SOMEBODY_ELSE,
    branding,
    brought_by,
    code,
    core_table,
    domain,
    fresh_entry_id,
    invitation,
    mapping,
    membership,
    rewrite,
    tenant,
)
from tests.support.stores import SETTINGS


@dataclass(frozen=True)
class Scene:
    """How to set the stage for one decision, and the settings that it needs."""

    arrange: Callable[[App], None]
    settings: Settings = SETTINGS


def _invited(app: App) -> None:
    tenant(app)
    invitation(app)


def _mailed(app: App) -> None:
    tenant(app)
    rewrite(app, an_invitation(delivery=a_delivery()))


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


def _branded(arrange: Callable[[App], None]) -> Callable[[App], None]:
    def with_branding(app: App) -> None:
        arrange(app)
        branding(app)

    return with_branding


_BY_SES = replace(SETTINGS, pool_sends_by_ses=True)
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
    ("custom_message", "admin_create_user"): Scene(_branded(_admitted()), _BY_SES),
    ("custom_message", "authentication"): Scene(_nothing, _BY_SES),
    ("custom_message", "forgot_password"): Scene(_branded(_member()), _BY_SES),
    ("custom_message", "resend_code"): Scene(_branded(_admitted(locale="ar")), _BY_SES),
    ("custom_message", "sign_up"): Scene(_branded(_admitted()), _BY_SES),
    ("custom_message", "update_user_attribute"): Scene(_branded(_only_member), _BY_SES),
    ("custom_message", "verify_user_attribute"): Scene(_branded(_member()), _BY_SES),
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
    ("mail_feedback", "automatic_answer"): Scene(_mailed),
    ("mail_feedback", "bounced"): Scene(_mailed),
    ("mail_feedback", "bounced_elsewhere"): Scene(_mailed),
    ("mail_feedback", "complained"): Scene(_mailed),
    ("mail_feedback", "given_up"): Scene(_mailed),
    ("mail_feedback", "mailbox_full"): Scene(_mailed),
    ("mail_feedback", "not_ours"): Scene(_mailed),
    ("mail_feedback", "not_spam"): Scene(_mailed),
    ("mail_feedback", "rejected"): Scene(_mailed),
    ("mail_feedback", "suppressed"): Scene(_mailed),
}
