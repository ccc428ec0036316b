"""The real Lambda runtime without Docker: the Runtime Interface Emulator that the SAM CLI brings, and awslambdaric."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

from local.process import ROOT, StackError, last_lines, start, stop, undisturbed
from local.stack import architecture

LIMIT_S = 15.0

_HOST = "127.0.0.1"
_PATH = "/2015-03-31/functions/function/invocations"  # the only one that the emulator has
_PAUSE_S = 0.02
_PATIENCE_S = 2.0
_HANDLER = "app.handler"
_PYTHON = ROOT / ".venv-runtime" / "bin" / "python"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an invocation.

    Args:
        answer: what the function returned; None if it raised.
        error: what Cognito would get as the error's message; None if it answered.
        log: what the function said meanwhile.
    """

    answer: Any
    error: str | None
    log: str


@dataclass(frozen=True, slots=True)
class Package:
    """A function as Lambda unpacks it: nothing in it can be written.

    Args:
        artefact: what Lambda has under /var/task.
        layer: what Lambda has under /opt/python.
    """

    artefact: Path
    layer: Path


@contextmanager
def read_only_copy(artefact: Path, layer: Path) -> Iterator[Package]:
    """Copy an artefact and a layer to where nothing may be written, as on Lambda; remove the copies after."""
    with read_only_copies({"task": artefact}, layer) as packages:
        yield packages["task"]


@contextmanager
def read_only_copies(artefacts: Mapping[str, Path], layer: Path) -> Iterator[dict[str, Package]]:
    """As `read_only_copy`, for artefacts by name that share one layer."""
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-task-"))
    try:
        shutil.copytree(layer, folder / "layer")
        for name, artefact in artefacts.items():
            shutil.copytree(artefact, folder / name)
        _set_writable(folder, is_writable=False)
        yield {name: Package(folder / name, folder / "layer") for name in artefacts}
    finally:
        with undisturbed():
            _set_writable(folder, is_writable=True)
            shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class Runtime:
    """A runtime that is up, with one function in it. It takes one event at a time.

    Args:
        port: where the emulator listens.
        said: takes what the function says.
        log: takes what the emulator says.
    """

    port: int
    said: Path
    log: Path

    def invoke(self, event: object, *, limit_s: float = LIMIT_S) -> Outcome:
        """Call the function: cold the first time, warm after that, and after it has raised.

        Args:
            event: what Cognito would send.
            limit_s: seconds for the call. A runtime that was given up on is of no further use.

        Raises:
            StackError: if the runtime does not come up, takes too long, or gives no answer.
        """
        before = self.said.stat().st_size if self.said.exists() else 0
        try:
            answer = _posted(self.port, event, time.monotonic() + limit_s)
        except TimeoutError as error:
            raise StackError(
                f"the function did not answer within {limit_s:g} seconds; "
                f"the runtime's last lines:\n{last_lines(self.log)}"
            ) from error
        except (OSError, ValueError, HTTPException) as error:
            raise StackError(f"the runtime gave no answer; its last lines:\n{last_lines(self.log)}") from error
        text = self.said.read_bytes()[before:].decode(errors="replace") if self.said.exists() else ""
        return _outcome(answer, text)


@contextmanager
def running(package: Package, settings: Mapping[str, str]) -> Iterator[Runtime]:
    """Keep the real runtime up around a function; nothing that was started for it is left running.

    Args:
        package: the function.
        settings: the function's environment, besides what Lambda puts there itself.

    Raises:
        StackError: if the runtime cannot be had here.
    """
    emulator = emulator_binary()
    with tempfile.TemporaryDirectory(prefix="gatehouse-invoke-") as name:
        folder = Path(name)
        pid_file, runtime = folder / "pid", Runtime(free_port(), folder / "function.log", folder / "emulator.log")
        command: list[str | Path] = [
            *(emulator, "--runtime-interface-emulator-address", f"{_HOST}:{runtime.port}"),
            *("--runtime-api-address", f"{_HOST}:{free_port()}"),
            # -B, for under -I Python reads no PYTHONDONTWRITEBYTECODE.
            *(_PYTHON, "-I", "-B", ROOT / "local" / "bootstrap.py"),
            *(package.artefact, package.layer, runtime.said, pid_file),
        ]
        environment = _environment(package, settings)
        process = start(command, log=runtime.log, environment=environment, folder=package.artefact)
        try:
            yield runtime
        finally:
            with undisturbed():
                stop(process, patience_s=_PATIENCE_S)
                _end(pid_file)


def invoked(package: Package, event: object, settings: Mapping[str, str], *, limit_s: float = LIMIT_S) -> Outcome:
    """Call a function once, cold; see `running` and `Runtime.invoke`."""
    with running(package, settings) as runtime:
        return runtime.invoke(event, limit_s=limit_s)


def emulator_binary() -> Path:
    """Return the emulator for this machine.

    Raises:
        StackError: where there is none: it exists for Linux alone.
    """
    if sys.platform != "linux":
        raise StackError(
            "the Lambda runtime's emulator exists for Linux alone; on this system `sam local invoke`, with Docker, "
            "runs a function alone"
        )
    name = f"aws-lambda-rie-{architecture()}"
    for found in (ROOT / ".venv-sam").glob(f"lib/python*/site-packages/samcli/local/rapid/{name}"):
        return found
    raise StackError(f"{name} is not in .venv-sam; `make setup` installs it")


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses at the moment."""
    with socket.socket() as trial:
        trial.bind((_HOST, 0))
        port: int = trial.getsockname()[1]
        return port


def _environment(package: Package, settings: Mapping[str, str]) -> dict[str, str]:
    return dict(settings) | {
        "LAMBDA_TASK_ROOT": str(package.artefact),
        "PATH": os.defpath,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": ":UTC",
        "_HANDLER": _HANDLER,
    }


def _posted(port: int, event: object, deadline: float) -> Any:
    while (left := deadline - time.monotonic()) > 0:
        with closing(HTTPConnection(_HOST, port, timeout=left)) as connection, suppress(ConnectionRefusedError):
            connection.request("POST", _PATH, json.dumps(event).encode())
            return json.loads(connection.getresponse().read())
        time.sleep(_PAUSE_S)  # it does not listen yet
    raise TimeoutError


def _outcome(answer: Any, log: str) -> Outcome:
    """Tell an error from an answer: the emulator sends both alike, but a trigger's answer is its event."""
    if isinstance(answer, dict) and "errorMessage" in answer and "request" not in answer:
        return Outcome(None, str(answer["errorMessage"]), log)
    return Outcome(answer, None, log)


def _end(pid_file: Path) -> None:
    """End the runtime, should the emulator have left it: it runs in a group of its own."""
    if not pid_file.exists():
        return
    pid = int(pid_file.read_text(encoding="utf-8"))
    with suppress(OSError):
        # The number may be somebody else's by now; our own process has this file's name among its arguments.
        if str(pid_file).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
            os.kill(pid, signal.SIGKILL)


def _set_writable(folder: Path, *, is_writable: bool) -> None:
    for parent, _folders, files in folder.walk():
        parent.chmod(0o755 if is_writable else 0o555)
        for file in files:
            (parent / file).chmod(0o644 if is_writable else 0o444)
