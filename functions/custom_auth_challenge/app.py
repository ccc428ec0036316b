"""Custom challenges: define, create and verify, in one function so that one warm environment serves them all."""

from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.custom_auth_challenge import CustomAuthChallengeEvent
from gatehouse.runtime.wiring import App
from gatehouse.services.challenges import refuse_challenge


@trigger
def handler(event: CustomAuthChallengeEvent, app: App) -> Decision:
    """Refuse the challenge: none is offered yet."""
    event.refuse()
    return refuse_challenge(event.step, event.user(app.clock()), recorder=app.recorder)
