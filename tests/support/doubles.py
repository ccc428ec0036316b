"""AWS as no server plays it on demand: hanging, failing, counting."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from gatehouse.aws import Aws
from gatehouse.aws.deadline import Deadline
from gatehouse.errors import AwsError
from tests.support.stores import TestClock


class HangingAws:
    """Never answers: each call takes all the time that is left, on the test's clock."""

    def __init__(self, clock: TestClock, deadline: Deadline) -> None:
        self._clock = clock
        self._deadline = deadline

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self._clock.advance(seconds=self._deadline.remaining())
        raise AwsError("DeadlineExceeded")


class FailingAws:
    """Passes calls on, and fails those that a test picks; counts all of them."""

    def __init__(self, inner: Aws, error_for: Callable[[str, Mapping[str, Any]], AwsError | None]) -> None:
        self._inner = inner
        self._error_for = error_for
        self.calls: Counter[str] = Counter()
        self.payloads: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.calls[operation] += 1
        self.payloads.append((operation, payload))
        error = self._error_for(operation, payload)
        if error is not None:
            raise error
        return self._inner.call(service, operation, payload)


class ScriptedAws:
    """Answers what it was told to, in order, or raises it; keeps every call. Asked for more, it fails the test."""

    def __init__(self, *answers: Mapping[str, Any] | AwsError) -> None:
        self._answers = list(answers)
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append((service, operation, payload))
        answer = self._answers.pop(0)
        if isinstance(answer, AwsError):
            raise answer
        return dict(answer)


class CountingAws(FailingAws):
    """Passes every call on and counts it."""

    def __init__(self, inner: Aws) -> None:
        super().__init__(inner, lambda _operation, _payload: None)
