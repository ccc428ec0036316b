"""The demo's journey, step by step, on a stack of its own: each step begins where the last one ended."""

from collections.abc import Iterator

import pytest

from local.demo.journey import STEPS, Journey, Step
from local.stack import running_stack

pytestmark = pytest.mark.local_stack


@pytest.fixture(scope="module")
def journey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    """A journey on a stack of its own: it looks at every tenant and at the whole audit log."""
    with running_stack(tmp_path_factory.mktemp("journey"), port=0, say=lambda _sentence: None) as stack:
        yield Journey(stack)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.title)
def test_the_journey(step: Step, journey: Journey) -> None:
    seen = list(step.walk(journey))

    assert seen
