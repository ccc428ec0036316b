"""What SES says of a mail, from the event bus to the invitation's row. SES itself says nothing here: tests do."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from gatehouse.domain.delivery import Delivery, DeliveryStatus, Medium, Outcome
from gatehouse.domain.invitation import Invitation
from gatehouse.runtime.desk import OperatorDesk
from local.stack import STACK_NAME, Stack
from tests.local_stack.desk_work import invite, make_tenant
from tests.support.functions import sample_event

pytestmark = pytest.mark.local_stack

TENANT = "feedback"
SOURCE = "gatehouse.test"  # nobody may put events in the name of an AWS service
PATIENCE_S = 30


@pytest.fixture(scope="module", autouse=True)
def _tenant(desk: OperatorDesk) -> None:
    make_tenant(desk, TENANT)


def resource(stack: Stack, logical_id: str) -> str:
    """Return the physical name of one of the stack's resources."""
    cloudformation = stack.client("cloudformation")
    detail = cloudformation.describe_stack_resource(StackName=STACK_NAME, LogicalResourceId=logical_id)
    name: str = detail["StackResourceDetail"]["PhysicalResourceId"]
    return name


def mailed(desk: OperatorDesk, address: str) -> Invitation:
    """Invite an address, by a mail that SES has taken under the address's own name."""
    invitation = invite(desk, address, TENANT).invitation
    attempt = Delivery(of=invitation.mailed_hash, medium=Medium.MAIL, at=desk.app.clock())
    assert desk.app.deliveries.claim(invitation, attempt)
    desk.app.deliveries.settle(invitation, attempt, Outcome.sent(f"mail-to-{address}"))
    return invitation


def event_about(stack: Stack, invitation: Invitation, case: str) -> dict[str, Any]:
    """Return a sample event as SES would have sent it of this invitation's mail."""
    event = sample_event("mail_feedback", case)
    mail = event["detail"]["mail"]
    mail["messageId"] = f"mail-to-{invitation.address.value}"
    mail["destination"] = [invitation.address.value]
    mail["tags"] |= {
        "gatehouse_tenant": [invitation.tenant_id],
        "ses:configuration-set": [stack.outputs["MailConfigurationSet"]],
    }
    return event


def outcome_of(desk: OperatorDesk, invitation: Invitation) -> tuple[DeliveryStatus, str]:
    (found,) = desk.app.addresses.page(invitation.address).invitations
    assert found.delivery
    return found.delivery.status, found.delivery.problem


def eventually[T](look: Callable[[], T], wanted: Callable[[T], bool]) -> T:
    """Look until it is there, or patience ends; return what was seen last."""
    deadline = time.monotonic() + PATIENCE_S
    while not wanted(seen := look()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return seen


@contextmanager
def rule_of_a_test(stack: Stack) -> Iterator[None]:
    """Have the stack's rule listen to events of a source in whose name a test may speak."""
    events, name = stack.client("events"), resource(stack, "MailFeedbackRule")
    pattern = json.loads(events.describe_rule(Name=name)["EventPattern"])
    events.put_rule(Name=name, EventPattern=json.dumps(pattern | {"source": [SOURCE]}))
    try:
        yield
    finally:
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))


@contextmanager
def without_its_rights_to_the_table(stack: Stack) -> Iterator[None]:
    """Take from the function's role what it may do to the store."""
    iam, about = stack.client("iam"), {"RoleName": resource(stack, "MailFeedbackRole"), "PolicyName": "store"}
    policy = iam.get_role_policy(**about)["PolicyDocument"]
    iam.delete_role_policy(**about)
    try:
        yield
    finally:
        iam.put_role_policy(**about, PolicyDocument=json.dumps(policy))


def call(stack: Stack, event: object) -> dict[str, Any]:
    name = f"{resource(stack, 'MailFeedbackFunction')}:live"
    answer: dict[str, Any] = stack.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event).encode())
    return answer


@pytest.mark.parametrize(
    ("case", "outcome"),
    [
        ("bounced", (DeliveryStatus.BOUNCED, "Permanent NoEmail")),
        ("complained", (DeliveryStatus.COMPLAINED, "abuse")),
        ("rejected", (DeliveryStatus.FAILED, "Bad content")),
    ],
)
def test_what_the_bus_hears_of_a_mail_is_marked_on_its_invitation(
    case: str, outcome: tuple[DeliveryStatus, str], stack: Stack, desk: OperatorDesk
) -> None:
    invitation = mailed(desk, f"{case}@feedback.com")
    event = event_about(stack, invitation, case)
    entry = {"Source": SOURCE, "DetailType": event["detail-type"], "Detail": json.dumps(event["detail"])}

    with rule_of_a_test(stack):
        put = stack.client("events").put_events(Entries=[entry])
        seen = eventually(lambda: outcome_of(desk, invitation), lambda one: one[0] is not DeliveryStatus.SENT)

    assert put["FailedEntryCount"] == 0
    assert outcome == seen


def test_the_rule_lets_through_what_ses_says_of_this_stacks_mail_and_of_no_other(
    stack: Stack, desk: OperatorDesk
) -> None:
    events = stack.client("events")
    pattern = events.describe_rule(Name=resource(stack, "MailFeedbackRule"))["EventPattern"]
    ours = event_about(stack, mailed(desk, "rule@feedback.com"), "bounced")
    sent, anothers = ours | {"detail-type": "Email Sent"}, sample_event("mail_feedback", "bounced")

    passes = [
        events.test_event_pattern(EventPattern=pattern, Event=json.dumps(event))["Result"]
        for event in (ours, sent, anothers)
    ]

    assert passes == [True, False, False]


def test_a_mark_that_is_refused_is_raised_without_a_word_of_whom_and_made_the_next_time(
    stack: Stack, desk: OperatorDesk
) -> None:
    invitation = mailed(desk, "late@feedback.com")
    event = event_about(stack, invitation, "bounced")

    with without_its_rights_to_the_table(stack):
        refused = call(stack, event)
    before = outcome_of(desk, invitation)
    tried_again = call(stack, event)

    said = json.loads(refused["Payload"].read())["errorMessage"]
    assert refused["FunctionError"]
    assert said.endswith("[fault]")
    assert "@" not in said
    assert before == (DeliveryStatus.SENT, "")
    assert "FunctionError" not in tried_again
    assert outcome_of(desk, invitation) == (DeliveryStatus.BOUNCED, "Permanent NoEmail")
