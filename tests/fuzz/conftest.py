"""How long to fuzz, and from which seed."""

from collections.abc import Callable

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.runs import Fuzz

pytest.register_assert_rewrite("tests.fuzz.checks", "tests.fuzz.deserved")


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say how to have the same events again."""
    seeded = config.getoption("--fuzz-seed")
    return None if seeded is None else f"fuzz: the same events again: make fuzz SEED={seeded}"


@pytest.fixture(scope="session")
def fuzz(request: pytest.FixtureRequest) -> Fuzz:
    """Return `given`, for as many examples as were asked for, from the seed that was given, if any was."""
    examples, seeded = request.config.getoption("--fuzz-examples"), request.config.getoption("--fuzz-seed")

    def decorated(*values: st.SearchStrategy[object]) -> Callable[[Callable[..., None]], Callable[[], None]]:
        def over(test: Callable[..., None]) -> Callable[[], None]:
            fuzzed = settings(max_examples=examples)(given(*values)(test))
            return fuzzed if seeded is None else seed(seeded)(fuzzed)

        return over

    return decorated
