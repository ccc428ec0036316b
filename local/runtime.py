"""The real Lambda runtime without Docker: the Runtime Interface Emulator that the SAM CLI brings, and awslambdaric."""

import json
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
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
    folder = Path(tempfile.mkdtemp(prefix="gatehouse-task-"))
    try:
        package = Package(folder / "task", folder / "layer")
        shutil.copytree(artefact, package.artefact)
        shutil.copytree(layer, package.layer)
        _set_writable(folder, is_writable=False)
        yield package
    finally:
        with undisturbed():
            _set_writable(folder, is_writable=True)
            shutil.rmtree(folder)


def invoked(package: Package, event: object, settings: Mapping[str, str], *, limit_s: float = LIMIT_S) -> Outcome:
    """Call a function once, cold, under the real runtime; nothing that was started for it is left running.

    Args:
        package: the function.
        event: what Cognito would send.
        settings: the function's environment, besides what Lambda puts there itself.
        limit_s: seconds for all of it.

    Raises:
        StackError: if the runtime cannot be had here, does not come up, or takes too long.
    """
    emulator, deadline = emulator_binary(), time.monotonic() + limit_s
    with tempfile.TemporaryDirectory(prefix="gatehouse-invoke-") as name:
        folder, port = Path(name), free_port()
        said, pid_file, log = folder / "function.log", folder / "pid", folder / "emulator.log"
        command: list[str | Path] = [
            *(emulator, "--runtime-interface-emulator-address", f"{_HOST}:{port}"),
            *("--runtime-api-address", f"{_HOST}:{free_port()}"),
            # -B, for under -I Python reads no PYTHONDONTWRITEBYTECODE.
            *(_PYTHON, "-I", "-B", ROOT / "local" / "bootstrap.py"),
            *(package.artefact, package.layer, said, pid_file),
        ]
        process = start(command, log=log, environment=_environment(package, settings), folder=package.artefact)
        try:
            answer = _posted(port, event, deadline)
        except TimeoutError as error:
            raise StackError(
                f"the function did not answer within {limit_s:g} seconds; the runtime's last lines:\n{last_lines(log)}"
            ) from error
        except (OSError, ValueError) as error:
            raise StackError(f"the runtime gave no answer; its last lines:\n{last_lines(log)}") from error
        finally:
            with undisturbed():
                stop(process, patience_s=_PATIENCE_S)
                _end(pid_file)
        text = said.read_text(encoding="utf-8", errors="replace") if said.exists() else ""
    return _outcome(answer, text)


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
    # A proxy that the machine is set to use has no business on the loopback interface.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    request = urllib.request.Request(f"http://{_HOST}:{port}{_PATH}", json.dumps(event).encode())
    while (left := deadline - time.monotonic()) > 0:
        try:
            with opener.open(request, timeout=left) as response:
                return json.loads(response.read())
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionRefusedError):
                raise
            time.sleep(_PAUSE_S)  # it does not listen yet
    raise TimeoutError


def _outcome(answer: Any, log: str) -> Outcome:
    """Tell an error from an answer: the emulator says 200 for both, but a trigger's answer is its event."""
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
