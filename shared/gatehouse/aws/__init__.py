"""How AWS is reached: one method, `call(service, operation, payload) -> dict`, within one deadline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping


class Aws(Protocol):
    """How everything above reaches AWS."""

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation, such as `("dynamodb", "GetItem", {"TableName": …})`, and return its answer.

        Raises:
            AwsError: if AWS refuses, fails, cannot be reached, or does not answer before the deadline.
        """
        ...
