"""What `gatehouse doctor` says of the deployed stack, and of faults that are planted in it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from local.stack import Stack
from tests.cli.operator import Operator
from tests.local_stack.desk_work import gatehouse

pytestmark = pytest.mark.local_stack


def found(stack: Stack) -> tuple[int, list[dict[str, Any]]]:
    """Run the command; return its exit status and its findings."""
    stack_name = stack.described["stack_name"]
    result = Operator().types("doctor", "--json", **stack.environment, GATEHOUSE_STACK=stack_name)
    assert result.stderr == ""
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()]


def codes(findings: list[dict[str, Any]], where: str = "") -> set[str]:
    return {one["code"] for one in findings if where in one["where"]}


@contextmanager
def planted_client(stack: Stack, **settings: Any) -> Iterator[str]:
    cognito, pool = stack.client("cognito-idp"), stack.outputs["UserPoolId"]
    made = cognito.create_user_pool_client(UserPoolId=pool, **settings)["UserPoolClient"]["ClientId"]
    try:
        yield made
    finally:
        cognito.delete_user_pool_client(UserPoolId=pool, ClientId=made)


def test_nothing_is_wrong_with_what_the_template_makes(stack: Stack) -> None:
    gatehouse(stack, "client", "set", "web")
    gatehouse(stack, "client", "set", "two-step")

    status, findings = found(stack)

    own = [one for one in findings if "app client" not in one["where"] or "web" in one["where"]]
    assert [one for one in findings if one["severity"] == "serious"] == []
    assert own == []
    assert status == 0


def test_a_client_that_takes_clear_passwords_and_the_implicit_flow_is_found(stack: Stack) -> None:
    with planted_client(
        stack,
        ClientName="planted",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"],
        AllowedOAuthFlows=["implicit"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=["openid"],
        CallbackURLs=["https://app.example.com"],
        SupportedIdentityProviders=["COGNITO"],
    ):
        status, findings = found(stack)

    assert status == 1
    assert codes(findings, "planted") >= {
        "client_not_declared",
        "client_sends_passwords",
        "client_takes_implicit_flow",
        "client_tells_users_apart",
    }


def test_a_flow_that_was_switched_on_behind_the_row_is_found(stack: Stack) -> None:
    with planted_client(stack, ClientName="drifted", ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"]) as client_id:
        gatehouse(stack, "client", "set", client_id, "--way", "two-step", "--name", "drifted")
        before = codes(found(stack)[1], "drifted")
        stack.client("cognito-idp").update_user_pool_client(
            UserPoolId=stack.outputs["UserPoolId"],
            ClientId=client_id,
            ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH", "ALLOW_USER_SRP_AUTH"],
        )
        after = codes(found(stack)[1], "drifted")
    gone = codes(found(stack)[1], "drifted")

    assert "client_offers_more" not in before
    assert "client_offers_more" in after
    assert gone == {"declared_client_gone"}


def test_a_permission_that_was_taken_away_is_found(stack: Stack) -> None:
    functions = stack.client("lambda")
    name, _, alias = stack.outputs["PreAuthenticationFunctionArn"].rpartition(":")
    [statement] = json.loads(functions.get_policy(FunctionName=name, Qualifier=alias)["Policy"])["Statement"]
    functions.remove_permission(FunctionName=name, Qualifier=alias, StatementId=statement["Sid"])
    try:
        status, findings = found(stack)
    finally:
        functions.add_permission(
            FunctionName=name,
            Qualifier=alias,
            StatementId=statement["Sid"],
            Action="lambda:InvokeFunction",
            Principal="cognito-idp.amazonaws.com",
            SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
            SourceAccount=statement["Condition"]["StringEquals"]["AWS:SourceAccount"],
        )

    assert status == 1
    assert codes(findings, "function") == {"invoke_permission_missing"}
    assert codes(found(stack)[1], "function") == set()
