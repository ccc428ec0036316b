import json
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.diagnosis import FUNCTION_OF, FUNCTIONS
from gatehouse.domain.finding import KINDS, Code
from gatehouse.store.records import client_item
from tests.cli.conftest import STACK, TWO_STEP, WEB
from tests.cli.edge import Asked, Edge
from tests.cli.operator import Operator
from tests.cli.test_output import plain
from tests.support.builders import a_client
from tests.support.stores import SETTINGS

POOL = "us-east-1_Ab12Cd34E"
POOL_ARN = f"arn:aws:cognito-idp:us-east-1:123456789012:userpool/{POOL}"
ARNS = {name: f"arn:aws:lambda:us-east-1:123456789012:function:gatehouse-{name}:live" for name in FUNCTIONS}
VERSIONS = {"InboundFederation": "V1_0", "PreTokenGenerationConfig": "V2_0"}
FLOWS = {WEB: ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"], TWO_STEP: ["ALLOW_CUSTOM_AUTH"]}
NAMES = {WEB: "web", TWO_STEP: "two-step"}
SOUND = "Nothing is wrong: the user pool, its app clients and the functions are as they should be\n"


@pytest.fixture
def live(edge: Edge, operator: Operator) -> Edge:
    """The edge with a user pool, app clients and functions as the template makes them, and the clients declared."""
    edge.stacks[STACK] |= {f"{name}FunctionArn": arn for name, arn in ARNS.items()}
    edge.described["DescribeUserPool", POOL] = {"UserPool": _pool()}
    # Two pages.
    edge.described["ListUserPoolClients", POOL] = {"UserPoolClients": [{"ClientId": WEB}], "NextToken": "more"}
    edge.described["ListUserPoolClients", "more"] = {"UserPoolClients": [{"ClientId": TWO_STEP}]}
    for client_id in FLOWS:
        edge.described["DescribeUserPoolClient", client_id] = {"UserPoolClient": _client(client_id)}
    for arn in ARNS.values():
        name = arn.removesuffix(":live")
        edge.described["GetFunctionConfiguration", name] = {"Environment": {"Variables": {}}}
        edge.described["GetPolicy", name] = {"Policy": json.dumps({"Statement": [_statement()]})}
    operator.does("client", "set", "web")
    operator.does("client", "set", "two-step")
    edge.asked.clear()
    return edge


def _pool() -> dict[str, Any]:
    config: dict[str, Any] = {key: ARNS[name] for key, name in FUNCTION_OF.items()}
    for key, version in VERSIONS.items():
        config[key] = {"LambdaArn": config[key], "LambdaVersion": version}
    return {
        "Id": POOL,
        "Arn": POOL_ARN,
        "UserPoolTier": "ESSENTIALS",
        "LambdaConfig": config,
        "UsernameConfiguration": {"CaseSensitive": False},
        "AutoVerifiedAttributes": ["email"],
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    }


def _client(client_id: str) -> dict[str, Any]:
    return {
        "ClientId": client_id,
        "ClientName": NAMES[client_id],
        "ClientSecret": "a-secret-that-nobody-may-see",
        "ExplicitAuthFlows": [*FLOWS[client_id], "ALLOW_REFRESH_TOKEN_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "EnableTokenRevocation": True,
        "WriteAttributes": ["email", "name"],
    }


def _statement() -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": {
            "StringEquals": {"AWS:SourceAccount": "123456789012"},
            "ArnLike": {"AWS:SourceArn": POOL_ARN},
        },
    }


def described_client(live: Edge, client_id: str = WEB) -> dict[str, Any]:
    found: dict[str, Any] = live.described["DescribeUserPoolClient", client_id]["UserPoolClient"]
    return found


def described_pool(live: Edge) -> dict[str, Any]:
    found: dict[str, Any] = live.described["DescribeUserPool", POOL]["UserPool"]
    return found


def found(operator: Operator) -> tuple[int, list[dict[str, Any]]]:
    result = operator.types("doctor", "--json")
    assert result.stderr == ""
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


@pytest.mark.usefixtures("live")
def test_a_sentence_says_that_nothing_is_wrong(operator: Operator) -> None:
    result = operator.types("doctor")

    assert (result.exit_code, result.stdout, result.stderr) == (0, "", SOUND)


@pytest.mark.usefixtures("live")
def test_a_row_that_somebody_spoiled_is_not_checked(operator: Operator, aws: Aws) -> None:
    row = {name: value for name, value in client_item(a_client()).items() if name != "client_name"}
    aws.call("dynamodb", "PutItem", {"TableName": SETTINGS.table_name, "Item": row})

    status, [finding] = found(operator)

    assert (status, finding["code"], finding["where"]) == (1, "not_checked", "table")
    assert finding["what"].startswith("The rows of app clients could not be read: ")


@pytest.mark.usefixtures("live")
def test_nothing_wrong_is_no_object(operator: Operator) -> None:
    assert found(operator) == (0, [])


