"""Races of a tenant's rule that takes whoever its identity provider proves: one membership and one seat each."""

import json
from typing import Any

import pytest

from gatehouse.domain.role import Role
from gatehouse.refusals.common import AlreadyInvited
from gatehouse.runtime.wiring import App
from tests.support import stage
from tests.support.arena import Act, Arena
from tests.support.builders import TODAY, a_note, an_event
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, fresh_entry, invites, kept

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY = 16


def rule(app: App, tenant_id: str, limit: int = 3) -> str:
    """Make a tenant whose provider's people need no invitation; return its mail domain."""
    domain = f"{tenant_id}.example"
    stage.tenant(app, tenant_id, limit=limit, provider_role=Role.MEMBER)
    stage.mapping(app, domain, tenant_id=tenant_id, provider=tenant_id)
    return domain


def first_token(arena: Arena, tenant_id: str, sub: str, email: str) -> Act:
    """Let the provider bring a profile, and return the asking for its first token."""
    note = a_note(provider=tenant_id, address=email)
    arena.app.providers.note(sub, note, fresh_entry(tenant_id=tenant_id))
    attributes = {
        "sub": sub,
        "cognito:user_status": "EXTERNAL_PROVIDER",
        "identities": json.dumps([{"providerName": tenant_id}]),
        "email": email,
    }

    def act(app: App) -> Any:
        event = an_event("TokenGeneration_HostedAuth", {"userAttributes": attributes}, version="2")
        event["userName"] = sub
        handler_of("pre_token_generation")(event, Context(), app)
        section = event["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
        return section["claimsToAddOrOverride"].get("tenant_id")

    return act


def test_the_first_token_asked_for_many_times_over_makes_one_member(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        email = f"ana@{rule(arena.app, tenant_id)}"

        named = arena.at_once(*[first_token(arena, tenant_id, tenant_id, email)] * MANY)

        assert named == [tenant_id] * MANY
        assert counted(arena.app, tenant_id) == kept(arena.app, tenant_id) == (1, 0)


def test_a_rule_takes_no_more_people_than_there_are_seats(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        domain = rule(arena.app, tenant_id, limit=5)

        named = arena.at_once(
            *[first_token(arena, tenant_id, f"{tenant_id}.{one}", f"p{one}@{domain}") for one in range(MANY)]
        )

        assert sorted(map(str, named)) == sorted([tenant_id] * 5 + ["None"] * (MANY - 5))
        assert counted(arena.app, tenant_id) == kept(arena.app, tenant_id) == (5, 0)


def test_two_profiles_of_one_address_are_one_member(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        email = f"ana@{rule(arena.app, tenant_id)}"

        named = arena.at_once(*[first_token(arena, tenant_id, f"{tenant_id}.{one}", email) for one in range(MANY)])

        # Each takes the place over from the one before, if it finds one there that it may take: one has it in the end.
        assert set(named) <= {tenant_id, None}
        assert tenant_id in named
        assert counted(arena.app, tenant_id) == kept(arena.app, tenant_id) == (1, 0)


def test_a_person_invited_by_name_at_that_very_moment_is_one_member(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        email = f"ana@{rule(arena.app, tenant_id)}"

        def invite(app: App, email: str = email, tenant_id: str = tenant_id) -> object:
            try:
                return invites(app, email, tenant_id=tenant_id, id=stage.fresh_entry_id()).id
            except AlreadyInvited:
                return None

        token, _ = arena.at_once(first_token(arena, tenant_id, tenant_id, email), invite)

        assert token == tenant_id
        assert counted(arena.app, tenant_id, TODAY) == kept(arena.app, tenant_id) == (1, 0)
