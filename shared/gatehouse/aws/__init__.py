"""How AWS is reached: one method, `call(service, operation, payload) -> dict`, within one deadline."""

from collections.abc import Mapping
from typing import Any, Protocol


class Aws(Protocol):
    """How everything above reaches AWS."""

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation, such as `("dynamodb", "GetItem", {"TableName": …})`, and return its answer.

        Raises:
            AwsError: if AWS refuses, fails, cannot be reached, or does not answer before the deadline.
        """
        ...
