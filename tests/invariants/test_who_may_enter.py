"""Invariants 1 to 3: no account without a ground, one membership an invitation, never more seats than there are."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited, Refusal
from gatehouse.refusals.common import AlreadyInvited, InvitationNotPending, NoSeat
from gatehouse.runtime.wiring import App
from gatehouse.services.invitations import (
    InvitationOrder,
    Issued,
    create_invitation,
    resend_invitation,
    revoke_invitation,
)
from gatehouse.store import keys
from gatehouse.store.table import update
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    SHOWN_TOKEN,
    TODAY,
    an_event,
    an_invitation,
    an_occasion,
    user_attributes,
)
from tests.support.functions import Context, handler_of
from tests.support.stores import SETTINGS, TestClock, app_for

SOURCES = ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_ExternalProvider", "PreSignUp_FromTheFuture", ""]
NO_GROUND = [
    pytest.param({}, id="nothing"),
    pytest.param({"invitation": ""}, id="an empty token"),
    pytest.param({"invitation": "01KAS3Q4W0AAAAAAAAAAAAAAAA."}, id="an id without a secret"),
    pytest.param({"invitation": ".shown-secret"}, id="a secret without an id"),
    pytest.param({"invitation": "shown-secret"}, id="a bare secret"),
    pytest.param({"invitation": an_invitation().shown_hash}, id="the stored hash"),
    pytest.param({"invitation": f"{an_invitation().id}.{an_invitation().shown_hash}"}, id="the id and the stored hash"),
    pytest.param({"invitation": "x" * 131_072}, id="as long as Cognito allows"),
    pytest.param({"invitation": "\ud800"}, id="a lone surrogate"),
    pytest.param({"tenant_id": "acme", "accept_tenant_id": "acme"}, id="a tenant's name"),
]


class Pool:
    """A user pool with the unconfirmed profile that a squatter began."""

    def __init__(self) -> None:
        self.unconfirmed = {ANA}

    def delete_unconfirmed(self, address: object) -> bool:
        self.unconfirmed.discard(getattr(address, "value", ""))
        return True


def invite(app: App, address: str = ANA, role: Role = Role.MEMBER, pool: Pool | None = None, note: str = "") -> Issued:
    return create_invitation(
        InvitationOrder(address=address, tenant_id="acme", role=role, days=7, note=note),
        an_occasion(at=app.clock()),
        invitations=app.invitations,
        profiles=pool or Pool(),
        recorder=app.recorder,
        new_id=app.new_id,
        new_secret=app.new_secret,
    )


def resend(app: App, address: str = ANA, pool: Pool | None = None) -> Issued:
    return resend_invitation(
        address,
        "acme",
        7,
        an_occasion(at=app.clock()),
        invitations=app.invitations,
        profiles=pool or Pool(),
        recorder=app.recorder,
        new_secret=app.new_secret,
    )


def sign_up(app: App, token: str, address: str = ANA, source: str = "PreSignUp_SignUp") -> object:
    event = an_event(source, {"userAttributes": {"email": address}, "clientMetadata": {"invitation": token}})
    return handler_of("pre_sign_up")(event, Context(), app)["response"]


def confirm(app: App, sub: str = ANAS_SUB) -> None:
    event = an_event("PostConfirmation_ConfirmSignUp", {"userAttributes": user_attributes(sub=sub)})
    handler_of("post_confirmation")(event, Context(), app)


@pytest.mark.invariant(1)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("metadata", NO_GROUND)
def test_no_account_is_made_without_a_ground(app: App, source: str, metadata: dict[str, str]) -> None:
    stage.tenant(app)
    stage.invitation(app)
    event = an_event(source, {"userAttributes": {"email": ANA, "email_verified": "true"}, "clientMetadata": metadata})

    with pytest.raises(NotInvited):
        handler_of("pre_sign_up")(event, Context(), app)

    assert not app.addresses.page(parse_address(ANA)).admissions


@pytest.mark.invariant(1)
def test_a_token_counts_for_the_address_that_its_invitation_names_alone(app: App) -> None:
    stage.tenant(app)
    stage.invitation(app)

    with pytest.raises(NotInvited) as refused:
        sign_up(app, SHOWN_TOKEN, address="bob@acme.com")

    assert refused.value.reason == Reason.ADDRESS_UNKNOWN


@pytest.mark.invariant(1)
@pytest.mark.parametrize("source", ["PreSignUp_SignUp", "PreSignUp_AdminCreateUser", "PreSignUp_FromTheFuture"])
def test_the_secret_of_an_open_invitation_is_a_ground_for_every_source(app: App, source: str) -> None:
    stage.tenant(app)
    stage.invitation(app)

    response = sign_up(app, SHOWN_TOKEN, source=source)

    assert response == {"autoConfirmUser": False, "autoVerifyEmail": False, "autoVerifyPhone": False}


@pytest.mark.invariant(2)
def test_an_invitation_makes_one_membership_however_often_it_is_tried(app: App) -> None:
    stage.tenant(app)
    token = invite(app).shown_token
    sign_up(app, token)
    sign_up(app, token)
    for sub in (ANAS_SUB, ANAS_SUB, "another-sub", ANAS_SUB):
        confirm(app, sub)

    members = list(app.members.of_tenant("acme"))

    assert [member.sub for member in members] == [ANAS_SUB]
    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(2)
def test_an_abandoned_sign_up_does_not_block_the_invited_person(app: App, clock: TestClock) -> None:
    stage.tenant(app)
    token = invite(app).shown_token
    sign_up(app, token)
    clock.advance(days=3)

    sign_up(app, token)
    confirm(app)

    assert "acme" in app.members.of_user(ANAS_SUB).by_tenant


@pytest.mark.invariant(2)
def test_an_expired_invitation_does_not_block_a_new_one(app: App, clock: TestClock) -> None:
    stage.tenant(app)
    invite(app)
    clock.advance(days=8)

    token = invite(app).shown_token
    sign_up(app, token)
    confirm(app)

    assert "acme" in app.members.of_user(ANAS_SUB).by_tenant
    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(2)
def test_an_unconfirmed_profile_of_somebody_else_does_not_block_the_invited_person(app: App) -> None:
    stage.tenant(app)
    pool = Pool()

    issued = invite(app, pool=pool)

    assert not pool.unconfirmed
    assert issued.is_way_clear


@pytest.mark.invariant(2)
def test_a_note_of_a_dead_link_joins_nothing(app: App) -> None:
    stage.tenant(app)
    sign_up(app, invite(app).shown_token)
    revoke_invitation(ANA, "acme", an_occasion(), invitations=app.invitations, recorder=app.recorder)
    invite(app)

    confirm(app)

    assert not app.members.of_user(ANAS_SUB).by_tenant


@pytest.mark.invariant(1)
@pytest.mark.parametrize("kind", ["shown_token", "mailed_token"])
def test_the_older_links_of_a_resent_invitation_are_no_ground(app: App, kind: str) -> None:
    stage.tenant(app)
    issued = [invite(app), resend(app), resend(app)]

    for older in issued[:-1]:
        with pytest.raises(NotInvited) as refused:
            sign_up(app, getattr(older, kind))
        assert refused.value.reason == Reason.TOKEN_WRONG

    sign_up(app, getattr(issued[-1], kind))
    assert app.addresses.page(parse_address(ANA)).admissions


@pytest.mark.invariant(2)
@pytest.mark.parametrize("kind", ["shown_token", "mailed_token"])
def test_what_an_older_link_admitted_joins_nothing_once_the_invitation_is_resent(app: App, kind: str) -> None:
    stage.tenant(app)
    sign_up(app, getattr(invite(app), kind))
    resend(app)

    confirm(app)

    assert not app.members.of_user(ANAS_SUB).by_tenant
    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(2)
@pytest.mark.parametrize("days", [0, 8], ids=["pending", "expired"])
def test_who_signed_up_by_an_older_link_comes_in_by_the_new_one(app: App, clock: TestClock, days: int) -> None:
    stage.tenant(app)
    sign_up(app, invite(app).shown_token)
    clock.advance(days=days)
    pool = Pool()

    token = resend(app, pool=pool).shown_token
    sign_up(app, token)
    confirm(app)

    assert not pool.unconfirmed
    assert "acme" in app.members.of_user(ANAS_SUB).by_tenant
    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(2)
def test_a_resent_invitation_makes_one_membership_however_often_it_is_tried(app: App) -> None:
    stage.tenant(app)
    invite(app)
    token = resend(app).shown_token
    for sub in (ANAS_SUB, "another-sub", ANAS_SUB):
        with suppress(NotInvited):
            sign_up(app, token)
        confirm(app, sub)

    with pytest.raises(InvitationNotPending):
        resend(app)

    assert [member.sub for member in app.members.of_tenant("acme")] == [ANAS_SUB]
    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(3)
def test_an_expired_invitation_is_resent_to_a_seat_or_not_at_all(app: App, clock: TestClock) -> None:
    stage.tenant(app, limit=1)
    invite(app)
    clock.advance(days=8)
    invite(app, "ben@acme.com")

    with pytest.raises(NoSeat):
        resend(app)

    assert app.tenants.seats("acme").held == 1
    assert app.invitations.get(parse_address(ANA), "acme").resent == 0


@pytest.mark.invariant(3)
def test_the_last_seat_is_given_once(app: App) -> None:
    stage.tenant(app)
    for address in ("one@acme.com", "two@acme.com", "three@acme.com"):
        invite(app, address)

    with pytest.raises(NoSeat):
        invite(app, "four@acme.com")

    assert app.tenants.seats("acme").held == 3


@pytest.mark.invariant(3)
def test_a_limit_lowered_below_what_is_held_only_stops_new_ones(app: App) -> None:
    stage.tenant(app)
    token = invite(app).shown_token
    invite(app, "two@acme.com")
    stage.core_table(app).write(update(keys.seats_key("acme"), "SET seat_limit = :one", "", {":one": 1}))

    sign_up(app, token)
    confirm(app)

    assert "acme" in app.members.of_user(ANAS_SUB).by_tenant
    with pytest.raises(NoSeat):
        invite(app, "three@acme.com")


@pytest.mark.invariant(3)
def test_a_refused_invitation_takes_no_seat(app: App) -> None:
    stage.tenant(app)
    invite(app)

    with pytest.raises(AlreadyInvited):
        invite(app)

    assert app.tenants.seats("acme").held == 1


@pytest.mark.invariant(3)
def test_a_revoked_invitation_gives_its_seat_back_once(app: App) -> None:
    stage.tenant(app)
    invite(app)
    revoke_invitation(ANA, "acme", an_occasion(), invitations=app.invitations, recorder=app.recorder)

    with pytest.raises(Refusal):
        revoke_invitation(ANA, "acme", an_occasion(), invitations=app.invitations, recorder=app.recorder)

    assert app.tenants.seats("acme").held == 0
    assert app.tenants.seats("acme").ending == {an_invitation().expires_on: 0}


@pytest.mark.invariant(1)
@pytest.mark.parametrize("row", ["expires_on", "shown_hash", "invitation_status"])
def test_an_invitation_written_by_hand_admits_nobody(app: App, row: str) -> None:
    stage.tenant(app)
    made = stage.invitation(app)
    key = keys.invitation_key(made.address, "acme")
    stage.core_table(app).write(update(key, f"SET {row} = :number", "", {":number": 7}))
    event = an_event(
        "PreSignUp_SignUp", {"userAttributes": {"email": ANA}, "clientMetadata": {"invitation": SHOWN_TOKEN}}
    )

    with pytest.raises(Exception, match=rf"reference {Context.aws_request_id} \[fault\]"):
        handler_of("pre_sign_up")(event, Context(), app)

    assert stage.core_table(app).get(keys.admission_key(made.address, "acme")) is None
    assert (stage.core_table(app).get(key) or {})[row] == {"N": "7"}


@pytest.mark.invariant(2)
def test_an_accepted_invitation_stays_whole(app: App) -> None:
    stage.tenant(app)
    sign_up(app, invite(app).shown_token)
    confirm(app)

    (kept,) = app.invitations.of_tenant("acme", InvitationStatus.ACCEPTED)

    assert (kept.sub, kept.address) == (ANAS_SUB, parse_address(ANA))
    assert kept.status_on(TODAY) is InvitationStatus.ACCEPTED


@pytest.mark.invariant(3)
def test_an_invitation_whose_day_was_changed_by_hand_joins_nobody_and_moves_no_seat(app: App) -> None:
    stage.tenant(app)
    token = invite(app).shown_token
    key = keys.invitation_key(parse_address(ANA), "acme")
    later = (TODAY + timedelta(days=20)).isoformat()
    stage.core_table(app).write(update(key, "SET expires_on = :later", "", {":later": later}))
    before = app.tenants.seats("acme")

    sign_up(app, token)
    confirm(app)

    assert not app.members.of_user(ANAS_SUB).by_tenant
    assert before == app.tenants.seats("acme")


@pytest.mark.invariant(6)
def test_who_types_an_invited_address_does_not_learn_that_its_tenant_is_suspended(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock, replace(SETTINGS, admit_by_address=True))
    stage.tenant(app, status=TenantStatus.SUSPENDED)
    stage.invitation(app)
    event = an_event("PreSignUp_SignUp", {"userAttributes": {"email": ANA}})

    with pytest.raises(NotInvited) as refused:
        handler_of("pre_sign_up")(event, Context(), app)

    assert refused.value.reason == Reason.TENANT_SUSPENDED
