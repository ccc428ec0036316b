"""A process under the emulator of Lambda's runtime: what reaches it, and what is left of it."""

import json
from pathlib import Path

import pytest

from benchmarks.emulated import PYTHON, Program, answered_event, python_program, started
from local.process import StackError
from local.runtime import Package

ECHO = """
import os

def handler(event, context):
    print("called")
    return event | {"trace": os.environ["_X_AMZN_TRACE_ID"], "pid": os.getpid()}
"""
EVENT = json.dumps({"request": {}}).encode()
CLIENT = next(PYTHON.parent.parent.glob("lib/python*/site-packages"))


@pytest.fixture
def echo(tmp_path: Path) -> Package:
    (tmp_path / "app.py").write_text(ECHO, encoding="utf-8")
    return Package(tmp_path, tmp_path)


@pytest.mark.local_stack
@pytest.mark.parametrize("is_sampled", [False, True])
def test_the_function_is_told_whether_its_trace_is_kept(echo: Package, *, is_sampled: bool) -> None:
    with started(python_program(echo, CLIENT, {}, is_sampled=is_sampled)) as running:
        answer = running.first_answer(EVENT)

    assert answered_event(answer.body)["trace"].endswith(f"Sampled={is_sampled:d}")


@pytest.mark.local_stack
def test_calls_are_answered_one_after_the_other_and_cost_processor_time(echo: Package) -> None:
    with started(python_program(echo, CLIENT, {})) as running:
        first = running.first_answer(EVENT)
        before = running.cpu_seconds()
        second = running.answer(EVENT)
        after = running.cpu_seconds()
        said = running.said

    assert 0 < second.milliseconds < first.milliseconds
    assert 0 < before < after
    assert said == "called\n" * 2


@pytest.mark.local_stack
def test_nothing_is_compiled_and_nothing_is_left_running(echo: Package) -> None:
    with started(python_program(echo, CLIENT, {})) as running:
        pid = answered_event(running.first_answer(EVENT).body)["pid"]

    assert not Path(f"/proc/{pid}").exists()
    assert [path.name for path in echo.artefact.iterdir()] == ["app.py"]


@pytest.mark.local_stack
def test_a_process_that_ends_at_once_is_told_of(tmp_path: Path) -> None:
    with started(Program(["/bin/false"], tmp_path, {})) as running:
        answer = running.first_answer(EVENT)

        with pytest.raises(StackError, match="it has ended"):
            running.cpu_seconds()

    with pytest.raises(ValueError, match="it answered"):
        answered_event(answer.body)


@pytest.mark.parametrize("body", [b"", b"null", b'{"errorMessage": "no"}', b"{"])
def test_an_answer_that_is_no_event_is_none(body: bytes) -> None:
    with pytest.raises(ValueError, match="it answered"):
        answered_event(body)
