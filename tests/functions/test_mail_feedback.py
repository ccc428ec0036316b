"""What SES says later of a mail is marked on the invitation that was mailed, and on nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.delivery import Delivery, DeliveryStatus
from gatehouse.errors import AwsError, Fault
from gatehouse.runtime.wiring import App
from tests.support.builders import ANA, MAIL_ID, TODAY, a_delivery, an_invitation
from tests.support.doubles import FailingAws
from tests.support.functions import Context, handler_of, sample_cases, sample_event
from tests.support.scenes import SCENES
from tests.support.stage import rewrite, tenant
from tests.support.stores import TestClock, app_for, entries, log_lines

BOUNCED, COMPLAINED, FAILED = DeliveryStatus.BOUNCED, DeliveryStatus.COMPLAINED, DeliveryStatus.FAILED
AFTER = {
    "automatic_answer": a_delivery(),
    "bounced": a_delivery(status=BOUNCED, problem="Permanent NoEmail"),
    "bounced_elsewhere": a_delivery(status=BOUNCED, problem="Permanent General"),
    "complained": a_delivery(status=COMPLAINED, problem="abuse"),
    "given_up": a_delivery(status=BOUNCED, problem="Transient General"),
    "mailbox_full": a_delivery(status=BOUNCED, problem="Transient MailboxFull"),
    "not_ours": a_delivery(),
    "not_spam": a_delivery(),
    "rejected": a_delivery(status=FAILED, problem="Bad content"),
    "suppressed": a_delivery(status=BOUNCED, problem="Permanent OnAccountSuppressionList"),
}


@pytest.fixture
def mailed(aws: Aws, clock: TestClock) -> App:
    """An app whose store holds the invitation that was mailed."""
    app = app_for(aws, clock)
    SCENES["mail_feedback", "bounced"].arrange(app)
    return app


def take(app: App, event: object) -> None:
    assert handler_of("mail_feedback")(event, Context(), app) is None


def delivery_in(app: App) -> Delivery | None:
    (found,) = app.addresses.page(parse_address(ANA)).invitations
    return found.delivery


def changed(case: str, part: str, value: Any) -> dict[str, Any]:
    """Return a sample event with one part of it made something else: `mail.tags`, or `bounce`."""
    event = sample_event("mail_feedback", case)
    *outer, last = part.split(".")
    at = event["detail"]
    for name in outer:
        at = at[name]
    at[last] = value
    return event


def test_every_sample_event_has_an_ending() -> None:
    assert sorted(AFTER) == sample_cases("mail_feedback")


@pytest.mark.parametrize("case", AFTER)
def test_the_invitation_says_what_came_of_its_mail(case: str, mailed: App) -> None:
    take(mailed, sample_event("mail_feedback", case))

    assert AFTER[case] == delivery_in(mailed)


@pytest.mark.parametrize("case", AFTER)
def test_an_event_that_comes_twice_says_the_same_twice(case: str, mailed: App) -> None:
    for _ in range(2):
        take(mailed, sample_event("mail_feedback", case))

    assert AFTER[case] == delivery_in(mailed)


def test_what_is_marked_is_told_without_an_address_and_writes_no_audit_entry(mailed: App) -> None:
    before = entries(mailed, TODAY, "acme")

    take(mailed, sample_event("mail_feedback", "bounced"))

    (line,) = log_lines(mailed)
    told = {name: line[name] for name in ("message", "outcome", "problem", "is_marked", "tenant_id", "trigger_source")}
    assert told == {
        "message": "mail_feedback",
        "outcome": "bounced",
        "problem": "Permanent NoEmail",
        "is_marked": True,
        "tenant_id": "acme",
        "trigger_source": "Email Bounced",
    }
    assert before == entries(mailed, TODAY, "acme")


@pytest.mark.parametrize("case", AFTER)
def test_neither_the_log_nor_what_is_raised_holds_an_address_or_a_mail_servers_words(
    case: str, mailed: App, aws: Aws, clock: TestClock
) -> None:
    broken = app_for(FailingAws(aws, lambda _operation, payload: AwsError("InternalServerError", str(payload))), clock)
    said = []

    for app in (mailed, broken):
        try:
            take(app, sample_event("mail_feedback", case))
        except Fault as fault:
            said.append(str(fault))
        said += map(json.dumps, log_lines(app))

    assert bool(said) == (case != "not_ours")
    assert [word for word in ("@", "acme.com", "smtp", "mx.", "user unknown") if word in str(said)] == []


def test_the_feedback_on_a_mail_that_another_has_followed_marks_nothing(mailed: App) -> None:
    rewrite(mailed, an_invitation(delivery=a_delivery(id="the-next-one")))

    take(mailed, sample_event("mail_feedback", "bounced"))

    assert a_delivery(id="the-next-one") == delivery_in(mailed)
    assert [line["is_marked"] for line in log_lines(mailed)] == [False]


def test_the_feedback_on_the_mail_of_an_invitation_that_is_gone_makes_no_row(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    tenant(app)

    take(app, sample_event("mail_feedback", "bounced"))

    assert not app.addresses.page(parse_address(ANA)).invitations
    assert [line["is_marked"] for line in log_lines(app)] == [False]


def test_another_tenants_invitation_of_the_same_address_is_left_alone(mailed: App) -> None:
    tenant(mailed, "globex")
    rewrite(mailed, an_invitation(tenant_id="globex", delivery=a_delivery()))

    take(mailed, sample_event("mail_feedback", "bounced"))

    found = {one.tenant_id: one.delivery for one in mailed.addresses.page(parse_address(ANA)).invitations}
    assert found == {"acme": AFTER["bounced"], "globex": a_delivery()}


def test_a_recipient_in_another_letter_case_is_the_invited_one(mailed: App) -> None:
    take(mailed, changed("bounced", "mail.destination", ["Ana@ACME.com"]))

    assert AFTER["bounced"] == delivery_in(mailed)


@pytest.mark.parametrize("code", ["InternalServerError", "ProvisionedThroughputExceededException", "Unreachable"])
def test_a_store_that_cannot_be_had_is_raised_so_that_lambda_tries_again(code: str, aws: Aws, clock: TestClock) -> None:
    app = app_for(FailingAws(aws, lambda _operation, _payload: AwsError(code, ANA)), clock)

    with pytest.raises(Fault, match=r"reference 6f1c0a52-0000-4000-8000-000000000001 \[fault\]$"):
        take(app, sample_event("mail_feedback", "bounced"))

    (line,) = log_lines(app)
    assert (line["level"], line["aws_error_code"], line["Fault"]) == ("ERROR", code, 1)


def test_what_failed_once_is_marked_by_the_next_try(mailed: App, aws: Aws, clock: TestClock) -> None:
    broken = app_for(FailingAws(aws, lambda _operation, _payload: AwsError("InternalServerError")), clock)
    with pytest.raises(Fault):
        take(broken, sample_event("mail_feedback", "bounced"))

    take(mailed, sample_event("mail_feedback", "bounced"))

    assert AFTER["bounced"] == delivery_in(mailed)


@pytest.mark.usefixtures("own_telemetry")
def test_a_deployment_that_is_not_set_up_is_raised_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GATEHOUSE_TABLE_NAME", raising=False)

    with pytest.raises(Fault):
        handler_of("mail_feedback")(sample_event("mail_feedback", "bounced"), Context())

    assert '"error_type": "SettingMissing"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("part", "value", "named"),
    [
        ("mail.messageId", None, "detail.mail.messageId"),
        ("mail.messageId", "", "detail.mail.messageId"),
        ("mail.destination", None, "detail.mail.destination"),
        ("mail.destination", [], "detail.mail.destination"),
        ("mail.destination", [{"address": ANA}], "detail.mail.destination"),
        ("mail.destination", ["nobody"], "detail.mail.destination"),
    ],
)
def test_what_cannot_be_read_of_our_mail_is_told_and_dropped(part: str, value: Any, named: str, mailed: App) -> None:
    take(mailed, changed("bounced", part, value))

    (line,) = log_lines(mailed)
    assert (line["level"], line["error_type"], line["event_part"]) == ("ERROR", "EventUnreadable", named)
    assert a_delivery() == delivery_in(mailed)


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("mail", None),
        ("mail", "text"),
        ("mail.tags", None),
        ("mail.tags", {"gatehouse_tenant": []}),
        ("mail.tags", {"gatehouse_tenant": "acme"}),
        ("mail.tags", {"gatehouse_tenant": [7]}),
        ("mail.tags", {"ses:configuration-set": ["gatehouse-mail"], "campaign": ["spring"]}),
    ],
)
def test_mail_that_is_not_ours_is_left_alone_in_silence(part: str, value: Any, aws: Aws, clock: TestClock) -> None:
    counting = FailingAws(aws, lambda _operation, _payload: None)
    app = app_for(counting, clock)

    take(app, changed("bounced", part, value))

    assert (log_lines(app), dict(counting.calls)) == ([], {})


@pytest.mark.parametrize("event", [None, [], "text", {}, {"detail-type": "Email Sent"}, {"detail-type": ["x"]}])
def test_what_is_no_feedback_is_passed_through(event: object, aws: Aws, clock: TestClock) -> None:
    counting = FailingAws(aws, lambda _operation, _payload: None)
    app = app_for(counting, clock)

    take(app, event)

    assert [(line["message"], line["trigger_source"]) for line in log_lines(app)] == [("passed_through", "unknown")]
    assert not counting.calls


@pytest.mark.parametrize("said", [None, [], "text", {}, {"bounceType": 7, "bouncedRecipients": "text"}])
def test_a_bounce_that_says_nothing_of_itself_is_still_a_bounce(said: Any, mailed: App) -> None:
    take(mailed, changed("bounced", "bounce", said))

    assert a_delivery(status=BOUNCED, problem="bounce") == delivery_in(mailed)


def test_a_complaint_is_not_taken_back_by_a_bounce_that_comes_late(mailed: App) -> None:
    take(mailed, sample_event("mail_feedback", "complained"))
    take(mailed, sample_event("mail_feedback", "bounced"))

    assert AFTER["complained"] == delivery_in(mailed)


def test_a_member_who_has_joined_keeps_their_slot_as_it_is_but_for_the_mark(mailed: App) -> None:
    joined = replace(an_invitation(delivery=a_delivery(id=MAIL_ID)), sub="somebody")
    rewrite(mailed, joined)

    take(mailed, sample_event("mail_feedback", "complained"))

    (found,) = mailed.addresses.page(parse_address(ANA)).invitations
    assert found == replace(joined, delivery=AFTER["complained"])
