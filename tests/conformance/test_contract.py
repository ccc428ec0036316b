"""The contract is whole, and it is the one that the product and its sample events are made for."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from gatehouse.runtime.cognito import TRIGGERS
from tests.conformance.contract import Source, definition, problem_with, source_named, sources
from tests.conformance.stage import base_event
from tests.support.functions import VIEWS
from tests.support.stores import ROOT

SHIPPED = [source for source in sources() if source.function]
SAMPLES = sorted(path for function in TRIGGERS for path in (ROOT / "events" / function).glob("*.json"))


def test_there_are_forty_one_sources_of_thirteen_triggers() -> None:
    assert len(sources()) == 41
    assert len({source.trigger for source in sources()}) == 13


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_a_source_has_a_function_or_a_decision_and_never_both(source: Source) -> None:
    assert (source.function is None) == (source.decision is not None)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.name)
def test_what_a_source_refers_to_is_a_schema(source: Source) -> None:
    for name in (source.request, *source.responses.values()):
        Draft202012Validator.check_schema(definition(name))
        assert problem_with([], name) is not None


@pytest.mark.parametrize("function", TRIGGERS)
def test_a_function_is_called_for_what_the_contract_says_it_serves(function: str) -> None:
    served = [source for source in SHIPPED if source.function == function]

    assert sorted(TRIGGERS[function]) == sorted({source.trigger for source in served})
    assert VIEWS[function].sources == {name for source in served for name in (source.name, *source.also)}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_sample_event_is_one_that_cognito_sends(path: Path) -> None:
    event = json.loads(path.read_text(encoding="utf-8"))
    source = source_named(event["triggerSource"])

    assert source.function == path.parent.name
    assert event["version"] in source.responses
    assert problem_with(event, "Event") is None
    assert problem_with(event["request"], source.request) is None


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: source.name)
def test_every_source_that_is_served_begins_with_an_event_of_its_own(source: Source) -> None:
    events = [base_event(source, version) for version in source.responses]

    assert [event["version"] for event in events] == list(source.responses)
    assert {event["triggerSource"] for event in events} == {source.name}
    assert all(problem_with(event["request"], source.request) is None for event in events)
