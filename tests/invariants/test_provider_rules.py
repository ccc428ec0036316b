"""Invariants 1, 2 and 3 for joins by an identity provider: an invitation first, a tenant's rule else, a seat always."""

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action, Outcome
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.runtime.wiring import App
from tests.support import stage
from tests.support.builders import ANA, ANAS_SUB, TODAY, an_invitation, user_attributes
from tests.support.federated import members, profile, sign_in, sign_up, token
from tests.support.histories import counted, kept
from tests.support.stage import PROVIDER
from tests.support.stores import entries


@pytest.mark.invariant(1)
def test_a_native_profile_joins_nothing_by_a_rule(mapped: App) -> None:
    claims = token(mapped, user_attributes())

    assert "tenant_id" not in claims
    assert members(mapped) == []


@pytest.mark.invariant(2)
def test_an_open_invitation_comes_before_the_rule_and_is_used_once(mapped: App) -> None:
    stage.invitation(mapped, role=Role.ADMIN)

    first, second = token(mapped, profile()), token(mapped, profile(sub="another-sub"))

    assert (first["tenant_role"], second["tenant_role"]) == ("admin", "admin")
    assert members(mapped) == ["another-sub"]  # the provider has proven the same address: the place is theirs now


def test_a_tenant_without_the_rule_needs_an_invitation(app: App) -> None:
    stage.tenant(app)
    stage.mapping(app, "acme.com")
    sign_in(app)
    with pytest.raises(NotInvited) as refused:
        sign_up(app)
    stage.invitation(app)

    sign_up(app)
    claims = token(app, profile())

    assert refused.value.reason == "address_unknown"
    assert claims["tenant_id"] == "acme"


def test_an_address_is_proven_only_towards_tenants_that_map_the_provider(mapped: App) -> None:
    stage.invitation(mapped, tenant_id="globex")
    token(mapped, profile())

    with pytest.raises(NotInvited) as refused:
        token(mapped, profile(), accept_tenant_id="globex")

    assert refused.value.reason == "address_not_proven"


def test_a_profile_of_two_providers_has_no_proven_address(mapped: App) -> None:
    stage.mapping(mapped, "acme.com", tenant_id="globex", provider="Google")

    claims = token(mapped, profile(PROVIDER, "Google"))

    assert "tenant_id" not in claims
    assert members(mapped) + members(mapped, "globex") == []


def test_where_two_tenants_would_take_somebody_an_invitation_must_say_which(mapped: App) -> None:
    stage.mapping(mapped, "acme.com", tenant_id="globex")
    before = token(mapped, profile())
    stage.invitation(mapped, tenant_id="globex")

    after = token(mapped, profile())

    assert "tenant_id" not in before
    assert after["tenant_id"] == "globex"


def test_a_removed_member_comes_back_by_a_persons_invitation_only(mapped: App) -> None:
    removed = an_invitation(status=InvitationStatus.REMOVED, sub=ANAS_SUB)
    stage.rewrite(mapped, removed)
    before = token(mapped, profile())
    stage.invitation(mapped, id="01KAS3Q4W0CCCCCCCCCCCCCCCC")

    after = token(mapped, profile())

    assert "tenant_id" not in before
    assert after["tenant_id"] == "acme"


@pytest.mark.invariant(3)
def test_a_rule_takes_nobody_without_a_seat(app: App) -> None:
    stage.tenant(app, limit=1, provider_role=Role.MEMBER)
    stage.mapping(app, "acme.com")

    stage.brought_by(app)
    first = token(app, profile())
    stage.brought_by(app, address="kim@acme.com")
    second = token(app, profile(sub="another-sub", email="kim@acme.com"))

    denied = [entry.reason for entry in entries(app, TODAY, "acme") if entry.outcome is Outcome.DENY]
    assert first["tenant_id"] == "acme"
    assert "tenant_id" not in second
    assert denied == ["no_seat"]
    assert counted(app, "acme") == kept(app, "acme") == (1, 0)


def test_a_rules_join_is_told_as_such(mapped: App) -> None:
    token(mapped, profile())

    told = {(entry.action, entry.reason) for entry in entries(mapped, TODAY, "acme") if entry.source != "cli:test"}
    assert told == {(Action.MEMBER_JOIN, "taken_by_provider"), (Action.TOKEN_ISSUE, "default_tenant")}
    assert mapped.invitations.get(parse_address(ANA), "acme").invited_by == f"provider:{PROVIDER}"
