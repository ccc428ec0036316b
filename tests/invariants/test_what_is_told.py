"""Invariants 6, 7 and 9: equal answers before proof, an entry for every decision, nothing personal in a log."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import AwsError, Fault, NotInvited, Refusal
from gatehouse.runtime.wiring import App
from gatehouse.services.invitations import revoke_invitation
from gatehouse.services.tenants import create_tenant, set_tenant_status
from tests.invariants.test_who_may_enter import confirm, invite, resend, sign_up
from tests.support import stage
from tests.support.builders import (
    ANA,
    CODE,
    MAILED_TOKEN,
    SHOWN_TOKEN,
    TODAY,
    an_event,
    an_invitation,
    an_occasion,
    user_attributes,
)
from tests.support.doubles import CountingAws, FailingAws
from tests.support.functions import TRIGGER_FOLDERS, Context, handler_of, sample_cases, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import TestClock, app_for, entries, log_lines

_YESTERDAY = TODAY - timedelta(days=1)
_STRANGERS: dict[str, Callable[[App], None]] = {
    "unknown": lambda _app: None,
    "invited, without the token": lambda _app: None,
    "expired": lambda app: stage.rewrite(app, an_invitation(expires_on=_YESTERDAY)),
    "revoked": lambda app: stage.rewrite(app, an_invitation(status=InvitationStatus.REVOKED)),
    "joined long ago": lambda app: stage.rewrite(app, an_invitation(status=InvitationStatus.ACCEPTED, sub="somebody")),
}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("stranger", _STRANGERS)
def test_every_stranger_gets_the_same_answer_for_the_same_work(stranger: str, aws: Aws, clock: TestClock) -> None:
    setting = app_for(aws, clock)
    stage.tenant(setting)
    if stranger != "unknown":
        stage.invitation(setting)
    _STRANGERS[stranger](setting)
    counting = CountingAws(aws)
    event = an_event("PreSignUp_SignUp", {"userAttributes": {"email": ANA}})

    with pytest.raises(NotInvited) as refused:
        handler_of("pre_sign_up")(event, Context(), app_for(counting, clock))

    assert str(refused.value) == "You have not been invited to this application [not_invited]"
    assert dict(counting.calls) == {"Query": 1, "GetItem": 1, "PutItem": 1}


@pytest.mark.invariant(6)
@pytest.mark.parametrize("stranger", _STRANGERS)
def test_a_wrong_token_costs_the_same_whoever_is_named(stranger: str, aws: Aws, clock: TestClock) -> None:
    setting = app_for(aws, clock)
    stage.tenant(setting)
    if stranger != "unknown":
        stage.invitation(setting)
    _STRANGERS[stranger](setting)
    counting = CountingAws(aws)

    with pytest.raises(NotInvited):
        sign_up(app_for(counting, clock), "01KAS3Q4W0AAAAAAAAAAAAAAAA.wrong")

    assert dict(counting.calls) == {"Query": 1, "PutItem": 1}


@pytest.mark.invariant(7)
def test_every_decision_of_a_users_way_in_has_its_entry(app: App) -> None:
    stage.tenant(app)
    with pytest.raises(NotInvited):
        sign_up(app, "wrong.token")
    issued = invite(app)
    sign_up(app, issued.shown_token)
    confirm(app)
    handler_of("post_authentication")(
        an_event("PostAuthentication_Authentication", {"userAttributes": user_attributes()}), Context(), app
    )
    handler_of("pre_token_generation")(
        an_event("TokenGeneration_Authentication", {"userAttributes": user_attributes()}, version="2"), Context(), app
    )

    told = [(entry.action, entry.outcome, entry.reason) for entry in entries(app, TODAY, "acme") if entry.dedupe_id]

    assert sorted(told) == sorted(
        [
            (Action.TENANT_CREATE, Outcome.ALLOW, "done"),
            (Action.USER_SIGN_UP, Outcome.DENY, "address_unknown"),
            (Action.INVITATION_CREATE, Outcome.ALLOW, "done"),
            (Action.USER_SIGN_UP, Outcome.ALLOW, "invited"),
            (Action.MEMBER_JOIN, Outcome.ALLOW, "joined"),
            (Action.USER_AUTHENTICATE, Outcome.ALLOW, "authenticated"),
            (Action.TOKEN_ISSUE, Outcome.ALLOW, "default_tenant"),
        ]
    )


@pytest.mark.invariant(7)
def test_every_decision_of_an_operator_has_its_entry(app: App, clock: TestClock) -> None:
    create = partial(create_tenant, tenants=app.tenants, recorder=app.recorder)
    set_status = partial(set_tenant_status, tenants=app.tenants, recorder=app.recorder)
    create("acme", "Acme", 1, an_occasion(at=clock()))
    with pytest.raises(Refusal):
        create("acme", "Acme", 1, an_occasion(at=clock()))
    set_status("acme", TenantStatus.SUSPENDED, an_occasion(at=clock()))
    set_status("acme", TenantStatus.ACTIVE, an_occasion(at=clock()))
    invite(app)
    with pytest.raises(Refusal):
        invite(app, "bob@acme.com")
    resend(app)
    revoke_invitation(ANA, "acme", an_occasion(at=clock()), invitations=app.invitations, recorder=app.recorder)
    with pytest.raises(Refusal):
        resend(app)

    told = [(str(entry.action), str(entry.outcome), entry.reason) for entry in entries(app, TODAY, "acme")]

    assert sorted(told) == [
        ("invitation:create", "allow", "done"),
        ("invitation:create", "deny", "no_seat"),
        ("invitation:resend", "allow", "done"),
        ("invitation:resend", "deny", "invitation_not_pending"),
        ("invitation:revoke", "allow", "done"),
        ("tenant:create", "allow", "done"),
        ("tenant:create", "deny", "tenant_exists"),
        ("tenant:resume", "allow", "done"),
        ("tenant:suspend", "allow", "done"),
    ]


def _audit_table_is_down(operation: str, payload: Mapping[str, Any]) -> AwsError | None:
    tables = {one["TableName"] for item in payload.get("TransactItems", []) for one in item.values()}
    is_audit = "audit" in tables or payload.get("TableName") == "audit"
    return AwsError("InternalServerError") if is_audit and operation in ("PutItem", "TransactWriteItems") else None


@pytest.mark.invariant(7)
@pytest.mark.parametrize("case", ["invited", "invited_by_mail"])
def test_nobody_is_admitted_whose_admission_cannot_be_recorded(aws: Aws, clock: TestClock, case: str) -> None:
    app = app_for(aws, clock)
    stage.tenant(app)
    made = stage.invitation(app)
    broken = app_for(FailingAws(aws, _audit_table_is_down), clock)

    with pytest.raises(Fault):
        handler_of("pre_sign_up")(sample_event("pre_sign_up", case), Context(), broken)

    assert not app.addresses.page(made.address).admissions


@pytest.mark.invariant(7)
def test_no_token_names_a_tenant_unrecorded(aws: Aws, clock: TestClock) -> None:
    SCENES["pre_token_generation", "default_tenant"].arrange(app_for(aws, clock))
    broken = app_for(FailingAws(aws, _audit_table_is_down), clock)
    event = sample_event("pre_token_generation", "default_tenant")

    with pytest.raises(Fault):
        handler_of("pre_token_generation")(event, Context(), broken)

    assert event["response"] == {"claimsAndScopeOverrideDetails": None}


@pytest.mark.invariant(7)
def test_a_refusal_stands_unrecorded_and_its_entry_is_in_the_log_whole(aws: Aws, clock: TestClock) -> None:
    stage.tenant(app_for(aws, clock))
    broken = app_for(FailingAws(aws, _audit_table_is_down), clock)

    with pytest.raises(NotInvited):
        sign_up(broken, SHOWN_TOKEN)

    (line,) = [line for line in log_lines(broken) if line.get("message") == "audit_entry_unwritten"]
    assert (
        line["audit_entry"].items()
        >= {
            "action": "user:sign_up",
            "outcome": "deny",
            "reason": "address_unknown",
            "target_id": "a***@acme.com",
            "source": "PreSignUp_SignUp",
        }.items()
    )
    assert all(line["audit_entry"][key] for key in ("id", "at", "dedupe_id", "actor_id"))


@pytest.mark.invariant(7)
def test_a_repeated_call_shares_its_dedupe_id_and_a_later_one_does_not(app: App, clock: TestClock) -> None:
    for seconds in (0, 4, 20):
        clock.now = an_occasion().at + timedelta(seconds=seconds)
        with pytest.raises(NotInvited):
            sign_up(app, "wrong.token")

    first, again, later = (entry.dedupe_id for entry in entries(app, TODAY))

    assert first == again
    assert first != later


@pytest.mark.invariant(7)
def test_a_join_has_one_entry_however_often_it_is_tried(app: App) -> None:
    stage.tenant(app)
    sign_up(app, invite(app).shown_token)

    for _ in range(3):
        confirm(app)

    told = [entry.reason for entry in entries(app, TODAY, "acme") if entry.action is Action.MEMBER_JOIN]
    assert sorted(told) == ["already_joined", "already_joined", "joined"]


@pytest.mark.invariant(7)
def test_a_refresh_that_changes_nothing_is_recorded_only_if_switched_on(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    SCENES["pre_token_generation", "default_tenant"].arrange(app)
    before = len(entries(app, TODAY, "acme"))
    refresh = an_event("TokenGeneration_RefreshTokens", {"userAttributes": user_attributes()}, version="2")

    handler_of("pre_token_generation")(refresh, Context(), app)
    assert before == len(entries(app, TODAY, "acme"))

    switched_on = app_for(aws, clock, replace(app.settings, record_refreshes=True))
    handler_of("pre_token_generation")(refresh, Context(), switched_on)
    assert before + 1 == len(entries(app, TODAY, "acme"))


CANARY = "canary7f3a"


def _planted(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with a canary in every place that a person, a client or a provider can write to."""
    request = event["request"]
    planted = {f"custom:{CANARY}": CANARY, "name": CANARY, "phone_number": CANARY, "address": CANARY, CANARY: CANARY}
    secrets = {"code": CANARY, "password": CANARY, CANARY: CANARY, "context": CANARY, "method": CANARY}
    request["userAttributes"] = planted | request.get("userAttributes", {})
    request["clientMetadata"] = secrets | (request.get("clientMetadata") or {})
    request["validationData"] = {CANARY: CANARY}
    request[CANARY] = {CANARY: [CANARY]}
    request["password"] = request["challengeAnswer"] = CANARY
    for said in request.get("attributes", {}).values():
        said |= {"access_token": CANARY, CANARY: CANARY}
    event[CANARY] = CANARY
    event["callerContext"][CANARY] = CANARY
    event["region"] = CANARY
    return event


