"""How the local stack comes up, what it says when it cannot, and that nothing of it stays."""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gatehouse.runtime.desk import OperatorDesk
from local.process import ROOT, StackError, run, start, stop
from local.stack import Stack, chosen_port, clean_environment, client_environment, held, ready_endpoint

pytestmark = pytest.mark.local_stack

PATIENCE_S = 120
PYTHON = Path(sys.executable)


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def is_locked(file: Path) -> bool:
    with file.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def started_program(folder: Path, said: Path) -> subprocess.Popen[bytes]:
    with said.open("wb") as output:
        return subprocess.Popen(
            [PYTHON, "-m", "local.stack", "--folder", folder, "--port", "0"],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )


# ---- before it is up


def test_a_port_in_use_is_left_alone_and_another_one_taken(taken_port: int) -> None:
    said: list[str] = []

    port = chosen_port(taken_port, said.append)

    assert (port, said) == (0, [f"port {taken_port} is in use: taking another one"])


def test_a_second_stack_in_the_same_folder_is_told_who_has_it(tmp_path: Path) -> None:
    with held(tmp_path), pytest.raises(StackError, match=rf"already \(process {os.getpid()}\)"), held(tmp_path):
        pass


def test_what_a_stack_that_died_left_behind_is_removed(tmp_path: Path) -> None:
    stale = tmp_path / "stack.json"
    stale.write_text("{}")
    (tmp_path / "lock").write_text("999999\n")

    with held(tmp_path):
        is_left = stale.exists()

    assert is_left is False


def test_an_emulator_that_ends_at_once_is_told_with_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "log"
    emulator = start([PYTHON, "-c", "print('emulator: no such port')"], log=log, environment=os.environ)

    with pytest.raises(StackError, match="ended at once; its last lines:\n  emulator: no such port"):
        ready_endpoint(emulator, log)


def test_a_tool_that_fails_is_told_with_its_last_words_and_its_log(tmp_path: Path) -> None:
    log = tmp_path / "log"

    with pytest.raises(StackError, match=rf"`sam build` failed; .*{log}\):\n  no network"):
        run([PYTHON, "-c", "exit('no network')"], what="`sam build`", log=log, environment=os.environ)


def test_a_tool_that_is_not_installed_is_told_with_what_installs_it(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="nowhere/sam is not there; `make setup` installs it"):
        run([tmp_path / "nowhere/sam"], what="`sam`", log=tmp_path / "log", environment=os.environ)


def test_no_aws_setting_of_the_machine_reaches_what_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "SAM_CLI_CONFIG", "PYTHONPATH"):
        monkeypatch.setenv(name, "somebody's own")

    passed = [name for name, value in clean_environment().items() if value == "somebody's own"]

    assert passed == []


def test_what_speaks_to_the_stack_is_given_its_endpoint_and_made_up_credentials() -> None:
    environment = client_environment("http://127.0.0.1:1")

    given = [environment[f"AWS_{name}"] for name in ("ENDPOINT_URL", "ACCESS_KEY_ID", "CONFIG_FILE")]

    assert given == ["http://127.0.0.1:1", "test", os.devnull]


# ---- when it is up


@pytest.mark.parametrize(
    ("output", "ways"), [("UserPoolClientId", {"custom", "srp"}), ("TwoStepClientId", {"two-step"})]
)
def test_the_stacks_own_app_clients_are_declared(stack: Stack, desk: OperatorDesk, output: str, ways: set[str]) -> None:
    client = desk.app.policies.page(stack.outputs[output], []).client

    assert client is not None
    assert client.ways == ways


# ---- when it ends


def test_a_process_that_will_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    log, lock = tmp_path / "log", tmp_path / "lock"
    holder = (
        f"import fcntl, time; lock = open({str(lock)!r}, 'w'); fcntl.flock(lock, fcntl.LOCK_EX);"
        "print('held', flush=True); time.sleep(600)"
    )
    stubborn = (
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"subprocess.run([sys.executable, '-c', {holder!r}])"
    )
    process = start([PYTHON, "-c", stubborn], log=log, environment=os.environ)
    assert eventually(lambda: log.read_text() == "held\n")

    stop(process, patience_s=0.2)

    assert process.returncode == -signal.SIGKILL
    assert eventually(lambda: not is_locked(lock))


def test_a_stack_interrupted_while_it_is_built_ends_in_order(tmp_path: Path) -> None:
    said = tmp_path / "said"
    program = started_program(tmp_path / "stack", said)
    try:
        assert eventually(lambda: "building" in said.read_text())
        program.send_signal(signal.SIGINT)
        status = program.wait(PATIENCE_S)
    finally:
        program.terminate()

    assert (status, said.read_text().splitlines()[-1]) == (130, "local stack: stopped; nothing is left running")
    assert "Traceback" not in said.read_text()


def test_a_stack_says_where_it_is_while_it_runs_and_leaves_nothing_behind(tmp_path: Path) -> None:
    said, second, folder = tmp_path / "said", tmp_path / "second", tmp_path / "stack"
    file = folder / "stack.json"
    program = started_program(folder, said)
    try:
        assert eventually(lambda: file.exists() or program.poll() is not None), said.read_text()
        described = json.loads(file.read_text())
        host, port = described["endpoint_url"].removeprefix("http://").split(":")
        second_status = started_program(folder, second).wait(PATIENCE_S)
        is_still_there = file.exists()
        program.terminate()
        status = program.wait(PATIENCE_S)
    finally:
        program.terminate()

    outputs = {"AppUrl", "AuditTableName", "TableName", "TwoStepClientId", "UserPoolClientId", "UserPoolId"}
    assert outputs | {"endpoint_url", "region", "stack_name"} <= set(described)
    assert (host, described["region"], described["stack_name"]) == ("127.0.0.1", "us-east-1", "gatehouse")
    assert (second_status, is_still_there) == (1, True)
    assert f"(process {program.pid})" in second.read_text()
    assert (status, file.exists()) == (0, False)
    with socket.socket() as trial:
        assert trial.connect_ex((host, int(port))) != 0
