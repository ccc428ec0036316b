"""How long work takes that nobody waits for: AWS is asked again when it is busy, and not faster than it likes."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from gatehouse.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Callable

# What may be over a little later, once boto3's own attempts are used up.
_PASSING = frozenset(
    {
        "Contended",
        "InternalErrorException",
        "InternalServerError",
        "LimitExceededException",
        "NeverConnected",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
        "Unreachable",
        "UnreadableAnswer",
    }
)
_ROUNDS = 10
_FIRST_PAUSE_SECONDS = 0.25
_LONGEST_PAUSE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long AWS is asked again: what sleeps, what spreads the sleepers (0 to 1), and whether to stop altogether."""

    sleep: Callable[[float], object]
    spread: Callable[[], float]
    is_stopped: Callable[[], bool]

    def run[T](self, call: Callable[[], T], rounds: int = _ROUNDS) -> T:
        """Return what the first call returns that is not throttled or the like; pauses are as `Table`'s, but longer.

        Raises:
            AwsError: what is no use to try again, or has not passed in all rounds.
        """
        for made in range(rounds - 1):
            try:
                return call()
            except AwsError as error:
                if error.code not in _PASSING or self.is_stopped():
                    raise
                self.sleep(min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**made) * self.spread())
        return call()


class Pace:
    """Lets through so many a second, whoever asks."""

    def __init__(self, per_second: float, monotonic: Callable[[], float], sleep: Callable[[float], object]) -> None:
        self._gap = 1 / per_second
        self._monotonic = monotonic
        self._sleep = sleep
        self._lock = Lock()
        self._next = 0.0

    def wait(self) -> None:
        """Return when it is one's turn."""
        with self._lock:
            now = self._monotonic()
            turn = max(now, self._next)
            self._next = turn + self._gap
        if turn > now:
            self._sleep(turn - now)
