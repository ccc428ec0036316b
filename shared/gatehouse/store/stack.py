"""The CloudFormation stack of a deployment, as far as its parameters are read and changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gatehouse.aws import Aws

_PAUSE_S = 2.0
_MOVING = "_IN_PROGRESS"
_DONE = "UPDATE_COMPLETE"
# The template makes IAM roles, and is written for SAM, which is a transform (API reference, UpdateStack, Capabilities).
_CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]


class LiveStack:
    """One stack.

    Args:
        aws: how AWS is reached.
        name: of the stack.
        sleep: waits for some seconds.
    """

    def __init__(self, aws: Aws, name: str, sleep: Callable[[float], None]) -> None:
        self._aws = aws
        self._sleep = sleep
        self.name = name

    def parameters(self) -> dict[str, str]:
        """Return the parameters that the stack was deployed with, by name.

        Raises:
            AwsError: `ValidationError`, if there is no such stack.
        """
        found = self._described().get("Parameters", [])
        return {one["ParameterKey"]: one["ParameterValue"] for one in found}

    def set_parameters(self, values: Mapping[str, str]) -> None:
        """Deploy the same template with other values of some parameters, and wait until that is done.

        Raises:
            AwsError: `StackNotUpdated`, if CloudFormation took it back; any other, if it refused to begin.
        """
        kept = [{"ParameterKey": name, "UsePreviousValue": True} for name in self.parameters().keys() - values.keys()]
        given = [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]
        request = {
            "StackName": self.name,
            "UsePreviousTemplate": True,
            "Parameters": [*kept, *given],
            "Capabilities": _CAPABILITIES,
        }
        self._aws.call("cloudformation", "UpdateStack", request)
        while (found := self._described())["StackStatus"].endswith(_MOVING):
            self._sleep(_PAUSE_S)
        if found["StackStatus"] != _DONE:
            raise AwsError("StackNotUpdated", f"{self.name} is {found['StackStatus']}, see its events")

    def _described(self) -> dict[str, Any]:
        found: dict[str, Any] = self._aws.call("cloudformation", "DescribeStacks", {"StackName": self.name})["Stacks"][
            0
        ]
        return found
