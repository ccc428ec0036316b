"""Custom challenges: none is offered yet, and every step says so, to everybody alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Entry

if TYPE_CHECKING:
    from gatehouse.domain.challenge import Step
    from gatehouse.services.recording import Recorder
    from gatehouse.services.users import UserRequest


def refuse_challenge(step: Step, user: UserRequest, *, recorder: Recorder) -> Entry:
    """Record that a step of a custom challenge was refused, whoever it is about."""
    return recorder.decline(user.occasion, Action.USER_ANSWER_CHALLENGE, step.refused_as, user.occasion.actor)
