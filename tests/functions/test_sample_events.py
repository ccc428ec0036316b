"""Every sample event produces the decision that it is named after, and the entry that tells it."""

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action, Outcome, Reason
from gatehouse.errors import Refusal
from tests.support.builders import TODAY
from tests.support.functions import FOLDERS, GATES, TRIGGER_FOLDERS, Context, handler_of, sample_cases, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import TestClock, app_for, entries, newest_entries

EVERY = [(function, case) for function in FOLDERS for case in sample_cases(function)]
CASES = [(function, case) for function, case in EVERY if case in set(Reason)]
UNDECIDED = [one for one in EVERY if one[0] in TRIGGER_FOLDERS and one not in CASES]
ALLOWED = {
    "accepted_tenant", "already_joined", "authenticated", "default_tenant", "invited", "invited_by_address",
    "invited_by_mail", "invited_by_provider", "joined", "machine_tenant", "machine_without_tenant", "named_tenant",
    "no_tenant", "only_tenant", "password_reset", "provider_mapped", "replaced", "taken_by_code", "taken_by_domain",
    "taken_by_provider", "waits_for_approval",
}  # fmt: skip


# A token is made without the tenant that could not be joined, and a challenge's answer is the no.
GOES_ON = {Action.MEMBER_JOIN, Action.USER_ANSWER_CHALLENGE}


def test_every_sample_event_has_its_scene_and_every_scene_its_event() -> None:
    assert sorted(EVERY) == sorted(SCENES)


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
    if entry.outcome is Outcome.DENY and entry.action not in GOES_ON and function in GATES:
        assert refusal is not None
        assert case == refusal.reason
        assert str(refusal).endswith(f"[{refusal.code}]")
    else:
        assert refusal is None
        assert answer is event


@pytest.mark.parametrize(("function", "case"), UNDECIDED)
def test_a_sample_event_that_decides_nothing_is_let_through_and_not_recorded(
    function: str, case: str, aws: Aws, clock: TestClock
) -> None:
    scene = SCENES[function, case]
    app = app_for(aws, clock, scene.settings)
    scene.arrange(app)
    before = entries(app, TODAY, "acme")
    event = sample_event(function, case)

    answer = handler_of(function)(event, Context(), app)

    assert answer is event
    assert before == entries(app, TODAY, "acme")
