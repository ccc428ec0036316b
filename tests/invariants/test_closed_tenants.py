"""Invariants 2, 3, 5 and 6 for closed tenants, and 4 for what a tenant keeps out of its tokens."""

from collections.abc import Callable
from typing import Any

import pytest

from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.domain.policy import Client
from gatehouse.domain.role import Role
from gatehouse.errors import NotAMember, NotInvited, Refusal, TenantSuspended
from gatehouse.runtime.wiring import App
from gatehouse.services.closing import close_tenant, emptied
from tests.support import stage
from tests.support.builders import (
    ANAS_SUB,
    CLIENT_ID,
    SHOWN_TOKEN,
    TODAY,
    a_membership,
    an_entry,
    an_event,
    an_occasion,
    user_attributes,
)
from tests.support.federated import sign_up as sign_up_by_provider
from tests.support.federated import token
from tests.support.functions import Context, handler_of
from tests.support.histories import closes, invites, joins, kept, sets
from tests.support.stage import fresh_entry_id
from tests.support.stores import entries


def empty(app: App) -> None:
    gone = emptied(
        "acme",
        an_occasion(),
        tenants=app.tenants,
        members=app.members,
        invitations=app.invitations,
        recorder=app.recorder,
        pause=lambda: None,
    )
    assert list(gone)


def sign_up(app: App) -> None:
    request = {"userAttributes": {"email": "ana@acme.com"}, "clientMetadata": {"invitation": SHOWN_TOKEN}}
    handler_of("pre_sign_up")(an_event("PreSignUp_SignUp", request), Context(), app)


def confirm(app: App) -> None:
    request = {"userAttributes": user_attributes()}
    handler_of("post_confirmation")(an_event("PostConfirmation_ConfirmSignUp", request), Context(), app)


def machine_token(app: App) -> None:
    app.policies.set_client(
        Client(id=CLIENT_ID, name="robot", ways=frozenset(), tenant_id="acme"), an_entry(id=fresh_entry_id())
    )
    event = an_event("TokenGeneration_ClientCredentials", {"userAttributes": {}}, version="3")
    handler_of("pre_token_generation")(event, Context(), app)


def refused_reason(act: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code, refused.value.reason


@pytest.mark.invariant(5)
def test_a_closed_tenant_gets_no_further_token_while_its_members_are_removed_nor_after(app: App) -> None:
    stage.tenant(app)
    joins(app, invites(app))
    before = token(app, user_attributes())["tenant_id"]
    close_tenant("acme", an_occasion(), tenants=app.tenants, recorder=app.recorder)

    by_default = refused_reason(lambda: token(app, user_attributes()))
    by_name = refused_reason(lambda: token(app, user_attributes(), tenant_id="acme"))
    of_a_machine = refused_reason(lambda: machine_token(app))
    empty(app)

    assert before == "acme"
    assert {by_default, by_name, of_a_machine} == {("tenant_suspended", "tenant_closed")}
    assert "tenant_id" not in token(app, user_attributes())
    with pytest.raises(NotAMember):
        token(app, user_attributes(), tenant_id="acme")
    with pytest.raises(TenantSuspended):
        machine_token(app)


@pytest.mark.invariant(5)
def test_a_closed_tenant_does_not_bar_the_users_others(app: App) -> None:
    for tenant_id in ("acme", "globex"):
        stage.tenant(app, tenant_id)
    joins(app, invites(app))
    stage.membership(app, a_membership(tenant_id="globex"))
    closes(app)
    empty(app)

    assert token(app, user_attributes())["tenant_id"] == "globex"


@pytest.mark.invariant(2)
@pytest.mark.invariant(3)
@pytest.mark.parametrize("is_admitted", [False, True], ids=["before sign-up", "after sign-up"])
def test_nobody_signs_up_for_a_closed_tenant_nor_joins_by_what_admitted_them(app: App, *, is_admitted: bool) -> None:
    stage.tenant(app)
    invites(app)
    if is_admitted:
        sign_up(app)
    closes(app)

    at_sign_up = refused_reason(lambda: sign_up(app))
    confirm(app)
    accepting = refused_reason(lambda: token(app, user_attributes(), accept_tenant_id="acme"))
    claims = token(app, user_attributes())

    assert at_sign_up == accepting == ("tenant_suspended", "tenant_closed")
    assert "tenant_id" not in claims
    assert list(app.members.of_tenant("acme")) == []
    assert kept(app, "acme") == (1, 0)
    joined = [entry for entry in entries(app, TODAY, "acme") if entry.action == Action.MEMBER_JOIN]
    assert {(entry.outcome, entry.reason) for entry in joined} == (
        {(Outcome.DENY, Reason.TENANT_CLOSED)} if is_admitted else {(Outcome.DENY, Reason.NOT_ADMITTED)}
    )


@pytest.mark.invariant(2)
@pytest.mark.parametrize(
    ("is_invited", "reason"), [(True, Reason.TENANT_CLOSED), (False, Reason.ADDRESS_UNKNOWN)], ids=str
)
def test_nobody_comes_into_a_closed_tenant_by_its_provider(app: App, *, is_invited: bool, reason: Reason) -> None:
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.mapping(app, "acme.com")
    stage.brought_by(app)
    if is_invited:
        invites(app)
    closes(app)

    assert refused_reason(lambda: sign_up_by_provider(app)) == (NotInvited.code, reason)


@pytest.mark.invariant(6)
def test_once_it_is_emptied_its_invitations_look_like_any_that_were_revoked(app: App) -> None:
    stage.tenant(app)
    invites(app)
    closes(app)
    empty(app)

    assert refused_reason(lambda: sign_up(app)) == (NotInvited.code, "invitation_revoked")


@pytest.mark.invariant(4)
def test_a_tenants_tokens_go_without_the_claims_that_it_has_switched_off_and_others_do_not(app: App) -> None:
    for tenant_id in ("acme", "globex"):
        stage.tenant(app, tenant_id)
        stage.membership(app, a_membership(tenant_id=tenant_id), default="acme")
    sets(app, claims_off=frozenset({"tenants", "tenant_permissions"}))

    assert token(app, user_attributes()) == {"tenant_id": "acme", "tenant_role": "member"}
    assert token(app, user_attributes(), tenant_id="globex")["tenants"] == ["globex", "acme"]
    assert app.members.of_user(ANAS_SUB).default_tenant_id == "acme"
