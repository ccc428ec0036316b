"""What every test has: no network, no AWS credentials of anybody's, none of this shell's settings."""

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings as hypothesis_settings
from pytest_socket import disable_socket, enable_socket

from gatehouse.aws import Aws
from gatehouse.runtime import wiring
from gatehouse.runtime.wiring import App
from tests.support.local_stack import emulator
from tests.support.stores import TestClock, app_for, create_tables, delete_tables, moto_aws

# A slow machine is no failure, and what fails once fails for everybody.
hypothesis_settings.register_profile("gatehouse", deadline=None, derandomize=True, print_blob=False)
hypothesis_settings.load_profile("gatehouse")


def pytest_configure() -> None:
    """Let the programs that tests start be interrupted: who starts tests in the background ignores that, and theirs do.

    POSIX has a shell without job control start background commands so, and a program inherits what is ignored.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--race-rounds",
        type=int,
        default=os.environ.get("GATEHOUSE_RACE_ROUNDS", "10"),
        help="how often each race is run (also GATEHOUSE_RACE_ROUNDS)",
    )
    parser.addoption(
        "--fuzz-examples",
        type=int,
        default=os.environ.get("GATEHOUSE_FUZZ_EXAMPLES", "1000"),
        help="how many mutated events each function is given (also GATEHOUSE_FUZZ_EXAMPLES)",
    )
    parser.addoption(
        "--fuzz-seed",
        type=int,
        default=os.environ.get("GATEHOUSE_FUZZ_SEED"),
        help="where the mutations begin; without one they are the same each time (also GATEHOUSE_FUZZ_SEED)",
    )


@pytest.fixture(autouse=True)
def _closed_world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("AWS_", "GATEHOUSE_", "POWERTOOLS_", "_X_AMZN")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    if any(map(request.node.get_closest_marker, ("local_stack", "loopback"))):
        yield
        return
    disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture(scope="session")
def emulator_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an emulator answers to which nothing is deployed."""
    with emulator(tmp_path_factory.mktemp("emulator")) as endpoint_url:
        yield endpoint_url


@pytest.fixture
def clock() -> TestClock:
    return TestClock()


@pytest.fixture(scope="module")
def _moto() -> Iterator[Aws]:
    with moto_aws() as made:
        yield made


@pytest.fixture
def aws(_moto: Aws) -> Iterator[Aws]:
    create_tables(_moto)
    yield _moto
    delete_tables(_moto)


@pytest.fixture
def app(aws: Aws, clock: TestClock) -> App:
    return app_for(aws, clock)


@pytest.fixture
def own_telemetry() -> Iterator[None]:
    """Let a function that plugs itself together make its telemetry anew: it keeps the stream that it was made with."""
    wiring.telemetry.cache_clear()
    yield
    wiring.telemetry.cache_clear()