@pytest.mark.invariant(9)
@pytest.mark.parametrize(("function", "case"), [(one, case) for one in TRIGGER_FOLDERS for case in sample_cases(one)])
def test_no_log_line_holds_an_address_a_token_or_anything_that_was_typed(
    function: str, case: str, aws: Aws, clock: TestClock
) -> None:
    scene = SCENES[function, case]
    app = app_for(aws, clock, scene.settings)
    scene.arrange(app)

    for working in (app, app_for(FailingAws(aws, _audit_table_is_down), clock, scene.settings)):
        with suppress(Refusal, Fault):
            handler_of(function)(_planted(sample_event(function, case)), Context(), working)
        logged = json.dumps(log_lines(working), ensure_ascii=False)

        assert bool(log_lines(working)) == (case in set(Reason))  # what is no decision is not told
        for secret in (CANARY, ANA, "anä@acme.com", "stranger@", "secret", SHOWN_TOKEN, MAILED_TOKEN, "guessed", CODE):
            assert secret not in logged


@pytest.mark.invariant(9)
def test_a_fault_shows_a_reference_and_logs_where_it_was_but_not_its_words(aws: Aws, clock: TestClock) -> None:
    def leaks(_operation: str, _payload: Mapping[str, Any]) -> AwsError:
        return AwsError("ValidationException", f"the key {ANA} is not as {CANARY} should be")

    app = app_for(FailingAws(aws, leaks), clock)

    with pytest.raises(Fault) as shown:
        sign_up(app, SHOWN_TOKEN)

    (line,) = [line for line in log_lines(app) if line.get("message") == "fault"]
    assert str(shown.value) == (
        f"Something went wrong on our side, please try again, reference {Context.aws_request_id} [fault]"
    )
    assert shown.value.__cause__ is None
    assert line["reference"] == Context.aws_request_id
    assert line["aws_error_code"] == "ValidationException"
    assert any(frame.startswith("table.py:") for frame in line["frames"])
    assert ANA not in json.dumps(line)
    assert CANARY not in json.dumps(line)


