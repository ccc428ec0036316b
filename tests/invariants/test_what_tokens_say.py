"""Invariants 4 and 5: tokens say what the store says, and suspension stops the next one."""

from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action, Outcome
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import MemberSuspended, NotAMember, NotInvited, Refusal, TenantSuspended
from gatehouse.runtime.wiring import App
from gatehouse.services.tenants import set_tenant_status
from tests.support import scenes, stage
from tests.support.builders import ANAS_SUB, TODAY, a_membership, an_event, an_occasion, user_attributes
from tests.support.functions import Context, handler_of, sample_event
from tests.support.histories import has_tenant
from tests.support.scenes import SCENES
from tests.support.stores import TestClock, app_for, entries

SOURCES = [
    "TokenGeneration_Authentication", "TokenGeneration_RefreshTokens", "TokenGeneration_HostedAuth",
    "TokenGeneration_NewPasswordChallenge", "TokenGeneration_AuthenticateDevice", "TokenGeneration_FromTheFuture",
]  # fmt: skip


def token(
    app: App, metadata: dict[str, Any] | None = None, source: str = SOURCES[0], version: str = "2", **attributes: str
) -> dict[str, Any]:
    request = {"userAttributes": user_attributes(**attributes), "clientMetadata": metadata}
    response = handler_of("pre_token_generation")(an_event(source, request, version=version), Context(), app)[
        "response"
    ]
    if version == "1":
        return dict(response["claimsOverrideDetails"]["claimsToAddOrOverride"])
    overridden = response["claimsAndScopeOverrideDetails"]
    assert overridden["idTokenGeneration"] == overridden["accessTokenGeneration"]
    return dict(overridden["idTokenGeneration"]["claimsToAddOrOverride"])


def suspend(app: App, tenant_id: str, status: TenantStatus = TenantStatus.SUSPENDED) -> None:
    set_tenant_status(tenant_id, status, an_occasion(), tenants=app.tenants, recorder=app.recorder)


@pytest.fixture
def member(app: App) -> App:
    """Ana is a viewer of acme, her default, and a member of globex; initech is not hers."""
    for tenant_id in ("acme", "globex", "initech"):
        stage.tenant(app, tenant_id)
    stage.membership(app, a_membership(role=Role.VIEWER), default="acme")
    stage.membership(app, a_membership(tenant_id="globex"))
    return app


@pytest.mark.invariant(4)
def test_nothing_that_a_user_can_write_reaches_the_claims(member: App) -> None:
    claims = token(
        member,
        {"tenant_role": "owner", "tenant_permissions": "tenant:manage", "tenants": "initech", "role": "owner"},
        **{"custom:tenant_id": "initech", "custom:tenant_role": "owner", "tenant_id": "initech", "profile": "initech"},
    )

    assert claims == {
        "tenant_id": "acme",
        "tenant_role": "viewer",
        "tenant_permissions": ["data:read"],
        "tenants": ["acme", "globex"],
    }


@pytest.mark.invariant(4)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "named", ["initech", "nowhere", "", "ACME", "acme/../globex", "acme#", " acme", "x" * 131_072, 7, []]
)
def test_a_tenant_that_cannot_be_had_is_a_refusal_and_never_another(member: App, source: str, named: object) -> None:
    with pytest.raises(NotAMember):
        token(member, {"tenant_id": named}, source)


@pytest.mark.invariant(4)
@pytest.mark.parametrize("metadata", [None, {}, {"tenant_id": None}, {"something": "else"}])
def test_without_a_name_the_stored_default_decides(member: App, metadata: dict[str, Any] | None) -> None:
    assert token(member, metadata)["tenant_id"] == "acme"


@pytest.mark.invariant(4)
def test_version_1_says_the_same_in_strings(member: App) -> None:
    assert token(member, version="1") == {
        "tenant_id": "acme",
        "tenant_role": "viewer",
        "tenant_permissions": '["data:read"]',
        "tenants": '["acme", "globex"]',
    }


@pytest.mark.invariant(4)
def test_groups_are_kept(member: App) -> None:
    groups = {"groupsToOverride": ["editors"], "iamRolesToOverride": ["arn:role"], "preferredRole": ["arn:role"]}
    request = {"userAttributes": user_attributes(), "groupConfiguration": groups}

    event = handler_of("pre_token_generation")(an_event(SOURCES[0], request, version="2"), Context(), member)

    kept = event["response"]["claimsAndScopeOverrideDetails"]["groupOverrideDetails"]
    assert groups | {"preferredRole": "arn:role"} == kept


