"""Every sample event produces the decision that it is named after, and the entry that tells it."""

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.audit import Outcome
from gatehouse.errors import Refusal
from gatehouse.runtime.cognito import Event
from tests.support.builders import TODAY
from tests.support.functions import FOLDERS, Context, handler_of, sample_cases, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import TestClock, app_for, newest_entries

CASES = [(function, case) for function in FOLDERS for case in sample_cases(function)]
ALLOWED = {
    "accepted_tenant", "already_joined", "authenticated", "default_tenant", "invited", "invited_by_address",
    "invited_by_mail", "joined", "named_tenant", "no_tenant", "only_tenant", "password_reset",
}  # fmt: skip
GATES = {view.trigger for view in Event.__subclasses__() if view.is_gate}


def test_every_sample_event_has_its_scene_and_every_scene_its_event() -> None:
    assert sorted(CASES) == sorted(SCENES)


@pytest.mark.parametrize(("function", "case"), CASES)
def test_a_sample_event_produces_the_decision_it_is_named_after(
    function: str, case: str, aws: Aws, clock: TestClock
) -> None:
    scene = SCENES[function, case]
    app = app_for(aws, clock, scene.settings)
    scene.arrange(app)
    clock.advance(seconds=1)
    event = sample_event(function, case)
    refusal: Refusal | None = None

    try:
        answer = handler_of(function)(event, Context(), app)
    except Refusal as raised:
        refusal = raised

    entry = newest_entries(app, TODAY)[case]
    assert (Outcome.ALLOW if case in ALLOWED else Outcome.DENY) == entry.outcome
    if entry.outcome is Outcome.DENY and function in GATES:
        assert refusal is not None
        assert case == refusal.reason
        assert str(refusal).endswith(f"[{refusal.code}]")
    else:
        assert refusal is None
        assert answer is event
