import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.local_stack.completion.stack import ROOT, Emulator, add_recorder_function, open_house

pytestmark = pytest.mark.local_stack

SOCKETS = Path("/proc/net/tcp")

type Starter = Callable[..., Emulator]

PYTHON = str(ROOT / ".venv-local/bin/python")


@pytest.fixture
def start() -> Iterator[Starter]:
    running: list[Emulator] = []

    def begin(state_dir: Path, **environment: str) -> Emulator:
        running.append(Emulator(state_dir, **environment))
        return running[-1]

    yield begin
    for emulator in running:
        emulator.stop()


def started(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run an emulator that is expected to end by itself."""
    return subprocess.run(
        [PYTHON, "-m", "local.emulator"],
        check=False,
        cwd=ROOT,
        env=os.environ | {"STATE_DIR": str(tmp_path)} | environment,
        capture_output=True,
        text=True,
        timeout=20,
    )


def lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_port_in_use_is_said_in_one_sentence(emulator: Emulator, tmp_path: Path) -> None:
    port = emulator.url.rsplit(":", maxsplit=1)[-1]

    ended = started(tmp_path, GATEWAY_PORT=port)

    assert ended.returncode == 1
    assert ended.stderr == f"emulator: port {port} cannot be used (Address already in use); set GATEWAY_PORT\n"


def test_a_port_that_is_none_is_said_in_one_sentence(tmp_path: Path) -> None:
    ended = started(tmp_path, GATEWAY_PORT="web")

    assert (ended.returncode, ended.stderr) == (1, "emulator: GATEWAY_PORT is 'web', which is no port\n")


def test_a_limit_that_is_no_number_is_said_in_one_sentence(tmp_path: Path) -> None:
    ended = started(tmp_path, GATEWAY_PORT="0", COGNITO_TRIGGER_LIMIT_S="soon")

    assert (ended.returncode, ended.stderr) == (
        1,
        "emulator: COGNITO_TRIGGER_LIMIT_S is 'soon', which is no number of seconds\n",
    )


@pytest.mark.skipif(not SOCKETS.exists(), reason="needs Linux's list of sockets")
def test_it_listens_on_the_loopback_interface_alone(emulator: Emulator) -> None:
    listening = [line.split() for line in SOCKETS.read_text().splitlines()[1:]]
    port = int(emulator.url.rsplit(":", maxsplit=1)[-1])

    addresses = {fields[1] for fields in listening if fields[3] == "0A" and fields[1].endswith(f":{port:04X}")}

    assert addresses == {f"0100007F:{port:04X}"}


def test_functions_see_nothing_of_the_shell(tmp_path: Path, start: Starter) -> None:
    folder = tmp_path / "recorded"
    folder.mkdir()
    running = start(tmp_path / "state", AWS_PROFILE="mine", PYTHONPATH="/nowhere", MY_SECRET="s", PERSIST_STATE="0")
    house = open_house(running, add_recorder_function(running, folder), folder)

    house.signs_up(house.address())

    seen = set(json.loads((folder / "environment.json").read_text()))
    assert not seen & {"AWS_PROFILE", "PYTHONPATH", "MY_SECRET", "PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_keeps_users_and_codes(tmp_path: Path, start: Starter, by: int) -> None:
    folder = tmp_path / "recorded"
    folder.mkdir()
    before = start(tmp_path / "state")
    house = open_house(before, add_recorder_function(before, folder), folder)
    address = house.address()
    house.signs_up(address)
    code = house.code_for(address)

    status = before.stop(by)
    after = start(tmp_path / "state")
    again = replace(house, emulator=after, idp=after.client("cognito-idp"))
    again.confirms(address, code)

    assert status == 0
    assert again.signs_in(address)["AccessToken"]


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    parent = (
        "import subprocess, sys;"
        f"emulator = subprocess.Popen([{PYTHON!r}, '-m', 'local.emulator'], stdout=subprocess.PIPE);"
        "emulator.stdout.readline();"
        "print(emulator.pid, flush=True)"
    )

    ended = subprocess.run(
        [sys.executable, "-c", parent],
        check=True,
        cwd=ROOT,
        env=os.environ | {"GATEWAY_PORT": "0", "STATE_DIR": str(tmp_path), "LOG_LEVEL": "WARNING"},
        stdout=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
    )

    deadline = time.monotonic() + 10
    while lives(int(ended.stdout)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not lives(int(ended.stdout))
