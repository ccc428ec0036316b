"""Invariants 2, 5 and 6 where several grounds meet: who was removed or rejected stays out, and nobody is led astray."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.mail_domain import JoinMode
from gatehouse.errors import NotInvited
from gatehouse.refusals.rules import JoinRequestNotFound
from gatehouse.runtime.wiring import App
from gatehouse.services.approvals import approve_request, reject_request
from tests.invariants.test_codes_and_domains import confirm, members, sign_up, token, why
from tests.support import stage
from tests.support.builders import ANA, ANAS_SUB, CODE, SHOWN_TOKEN, TODAY, a_replacement, an_event, an_occasion
from tests.support.functions import Context, handler_of
from tests.support.histories import closes, fresh_entry, has_tenant, invites, joins, removes, revokes
from tests.support.stores import SETTINGS, TestClock, app_for

ANOTHER = "00000000-0000-4000-8000-000000000000"
AGAIN = "01KAS3Q4W0EEEEEEEEEEEEEEEE"
TYPED = [{"code": CODE}, {}]


@pytest.fixture
def open_acme(app: App) -> App:
    stage.tenant(app)
    stage.code(app)
    stage.domain(app)
    return app


def lapses(app: App) -> None:
    made = app.invitations.get(parse_address(ANA), "acme")
    stage.rewrite(app, replace(made, expires_on=TODAY - timedelta(days=1)))


def is_revoked(app: App) -> None:
    revokes(app, app.invitations.get(parse_address(ANA), "acme"))


@pytest.mark.invariant(2)
@pytest.mark.parametrize("typed", TYPED, ids=["by a code", "by a domain"])
@pytest.mark.parametrize("sub", [ANAS_SUB, ANOTHER], ids=["the same profile", "a new profile"])
@pytest.mark.parametrize("ends", [is_revoked, lapses])
def test_who_was_removed_stays_out_after_an_invitation_that_came_to_nothing(
    open_acme: App, typed: dict[str, str], sub: str, ends: object
) -> None:
    joins(open_acme, stage.invitation(open_acme))
    removes(open_acme)
    invites(open_acme, id=AGAIN)
    assert callable(ends)
    ends(open_acme)

    sign_up(open_acme, sub=sub, **typed)
    confirm(open_acme, sub=sub, **typed)

    assert members(open_acme) == []
    assert "tenant_id" not in token(open_acme, sub)


@pytest.mark.invariant(2)
def test_who_comes_back_by_an_invitation_is_under_the_rules_like_anybody(open_acme: App) -> None:
    joins(open_acme, stage.invitation(open_acme))
    removes(open_acme)
    joins(open_acme, invites(open_acme, id=AGAIN), ANOTHER)

    assert members(open_acme) == [ANOTHER]
    assert not open_acme.addresses.page(parse_address(ANA)).barred


@pytest.mark.invariant(2)
@pytest.mark.parametrize("address", [ANA, "ana.maria@acme.com"])
def test_who_was_rejected_stays_out_under_another_address_too(app: App, address: str) -> None:
    stage.tenant(app)
    stage.code(app)
    stage.domain(app, mode=JoinMode.APPROVAL)
    sign_up(app)
    confirm(app)
    reject_request(ANA, "acme", an_occasion(at=app.clock()), requests=app.join_requests, recorder=app.recorder)

    sign_up(app, address, code=CODE)
    confirm(app, address, code=CODE)

    assert members(app) == []
    assert list(app.join_requests.of_tenant("acme")) == []


@pytest.mark.invariant(2)
def test_nobody_waits_longer_than_a_month_whether_dynamodb_has_noticed_or_not(app: App, clock: TestClock) -> None:
    stage.tenant(app)
    stage.domain(app, mode=JoinMode.APPROVAL)
    sign_up(app)
    confirm(app)
    clock.advance(days=30)

    with pytest.raises(JoinRequestNotFound):
        approve_request(
            ANA,
            "acme",
            an_occasion(at=app.clock()),
            requests=app.join_requests,
            addresses=app.addresses,
            recorder=app.recorder,
        )

    assert members(app) == []


@pytest.mark.invariant(2)
@pytest.mark.parametrize("typed", ["ana", "Ana", ANAS_SUB])
def test_where_people_choose_their_names_a_code_counts_only_with_the_confirmation(app: App, typed: str) -> None:
    """Whoever knows a name could have a code noted for it; its owner, by whom the note is found, is called the same."""
    stage.tenant(app)
    stage.code(app)
    sign_up(app, sub=typed, code=CODE)
    event = an_event(
        "PostConfirmation_ConfirmSignUp",
        {"userAttributes": {"sub": ANOTHER, "email": ANA, "email_verified": "true"}},
    ) | {"userName": "ana"}

    handler_of("post_confirmation")(event, Context(), app)

    assert members(app) == []


@pytest.mark.invariant(2)
def test_a_code_leads_nobody_away_from_the_tenant_that_invited_them(app: App, clock: TestClock) -> None:
    has_tenant(app, "evil")
    stage.tenant(app)
    stage.code(app, tenant_id="evil")
    stage.invitation(app)
    sign_up(app, invitation=SHOWN_TOKEN)
    clock.advance(seconds=5)
    sign_up(app, code=CODE)  # by somebody else, under the very name that Cognito has for Ana

    confirm(app)

    assert (members(app), members(app, "evil")) == ([ANAS_SUB], [])


@pytest.mark.invariant(5)
def test_nobody_joins_by_a_code_a_tenant_that_takes_identity_providers_alone(app: App) -> None:
    stage.tenant(app, ways=frozenset({"provider:AcmeSaml"}))
    code = stage.code(app)

    confirm(app, code=CODE)

    assert members(app) == []
    assert app.codes.get("acme", code.id).uses == 0
    assert app.tenants.seats("acme").held == 0
    assert "sign_in_method_not_allowed" in why(app, Action.MEMBER_JOIN)


@pytest.mark.invariant(6)
@pytest.mark.parametrize("is_invited", [True, False])
def test_an_invitation_to_a_suspended_tenant_stands_in_no_domains_way(
    aws: Aws,
    clock: TestClock,
    is_invited: bool,  # noqa: FBT001 - a parameter
) -> None:
    app = app_for(aws, clock, replace(SETTINGS, admit_by_address=True))
    stage.tenant(app)
    stage.domain(app)
    has_tenant(app, "globex")
    if is_invited:
        stage.invitation(app, tenant_id="globex")
    stage.suspends(app, "globex")

    sign_up(app)
    confirm(app)

    assert members(app) == [ANAS_SUB]


@pytest.mark.invariant(8)
def test_whoever_invited_themselves_joins_by_nothing_and_no_token_fails_for_it(app: App) -> None:
    stage.tenant(app)
    stage.invitation(app, invited_by=ANAS_SUB)
    sign_up(app, invitation=SHOWN_TOKEN)

    confirm(app)

    assert "tenant_id" not in token(app)
    assert "inviter_left" in why(app, Action.MEMBER_JOIN)


@pytest.mark.invariant(2)
def test_nothing_of_a_closed_tenant_is_taken_over(app: App) -> None:
    stage.tenant(app)
    joins(app, stage.invitation(app))
    slot = app.invitations.offer_replacement(parse_address(ANA), "acme", a_replacement(), fresh_entry())
    closes(app)
    offer = slot.offer()
    assert offer is not None

    with pytest.raises(NotInvited) as refused:
        app.addresses.take_over(offer, ANOTHER, fresh_entry())

    assert refused.value.reason == "tenant_closed"
    assert app.invitations.get(parse_address(ANA), "acme").status is InvitationStatus.ACCEPTED
    assert members(app) == [ANAS_SUB]