@pytest.mark.invariant(4)
@pytest.mark.invariant(11)
@pytest.mark.parametrize("source", ["TokenGeneration_Authentication", "TokenGeneration_FromTheFuture"])
def test_a_token_without_a_sub_names_no_tenant(member: App, source: str) -> None:
    event = an_event(source, {"userAttributes": {}, "clientMetadata": {"tenant_id": "acme"}})
    before = event | {"response": dict(event["response"])}

    answer = handler_of("pre_token_generation")(event, Context(), member)

    assert answer is event
    assert before == answer


@pytest.mark.invariant(5)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("metadata", [{"tenant_id": "acme"}, {}], ids=["named", "by default"])
def test_a_suspended_tenant_gets_no_further_token(member: App, source: str, metadata: dict[str, str]) -> None:
    suspend(member, "acme")

    with pytest.raises(TenantSuspended):
        token(member, metadata, source)


@pytest.mark.invariant(5)
@pytest.mark.parametrize("source", SOURCES)
def test_a_suspended_member_gets_no_further_token(member: App, source: str) -> None:
    stage.membership(member, a_membership(status=MemberStatus.SUSPENDED))

    with pytest.raises(MemberSuspended):
        token(member, {"tenant_id": "acme"}, source)


@pytest.mark.invariant(5)
def test_a_suspended_tenant_does_not_bar_the_users_others_and_can_be_resumed(member: App) -> None:
    suspend(member, "acme")

    assert token(member, {"tenant_id": "globex"})["tenant_id"] == "globex"

    suspend(member, "acme", TenantStatus.ACTIVE)

    assert token(member, {"tenant_id": "acme"})["tenant_id"] == "acme"


@pytest.mark.invariant(5)
def test_a_suspended_tenant_cannot_be_switched_to(member: App) -> None:
    suspend(member, "globex")

    with pytest.raises(Refusal) as refused:
        token(member, {"tenant_id": "globex"}, "TokenGeneration_RefreshTokens")

    assert refused.value.code == "tenant_suspended"


@pytest.mark.invariant(4)
def test_a_refused_token_joins_nothing(app: App) -> None:
    """A suspended tenant cannot be accepted, and two tenants cannot be asked for at once."""
    for tenant_id in ("acme", "globex"):
        stage.tenant(app, tenant_id)
    stage.membership(app, a_membership(), default="acme")
    stage.invitation(app, tenant_id="globex")

    with pytest.raises(NotAMember):
        token(app, {"accept_tenant_id": "globex", "tenant_id": "acme"})
    with pytest.raises(NotAMember):
        token(app, {"accept_tenant_id": "globex", "tenant_id": "nowhere"})
    suspend(app, "globex")
    with pytest.raises(TenantSuspended):
        token(app, {"accept_tenant_id": "globex"})

    assert list(app.members.of_user(ANAS_SUB).by_tenant) == ["acme"]


@pytest.mark.invariant(5)
def test_a_suspended_tenant_that_did_not_invite_looks_like_any_other(member: App) -> None:
    suspend(member, "initech")

    with pytest.raises(NotInvited):
        token(member, {"accept_tenant_id": "initech"})


@pytest.mark.invariant(7)
def test_a_due_join_that_is_refused_is_told(app: App) -> None:
    scenes.SCENES["post_confirmation", "invitation_revoked"].arrange(app)

    claims = token(app)

    told = {(entry.action, entry.outcome, entry.reason) for entry in entries(app, TODAY, "acme")}
    assert "tenant_id" not in claims
    assert (Action.MEMBER_JOIN, Outcome.DENY, "invitation_revoked") in told
    assert (Action.TOKEN_ISSUE, Outcome.ALLOW, "no_tenant") in told


def machine_token(app: App, **metadata: str) -> dict[str, Any]:
    event = sample_event("pre_token_generation", "machine_tenant")
    event["request"]["clientMetadata"] = metadata
    handler_of("pre_token_generation")(event, Context(), app)
    section = event["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return dict(section["claimsToAddOrOverride"])


@pytest.mark.invariant(4)
def test_a_machines_token_names_the_declared_tenant_whatever_it_asks_for(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    SCENES["pre_token_generation", "machine_tenant"].arrange(app)
    has_tenant(app, "globex")

    assert machine_token(app, tenant_id="globex", accept_tenant_id="globex") == {"tenant_id": "acme"}


@pytest.mark.invariant(4)
def test_a_machine_that_nobody_declared_gets_no_tenant_by_asking(app: App) -> None:
    has_tenant(app, "globex")

    assert machine_token(app, tenant_id="globex") == {}


@pytest.mark.invariant(5)
def test_a_suspended_tenants_machine_gets_no_further_token(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    SCENES["pre_token_generation", "machine_tenant"].arrange(app)
    suspend(app, "acme")

    with pytest.raises(TenantSuspended):
        machine_token(app)
