"""What template.yaml promises of the functions: what each is given, may do, and makes known when it fails."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.errors import Refusal
from tests.structure.template_file import (
    FOLDERS,
    NAMES,
    RESOURCES,
    ROOT,
    TEMPLATE,
    TRIGGER_NAMES,
    as_camel,
    of_type,
    properties,
)
from tests.support.doubles import CountingAws
from tests.support.functions import Context, handler_of, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import SETTINGS, TestClock, app_for

# The requests that each use case makes, as IAM names them. TransactWriteItems is allowed by these.
STORE_ACTIONS: dict[str, dict[str, set[str]]] = {
    "InboundFederation": {"Table": {"PutItem", "Query"}, "AuditTable": {"PutItem"}},
    "PreSignUp": {"Table": {"BatchGetItem", "GetItem", "PutItem", "Query"}, "AuditTable": {"PutItem"}},
    "PostConfirmation": {
        "Table": {"BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"},
        "AuditTable": {"PutItem"},
    },
    "PreTokenGeneration": {
        "Table": {"BatchGetItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query", "UpdateItem"},
        "AuditTable": {"PutItem"},
    },
    "PreAuthentication": {"Table": {"GetItem", "Query"}, "AuditTable": {"PutItem"}},
    "PostAuthentication": {"AuditTable": {"PutItem"}},
    "CustomAuthChallenge": {"AuditTable": {"PutItem"}},
    "CustomMessage": {"Table": {"GetItem", "Query"}},
    "MailFeedback": {"Table": {"UpdateItem"}},
}


TABLES = {SETTINGS.table_name: "Table", SETTINGS.audit_table_name: "AuditTable"}


def actions_of(operation: str, payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a request does, as IAM sees it: the action, and the table's logical id."""
    if operation == "TransactWriteItems":
        for item in payload["TransactItems"]:
            ((kind, write),) = item.items()
            yield f"{kind}Item", TABLES[write["TableName"]]
    elif operation == "BatchGetItem":
        for table in payload["RequestItems"]:
            yield operation, TABLES[table]
    else:
        yield operation, TABLES[payload["TableName"]]