def test_it_only_reads(operator: Operator, live: Edge) -> None:
    operator.types("doctor")

    asked = [one for one in live.asked if one.service != "sts"]
    assert asked[0] == Asked("cloudformation", "DescribeStacks", "testing", "us-east-1")
    assert {(one.service, one.operation) for one in asked[1:]} == {
        ("cognito-idp", "DescribeUserPool"),
        ("cognito-idp", "DescribeUserPoolClient"),
        ("cognito-idp", "ListUserPoolClients"),
        ("dynamodb", "Query"),
        ("lambda", "GetFunctionConfiguration"),
        ("lambda", "GetPolicy"),
    }


def test_a_serious_finding_is_told_with_what_to_do_and_ends_with_one(operator: Operator, live: Edge) -> None:
    described_client(live)["AllowedOAuthFlows"] = ["code", "implicit"]
    described_client(live)["SupportedIdentityProviders"] = ["COGNITO"]

    status, [more, implicit] = found(operator)

    assert status == 1
    assert (more["code"], more["what"]) == ("client_offers_more", "It offers password, and declares custom, srp")
    assert implicit == {
        "severity": "serious",
        "code": "client_takes_implicit_flow",
        "where": f"app client web ({WEB})",
        "what": "AllowedOAuthFlows has implicit",
        "advice": "Take implicit from AllowedOAuthFlows and use code with PKCE",
    }


def test_what_is_not_serious_ends_with_zero(operator: Operator, live: Edge) -> None:
    del described_client(live)["PreventUserExistenceErrors"]
    described_client(live)["WriteAttributes"] = ["custom:shoe_size"]

    status, findings = found(operator)

    assert status == 0
    assert [(one["severity"], one["code"]) for one in findings] == [
        ("warning", "client_tells_users_apart"),
        ("note", "client_writes_custom_attributes"),
    ]


def test_settings_of_the_pool_that_break_a_promise_are_told(operator: Operator, live: Edge) -> None:
    described_pool(live)["AdminCreateUserConfig"] = {"AllowAdminCreateUserOnly": True}
    described_pool(live)["DcrConfiguration"] = {"OpenDcrEnabled": True}
    described_pool(live)["UsernameAttributes"] = ["phone_number"]
    described_pool(live)["LambdaConfig"]["UserMigration"] = "arn:aws:lambda:us-east-1:123456789012:function:other"
    del described_pool(live)["AutoVerifiedAttributes"]

    status, findings = found(operator)

    assert status == 0
    assert [one["code"] for one in findings] == [
        "address_never_verified",
        "clients_register_themselves",
        "phone_changed_unverified",
        "sign_up_closed",
        "users_migrated",
    ]


def test_every_page_of_the_app_clients_is_read(operator: Operator, live: Edge) -> None:
    described_client(live, TWO_STEP)["EnableTokenRevocation"] = False

    _, [finding] = found(operator)

    assert (finding["code"], finding["where"]) == ("client_keeps_revoked_tokens", f"app client two-step ({TWO_STEP})")


def test_what_an_answer_leaves_out_has_cognitos_defaults(operator: Operator, live: Edge) -> None:
    for key in ("UserPoolTier", "UsernameConfiguration", "UserAttributeUpdateSettings", "EmailConfiguration"):
        del described_pool(live)[key]
    for key in ("ExplicitAuthFlows", "WriteAttributes"):
        del described_client(live)[key]

    _, findings = found(operator)

    assert {one["code"] for one in findings} == {"email_changed_unverified", "pool_case_sensitive"}


def test_the_pool_is_compared_with_the_stacks_outputs(operator: Operator, live: Edge) -> None:
    config = described_pool(live)["LambdaConfig"]
    del config["PreSignUp"]
    config["PreTokenGenerationConfig"]["LambdaVersion"] = "V1_0"
    config["PreTokenGeneration"] = "arn:aws:lambda:us-east-1:123456789012:function:other"

    status, findings = found(operator)

    assert status == 1
    assert {one["code"] for one in findings} == {
        "gate_missing",
        "pre_token_generation_twice",
        "trigger_version_wrong",
    }


def test_the_functions_are_asked_for_by_their_alias(operator: Operator, live: Edge) -> None:
    name = ARNS["PostConfirmation"].removesuffix(":live")
    del live.described["GetPolicy", name]
    del live.described["GetFunctionConfiguration", ARNS["PreSignUp"].removesuffix(":live")]

    status, findings = found(operator)

    assert status == 1
    assert [(one["code"], one["where"]) for one in findings] == [
        ("function_gone", "function gatehouse-PreSignUp:live"),
        ("invoke_permission_missing", "function gatehouse-PostConfirmation:live"),
    ]


