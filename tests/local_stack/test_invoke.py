"""One trigger alone, under the real Lambda runtime, against the running stack's tables."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from gatehouse.domain.role import Role
from gatehouse.runtime.desk import OperatorDesk
from gatehouse.services.invitations import InvitationOrder, create_invitation
from gatehouse.services.tenants import create_tenant
from local.invoke import main
from local.process import ROOT, StackError
from local.runtime import invoked, read_only_copy
from local.stack import Stack
from tests.support.builders import an_occasion
from tests.support.functions import FOLDERS, sample_event

pytestmark = pytest.mark.local_stack

SAMPLE = "events/pre_sign_up/invited.json"


def invited_token(desk: OperatorDesk, address: str, tenant_id: str) -> str:
    occasion = an_occasion(at=desk.app.clock())
    create_tenant(tenant_id, tenant_id, None, occasion, tenants=desk.app.tenants, recorder=desk.app.recorder)
    issued = create_invitation(
        InvitationOrder(address=address, tenant_id=tenant_id, role=Role.MEMBER, days=7),
        occasion,
        invitations=desk.app.invitations,
        profiles=desk.profiles,
        recorder=desk.app.recorder,
        new_id=desk.app.new_id,
        new_secret=desk.app.new_secret,
    )
    return issued.mailed_token


def processes_with(text: str) -> list[str]:
    listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, check=True, text=True).stdout  # noqa: S607
    return [line for line in listed.splitlines() if text in line]


def a_function(folder: Path, source: str) -> tuple[Path, Path]:
    artefact, layer = folder / "artefact", folder / "layer"
    artefact.mkdir()
    layer.mkdir()
    (artefact / "app.py").write_text(source)
    return artefact, layer


def test_a_stranger_is_refused_as_cognito_would_be_told(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pre_sign_up", str(ROOT / SAMPLE), "--stack", str(stack.file)])
    said = capsys.readouterr()

    assert (status, said.out) == (1, "")
    assert '"reason": "address_unknown"' in said.err
    assert said.err.endswith("Cognito gets: You have not been invited to this application [not_invited]\n")


def test_an_invited_person_is_admitted_with_the_settings_that_the_stack_has(
    stack: Stack, desk: OperatorDesk, tmp_path: Path
) -> None:
    """As a program of its own: its answer, and nothing else, is on standard output."""
    event = sample_event("pre_sign_up", "invited")
    event["request"]["userAttributes"]["email"] = "ivo@invoked.com"
    event["request"]["clientMetadata"]["invitation"] = invited_token(desk, "ivo@invoked.com", "invoked")
    file = tmp_path / "event.json"
    file.write_text(json.dumps(event))

    done = subprocess.run(
        [sys.executable, "-m", "local.invoke", "pre_sign_up", file, "--stack", stack.file],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["response"] == {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": False}
    assert '"outcome": "allow"' in done.stderr


def test_an_unknown_function_is_answered_with_those_that_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    status = main(["pre_signup", SAMPLE])
    said = capsys.readouterr()

    assert (status, said.out) == (2, "")
    assert all(function in said.err for function in FOLDERS)


@pytest.mark.parametrize("content", [None, "{", "\udcff"], ids=["missing", "broken", "no text"])
def test_an_event_that_is_none_is_answered_with_the_samples(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "event.json"
    if content is not None:
        file.write_bytes(content.encode(errors="surrogateescape"))

    status = main(["pre_sign_up", str(file)])
    said = capsys.readouterr()

    assert (status, said.out) == (2, "")
    assert SAMPLE in said.err


@pytest.mark.parametrize("content", [None, '{"endpoint_url": "http://127.0.0.1:9"}'], ids=["no file", "left over"])
def test_without_a_running_stack_it_says_how_to_start_one(
    content: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "stack.json"
    if content is not None:
        file.write_text(content)

    status = main(["pre_sign_up", str(ROOT / SAMPLE), "--stack", str(file)])
    said = capsys.readouterr()

    assert (status, said.out) == (1, "")
    assert "run `make local` in another terminal" in said.err


def test_a_function_runs_on_a_copy_that_cannot_be_written_and_with_nothing_else_on_its_path(tmp_path: Path) -> None:
    source = """
import os, sys
def handler(event, context):
    here = os.environ["LAMBDA_TASK_ROOT"]
    modes = [os.stat(os.path.join(here, name)).st_mode & 0o222 for name in (".", "app.py", "../layer")]
    return {"modes": modes, "path": sys.path, "here": here, "writes": not sys.dont_write_bytecode}
"""
    with read_only_copy(*a_function(tmp_path, source)) as package:
        answer = invoked(package, {}, {}).answer
        files = [path.name for path in package.artefact.iterdir()]

    assert answer["modes"] == [0, 0, 0]
    assert answer["here"] == str(package.artefact)
    assert answer["writes"] is False
    assert files == ["app.py"]
    assert not any(str(ROOT) in one and ".venv-runtime" not in one for one in answer["path"])
    assert not package.artefact.exists()


def test_a_function_that_never_answers_is_given_up_and_ended(tmp_path: Path) -> None:
    source = "import time\ndef handler(event, context):\n    time.sleep(600)\n"

    with read_only_copy(*a_function(tmp_path, source)) as package:
        with pytest.raises(StackError, match="did not answer within 2 seconds"):
            invoked(package, {}, {}, limit_s=2)
        left = processes_with(str(package.artefact))

    assert left == []
