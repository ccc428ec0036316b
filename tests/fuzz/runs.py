"""One function given one event, and everything that came of it."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gatehouse.aws import Aws
from gatehouse.aws.deadline import Deadline
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.telemetry import LogMessage, Telemetry
from gatehouse.runtime.wiring import TRIGGER_SECONDS, App, app_over
from tests.fuzz.world import answering_aws
from tests.support.answering import Key, Written
from tests.support.builders import NOW
from tests.support.functions import Context, handler_of
from tests.support.stores import SETTINGS, TestClock

# Makes of a check, and of the strategies of its arguments, one that draws them as often as this session fuzzes.
type Fuzz = Callable[..., Callable[[Callable[..., None]], Callable[[], None]]]

# What a line says of this call alone; a text out of a few digits may stand there by chance.
_OF_THE_CALL = ("timestamp", "function_request_id", "reference", "service")

# Every way in which a deployment may have decided what an event then depends on.
EVERY_SETTINGS = tuple(
    replace(
        SETTINGS,
        auto_verify=auto_verify,
        admit_by_address=by_address,
        record_refreshes=auto_verify,
        pool_sends_by_ses=by_address,
    )
    for auto_verify in (False, True)
    for by_address in (False, True)
)


@dataclass(frozen=True)
class Run:
    """What a function did with an event.

    Args:
        function: its folder.
        event: the object that it was given, as it is now.
        before: the same event, never given to anybody.
        answer: what it returned; None if it raised.
        error: what it raised, if it did.
        settings: those of the deployment.
        written: what it wrote, or would have.
        payloads: what it asked AWS with.
        logged: every value in its log, but for times and the ids of the call.
        failures: the types of the errors that it met and logged, whether it then raised or not.
    """

    function: str
    event: object
    before: object
    answer: object
    error: Exception | None
    settings: Settings
    written: tuple[Written, ...]
    payloads: tuple[Any, ...]
    logged: str
    failures: tuple[str, ...]

    @property
    def response(self) -> object:
        """Return the response as it is now; None if there is none."""
        return self.event.get("response") if isinstance(self.event, dict) else None

    @property
    def has_responded(self) -> bool:
        """Tell whether the response is another than the one that came."""
        # In lists, which compare what they hold by identity first: NaN is not NaN.
        return isinstance(self.before, dict) and [self.response] != [self.before.get("response")]

    def puts(self, prefix: str) -> list[Key]:
        """Return the keys of the core table's rows of one kind that were put."""
        keys = [one.key for one in self.written if one.operation == "Put" and one.table == self.settings.table_name]
        return [key for key in keys if key[1].startswith(prefix)]


class Stage:
    """One app for each of the settings, all over one world that never changes."""

    def __init__(self, function: str) -> None:
        self._function = function
        self._handler = handler_of(function)
        self._aws = answering_aws()
        self._apps = [_app(self._aws, settings) for settings in EVERY_SETTINGS]

    def run(self, event: object, before: object, settings: int = 0) -> Run:
        """Give the function an event, under one of the settings."""
        app = self._apps[settings]
        self._aws.begin()
        error, answer = None, None
        try:
            answer = self._handler(event, Context(), app)
        except Exception as raised:  # noqa: BLE001 - which it may be is what the tests are about
            error = raised
        lines = _taken(app)
        told = [value for line in lines for name, value in line.items() if name not in _OF_THE_CALL]
        return Run(
            function=self._function,
            event=event,
            before=before,
            answer=answer,
            error=error,
            settings=app.settings,
            written=tuple(self._aws.written),
            payloads=tuple(self._aws.payloads),
            logged="\n".join(strings(told)),
            failures=tuple(line["error_type"] for line in lines if line.get("message") == LogMessage.FAULT),
        )


def _app(aws: Aws, settings: Settings) -> App:
    clock = TestClock(NOW)
    return app_over(aws, settings, Telemetry(io.StringIO()), Deadline(TRIGGER_SECONDS, clock.monotonic), clock=clock)


def _taken(app: App) -> list[dict[str, Any]]:
    stream = app.telemetry.stream
    assert isinstance(stream, io.StringIO)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    stream.seek(0)
    stream.truncate()
    return lines


def strings(node: object) -> Iterator[str]:
    """Yield every string in a value, names included, however deep it goes."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            waiting += [*one, *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