def test_the_functions_settings_are_compared_with_the_pool(operator: Operator, live: Edge) -> None:
    name = ARNS["CustomMessage"].removesuffix(":live")
    variables = {"GATEHOUSE_POOL_SENDS_BY_SES": "true"}
    live.described["GetFunctionConfiguration", name] = {"Environment": {"Variables": variables}}

    status, [finding] = found(operator)

    assert (status, finding["code"]) == (1, "mail_worded_without_ses")


def test_a_client_without_a_row_is_a_note_and_a_row_without_a_client_a_warning(operator: Operator, live: Edge) -> None:
    operator.does("client", "set", "gone", "--way", "srp", "--name", "portal")
    live.described["ListUserPoolClients", "more"]["UserPoolClients"].append({"ClientId": "new"})
    live.described["DescribeUserPoolClient", "new"] = {"UserPoolClient": _client(WEB) | {"ClientName": "new"}}

    status, findings = found(operator)

    assert status == 0
    assert [(one["severity"], one["code"], one["where"]) for one in findings] == [
        ("warning", "declared_client_gone", "app client portal (gone)"),
        ("note", "client_not_declared", "app client new (new)"),
    ]


def test_an_attached_pool_must_not_verify_by_itself(operator: Operator, live: Edge) -> None:
    del live.stacks[STACK]["UserPoolClientId"]
    del live.stacks[STACK]["TwoStepClientId"]
    name = ARNS["PreSignUp"].removesuffix(":live")
    live.described["GetFunctionConfiguration", name] = {"Environment": {"Variables": {"GATEHOUSE_AUTO_VERIFY": "true"}}}
    warned = found(operator)[1]
    described_pool(live)["AliasAttributes"] = ["email"]

    serious = found(operator)[1]

    assert [one["code"] for one in warned] == ["auto_verify_on_attached_pool"]
    assert [one["code"] for one in serious] == ["auto_verify_moves_aliases"]


@pytest.mark.parametrize(
    ("operation", "count", "told"),
    [
        ("DescribeUserPool", 1, "Its settings could not be read"),
        ("ListUserPoolClients", 1, "The list of its app clients could not be read"),
        ("DescribeUserPoolClient", 2, "Its settings could not be read"),
        ("GetFunctionConfiguration", len(FUNCTIONS), "Its settings could not be read"),
        ("GetPolicy", len(FUNCTIONS), "Its policy could not be read"),
        ("Query", 1, "The rows of app clients could not be read"),
    ],
)
def test_what_may_not_be_read_is_a_finding_and_hides_no_other(
    operator: Operator, live: Edge, operation: str, count: int, told: str
) -> None:
    live.failing[operation] = ("AccessDeniedException", "kim may not do that")
    described_pool(live)["UserPoolTier"] = "LITE"

    status, findings = found(operator)

    unread = [one for one in findings if one["code"] == "not_checked"]
    others = {one["code"] for one in findings} - {"not_checked"}
    assert status == 1
    assert [one["what"] for one in unread] == [f"{told}: AccessDeniedException: kim may not do that"] * count
    assert others == ({"pool_on_lite"} if operation != "DescribeUserPool" else set())


def test_settings_that_lambda_cannot_decrypt_are_not_checked(operator: Operator, live: Edge) -> None:
    name = ARNS["PreSignUp"].removesuffix(":live")
    problem = {"ErrorCode": "AccessDeniedException", "Message": "no key"}
    live.described["GetFunctionConfiguration", name] = {"Environment": {"Error": problem}}

    status, [finding] = found(operator)

    assert (status, finding["code"]) == (1, "not_checked")
    assert finding["what"] == "Its settings could not be read: AccessDeniedException: no key"


def test_a_stack_of_an_older_version_is_not_checked_where_it_is_silent(operator: Operator, live: Edge) -> None:
    del live.stacks[STACK]["PreAuthenticationFunctionArn"]

    status, [finding] = found(operator)

    assert (status, finding["where"], finding["what"]) == (1, "stack", "It has no output PreAuthenticationFunctionArn")


def test_people_read_a_table_that_fits_their_terminal(
    operator: Operator, live: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    described_pool(live)["UserPoolTier"] = "LITE"

    lines = plain(operator.sees("doctor"))

    assert max(map(len, lines)) <= 80
    assert lines == [
        "SEVERITY                       WHAT",
        "CODE                           WHAT TO DO",
        "WHERE",
        "serious                        It is on the Lite plan",
        "pool_on_lite                   Put the pool on the Essentials plan or higher",
        "user pool us-east-1_Ab12Cd34E",
    ]


def test_no_secret_of_a_client_is_told(operator: Operator, live: Edge) -> None:
    described_client(live)["AllowedOAuthFlows"] = ["implicit"]

    told = operator.types("doctor", "--json").stdout + operator.types("doctor").stdout

    assert "a-secret-that-nobody-may-see" not in told


def test_everything_that_can_be_found_has_something_to_do_and_a_source() -> None:
    assert {*KINDS} == {*Code}
    assert all(kind.meaning and kind.advice and kind.source for kind in KINDS.values())
