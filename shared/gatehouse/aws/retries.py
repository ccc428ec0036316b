"""Trying again what may pass: with longer and longer pauses, spread by chance, inside the one deadline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.aws.deadline import Deadline

# As many as boto3 gives DynamoDB. A pause is short against the budget: what takes longer than all of them together
# is better told to the person who waits.
_ATTEMPTS = 4
_FIRST_PAUSE_SECONDS = 0.05


class Passing(Exception):
    """An attempt failed by something that may be over a moment later; `error` is what to raise if it is not."""

    def __init__(self, error: AwsError) -> None:
        super().__init__(error.code)
        self.error = error


@dataclass(frozen=True, slots=True)
class Retries:
    """How to wait between two attempts: what sleeps, and what spreads the sleepers (0 to 1)."""

    sleep: Callable[[float], None]
    spread: Callable[[], float]

    def run[T](self, attempt: Callable[[], T], deadline: Deadline) -> T:
        """Return what the first attempt returns that does not fail in passing.

        Pauses are exponential, with full jitter; see the AWS Builders' Library, "Timeouts, retries, and backoff with
        jitter".

        Raises:
            AwsError: what the last attempt failed by, or `DeadlineExceeded` if there is no time for another.
        """
        made = 0
        while True:
            try:
                return attempt()
            except Passing as passing:
                made += 1
                self._pause(made, passing, deadline)

    def _pause(self, made: int, passing: Passing, deadline: Deadline) -> None:
        left = deadline.remaining()
        if made == _ATTEMPTS:
            raise passing.error from passing
        seconds = _FIRST_PAUSE_SECONDS * 2 ** (made - 1) * self.spread()
        if seconds >= left:
            raise AwsError("DeadlineExceeded") from passing
        self.sleep(seconds)
