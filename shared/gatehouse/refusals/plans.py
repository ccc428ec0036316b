"""What operators are refused about plans of tenants; the rest is in `refusals/common.py`.

Each is an `OperatorRefusal` of `errors.py`, in the order of the alphabet. No function loads these.
"""

from __future__ import annotations

from gatehouse.errors import OperatorRefusal


class ChangedMeanwhile(OperatorRefusal):
    """What a change was planned on is not there any more: somebody else has changed the same thing since."""

    code = "changed_meanwhile"
    sentence = "Somebody else has changed this since the plan was made"
    advice = "Look at what has changed and go on from there: gatehouse plan"


class PlanChanged(OperatorRefusal):
    """What would be done now is not what was reviewed."""

    code = "plan_changed"
    sentence = "The plan made now is not the one of --plan, and nothing was done"
    advice = "Review it anew: gatehouse plan"


class PlanNotConfirmed(OperatorRefusal):
    """A plan is carried out by who says so, or by whom has reviewed it."""

    code = "plan_not_confirmed"
    sentence = "The plan was not confirmed, and nothing was done"
    advice = "Say that you are sure with --yes, or which plan was reviewed with --plan HASH"


class PlanRefused(OperatorRefusal):
    """A part of the plan would be refused, so nothing of it is begun."""

    code = "plan_refused"
    sentence = "The file asks for what cannot be, and nothing was done"
    advice = "Mend what is said above in the file, and plan again"