def statements(name: str) -> list[dict[str, Any]]:
    policies = properties(f"{name}Role")["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def test_every_folder_is_a_function_and_every_function_a_folder() -> None:
    functions = of_type("AWS::Serverless::Function")

    folders = {name: made["Properties"]["CodeUri"] for name, made in functions.items()}

    assert folders == {f"{as_camel(folder)}Function": f"functions/{folder}/" for folder in FOLDERS}


def test_functions_run_on_the_layer_and_are_given_the_time_that_cognito_waits() -> None:
    common = TEMPLATE["Globals"]["Function"]

    shared = [common[name] for name in ("Runtime", "Handler", "Timeout", "Tracing", "Layers")]

    assert shared == ["python3.13", "app.handler", 5, "Active", [{"Ref": "GatehouseLayer"}]]


def test_no_function_departs_from_what_all_have_in_common() -> None:
    own = {"Description", "CodeUri", "Role", "LoggingConfig", "Environment"}
    own |= {"AutoPublishAliasAllProperties", "VersionDescription"}  # which Globals take too, but the linter does not

    departures = {name: set(made["Properties"]) - own for name, made in of_type("AWS::Serverless::Function").items()}

    nothing: dict[str, set[str]] = {f"{name}Function": set() for name in NAMES}
    assert departures == nothing | {"MailFeedbackFunction": {"EventInvokeConfig"}}


def test_cognito_calls_a_version_and_only_the_last_one_is_kept() -> None:
    common = TEMPLATE["Globals"]["Function"]

    assert (common["AutoPublishAlias"], common["VersionDeletionPolicy"]) == ("live", "Delete")
    assert properties("GatehouseLayer")["PublishLambdaVersion"] is True


@pytest.mark.parametrize("name", NAMES)
def test_what_configures_a_function_stands_in_the_description_of_its_version(name: str) -> None:
    """SAM makes a version when code or properties change as they are written, whatever a parameter's value is."""
    own = properties(f"{name}Function")
    configured = [value for key, value in own.items() if key != "VersionDescription"]

    decisive = set(asked_of([configured, TEMPLATE["Globals"]["Function"]]))

    assert decisive == set(asked_of(own["VersionDescription"]))
    assert own["AutoPublishAliasAllProperties"] is True


def asked_of(node: object) -> Iterator[str]:
    """Yield the parameters and conditions that a part of the template asks."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Ref" and value in TEMPLATE["Parameters"]:
                yield value
            elif key == "Fn::If":
                yield value[0]
                yield from asked_of(value[1:])
            elif key == "Fn::Sub" and any(f"${{{one}}}" in str(value) for one in TEMPLATE["Parameters"]):
                yield str(value)
            else:
                yield from asked_of(value)
    elif isinstance(node, list):
        for one in node:
            yield from asked_of(one)


def test_snapshots_are_taken_only_if_they_are_asked_for() -> None:
    assert TEMPLATE["Globals"]["Function"]["SnapStart"] == {
        "ApplyOn": {"Fn::If": ["TakesSnapshots", "PublishedVersions", "None"]}
    }
    assert TEMPLATE["Conditions"]["TakesSnapshots"] == {"Fn::Equals": [{"Ref": "SnapStart"}, "true"]}
    assert TEMPLATE["Parameters"]["SnapStart"]["Default"] == "false"


def test_the_layer_and_the_functions_are_built_for_the_same_architecture() -> None:
    layer = RESOURCES["GatehouseLayer"]

    architectures = [
        TEMPLATE["Globals"]["Function"]["Architectures"],
        layer["Properties"]["CompatibleArchitectures"],
        [layer["Metadata"]["BuildArchitecture"]],
    ]

    assert architectures == [[{"Ref": "Architecture"}]] * 3


def test_functions_and_layer_are_built_by_the_makefile_of_their_architecture() -> None:
    built = of_type("AWS::Serverless::Function") | of_type("AWS::Serverless::LayerVersion")
    how = {"BuildMethod": "makefile", "ContextPath": {"Fn::Sub": "shared/build/${Architecture}"}}

    said = {name: made.get("Metadata") for name, made in built.items()}

    layer = how | {"BuildArchitecture": {"Ref": "Architecture"}}
    assert said == dict.fromkeys(built, how) | {"GatehouseLayer": layer}


def test_every_architecture_has_its_makefile() -> None:
    there = {path.parent.name for path in (ROOT / "shared" / "build").glob("*/Makefile")}

    assert there == set(TEMPLATE["Parameters"]["Architecture"]["AllowedValues"])


def test_what_is_built_is_compiled_for_the_runtime_that_runs_it() -> None:
    compiled_for = f"python{(ROOT / '.python-version').read_text(encoding='utf-8').strip()}"

    assert TEMPLATE["Globals"]["Function"]["Runtime"] == compiled_for
    assert properties("GatehouseLayer")["CompatibleRuntimes"] == [compiled_for]


@pytest.mark.parametrize("name", TRIGGER_NAMES)
def test_cognito_may_call_a_function_for_this_pool_of_this_account_alone(name: str) -> None:
    permission = properties(f"{name}Permission")
    pool = {"Fn::If": ["MakesUserPool", {"Ref": "UserPool"}, {"Ref": "ExistingUserPoolId"}]}
    arn = "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${UserPoolId}"

    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": f"{name}Function.Alias"},
        "Principal": "cognito-idp.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": {"Fn::Sub": [arn, {"UserPoolId": pool}]},
    }


def test_nobody_else_may_call_a_function() -> None:
    assert sorted(of_type("AWS::Lambda::Permission")) == sorted(f"{name}Permission" for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_function_may_do_to_the_tables_what_its_use_case_does_and_nothing_else(name: str) -> None:
    granted: dict[str, set[str]] = {}

    for statement in statements(name):
        actions = {action.removeprefix("dynamodb:") for action in statement["Action"] if "dynamodb:" in action}
        if actions:
            granted[statement["Resource"]["Fn::GetAtt"].removesuffix(".Arn")] = actions

    assert granted == STORE_ACTIONS[name]


@pytest.mark.parametrize(("function", "case"), sorted(SCENES))
def test_no_decision_asks_for_more_than_its_function_may_do(
    function: str, case: str, aws: Aws, clock: TestClock
) -> None:
    scene = SCENES[function, case]
    scene.arrange(app_for(aws, clock))
    counting = CountingAws(aws)

    with suppress(Refusal):
        handler_of(function)(sample_event(function, case), Context(), app_for(counting, clock, scene.settings))

    allowed = STORE_ACTIONS[as_camel(function)]
    for operation, payload in counting.payloads:
        for action, table in actions_of(operation, payload):
            assert action in allowed[table]


@pytest.mark.parametrize("name", TRIGGER_NAMES)
def test_a_function_has_no_power_beyond_its_tables_its_own_log_and_its_traces(name: str) -> None:
    others = [statement for statement in statements(name) if "dynamodb:" not in statement["Action"][0]]

    assert others == [
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": {"Fn::GetAtt": f"{name}LogGroup.Arn"},
        },
        # X-Ray's write actions take no resource.
        {"Effect": "Allow", "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "Resource": "*"},
    ]


def test_no_role_takes_a_managed_policy_or_names_an_action_by_a_wildcard() -> None:
    roles = of_type("AWS::IAM::Role")

    managed = [name for name, role in roles.items() if "ManagedPolicyArns" in role["Properties"]]
    actions = [action for name in NAMES for statement in statements(name) for action in statement["Action"]]

    assert sorted(roles) == sorted(["SmsRole", *(f"{name}Role" for name in NAMES)])
    assert (managed, [action for action in actions if "*" in action]) == ([], [])


@pytest.mark.parametrize("name", NAMES)
def test_a_function_logs_as_json_to_a_group_that_forgets(name: str) -> None:
    function, group = properties(f"{name}Function"), properties(f"{name}LogGroup")

    assert function["Role"] == {"Fn::GetAtt": f"{name}Role.Arn"}
    assert function["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": f"{name}LogGroup"}}
    assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("name", NAMES)
def test_a_function_that_breaks_raises_an_alarm_and_one_that_refuses_does_not(name: str) -> None:
    counter, alarm = properties(f"{name}Faults"), properties(f"{name}FaultsAlarm")
    (transformation,) = counter["MetricTransformations"]

    counted = (counter["LogGroupName"], transformation["MetricNamespace"], transformation["MetricName"])

    assert counted == ({"Ref": f"{name}LogGroup"}, alarm["Namespace"], alarm["MetricName"])
    assert counter["FilterPattern"]["Fn::Sub"] == (
        '{ ($.service = "${AWS::StackName}" && $.level = "ERROR") || $.errorType = "Runtime.*"'
        ' || $.record.errorType = "Runtime.*" || $.record.status = "timeout" }'
    )
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Sum", 1)


@pytest.mark.parametrize("name", TRIGGER_NAMES)
def test_a_function_that_nears_cognitos_limit_raises_an_alarm(name: str) -> None:
    alarm = properties(f"{name}DurationAlarm")

    watched = (alarm["Namespace"], alarm["MetricName"], alarm["Dimensions"])

    assert watched == (
        "AWS/Lambda",
        "Duration",
        [{"Name": "FunctionName", "Value": {"Ref": f"{name}Function"}}],
    )
    assert (alarm["Statistic"], alarm["Threshold"]) == ("Maximum", 4000)


def test_every_alarm_tells_the_topic_if_there_is_one_and_is_silent_without_data() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    told = {
        name: (made["Properties"]["AlarmActions"], made["Properties"]["TreatMissingData"])
        for name, made in alarms.items()
    }

    topic = {"Fn::If": ["TellsOfAlarms", [{"Ref": "AlarmTopicArn"}], {"Ref": "AWS::NoValue"}]}
    expected = [f"{name}FaultsAlarm" for name in NAMES] + [f"{name}DurationAlarm" for name in TRIGGER_NAMES]
    assert told == dict.fromkeys([*expected, "MailFeedbackDeadLettersAlarm"], (topic, "notBreaching"))
