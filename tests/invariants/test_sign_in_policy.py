"""Invariants 4 and 5 for sign-in policies: every way in that the client offers must be one that the tenant takes."""

from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.audit import Outcome
from gatehouse.domain.policy import Client
from gatehouse.domain.role import Role
from gatehouse.errors import NotAMember, NotInvited, Refusal, SignInMethodNotAllowed
from gatehouse.runtime.wiring import App
from tests.support import stage
from tests.support.builders import (
    ANA,
    SHOWN_TOKEN,
    TODAY,
    a_membership,
    an_entry,
    an_event,
    an_invitation,
    user_attributes,
)
from tests.support.federated import identities, members, profile, token
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, kept, sets
from tests.support.scenes import SCENES
from tests.support.stage import PROVIDER, fresh_entry_id
from tests.support.stores import SETTINGS, TestClock, app_for, entries

WEB = "4k2f9q7m1r8s3t6u5v0w1x2y3z"
PROVIDER_ALONE = frozenset({f"provider:{PROVIDER}"})
TWO_STEP = frozenset({"two-step"})


def client(app: App, *ways: str) -> None:
    app.policies.set_client(Client(id=WEB, name="web", ways=frozenset(ways)), an_entry(id=fresh_entry_id()))


class TestRequiredProvider:
    """A tenant that takes sign-ins by its own identity provider alone."""

    @pytest.fixture
    def strict(self, app: App) -> App:
        stage.tenant(app, ways=frozenset({f"provider:{PROVIDER}"}))
        stage.membership(app, a_membership(), default="acme")
        client(app, f"provider:{PROVIDER}")
        return app

    def test_a_profile_of_that_provider_alone_is_let_in(self, strict: App) -> None:
        assert token(strict, profile())["tenant_id"] == "acme"

    @pytest.mark.parametrize(
        "attributes",
        [
            pytest.param(user_attributes(), id="a native profile"),
            pytest.param(user_attributes(identities=identities(PROVIDER)), id="a native profile that is linked"),
            pytest.param(profile("Google"), id="another provider"),
            pytest.param(profile(PROVIDER, "Google"), id="one provider more"),
            pytest.param(profile(identities="[]"), id="no identity"),
            pytest.param(profile(identities="not JSON"), id="unreadable identities"),
        ],
    )
    def test_any_other_profile_is_refused(self, strict: App, attributes: dict[str, str]) -> None:
        with pytest.raises(SignInMethodNotAllowed):
            token(strict, attributes)

    @pytest.mark.parametrize("ways", [(), ("srp",), ("srp", f"provider:{PROVIDER}")], ids=["none", "srp", "both"])
    def test_a_client_that_offers_another_way_is_refused(self, strict: App, ways: tuple[str, ...]) -> None:
        client(strict, *ways)

        with pytest.raises(SignInMethodNotAllowed):
            token(strict, profile())

    def test_the_refusal_is_recorded_with_its_tenant(self, strict: App) -> None:
        with pytest.raises(SignInMethodNotAllowed):
            token(strict, user_attributes())

        (denied,) = [entry for entry in entries(strict, TODAY, "acme") if entry.outcome is Outcome.DENY]
        assert (denied.tenant_id, denied.reason) == ("acme", "sign_in_method_not_allowed")


@pytest.mark.parametrize("source", ["Authentication", "RefreshTokens", "HostedAuth", "NewPasswordChallenge"])
def test_a_second_step_is_asked_for_at_sign_in_and_refresh_alike(app: App, source: str) -> None:
    stage.tenant(app, ways=frozenset({"two-step"}))
    stage.membership(app, a_membership(), default="acme")
    client(app, "srp", "custom")
    event = an_event(f"TokenGeneration_{source}", {"userAttributes": user_attributes()}, version="2")

    with pytest.raises(SignInMethodNotAllowed):
        handler_of("pre_token_generation")(event, Context(), app)
    client(app, "two-step")
    handler_of("pre_token_generation")(event, Context(), app)

    assert "acme" in str(event["response"])


