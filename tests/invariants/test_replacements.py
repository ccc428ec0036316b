"""Invariants 2 and 10: a lost profile is replaced by its owner alone, and nobody joins by who may invite no more."""

import pytest

from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.runtime.wiring import App
from gatehouse.services.replacements import offer_replacement
from tests.invariants.test_who_may_enter import Pool, confirm, sign_up
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    SHOWN_TOKEN,
    TODAY,
    a_membership,
    an_event,
    an_occasion,
    user_attributes,
)
from tests.support.functions import Context, handler_of
from tests.support.histories import counted, fresh_entry, invites, joins, kept, removes
from tests.support.stores import entries

LOST = "00000000-0000-4000-8000-00000000105e"
BEA = "bea@acme.com"


def tokens_name(app: App, sub: str) -> object:
    event = an_event("TokenGeneration_Authentication", {"userAttributes": user_attributes(sub=sub)}, version="2")
    handler_of("pre_token_generation")(event, Context(), app)
    section = event["response"]["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]
    return section["claimsToAddOrOverride"].get("tenant_id")


def replaces(app: App) -> str:
    """Offer the place of the member to another profile; return the token of the link."""
    return offer_replacement(
        ANA,
        "acme",
        7,
        an_occasion(at=app.clock()),
        invitations=app.invitations,
        profiles=Pool(),
        recorder=app.recorder,
        new_id=app.new_id,
        new_secret=app.new_secret,
    ).shown_token


@pytest.fixture
def lost(app: App) -> App:
    stage.tenant(app)
    joins(app, stage.invitation(app, role=Role.OWNER), LOST)
    return app


@pytest.mark.invariant(2)
def test_the_owner_of_the_address_gets_the_place_back_and_the_lost_profile_has_none(lost: App) -> None:
    token = replaces(lost)
    before = tokens_name(lost, LOST)

    sign_up(lost, token)
    confirm(lost)

    assert before == "acme"
    assert (tokens_name(lost, ANAS_SUB), tokens_name(lost, LOST)) == ("acme", None)
    assert [(one.sub, one.role) for one in lost.members.of_tenant("acme")] == [(ANAS_SUB, Role.OWNER)]
    assert (1, 1) == kept(lost, "acme") == counted(lost, "acme")
    [told] = [entry for entry in entries(lost, TODAY, "acme") if entry.action == "member:take_over"]
    assert (told.actor.id, told.target.id, told.reason) == (ANAS_SUB, LOST, "replaced")


@pytest.mark.invariant(2)
def test_without_an_offer_another_profile_of_the_address_gets_nothing(lost: App) -> None:
    confirm(lost)

    assert tokens_name(lost, ANAS_SUB) is None
    assert [one.sub for one in lost.members.of_tenant("acme")] == [LOST]


@pytest.mark.invariant(1)
def test_an_offer_admits_the_address_that_it_names_alone(lost: App) -> None:
    with pytest.raises(NotInvited):
        sign_up(lost, replaces(lost), address=BEA)


@pytest.mark.invariant(2)
def test_who_proves_nothing_takes_nothing_over(lost: App) -> None:
    sign_up(lost, replaces(lost))
    event = an_event(
        "PostConfirmation_ConfirmSignUp", {"userAttributes": user_attributes(sub=ANAS_SUB, email_verified="false")}
    )

    handler_of("post_confirmation")(event, Context(), lost)

    assert [one.sub for one in lost.members.of_tenant("acme")] == [LOST]


@pytest.mark.invariant(10)
@pytest.mark.parametrize("leaves", ["removed", "demoted", "suspended"])
def test_nobody_joins_by_an_invitation_of_who_could_make_it_no_more(app: App, leaves: str) -> None:
    stage.tenant(app)
    stage.membership(app, a_membership(sub="boss", address="boss@acme.com", role=Role.OWNER))
    joins(app, invites(app, BEA, role=Role.ADMIN), "bea")
    stage.invitation(app, role=Role.ADMIN, invited_by="bea")
    sign_up(app, SHOWN_TOKEN)
    match leaves:
        case "removed":
            removes(app, "bea")
        case "demoted":
            app.members.set_role("acme", "bea", Role.MEMBER, fresh_entry())
        case _:
            app.members.set_status("acme", "bea", MemberStatus.SUSPENDED, fresh_entry())

    confirm(app)

    assert tokens_name(app, ANAS_SUB) is None
    assert "inviter_left" in [entry.reason for entry in entries(app, TODAY, "acme")]


@pytest.mark.invariant(10)
def test_somebody_joins_by_an_invitation_of_who_still_may_make_it(app: App) -> None:
    stage.tenant(app)
    joins(app, invites(app, BEA, role=Role.ADMIN), "bea")
    stage.invitation(app, role=Role.ADMIN, invited_by="bea")

    sign_up(app, SHOWN_TOKEN)
    confirm(app)

    assert tokens_name(app, ANAS_SUB) == "acme"
