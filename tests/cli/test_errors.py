import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from gatehouse.errors import NotAMember
from gatehouse_cli.errors import Complaint, complaint_about, errors_told
from tests.cli.edge import Edge
from tests.cli.operator import Operator
from tests.support.stores import SETTINGS, moto_aws

GATEHOUSE = [sys.executable, "-c", "from gatehouse_cli.main import run; run()"]


def ran_in(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*GATEHOUSE, *words], cwd=folder, capture_output=True, text=True, check=False, timeout=60)


@pytest.mark.parametrize(
    ("operation", "failure", "told"),
    [
        (
            "Query",
            ("AccessDeniedException", "User: kim is not authorized to perform: dynamodb:Query."),
            [
                "error: AWS refused: User: kim is not authorized to perform: dynamodb:Query [AccessDeniedException]",
                "These credentials lack a permission that the command needs: docs/cli.md lists them",
            ],
        ),
        (
            "Query",
            ("ResourceNotFoundException", "Requested resource not found"),
            [
                "error: AWS refused: Requested resource not found [ResourceNotFoundException]",
                "Check the region, and that the stack with its tables is still there",
            ],
        ),
        (
            "GetCallerIdentity",
            ("ExpiredToken", "The security token included in the request is expired"),
            [
                "error: AWS refused: The security token included in the request is expired [ExpiredToken]",
                "Sign in to AWS again, or take another profile",
            ],
        ),
        (
            "DescribeStacks",
            ("InvalidClientTokenId", "The security token included in the request is invalid."),
            [
                "error: AWS refused: The security token included in the request is invalid [InvalidClientTokenId]",
                "Sign in to AWS again, or take another profile",
            ],
        ),
        (
            "Query",
            ("SomethingNew", ""),
            [
                "error: AWS refused [SomethingNew]",
                "Look this code up in the documentation of AWS, or try again",
            ],
        ),
    ],
)
def test_what_aws_refuses_is_told_in_its_words_with_what_to_do(
    operator: Operator, edge: Edge, operation: str, failure: tuple[str, str], told: list[str]
) -> None:
    edge.failing[operation] = failure

    refused = operator.is_refused("tenant", "list")

    assert refused == (1, told)


def test_an_aws_that_nobody_answers_for_is_told(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")

    refused = operator.is_refused("tenant", "list")

    assert refused == (
        1,
        [
            'error: AWS could not be asked: Could not connect to the endpoint URL: "http://127.0.0.1:9/" [Unreachable]',
            "Check the network, the region and the credentials; for a local stack, whether it still runs",
        ],
    )


def test_an_endpoint_that_is_none_is_told(operator: Operator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "garbage")

    refused = operator.is_refused("tenant", "list")

    assert refused == (
        1,
        [
            "error: What answered is not AWS, or its answer broke off: ValueError [UnreadableAnswer]",
            "Check that the endpoint is one of AWS, if one is set: AWS_ENDPOINT_URL, .local/stack.json",
        ],
    )


@pytest.mark.usefixtures("edge")
@pytest.mark.parametrize(("name", "words"), [("AWS_ACCESS_KEY_ID", "credentials"), ("AWS_DEFAULT_REGION", "region")])
def test_a_shell_without_credentials_or_region_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, words: str
) -> None:
    monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))

    ended = ran_in(tmp_path, "tenant", "list")

    told, advice = ended.stderr.splitlines()
    assert (ended.returncode, ended.stdout) == (1, "")
    assert re.fullmatch(rf"error: AWS could not be asked: .*{words}.* \[Unreachable\]", told)
    assert advice == "Check the network, the region and the credentials; for a local stack, whether it still runs"


def test_a_record_that_somebody_wrote_by_hand_is_told(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")
    with moto_aws() as aws:
        aws.call(
            "dynamodb",
            "UpdateItem",
            {
                "TableName": SETTINGS.table_name,
                "Key": {"PK": {"S": "TENANT#acme"}, "SK": {"S": "SEATS"}},
                "UpdateExpression": "SET held = :many",
                "ExpressionAttributeValues": {":many": {"S": "many"}},
            },
        )

        refused = operator.is_refused("tenant", "show", "acme")

    assert refused == (
        1,
        [
            "error: The SEATS record has no readable held, at TENANT#acme SEATS [unreadable_record]",
            "Look at it in the table: it was written by hand, or by a newer version of Gatehouse",
        ],
    )


def test_a_bug_is_one_sentence_that_asks_to_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, errors_told(debug=False):
        raise ZeroDivisionError("ana@acme.com")

    assert ended.value.exit_code == 1
    assert capsys.readouterr().err.splitlines() == [
        "error: This is a bug in Gatehouse: ZeroDivisionError [bug]",
        "Please report it with what `gatehouse --debug …` prints; take names and addresses out of that first",
    ]


def test_debug_shows_where_an_error_comes_from(operator: Operator) -> None:
    by_option = operator.types("--debug", "tenant", "show", "acme")
    by_environment = operator.types("tenant", "show", "acme", GATEHOUSE_DEBUG="1")

    for result in (by_option, by_environment):
        assert result.exit_code == 1
        assert result.stderr.startswith("Traceback (most recent call last):")
        assert "error: There is no tenant with this id [tenant_not_found]" in result.stderr


def test_a_refusal_made_for_the_public_has_advice_for_an_operator_too() -> None:
    complaint = complaint_about(NotAMember())

    assert complaint == Complaint(NotAMember.sentence, "not_a_member", "See docs/refusals.md", 1)


def test_what_a_terminal_would_obey_is_not_printed_as_it_is(operator: Operator, edge: Edge) -> None:
    edge.failing["Query"] = ("AccessDeniedException", "\x1b]0;owned\x07 denied")

    _, lines = operator.is_refused("tenant", "list")

    assert lines[0] == "error: AWS refused: \\x1b]0;owned\\x07 denied [AccessDeniedException]"


@pytest.mark.parametrize("words", [[], ["tenant"], ["invite"], ["member"], ["client"], ["provider"], ["audit"]])
def test_a_noun_without_a_verb_shows_what_there_is(operator: Operator, words: list[str]) -> None:
    result = operator.types(*words)

    assert result.exit_code == 2
    assert "Commands:" in result.output


def test_the_version_is_the_packages(operator: Operator) -> None:
    assert operator.does("--version") == "gatehouse 0.1.0\n"


def test_the_command_ends_with_its_exit_code(tmp_path: Path) -> None:
    ended = ran_in(tmp_path, "tenant", "list")

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "[no_stack]" in ended.stderr


@pytest.mark.usefixtures("edge")
def test_a_reader_that_has_seen_enough_ends_the_command_without_a_word(tmp_path: Path) -> None:
    command = subprocess.Popen(
        [*GATEHOUSE, "tenant", "create", "acme"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert command.stdout is not None
    command.stdout.close()

    _, stderr = command.communicate(timeout=30)

    assert (command.returncode, stderr) == (141, b"")


@pytest.mark.usefixtures("edge")
def test_ctrl_c_ends_the_command_at_once_with_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        command = subprocess.Popen([*GATEHOUSE, "tenant", "list"], cwd=tmp_path, stderr=subprocess.PIPE)
        asked, _ = silent.accept()
        command.send_signal(signal.SIGINT)

        _, stderr = command.communicate(timeout=5)

        asked.close()
    assert (command.returncode, stderr) == (130, b"interrupted\n")
