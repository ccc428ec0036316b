"""One emulator for all these tests, one pool for most, and a fresh one for whoever asks."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_stack.completion.stack import Emulator, House, add_recorder_function, open_house

type HouseBuilder = Callable[..., House]
type Refusal = Callable[..., tuple[str, str]]
type Switch = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("recorded")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    running = Emulator(tmp_path_factory.mktemp("emulator"), PERSIST_STATE="0")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def function_arn(emulator: Emulator, folder: Path) -> str:
    return add_recorder_function(emulator, folder)


@pytest.fixture
def a_house(emulator: Emulator, function_arn: str, folder: Path) -> HouseBuilder:
    def build(**pool: Any) -> House:
        return open_house(emulator, function_arn, folder, **pool)

    return build


@pytest.fixture(scope="session")
def shared_house(emulator: Emulator, function_arn: str, folder: Path) -> House:
    return open_house(emulator, function_arn, folder)


@pytest.fixture
def house(shared_house: House) -> House:
    """Return a pool that others have used, with other users: making one takes as long as most tests."""
    shared_house.recorder.start_afresh()
    return shared_house


@pytest.fixture
def refusal() -> Refusal:
    """Make a call that AWS refuses, and return the code and the sentence."""

    def refused(call: Callable[..., Any], *arguments: Any, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ClientError) as caught:
            call(*arguments, **parameters)
        error = caught.value.response["Error"]
        return error["Code"], error["Message"]

    return refused


@pytest.fixture
def switched(emulator: Emulator) -> Iterator[Switch]:
    """Change the layer's switches for one test."""
    before = emulator.settings()
    yield emulator.settings
    emulator.settings(**before)
