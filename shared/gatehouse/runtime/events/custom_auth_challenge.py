"""The events of define, create and verify auth challenge."""

from gatehouse.domain.challenge import Step
from gatehouse.runtime import responses
from gatehouse.runtime.cognito import Event


class CustomAuthChallengeEvent(Event):
    """A step of a custom challenge: what comes next, what is asked, whether the answer is right."""

    trigger = "custom_auth_challenge"
    is_gate = True
    # The guide's tables for each operation spell the last of them without `Response`.
    sources = frozenset(
        f"{name}_Authentication"
        for name in ("CreateAuthChallenge", "DefineAuthChallenge", "VerifyAuthChallenge", "VerifyAuthChallengeResponse")
    )
    takes_any_source = True
    needs_user = False

    @property
    def step(self) -> Step:
        """Return which step this is; what is none that we know is taken for define, which can end the sign-in."""
        for step in (Step.CREATE, Step.VERIFY):
            if self.source.startswith(step):
                return step
        return Step.DEFINE

    def refuse(self) -> None:
        """Answer so that no token comes of it."""
        refusals = {
            Step.DEFINE: responses.no_more_challenges(),
            Step.CREATE: responses.challenge({}, {}, ""),
            Step.VERIFY: responses.answer(is_correct=False),
        }
        self.respond_with(refusals[self.step])
