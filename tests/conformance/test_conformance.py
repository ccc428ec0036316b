"""The run itself: it says 41 of 41, the page shows what ran, and whatever does not conform is named."""

from pathlib import Path

import pytest

from local.runtime import read_only_copies, running
from tests.conformance.__main__ import told
from tests.conformance.contract import source_named, sources
from tests.conformance.run import Problem, Report, run, trials
from tests.conformance.table import PAGE, is_stale, table
from tests.conformance.verdict import State

# Refuses nothing and reads carelessly, as functions do that know one sample event only.
CARELESS = """
def handler(event, context):
    wants = event["request"]["clientMetadata"].get("confirm", True)
    event["response"]["autoConfirmUser"] = wants
    return event
"""
SIGN_UP = source_named("PreSignUp_SignUp")


def a_report(*problems: Problem) -> Report:
    return Report(SIGN_UP, State.ANSWERED, 3, problems)


def page_in(folder: Path) -> Path:
    page = folder / PAGE.name
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    return page


@pytest.mark.local_stack
def test_every_trigger_source_is_served_as_the_contract_has_it(
    emulator_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = run(emulator_url)
    status = told(reports, stale=is_stale(reports, rewrite=False))
    said = capsys.readouterr()

    assert (status, said.err) == (0, "")
    assert said.out.endswith("\nconformance: 41 of 41 trigger sources\n")
    assert [report.source for report in reports] == list(sources())


@pytest.mark.local_stack
def test_a_careless_function_is_caught_by_the_events_that_it_does_not_know(tmp_path: Path) -> None:
    artefact, layer = tmp_path / "artefact", tmp_path / "layer"
    artefact.mkdir()
    layer.mkdir()
    (artefact / "app.py").write_text(CARELESS)

    with read_only_copies({"careless": artefact}, layer) as packages, running(packages["careless"], {}) as runtime:
        first, *rest = trials(SIGN_UP, "1", runtime)

    problems = {one.variant: one.what for one in rest if isinstance(one, Problem)}
    assert first is State.ANSWERED
    assert "'NoneType' object has no attribute 'get'" in problems["request.clientMetadata null"]
    assert "'clientMetadata'" in problems["request.clientMetadata absent"]
    assert "list indices must be integers" in problems["response []"]
    assert "does not take" in problems["unknown field in response"]
    assert "version as a number" not in problems


def test_what_does_not_conform_is_named_with_its_source_and_its_variant(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("1", "request.clientMetadata null", "raised 'oh', which is no refusal", '{"message": "fault"}\n')

    status = told([a_report(), a_report(problem)], stale=False)
    said = capsys.readouterr()

    assert status == 1
    assert said.err == (
        "conformance: PreSignUp_SignUp (version 1, request.clientMetadata null): raised 'oh', which is no refusal\n"
        '{"message": "fault"}\n'
    )
    assert said.out.endswith("\n6 events were sent\nconformance: 1 of 2 trigger sources\n")


def test_a_page_that_shows_something_else_is_an_error_that_says_what_to_run(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = told([a_report()], stale=True)

    assert status == 1
    assert "python -m tests.conformance --write" in capsys.readouterr().err


def test_a_stale_page_is_left_alone_by_a_look_and_made_right_by_a_rewrite(tmp_path: Path) -> None:
    page, reports = page_in(tmp_path), [a_report()]

    looked = is_stale(reports, page, rewrite=False)
    untouched = page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    rewritten = [is_stale(reports, page, rewrite=True) for _ in range(2)]

    assert (looked, untouched) == (True, True)
    assert rewritten == [True, False]
    assert f"\n{table(reports)}\n<!-- end -->" in page.read_text(encoding="utf-8")
