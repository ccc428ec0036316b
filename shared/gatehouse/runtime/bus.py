"""What the functions that EventBridge calls have in common: a tolerant view of an event, the `@bus_event` decorator.

EventBridge calls a function asynchronously and reads no answer. An invocation that raises is tried twice more, minutes
apart, and what then still fails goes to where the template sends it (Lambda Developer Guide, "How Lambda handles errors
and retries with asynchronous invocation"). Events come at least once, late, and in any order. The view of each
function's event is in `events/`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from gatehouse.errors import EventUnreadable, Fault
from gatehouse.runtime import wiring
from gatehouse.runtime.cognito import Handler, RawEvent, mapping, text
from gatehouse.runtime.settings import is_for_a_snapshot
from gatehouse.runtime.telemetry import traced

if TYPE_CHECKING:
    from collections.abc import Callable

    from gatehouse.runtime.wiring import App
    from gatehouse.services.mail_feedback import Marking


class BusEvent(ABC):
    """What all events of EventBridge have in common, and what a function's must have to be for us.

    Attributes:
        function: the function's folder.
        detail_types: the `detail-type` values that it is called for.
        detail_type: that of this event; empty if there is none.
        detail: what its sender says.
    """

    function: ClassVar[str]
    detail_types: ClassVar[frozenset[str]]

    def __init__(self, raw: RawEvent) -> None:
        self.detail_type = text(raw.get("detail-type"))
        self.detail = mapping(raw.get("detail"))

    @property
    @abstractmethod
    def is_for_us(self) -> bool:
        """Tell whether it is about something of ours; else it is left alone, and nothing is told of it."""


def bus_event[E: BusEvent](take: Callable[[E, App], Marking]) -> Handler:
    """Make a Lambda handler of what takes an event: `handler(event, context, app=None)`; a test passes the app.

    What cannot be read is told and dropped, because it would read the same the next time. Whatever else goes wrong is
    raised, so that Lambda tries again, as a reference and nothing else to see: the error is kept with the event.
    """
    view: type[E] = take.__annotations__["event"]
    if is_for_a_snapshot():
        wiring.load_for_a_snapshot()

    def handler(raw: object, context: Any, app: App | None = None) -> None:
        started = monotonic()
        telemetry = app.telemetry if app else wiring.telemetry()
        reference = str(getattr(context, "aws_request_id", "") or "none")
        event = view(raw if isinstance(raw, dict) else {})
        is_known = event.detail_type in view.detail_types
        telemetry.begin(
            trigger=view.function,
            function_request_id=reference,
            trigger_source=event.detail_type if is_known else "unknown",
        )
        try:
            if not is_known:
                telemetry.passed_through(_since(started))
                return
            if not event.is_for_us:
                return
            plugged = app or wiring.lambda_app()
            plugged.deadline.restart(spent=monotonic() - started)
            with traced(view.function):
                marking = take(event, plugged)
            telemetry.marked(marking, _since(started))
        except EventUnreadable as error:
            telemetry.fault(error, reference, _since(started))
        except Exception as error:  # noqa: BLE001 - the last line before Lambda, which keeps what leaves here
            telemetry.fault(error, reference, _since(started))
            raise Fault(reference) from None

    return handler


def _since(started: float) -> int:
    return round((monotonic() - started) * 1000)
