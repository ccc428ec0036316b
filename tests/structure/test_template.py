"""What template.yaml promises. The emulator ignores much of it in silence, so nothing else would notice."""

import re
from typing import Any

import pytest

from gatehouse.runtime.cognito import TRIGGERS
from tests.structure.template_file import FOLDERS, NAMES, RESOURCES, ROOT, TEMPLATE, as_camel, of_type, properties

TABLES = ["Table", "AuditTable"]
CLIENTS = ["WebClient", "TwoStepClient"]
POOL_RESOURCES = ["UserPool", *CLIENTS]
DEPLOY_PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")

# The requests that each use case makes, as IAM names them. TransactWriteItems is allowed by these.
STORE_ACTIONS = {
    "PreSignUp": {"Table": {"BatchGetItem", "PutItem", "Query"}, "AuditTable": {"PutItem"}},
    "PostConfirmation": {
        "Table": {"DeleteItem", "PutItem", "Query", "UpdateItem"},
        "AuditTable": {"PutItem"},
    },
    "PreTokenGeneration": {
        "Table": {"BatchGetItem", "DeleteItem", "PutItem", "Query", "UpdateItem"},
        "AuditTable": {"PutItem"},
    },
    "PostAuthentication": {"AuditTable": {"PutItem"}},
}


def statements(name: str) -> list[dict[str, Any]]:
    policies = properties(f"{name}Role")["Policies"]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


# ---- the user pool


def test_people_sign_in_by_email_whose_case_does_not_matter() -> None:
    pool = properties("UserPool")

    chosen = (pool["UsernameAttributes"], pool["UsernameConfiguration"])

    assert chosen == (["email"], {"CaseSensitive": False})


def test_an_address_is_verified_at_sign_up_and_before_it_is_changed() -> None:
    pool = properties("UserPool")

    verified = (
        pool["AutoVerifiedAttributes"],
        pool["UserAttributeUpdateSettings"]["AttributesRequireVerificationBeforeUpdate"],
    )

    assert verified == (["email"], ["email"])


def test_an_account_is_recovered_by_the_verified_address_alone() -> None:
    mechanisms = properties("UserPool")["AccountRecoverySetting"]["RecoveryMechanisms"]

    assert mechanisms == [{"Name": "verified_email", "Priority": 1}]


def test_the_pool_has_no_custom_attribute_that_somebody_could_mistake_for_authority() -> None:
    assert "Schema" not in properties("UserPool")


def test_the_pool_calls_every_trigger_function_there_is_and_no_other() -> None:
    config = dict(properties("UserPool")["LambdaConfig"])
    tokens = config.pop("PreTokenGenerationConfig")

    called = config | {"PreTokenGeneration": tokens["LambdaArn"]}

    assert called == {name: {"Fn::GetAtt": f"{name}Function.Arn"} for name in NAMES}
    assert tokens["LambdaVersion"] == "V2_0"


def test_the_runtime_names_the_triggers_as_the_pool_does() -> None:
    assert set(TRIGGERS.values()) == set(properties("UserPool")["LambdaConfig"])


def test_the_pool_has_the_plan_that_pre_token_generation_v2_needs() -> None:
    assert properties("UserPool")["UserPoolTier"] == "ESSENTIALS"


def test_a_password_is_long_and_of_any_composition() -> None:
    policy = properties("UserPool")["Policies"]["PasswordPolicy"]

    demanded = [name for name, value in policy.items() if name.startswith("Require") and value]

    assert (policy["MinimumLength"], demanded) == ({"Fn::If": ["TakesShortPasswords", 8, 15]}, [])
    assert TEMPLATE["Parameters"]["ShortPasswords"]["Default"] == "false"


# ---- the app clients


