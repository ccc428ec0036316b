"""Child processes that never outlive what they were started for, and say in a sentence why they failed."""

import os
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_S = 10
_LAST_LINES = 15


class StackError(Exception):
    """Something a person can mend; its text says what went wrong and, if it is known, what to do."""


def start(
    command: Sequence[str | Path], *, log: Path, environment: Mapping[str, str], folder: Path = ROOT
) -> subprocess.Popen[bytes]:
    """Start a process in a folder and in a group of its own, all that it says going to the log."""
    with log.open("wb") as said:
        try:
            return subprocess.Popen(
                [str(part) for part in command],
                cwd=folder,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches us alone; we end it in our own order
            )
        except FileNotFoundError as error:
            raise StackError(f"{command[0]} is not there; `make setup` installs it") from error


def stop(process: subprocess.Popen[bytes], patience_s: float = _PATIENCE_S) -> None:
    """End a process and whatever it started: politely first, by force after that."""
    with undisturbed():
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(patience_s)
        with suppress(ProcessLookupError, PermissionError):  # macOS answers EPERM for a group of zombies
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def run(command: Sequence[str | Path], *, what: str, log: Path, environment: Mapping[str, str]) -> None:
    """Run a process to its end.

    Args:
        command: the program and its arguments.
        what: what it does, as the subject of the sentence when it fails: "the build".
        log: where everything that it says goes.
        environment: all of its environment.

    Raises:
        StackError: with the process's last lines, if it fails.
    """
    process = start(command, log=log, environment=environment)
    try:
        status = process.wait()
    finally:
        stop(process, patience_s=3)
    if status:
        raise StackError(f"{what} failed; its last lines (all of them are in {shown(log)}):\n{last_lines(log)}")


def last_lines(log: Path) -> str:
    """Return how a log ends, indented to stand under a sentence."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return "\n".join(f"  {line}" for line in lines[-_LAST_LINES:] if line.strip()) or "  (it said nothing)"


def shown(path: Path) -> str:
    """Return a path as a person in the project's root would type it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


@contextmanager
def ending_in_order() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end us as Ctrl-C does, through every `finally` on the way."""
    with _handling({signal.SIGTERM: _interrupt, signal.SIGHUP: _interrupt}):
        yield


@contextmanager
def undisturbed() -> Iterator[None]:
    """Let no signal break off what brings things in order."""
    with _handling(dict.fromkeys((signal.SIGINT, signal.SIGTERM, signal.SIGHUP), signal.SIG_IGN)):
        yield


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def _handling(handlers: Mapping[signal.Signals, "signal._HANDLER"]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():  # only the main thread may, and only it is told
        yield
        return
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
