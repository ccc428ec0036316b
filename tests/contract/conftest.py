"""One suite, three backends: what holds in process must hold over the wire, and over either transport."""

from collections.abc import Iterator

import pytest

from gatehouse.aws import Aws
from gatehouse.runtime.wiring import App
from tests.aws.transports import PATIENT, crt_aws
from tests.support.local_stack import emulator_aws
from tests.support.stores import TestClock, moto_aws
from tests.support.tables import Store, drop_store, fresh_store

_HOUR = 3600.0


@pytest.fixture(
    scope="module",
    params=[
        "moto",
        pytest.param("local_stack", marks=pytest.mark.local_stack),
        pytest.param("local_stack_over_crt", marks=pytest.mark.local_stack),
    ],
)
def backend(request: pytest.FixtureRequest) -> Iterator[Aws]:
    if request.param == "moto":
        with moto_aws() as made:
            yield made
    elif request.param == "local_stack":
        yield emulator_aws(request.getfixturevalue("emulator_url"))
    else:
        yield crt_aws(request.getfixturevalue("emulator_url"), _HOUR, PATIENT)


@pytest.fixture
def store(backend: Aws, clock: TestClock) -> Iterator[Store]:
    made = fresh_store(backend, clock)
    yield made
    drop_store(made)


@pytest.fixture
def app(store: Store) -> App:
    return store.app
