"""The time that all calls of one invocation share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable


class Deadline:
    """A budget in seconds from a starting point, on a monotonic clock.

    One budget bounds all calls together: three calls of a second each are as late as one of three.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._ends_at = monotonic() + seconds

    def restart(self, spent: float = 0.0) -> None:
        """Begin a new budget, less the seconds that were spent before anyone could begin it."""
        self._ends_at = self._monotonic() + self._seconds - spent

    def remaining(self) -> float:
        """Return the seconds left, more than 0.

        Raises:
            AwsError: `DeadlineExceeded`, if none are.
        """
        left = self._ends_at - self._monotonic()
        if left <= 0:
            raise AwsError("DeadlineExceeded")
        return left
