"""A custom challenge: its three steps. None is offered yet, so each ends in a refusal."""

from enum import StrEnum

from gatehouse.domain.audit import Reason


class Step(StrEnum):
    """What Cognito asks; the value is how the trigger's sources begin."""

    DEFINE = "DefineAuthChallenge"
    CREATE = "CreateAuthChallenge"
    VERIFY = "VerifyAuthChallenge"

    @property
    def refused_as(self) -> Reason:
        """Return the reason under which a refusal of this step is recorded."""
        return _REFUSED_AS[self]


# Define ends the sign-in, so Cognito has no cause to call the other two.
_REFUSED_AS = {
    Step.DEFINE: Reason.CHALLENGE_NOT_OFFERED,
    Step.CREATE: Reason.CHALLENGE_NOT_BEGUN,
    Step.VERIFY: Reason.ANSWER_NOT_EXPECTED,
}