def test_a_client_that_nobody_declared_serves_tenants_that_demand_nothing(app: App) -> None:
    stage.tenant(app)
    stage.tenant(app, "globex", ways=frozenset({"srp"}))
    stage.membership(app, a_membership(), default="acme")
    stage.membership(app, a_membership(tenant_id="globex"))

    with pytest.raises(SignInMethodNotAllowed):
        token(app, user_attributes(), tenant_id="globex")

    assert token(app, user_attributes())["tenant_id"] == "acme"


def test_nobody_is_made_a_member_of_a_tenant_whose_token_they_could_not_have(app: App) -> None:
    stage.tenant(app)
    stage.tenant(app, "globex", ways=frozenset({"two-step"}))
    stage.membership(app, a_membership(), default="acme")
    app.invitations.create(an_invitation(tenant_id="globex"), an_entry(id=fresh_entry_id()), TODAY)

    with pytest.raises(SignInMethodNotAllowed):
        token(app, user_attributes(), accept_tenant_id="globex")

    assert members(app, "globex") == []


def test_where_a_provider_is_one_of_several_ways_another_provider_is_still_none(app: App) -> None:
    stage.tenant(app, ways=PROVIDER_ALONE | {"srp"})
    stage.membership(app, a_membership(), default="acme")
    client(app, "srp", f"provider:{PROVIDER}")

    with pytest.raises(SignInMethodNotAllowed):
        token(app, profile("Google"))

    assert token(app, profile())["tenant_id"] == "acme"
    assert token(app, user_attributes())["tenant_id"] == "acme"


def test_a_rule_takes_nobody_by_a_way_in_that_the_tenant_does_not_take(app: App) -> None:
    stage.tenant(app, ways=TWO_STEP, provider_role=Role.MEMBER)
    stage.mapping(app, "acme.com")
    stage.brought_by(app)
    client(app, "srp")

    with pytest.raises(SignInMethodNotAllowed):
        token(app, profile())

    assert members(app) == []
    assert counted(app, "acme") == kept(app, "acme") == (0, 0)


def test_nobody_joins_one_tenant_by_asking_for_another(app: App) -> None:
    stage.tenant(app, provider_role=Role.MEMBER)
    stage.tenant(app, "globex")
    stage.mapping(app, "acme.com")
    stage.brought_by(app)

    with pytest.raises(NotAMember):
        token(app, profile(), tenant_id="globex")

    assert members(app) == []


def test_a_missed_join_waits_for_a_way_in_that_the_tenant_takes(app: App) -> None:
    SCENES["post_confirmation", "joined"].arrange(app)
    sets(app, ways=TWO_STEP)
    client(app, "srp")

    with pytest.raises(SignInMethodNotAllowed):
        token(app, user_attributes())
    before = members(app)
    client(app, "two-step")

    assert before == []
    assert token(app, user_attributes())["tenant_id"] == "acme"


@pytest.mark.parametrize(
    ("admit_by_address", "metadata", "refusal"),
    [
        pytest.param(False, {"invitation": SHOWN_TOKEN}, SignInMethodNotAllowed, id="with the secret"),
        pytest.param(True, {}, NotInvited, id="by typing the address"),
    ],
)
def test_a_tenant_that_takes_providers_alone_has_no_native_sign_ups(
    aws: Any, clock: TestClock, *, admit_by_address: bool, metadata: dict[str, str], refusal: type[Refusal]
) -> None:
    app = app_for(aws, clock, replace(SETTINGS, admit_by_address=admit_by_address))
    stage.tenant(app, ways=PROVIDER_ALONE)
    stage.invitation(app)
    event = an_event("PreSignUp_SignUp", {"userAttributes": {"email": ANA}, "clientMetadata": metadata})

    with pytest.raises(refusal) as refused:
        handler_of("pre_sign_up")(event, Context(), app)

    assert refused.value.reason == "sign_in_method_not_allowed"
