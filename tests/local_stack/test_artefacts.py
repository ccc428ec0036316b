"""What was built runs with nothing on its path but itself and the layer, and holds what it runs and no more."""

import importlib.util
import json
import marshal
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import CodeType

import pytest

from local.stack import BUILD, Stack
from tests.support.functions import FOLDERS, sample_event

pytestmark = pytest.mark.local_stack

SETTINGS = {
    "GATEHOUSE_TABLE_NAME": "core",
    "GATEHOUSE_AUDIT_TABLE_NAME": "audit",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "AWS_REGION": "us-east-1",
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
print(json.dumps({"loaded": sorted(sys.modules)}))
"""
TRACES = ["Sampled=0", "Sampled=1"]
LAYER = BUILD / "GatehouseLayer" / "python"
_FLAGS, _SOURCE_HASH, _CODE = slice(4, 8), slice(8, 16), slice(16, None)  # PEP 552
_UNCHECKED_HASH = b"\1\0\0\0"

USUAL = {
    "custom_auth_challenge": "challenge_not_offered",
    "custom_message": "sign_up",
    "inbound_federation": "provider_mapped",
    "mail_feedback": "bounced",
    "post_authentication": "authenticated",
    "post_confirmation": "joined",
    "pre_authentication": "domain_not_mapped",
    "pre_sign_up": "invited",
    "pre_token_generation": "named_tenant",
}


def artefact_of(function: str) -> Path:
    return BUILD / ("".join(part.capitalize() for part in function.split("_")) + "Function")


def call(function: str, event: object, **environment: str) -> list[dict[str, object]]:
    path = [str(artefact_of(function)), str(LAYER)]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", CALL, json.dumps(path), json.dumps(event)],
        env=SETTINGS | environment,
        capture_output=True,
        check=True,
        text=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


@cache
def usual_call(function: str, trace: str) -> list[dict[str, object]]:
    event = sample_event(function, USUAL[function])
    return call(function, event, _X_AMZN_TRACE_ID=f"Root=1-5759e988-bd862e3fe1be46a994272793;{trace}")


def loaded_by(function: str, trace: str) -> list[object]:
    loaded = usual_call(function, trace)[-1]["loaded"]
    assert isinstance(loaded, list)
    return loaded


def folders_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.is_dir()}


def bytecode_of(module: Path) -> Path:
    return Path(importlib.util.cache_from_source(str(module)))


def code_of(module: Path) -> CodeType:
    """Return a module's code, if its bytecode is its source's, and is taken for that without a look at it."""
    source, compiled = module.read_bytes(), bytecode_of(module).read_bytes()
    assert compiled.startswith(importlib.util.MAGIC_NUMBER)
    assert compiled[_FLAGS] == _UNCHECKED_HASH, f"{module} was compiled by an import, not by the build"
    assert compiled[_SOURCE_HASH] == importlib.util.source_hash(source)
    code = marshal.loads(compiled[_CODE])  # noqa: S302 - what we have built
    assert isinstance(code, CodeType)
    return code


@pytest.mark.parametrize("trace", TRACES)
@pytest.mark.parametrize("function", FOLDERS)
def test_a_built_function_answers_with_itself_and_the_layer_alone(function: str, trace: str, stack: Stack) -> None:
    event = sample_event(function, USUAL[function])

    lines = usual_call(function, trace)

    outcome = next(line for line in lines if "answer" in line or "raised" in line)
    loaded = loaded_by(function, trace)
    assert stack.outputs
    assert "gatehouse" in loaded
    assert "awscrt" in loaded
    assert ("aws_lambda_powertools" in loaded) == ("aws_xray_sdk" in loaded) == (trace == "Sampled=1")
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
    packages = folders_in(LAYER)

    assert stack.outputs
    assert {"gatehouse", "aws_lambda_powertools", "aws_xray_sdk", "awscrt", "botocore"} <= packages
    assert packages.isdisjoint(
        {"boto3", "pytest", "moto", "typer", "rich", "ministack", "gatehouse_cli", "samcli", "mypy"}
    )


@pytest.mark.parametrize(
    ("folder", "root"),
    [*((artefact_of(function), "/var/task") for function in FOLDERS), (LAYER, "/opt/python")],
    ids=[*FOLDERS, "layer"],
)
def test_every_module_has_the_bytecode_of_its_source_named_as_lambda_unpacks_it(
    folder: Path, root: str, stack: Stack
) -> None:
    modules = sorted(folder.rglob("*.py"))

    names = {module: code_of(module).co_filename for module in modules}

    assert stack.outputs
    assert modules
    assert names == {module: f"{root}/{module.relative_to(folder)}" for module in modules}
    assert sorted(folder.rglob("*.pyc")) == sorted(map(bytecode_of, modules))


def test_the_layer_describes_the_services_that_are_called_and_no_others(stack: Stack) -> None:
    described = folders_in(LAYER / "botocore" / "data")

    assert stack.outputs
    assert described == {"xray"}


def test_every_folder_of_modules_in_the_layer_is_loaded_by_a_function(stack: Stack) -> None:
    """What fails here is to be trimmed in shared/build/artefact.sh, or is about to be used."""
    loaded = {str(name) for function in FOLDERS for trace in TRACES for name in loaded_by(function, trace)}
    packages = {name.rpartition(".")[0] for name in loaded} | loaded

    folders = {".".join(module.parent.relative_to(LAYER).parts) for module in LAYER.rglob("*.py")} - {""}

    assert stack.outputs
    assert {folder for folder in folders if folder not in packages} == set()


def test_a_package_of_the_layer_still_has_its_licence_and_what_scanners_read(stack: Stack) -> None:
    described = sorted(LAYER.glob("*.dist-info"))

    without = [path.name for path in described if not (path / "METADATA").is_file() or not [*path.rglob("LICENSE*")]]

    assert stack.outputs
    assert described
    assert without == []
