from collections.abc import Mapping
from typing import Any

import pytest

from gatehouse.errors import AwsError
from gatehouse.store.stack import LiveStack


class Formation:
    """CloudFormation with one stack, whose status is another at every look after an update."""

    def __init__(self, *statuses: str) -> None:
        self.statuses = ["CREATE_COMPLETE", *statuses]
        self.asked: list[Mapping[str, Any]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        assert service == "cloudformation"
        if operation == "UpdateStack":
            self.asked.append(payload)
            return {}
        parameters = [{"ParameterKey": "AppUrl", "ParameterValue": "x"}, {"ParameterKey": "SnapStart"}]
        status = self.statuses.pop(0)
        return {
            "Stacks": [{"StackStatus": status, "Parameters": [one | {"ParameterValue": "x"} for one in parameters]}]
        }


def test_other_parameters_keep_their_values_and_the_template_stays() -> None:
    formation, slept = Formation("UPDATE_IN_PROGRESS", "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE"), [0.0]

    LiveStack(formation, "gatehouse", slept.append).set_parameters({"SnapStart": "true"})

    assert formation.asked == [
        {
            "StackName": "gatehouse",
            "UsePreviousTemplate": True,
            "Parameters": [
                {"ParameterKey": "AppUrl", "UsePreviousValue": True},
                {"ParameterKey": "SnapStart", "ParameterValue": "true"},
            ],
            "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        }
    ]
    assert len(slept) == 3


def test_an_update_that_is_taken_back_is_an_error() -> None:
    stack = LiveStack(Formation("UPDATE_ROLLBACK_COMPLETE"), "gatehouse", lambda _: None)

    with pytest.raises(AwsError, match="StackNotUpdated"):
        stack.set_parameters({"SnapStart": "true"})
