"""What template.yaml promises of the mails that invite: SES tells what becomes of them, and nothing of it is lost."""

import re
from typing import Any

from gatehouse.runtime.events.mail_feedback import MailFeedbackEvent
from tests.structure.template_file import RESOURCES, ROOT, TEMPLATE, properties
from tests.structure.test_template_functions import statements
from tests.support.functions import sample_cases, sample_event

OF_MAIL = {name for name in RESOURCES if name.startswith("Mail")}
QUEUE = {"Fn::GetAtt": "MailFeedbackDeadLetters.Arn"}
DOOR = "arn:aws:ses:eu-west-1:111122223333:identity/door@acme.com"


def event_pattern() -> dict[str, Any]:
    found: dict[str, Any] = properties("MailFeedbackRule")["EventPattern"]
    return found


def test_all_of_it_is_there_only_if_the_stack_sends_by_ses() -> None:
    conditions = {name: RESOURCES[name].get("Condition") for name in OF_MAIL}
    outputs = {name: TEMPLATE["Outputs"][name].get("Condition") for name in ("MailFrom", "MailConfigurationSet")}

    assert conditions == dict.fromkeys(OF_MAIL, "SendsBySes")
    assert set(outputs.values()) == {"SendsBySes"}


def test_ses_tells_the_default_bus_of_what_did_not_arrive_and_of_nothing_else() -> None:
    told = properties("MailEvents")
    destination = told["EventDestination"]
    bus = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"

    assert told["ConfigurationSetName"] == {"Ref": "MailConfigurationSet"}
    assert destination["Enabled"] is True
    assert destination["MatchingEventTypes"] == ["BOUNCE", "COMPLAINT", "REJECT"]
    assert destination["EventBridgeDestination"] == {"EventBusArn": {"Fn::Sub": bus}}


def test_the_function_is_called_for_the_events_that_it_knows_of_this_stacks_mail_alone() -> None:
    pattern = event_pattern()

    assert pattern["source"] == ["aws.ses"]
    assert set(pattern["detail-type"]) == MailFeedbackEvent.detail_types
    assert pattern["detail"] == {"mail": {"tags": {"ses:configuration-set": [{"Ref": "MailConfigurationSet"}]}}}


def test_every_sample_event_is_one_that_the_rule_lets_through() -> None:
    pattern = event_pattern()

    samples = [sample_event("mail_feedback", case) for case in sample_cases("mail_feedback")]

    assert {sample["source"] for sample in samples} <= set(pattern["source"])
    assert {sample["detail-type"] for sample in samples} == set(pattern["detail-type"])
    assert all(sample["detail"]["mail"]["tags"]["ses:configuration-set"] for sample in samples)


def test_only_this_rule_may_call_the_function_and_by_its_alias() -> None:
    permission, (target,) = properties("MailFeedbackPermission"), properties("MailFeedbackRule")["Targets"]

    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": "MailFeedbackFunction.Alias"},
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": "MailFeedbackRule.Arn"},
    }
    assert target["Arn"] == permission["FunctionName"]


def test_what_cannot_be_handed_over_and_what_fails_three_times_waits_in_one_queue() -> None:
    (target,) = properties("MailFeedbackRule")["Targets"]
    queue = properties("MailFeedbackDeadLetters")

    assert target["DeadLetterConfig"] == {"Arn": QUEUE}
    assert properties("MailFeedbackFunction")["EventInvokeConfig"] == {
        "MaximumRetryAttempts": 2,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": QUEUE}},
    }
    assert queue == {"MessageRetentionPeriod": 14 * 86_400, "SqsManagedSseEnabled": True}


def test_the_queue_takes_from_the_rule_and_from_the_function_alone() -> None:
    policy = properties("MailFeedbackDeadLettersPolicy")
    (from_rule,) = policy["PolicyDocument"]["Statement"]

    assert policy["Queues"] == [{"Ref": "MailFeedbackDeadLetters"}]
    assert (from_rule["Principal"], from_rule["Action"]) == ({"Service": "events.amazonaws.com"}, "sqs:SendMessage")
    assert from_rule["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": "MailFeedbackRule.Arn"}}}


def test_the_function_may_update_a_row_leave_a_dead_letter_and_tell_of_itself() -> None:
    granted = {
        action: statement["Resource"] for statement in statements("MailFeedback") for action in statement["Action"]
    }

    log = {"Fn::GetAtt": "MailFeedbackLogGroup.Arn"}
    assert granted == {
        "logs:CreateLogStream": log,
        "logs:PutLogEvents": log,
        "xray:PutTraceSegments": "*",
        "xray:PutTelemetryRecords": "*",
        "dynamodb:UpdateItem": {"Fn::GetAtt": "Table.Arn"},
        "sqs:SendMessage": QUEUE,
    }


def test_one_dead_letter_raises_an_alarm() -> None:
    alarm = properties("MailFeedbackDeadLettersAlarm")

    watched = (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"])

    name = {"Name": "QueueName", "Value": {"Fn::GetAtt": "MailFeedbackDeadLetters.QueueName"}}
    assert watched == ("AWS/SQS", "ApproximateNumberOfMessagesVisible", [name])
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 1)


def test_mails_come_from_the_address_in_the_identity() -> None:
    sender = TEMPLATE["Outputs"]["MailFrom"]["Value"]
    taken = TEMPLATE["Parameters"]["SesIdentityArn"]["AllowedPattern"]

    assert sender == {"Fn::Select": [1, {"Fn::Split": ["identity/", {"Ref": "SesIdentityArn"}]}]}
    assert re.match(taken, DOOR)
    assert DOOR.split("identity/")[1] == "door@acme.com"


def test_the_page_on_mail_names_the_queue_by_which_an_operator_finds_it() -> None:
    page = (ROOT / "docs" / "mail-feedback.md").read_text(encoding="utf-8")

    assert "MailFeedbackDeadLetters" in page
