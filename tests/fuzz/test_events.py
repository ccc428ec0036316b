"""Whatever an event looks like: it is decided or it is refused, and nobody is let in who should not be."""

import pytest
from hypothesis import strategies as st

from tests.fuzz.checks import asks_what_can_be_asked, changes_nothing_but_the_response, ends_as_it_may, tells_no_one
from tests.fuzz.deserved import DESERVED
from tests.fuzz.mutations import Mutation, mutations
from tests.fuzz.runs import EVERY_SETTINGS, Fuzz, Stage
from tests.support.functions import TRIGGER_FOLDERS

pytestmark = pytest.mark.timeout(3600)


@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
def test_a_mutated_event_is_decided_by_what_the_store_holds(function: str, fuzz: Fuzz) -> None:
    stage = Stage(function)

    @fuzz(mutations(function), st.integers(0, len(EVERY_SETTINGS) - 1))
    def holds(mutation: Mutation, settings: int) -> None:
        run = stage.run(mutation.event(function), mutation.event(function), settings)

        for check in (ends_as_it_may, changes_nothing_but_the_response, tells_no_one, asks_what_can_be_asked):
            check(run)
        DESERVED[function](run)

    holds()
