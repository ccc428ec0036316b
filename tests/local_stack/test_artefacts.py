"""What was built runs with nothing on its path but itself and the layer."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.stack import BUILD, Stack
from tests.support.functions import FOLDERS, sample_event

pytestmark = pytest.mark.local_stack

SETTINGS = {
    "GATEHOUSE_TABLE_NAME": "core",
    "GATEHOUSE_AUDIT_TABLE_NAME": "audit",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # the discard port: nobody answers
}
# -I and -S leave out the environment's packages; the script adds what Lambda adds, in Lambda's order.
CALL = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from app import handler
event = json.loads(sys.argv[2])
try:
    print(json.dumps({"answer": handler(event, None)}))
except Exception as error:
    print(json.dumps({"raised": type(error).__name__, "text": str(error)}))
print(json.dumps({"loaded": sorted(name for name in sys.modules if "." not in name)}))
"""


USUAL = {
    "custom_auth_challenge": "challenge_not_offered",
    "custom_message": "sign_up",
    "inbound_federation": "provider_mapped",
    "post_authentication": "authenticated",
    "post_confirmation": "joined",
    "pre_authentication": "domain_not_mapped",
    "pre_sign_up": "invited",
    "pre_token_generation": "named_tenant",
}


def artefact_of(function: str) -> Path:
    return BUILD / ("".join(part.capitalize() for part in function.split("_")) + "Function")


def call(function: str, event: object, **environment: str) -> list[dict[str, object]]:
    path = [str(artefact_of(function)), str(BUILD / "GatehouseLayer" / "python")]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CALL, json.dumps(path), json.dumps(event)],
        env=SETTINGS | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("trace", ["Sampled=0", "Sampled=1"])
@pytest.mark.parametrize("function", FOLDERS)
def test_a_built_function_answers_with_itself_and_the_layer_alone(function: str, trace: str, stack: Stack) -> None:
    event = sample_event(function, USUAL[function])

    lines = call(function, event, _X_AMZN_TRACE_ID=f"Root=1-5759e988-bd862e3fe1be46a994272793;{trace}")

    outcome = next(line for line in lines if "answer" in line or "raised" in line)
    loaded = lines[-1]["loaded"]
    assert stack.outputs
    assert isinstance(loaded, list)
    assert {"gatehouse", "aws_lambda_powertools"} <= set(loaded)
    assert ("boto3" in loaded) == (function != "custom_message")  # it asks AWS nothing
    assert (trace == "Sampled=1") == ("aws_xray_sdk" in loaded)
    if "answer" in outcome:
        answer = outcome["answer"]
        assert isinstance(answer, dict)
        assert event == answer | {"response": event["response"]}
    else:
        assert (outcome["raised"], outcome["text"]) == (
            "Fault",
            "Something went wrong on our side, please try again, reference none [fault]",
        )


@pytest.mark.invariant(9)
def test_a_sampled_trace_hears_what_was_called_and_no_words(stack: Stack) -> None:
    """The daemon that X-Ray's SDK sends to is a socket of this test's."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as daemon:
        daemon.bind(("127.0.0.1", 0))
        daemon.settimeout(5)

        call(
            "pre_sign_up",
            sample_event("pre_sign_up", "invited"),
            _X_AMZN_TRACE_ID="Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
            AWS_XRAY_DAEMON_ADDRESS=f"127.0.0.1:{daemon.getsockname()[1]}",
            LAMBDA_TASK_ROOT=str(artefact_of("pre_sign_up")),
        )
        heard = [json.loads(daemon.recv(65_536).partition(b"\n")[2]) for _ in range(3)]

    assert stack.outputs
    query, put, handler = heard
    assert [one["name"] for one in heard] == ["dynamodb.Query", "dynamodb.PutItem", "pre_sign_up"]
    assert handler["id"] == query["parent_id"] == put["parent_id"]
    assert {"cause", "exceptions", "aws", "annotations", "metadata"}.isdisjoint(query | put | handler)
    assert "acme.com" not in json.dumps(heard)


@pytest.mark.parametrize("function", FOLDERS)
def test_an_artefact_holds_the_handler_and_nothing_else(function: str, stack: Stack) -> None:
    files = sorted(path.name for path in artefact_of(function).iterdir() if path.name != "__pycache__")

    assert stack.outputs
    assert files == ["app.py"]


def test_the_layer_holds_what_the_lock_names_and_no_more(stack: Stack) -> None:
    """Development tools, the command line and the emulator have no business there."""
    packages = {path.name for path in (BUILD / "GatehouseLayer" / "python").iterdir() if path.is_dir()}

    assert stack.outputs
    assert {"gatehouse", "aws_lambda_powertools", "aws_xray_sdk", "boto3", "botocore", "ulid"} <= packages
    assert packages.isdisjoint({"pytest", "moto", "typer", "rich", "ministack", "gatehouse_cli", "samcli", "mypy"})
