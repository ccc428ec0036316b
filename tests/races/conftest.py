"""One pair of tables for all races, a fresh tenant for each round."""

from collections.abc import Iterator

import pytest

from tests.support.arena import Arena
from tests.support.local_stack import emulator_aws
from tests.support.stores import TestClock
from tests.support.tables import drop_store, fresh_store

MOST_CONTESTANTS = 64


@pytest.fixture(scope="module")
def arena(emulator_url: str, request: pytest.FixtureRequest) -> Iterator[Arena]:
    store = fresh_store(emulator_aws(emulator_url), TestClock())
    contestants = [store.over(emulator_aws(emulator_url)).app for _ in range(MOST_CONTESTANTS)]
    made = Arena(store.app, contestants, request.config.getoption("--race-rounds"))
    made.at_once(*[lambda app: list(app.tenants.every())] * MOST_CONTESTANTS)  # everybody has connected once
    yield made
    made.close()
    drop_store(store)