@pytest.mark.invariant(9)
def test_no_secret_is_stored(app: App, aws: Aws) -> None:
    stage.tenant(app)
    issued = invite(app)
    sign_up(app, issued.mailed_token)
    confirm(app)

    stored = json.dumps([aws.call("dynamodb", "Scan", {"TableName": table})["Items"] for table in ("core", "audit")])

    for token in (issued.shown_token, issued.mailed_token):
        assert token not in stored
        assert token.partition(".")[2] not in stored


@pytest.mark.invariant(9)
def test_the_note_of_an_invitation_is_in_its_row_and_in_no_entry_and_no_log_line(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    stage.tenant(app)
    invite(app, note=CANARY)
    unrecorded = app_for(FailingAws(aws, _audit_table_is_down), clock)

    sign_up(app, resend(app).shown_token)
    for act in (partial(resend, unrecorded), partial(invite, unrecorded, "ben@acme.com", note=CANARY)):
        with pytest.raises(AwsError):
            act()
    confirm(app)
    for act in (partial(resend, app), partial(resend, unrecorded, "ben@acme.com")):
        with pytest.raises(Refusal):
            act()

    stored = {one: json.dumps(aws.call("dynamodb", "Scan", {"TableName": one})["Items"]) for one in ("core", "audit")}
    assert {table: CANARY in rows for table, rows in stored.items()} == {"core": True, "audit": False}
    assert "invitation:resend" in stored["audit"]
    assert "invitation:resend" in json.dumps(log_lines(unrecorded))
    assert CANARY not in json.dumps([*log_lines(app), *log_lines(unrecorded)])


@pytest.mark.invariant(9)
def test_no_audit_entry_holds_a_clear_address(app: App, aws: Aws) -> None:
    stage.tenant(app)
    issued = invite(app)
    sign_up(app, issued.mailed_token)
    confirm(app)

    stored = json.dumps(aws.call("dynamodb", "Scan", {"TableName": "audit"})["Items"])

    assert "a***@acme.com" in stored
    assert ANA not in stored
