import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import STACK
from tests.cli.edge import Asked, Edge
from tests.cli.operator import Operator

THREE_WAYS = (
    "Name it with --stack NAME or in GATEHOUSE_STACK, or run `make local` and call from its folder, where"
    " .local/stack.json is"
)


def stack_file(edge: Edge, folder: Path, **overrides: Any) -> Path:
    path = folder / ".local" / "stack.json"
    path.parent.mkdir(parents=True)
    local = {"endpoint_url": edge.url, "region": "us-east-1", "stack_name": "gatehouse", "Other": "output"}
    described = local | edge.stacks[STACK] | overrides
    path.write_text(json.dumps({key: value for key, value in described.items() if value is not None}))
    return path


@pytest.fixture
def unnamed(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Edge:
    monkeypatch.delenv("GATEHOUSE_STACK")
    return edge


@pytest.mark.parametrize(
    "words", [("--stack", "other", "tenant", "list"), ("tenant", "list", "--stack", "other")], ids=["before", "after"]
)
def test_the_option_names_the_stack_before_or_after_the_command(
    operator: Operator, edge: Edge, words: tuple[str, ...]
) -> None:
    edge.stacks["other"] = edge.stacks.pop(STACK)

    result = operator.types(*words)

    assert result.exit_code == 0


def test_the_environment_names_the_stack_with_boto3s_own_credentials(operator: Operator, edge: Edge) -> None:
    operator.types("tenant", "list")

    assert edge.asked == [
        Asked("cloudformation", "DescribeStacks", "testing", "us-east-1"),
        Asked("sts", "GetCallerIdentity", "testing", "us-east-1"),
        Asked("dynamodb", "Query", "testing", "us-east-1"),
    ]


@pytest.mark.parametrize("below", ["", "some/folder/below"])
def test_the_local_stack_is_found_here_or_further_up_and_gets_no_credentials_of_a_person(
    operator: Operator, unnamed: Edge, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    stack_file(unnamed, tmp_path)
    (tmp_path / below).mkdir(parents=True, exist_ok=True)
    monkeypatch.chdir(tmp_path / below)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "a person's")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

    result = operator.types("tenant", "list")

    assert result.exit_code == 0
    assert unnamed.asked == [
        Asked("sts", "GetCallerIdentity", "test", "us-east-1"),
        Asked("dynamodb", "Query", "test", "us-east-1"),
    ]


def test_a_named_stack_comes_before_the_local_one(operator: Operator, edge: Edge, tmp_path: Path) -> None:
    stack_file(edge, tmp_path)

    operator.types("tenant", "list")

    assert edge.asked[0].operation == "DescribeStacks"


def test_without_a_stack_the_three_ways_to_name_one_are_told(operator: Operator, unnamed: Edge) -> None:
    refused = operator.is_refused("tenant", "list")

    assert refused == (2, ["error: No stack is named, and no local one is running here [no_stack]", THREE_WAYS])
    assert unnamed.asked == []


@pytest.mark.usefixtures("edge")
def test_an_empty_name_is_none(operator: Operator) -> None:
    result = operator.types("tenant", "list", GATEHOUSE_STACK="")

    assert result.exit_code == 2
    assert "[no_stack]" in result.stderr


def test_a_stack_that_there_is_not_is_told(operator: Operator) -> None:
    refused = operator.is_refused("--stack", "nope", "tenant", "list")

    assert refused == (
        2,
        [
            "error: There is no stack nope in this account and region [stack_not_found]",
            "See what there is, with the same credentials and region: aws cloudformation list-stacks",
        ],
    )


@pytest.mark.parametrize("name", ["UserPoolClientId", "TwoStepClientId"])
def test_a_stack_with_an_existing_pool_has_no_app_clients_and_is_one(operator: Operator, edge: Edge, name: str) -> None:
    del edge.stacks[STACK][name]

    result = operator.types("tenant", "list")

    assert result.exit_code == 0


def test_a_stack_of_something_else_is_told(operator: Operator, edge: Edge) -> None:
    edge.stacks["website"] = {"AppUrl": "https://example.com", "TableName": "core"}

    refused = operator.is_refused("--stack", "website", "tenant", "list")

    assert refused == (
        2,
        [
            "error: The stack website is not of Gatehouse, it lacks AuditTableName, UserPoolId [not_a_gatehouse_stack]",
            "Name the stack that template.yaml was deployed as; one that is still being made has no outputs yet",
        ],
    )


@pytest.mark.parametrize(
    ("overrides", "lacking"),
    [
        ({"endpoint_url": None}, "endpoint_url"),
        ({"endpoint_url": "localhost:4566"}, "endpoint_url"),
        ({"region": 1}, "region"),
        ({"TableName": "", "AppUrl": None}, "TableName, AppUrl"),
    ],
)
def test_a_stack_file_that_lacks_something_is_told(
    operator: Operator, unnamed: Edge, tmp_path: Path, overrides: dict[str, Any], lacking: str
) -> None:
    path = stack_file(unnamed, tmp_path, **overrides)

    refused = operator.is_refused("tenant", "list")

    assert refused == (
        2,
        [
            f"error: {path} is not usable, it lacks a right {lacking} [stack_file_unusable]",
            "Run `make local` again, which writes it, or name a stack on AWS with --stack NAME",
        ],
    )


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'["a list"]'])
def test_a_stack_file_that_is_none_is_told(operator: Operator, unnamed: Edge, tmp_path: Path, content: bytes) -> None:
    path = stack_file(unnamed, tmp_path)
    path.write_bytes(content)

    refused = operator.is_refused("tenant", "list")

    assert refused == (
        2,
        [
            f"error: {path} is not usable, it is no JSON object [stack_file_unusable]",
            "Run `make local` again, which writes it, or name a stack on AWS with --stack NAME",
        ],
    )