def test_each_client_has_its_name_and_its_ways_in() -> None:
    clients = of_type("AWS::Cognito::UserPoolClient").values()

    flows = {client["Properties"]["ClientName"]: client["Properties"]["ExplicitAuthFlows"] for client in clients}

    assert flows == {
        "web": ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        "two-step": ["ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    }


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_is_public_tells_nothing_of_who_exists_and_can_revoke(client: str) -> None:
    made = properties(client)

    settings = [made[name] for name in ("GenerateSecret", "PreventUserExistenceErrors", "EnableTokenRevocation")]

    assert settings == [False, "ENABLED", True]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_writes_no_attribute_that_proves_or_grants_anything(client: str) -> None:
    written = properties(client)["WriteAttributes"]

    assert written == ["email", "name", "given_name", "family_name", "locale"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_offers_no_oauth_flow(client: str) -> None:
    offered = [name for name in properties(client) if "OAuth" in name or name == "SupportedIdentityProviders"]

    assert offered == []


@pytest.mark.parametrize("client", CLIENTS)
def test_a_token_that_opens_doors_lives_for_a_quarter_of_an_hour(client: str) -> None:
    made = properties(client)

    lifetimes = {
        kind: (made[f"{kind}TokenValidity"], made["TokenValidityUnits"][f"{kind}Token"]) for kind in ("Access", "Id")
    }

    assert lifetimes == {"Access": (15, "minutes"), "Id": (15, "minutes")}


# ---- the store


@pytest.mark.parametrize("table", TABLES)
def test_a_table_can_be_restored_is_encrypted_with_a_kms_key_and_forgets_by_ttl(table: str) -> None:
    made = properties(table)

    kept = [made[name] for name in ("PointInTimeRecoverySpecification", "SSESpecification", "TimeToLiveSpecification")]

    assert kept == [
        {"PointInTimeRecoveryEnabled": True},
        {"SSEEnabled": True, "SSEType": "KMS"},
        {"AttributeName": "ttl", "Enabled": True},
    ]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_has_one_index_over_string_keys_and_is_paid_by_request(table: str) -> None:
    made = properties(table)

    keys = [key["AttributeName"] for key in made["KeySchema"]]
    indexes = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in made["GlobalSecondaryIndexes"]
    }
    types = {attribute["AttributeType"] for attribute in made["AttributeDefinitions"]}

    assert (keys, indexes, types) == (["PK", "SK"], {"GSI1": ["GSI1PK", "GSI1SK"]}, {"S"})
    assert made["BillingMode"] == "PAY_PER_REQUEST"


@pytest.mark.parametrize("resource", ["UserPool", *TABLES])
def test_what_holds_people_outlives_the_stack(resource: str) -> None:
    made = RESOURCES[resource]

    kept = (made["DeletionPolicy"], made["UpdateReplacePolicy"])

    assert kept == ("Retain", "Retain")


def test_what_holds_people_cannot_be_deleted_unless_the_deployment_says_so() -> None:
    protection = [
        properties("UserPool")["DeletionProtection"],
        *(properties(table)["DeletionProtectionEnabled"] for table in TABLES),
    ]

    assert protection == [
        {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]},
        {"Fn::If": ["IsProtected", True, False]},
        {"Fn::If": ["IsProtected", True, False]},
    ]
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "true"


# ---- the functions


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

    departures = {name: set(made["Properties"]) - own for name, made in of_type("AWS::Serverless::Function").items()}

    assert departures == {f"{name}Function": set() for name in NAMES}


def test_the_layer_and_the_functions_are_built_for_the_same_architecture() -> None:
    layer = RESOURCES["GatehouseLayer"]

    architectures = [
        TEMPLATE["Globals"]["Function"]["Architectures"],
        layer["Properties"]["CompatibleArchitectures"],
        [layer["Metadata"]["BuildArchitecture"]],
    ]

    assert architectures == [[{"Ref": "Architecture"}]] * 3


@pytest.mark.parametrize("name", NAMES)
def test_cognito_may_call_a_function_for_this_pool_of_this_account_alone(name: str) -> None:
    permission = properties(f"{name}Permission")
    pool = {"Fn::If": ["MakesUserPool", {"Ref": "UserPool"}, {"Ref": "ExistingUserPoolId"}]}
    arn = "arn:${AWS::Partition}:cognito-idp:${AWS::Region}:${AWS::AccountId}:userpool/${UserPoolId}"

    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": {"Ref": f"{name}Function"},
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


@pytest.mark.parametrize("name", NAMES)
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

    assert sorted(roles) == sorted(f"{name}Role" for name in NAMES)
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


@pytest.mark.parametrize("name", NAMES)
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
    expected = [f"{name}{kind}Alarm" for name in NAMES for kind in ("Faults", "Duration")]
    assert told == dict.fromkeys(expected, (topic, "notBreaching"))


# ---- the deployment


def test_with_an_existing_pool_neither_pool_nor_client_is_made_and_nothing_verifies_by_itself() -> None:
    conditions = {name: made.get("Condition") for name, made in RESOURCES.items()}

    conditional = {name for name, condition in conditions.items() if condition == "MakesUserPool"}

    assert conditional == set(POOL_RESOURCES)
    assert TEMPLATE["Conditions"]["MakesUserPool"] == {"Fn::Equals": [{"Ref": "ExistingUserPoolId"}, ""]}
    assert TEMPLATE["Conditions"]["AutoVerifies"]["Fn::And"][0] == {"Condition": "MakesUserPool"}


def test_a_client_finds_what_it_needs_among_the_outputs() -> None:
    named = {"AppUrl", "UserPoolId", "UserPoolClientId", "TwoStepClientId", "TableName", "AuditTableName"}

    assert set(TEMPLATE["Outputs"]) == named | {f"{name}FunctionArn" for name in NAMES}


@pytest.mark.parametrize(
    "address", ["https://app.example.com/welcome", "http://localhost:3000", "http://127.0.0.1:80/x"]
)
def test_an_invitation_may_lead_to_a_page_by_https_or_on_this_machine(address: str) -> None:
    pattern = TEMPLATE["Parameters"]["AppUrl"]["AllowedPattern"]

    assert re.match(pattern, address)


@pytest.mark.parametrize(
    "address", ["http://app.example.com", "https://app.example.com/#x", "https://", "javascript:1"]
)
def test_an_invitation_never_leads_to_a_page_in_clear_or_with_a_fragment_of_its_own(address: str) -> None:
    pattern = TEMPLATE["Parameters"]["AppUrl"]["AllowedPattern"]

    assert not re.match(pattern, address)


@pytest.mark.parametrize("section", ["Parameters", "Outputs"])
def test_the_page_on_deploying_names_every_parameter_and_every_output_in_a_row_of_its_own(section: str) -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", DEPLOY_PAGE, re.MULTILINE))

    assert set(TEMPLATE[section]) - rows == set()


def test_the_page_on_deploying_names_nothing_that_is_not_there() -> None:
    rows = set(re.findall(r"^\| `(\w+)` \|", DEPLOY_PAGE, re.MULTILINE))

    assert rows - set(TEMPLATE["Parameters"]) - set(TEMPLATE["Outputs"]) == set()


def test_every_parameter_is_described_and_used() -> None:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")

    undescribed = [name for name, made in TEMPLATE["Parameters"].items() if not made.get("Description")]
    unused = [name for name in TEMPLATE["Parameters"] if not re.search(rf"!Ref {name}\b", text)]

    assert (undescribed, unused) == ([], [])
