"""A process under the emulator of Lambda's runtime, timed: from its start to its first answer, and call by call."""

import json
import os
import random
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from local.process import ROOT, StackError, last_lines, start, stop, undisturbed
from local.runtime import Package, emulator_binary

PYTHON = ROOT / ".venv-runtime" / "bin" / "python"

_HOST = "127.0.0.1"
_PATH = "/2015-03-31/functions/function/invocations"
_TRACE = "Root=1-65a1b2c3-0123456789abcdef01234567;Parent=0123456789abcdef;Sampled="
_LIMIT_S = 30.0
_PAUSE_S = 0.0005
_PATIENCE_S = 2.0
# Below those that Linux gives to whoever asks for any (ip_local_port_range): hundreds of starts beside others' tests
# would now and then find theirs taken.
_PORTS = range(15_000, 32_000)


@dataclass(frozen=True, slots=True)
class Program:
    """What is started as a function.

    Args:
        command: its arguments; the file that takes what it says is added to them.
        folder: its artefact, where it is started.
        environment: all of its environment, but for what the emulator puts there.
    """

    command: Sequence[str | Path]
    folder: Path
    environment: Mapping[str, str]


def python_program(
    package: Package, client: Path, environment: Mapping[str, str], *, is_sampled: bool = False
) -> Program:
    """Return a Python function as Lambda runs it: what has no bytecode of its own is compiled at every start.

    Args:
        package: the function.
        client: the folder of the runtime client.
        environment: the function's environment, besides what Lambda puts there itself.
        is_sampled: whether X-Ray keeps its traces.
    """
    return Program(
        command=[
            *(PYTHON, "-I", "-B", ROOT / "benchmarks" / "bootstrap.py"),
            *(f"{_TRACE}{is_sampled:d}", package.artefact, package.layer, client),
        ],
        folder=package.artefact,
        environment=dict(environment)
        | {
            "LAMBDA_TASK_ROOT": str(package.artefact),
            "PATH": os.defpath,
            "PYTHONDONTWRITEBYTECODE": "1",  # for what it starts itself; -I reads no such variable
            "TZ": ":UTC",
            "_HANDLER": "app.handler",
        },
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call.

    Args:
        milliseconds: from the start of the process, if it is its first; of the call, HTTP included, if not.
        body: what the emulator answered.
    """

    milliseconds: float
    body: bytes


class Running:
    """A process that is up under the emulator. It takes one event at a time."""

    def __init__(self, emulator: subprocess.Popen[bytes], port: int, folder: Path, began: float) -> None:
        self._emulator = emulator
        self._connection = HTTPConnection(_HOST, port, timeout=_LIMIT_S)
        self._folder = folder
        self._began = began

    def first_answer(self, event: bytes) -> Answer:
        """Call it for the first time, as soon as it listens.

        Raises:
            StackError: if it does not come up.
        """
        while time.perf_counter() - self._began < _LIMIT_S and self._emulator.poll() is None:
            try:
                self._connection.connect()
            except ConnectionRefusedError:
                time.sleep(_PAUSE_S)
            else:
                return self._answered(event, self._began)
        raise StackError(f"the emulator did not listen; its last lines:\n{last_lines(self._log)}")

    def answer(self, event: bytes) -> Answer:
        """Call it once more.

        Raises:
            StackError: if it gives no answer.
        """
        return self._answered(event, time.perf_counter())

    def cpu_seconds(self) -> float:
        """Return the processor time, user and system, that the process has used since its start.

        Raises:
            StackError: if it has ended.
        """
        pid = _child_of(self._emulator.pid)
        if not pid:
            raise StackError(f"it has ended; the emulator's last lines:\n{last_lines(self._log)}")
        # clock_getcpuclockid(3), which Python has for threads alone: the clock of all threads of a process.
        return time.clock_gettime((~pid << 3) | 2)

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    @property
    def said(self) -> str:
        """Return what the function has said since its start."""
        file = self._folder / "function.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    @property
    def _log(self) -> Path:
        return self._folder / "emulator.log"

    def _answered(self, event: bytes, since: float) -> Answer:
        try:
            self._connection.request("POST", _PATH, event)
            body = self._connection.getresponse().read()
        except (OSError, HTTPException) as error:
            raise StackError(f"no answer; the emulator's last lines:\n{last_lines(self._log)}") from error
        return Answer((time.perf_counter() - since) * 1000, body)


@contextmanager
def started(program: Program) -> Iterator[Running]:
    """Start a process under the emulator; nothing of it is left running.

    Raises:
        StackError: if the emulator cannot be had here.
    """
    binary, (port, runtime_port) = emulator_binary(), _free_ports(2)
    with tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as name:
        folder = Path(name)
        command = [
            *(binary, "--runtime-interface-emulator-address", f"{_HOST}:{port}"),
            *("--runtime-api-address", f"{_HOST}:{runtime_port}"),
            *(*program.command, folder / "function.log"),
        ]
        began = time.perf_counter()
        emulator = start(command, log=folder / "emulator.log", environment=program.environment, folder=program.folder)
        running = Running(emulator, port, folder, began)
        try:
            yield running
        finally:
            with undisturbed():
                running.close()
                child = _child_of(emulator.pid)
                stop(emulator, patience_s=_PATIENCE_S)
                _end(child, folder)


def answered_event(body: bytes) -> dict[str, Any]:
    """Return the event that a trigger answered with.

    Raises:
        ValueError: with what it answered instead.
    """
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if not isinstance(answer, dict) or "request" not in answer:
        raise ValueError(f"it answered {body[:300].decode(errors='replace') or 'nothing'}")
    return answer


def _free_ports(number: int) -> list[int]:
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        with socket.socket() as trial, suppress(OSError):
            trial.bind((_HOST, port))
            found.append(port)
        if len(found) == number:
            break
    return found


def _child_of(pid: int) -> int:
    """Return the process that the emulator has started; 0 if there is none."""
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in children.read_text(encoding="ascii").split():
                return int(child)
    return 0


def _end(pid: int, folder: Path) -> None:
    """End the function, should the emulator have left it: it runs in a group of its own."""
    with suppress(OSError):
        # The number may be somebody else's by now; ours has a file of this folder among its arguments.
        if str(folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)
