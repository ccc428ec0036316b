"""A runtime that stays up: warm from one event to the next, whatever becomes of them, and gone at the end."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.process import StackError
from local.runtime import Runtime, read_only_copies, running

pytestmark = pytest.mark.local_stack

SOURCE = """
import os, time
calls = 0
def handler(event, context):
    global calls
    calls += 1
    print("call", calls)
    if "raise" in event:
        raise ValueError(event["raise"])
    if "exit" in event:
        os._exit(event["exit"])
    time.sleep(event.get("sleep", 0))
    return {"calls": calls}
"""


@contextmanager
def runtime_in(folder: Path) -> Iterator[tuple[Runtime, Path]]:
    artefact, layer = folder / "artefact", folder / "layer"
    artefact.mkdir()
    layer.mkdir()
    (artefact / "app.py").write_text(SOURCE)
    with (
        read_only_copies({"counter": artefact}, layer) as packages,
        running(packages["counter"], {}) as runtime,
    ):
        yield runtime, packages["counter"].artefact


def processes_with(text: str) -> list[str]:
    listed = subprocess.run(["ps", "-wweo", "args"], capture_output=True, check=True, text=True).stdout  # noqa: S607
    return [line for line in listed.splitlines() if text in line]


def test_a_runtime_is_warm_after_its_first_event_and_tells_each_events_log_apart(tmp_path: Path) -> None:
    with runtime_in(tmp_path) as (runtime, _artefact):
        outcomes = [runtime.invoke({}) for _ in range(3)]

    assert [outcome.answer for outcome in outcomes] == [{"calls": 1}, {"calls": 2}, {"calls": 3}]
    assert [outcome.log for outcome in outcomes] == ["call 1\n", "call 2\n", "call 3\n"]


def test_a_function_that_has_raised_stays_warm(tmp_path: Path) -> None:
    with runtime_in(tmp_path) as (runtime, _artefact):
        raised = runtime.invoke({"raise": "not today"})
        after = runtime.invoke({})

    assert (raised.answer, raised.error) == (None, "not today")
    assert after.answer == {"calls": 2}


def test_a_function_that_has_crashed_is_cold_again_and_its_error_is_what_cognito_would_get(tmp_path: Path) -> None:
    with runtime_in(tmp_path) as (runtime, _artefact):
        runtime.invoke({})
        crashed = runtime.invoke({"exit": 3})
        after = runtime.invoke({})

    assert "Runtime exited with error: exit status 3" in str(crashed.error)
    assert after.answer == {"calls": 1}


@pytest.mark.parametrize("last", [{}, {"raise": "no"}, {"exit": 3}])
def test_nothing_is_left_running_whatever_came_last(last: dict[str, object], tmp_path: Path) -> None:
    with runtime_in(tmp_path) as (runtime, artefact):
        runtime.invoke({})
        runtime.invoke(last)
        there = processes_with(str(artefact))

    assert there
    assert processes_with(str(artefact)) == []


def test_nothing_is_left_running_when_a_call_is_given_up(tmp_path: Path) -> None:
    with runtime_in(tmp_path) as (runtime, artefact):
        runtime.invoke({})
        with pytest.raises(StackError, match="did not answer within 1 seconds"):
            runtime.invoke({"sleep": 600}, limit_s=1)

    assert processes_with(str(artefact)) == []
