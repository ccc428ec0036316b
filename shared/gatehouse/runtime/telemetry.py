"""What an invocation leaves behind: log lines of named fields only, metrics, and a trace when one is sampled."""

from __future__ import annotations

import json
import sys
import traceback
from contextlib import contextmanager, nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

from gatehouse.errors import AwsError, EventUnreadable, MessageNotUsable, Refusal, TemplateBroken, UnreadableRecord
from gatehouse.runtime.settings import is_trace_sampled, service_name, trace_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import IO, Any

    from gatehouse.aws import Aws
    from gatehouse.domain.audit import Entry
    from gatehouse.services.mail_feedback import Marking

_NAMESPACE = "Gatehouse"
_DIMENSIONS = ("service", "trigger", "outcome", "reason")


class LogMessage(StrEnum):
    """Every message there is."""

    DECIDED = "decided"
    REFUSED = "refused"
    FAULT = "fault"
    PASSED_THROUGH = "passed_through"
    ENTRY_UNWRITTEN = "audit_entry_unwritten"
    MAIL_FEEDBACK = "mail_feedback"


class Telemetry:
    """The log and the metrics of this function: one line of JSON for each thing told, which is its metric too.

    A line's fields are Powertools' Logger's, and a metric in it is as Powertools' Metrics has it: CloudWatch's embedded
    metric format (CloudWatch User Guide, "Specification: Embedded metric format"). Why it is not Powertools that writes
    them: docs/decisions/telemetry.md. A field is named here or it is in no line, and nothing that a person typed or
    owns is one: no address, name, code, token or attribute.

    Args:
        stream: takes the lines.
        service: the name under which this deployment logs and counts.
    """

    def __init__(self, stream: IO[str] | None = None, service: str | None = None) -> None:
        self.stream = stream or sys.stdout
        self._service = service or service_name()
        self._context: dict[str, Any] = {}
        self._is_cold = True

    def begin(self, **context: str) -> None:
        """Begin an invocation; what is given stands in each of its lines."""
        self._context = {**context, "cold_start": self._is_cold}
        self._is_cold = False

    def decided(self, entry: Entry, milliseconds: int) -> None:
        """Tell a decision."""
        self._line(
            LogMessage.DECIDED,
            counts="Decision",
            action=entry.action,
            outcome=entry.outcome,
            reason=entry.reason,
            tenant_id=entry.tenant_id,
            milliseconds=milliseconds,
        )

    def passed_through(self, milliseconds: int) -> None:
        """Tell that an event was returned as it came, and is of no kind that we know."""
        self._line(LogMessage.PASSED_THROUGH, milliseconds=milliseconds)

    def refused(self, refusal: Refusal, milliseconds: int) -> None:
        """Tell a refusal, with its precise reason."""
        self._line(
            LogMessage.REFUSED,
            counts="Decision",
            code=refusal.code,
            outcome="deny",
            reason=refusal.reason,
            tenant_id=refusal.tenant_id,
            milliseconds=milliseconds,
        )

    def marked(self, marking: Marking, milliseconds: int) -> None:
        """Tell what came of an invitation's mail. No metric: SES counts bounces and complaints itself."""
        self._line(
            LogMessage.MAIL_FEEDBACK,
            outcome=marking.outcome or "ignored",
            problem=marking.problem,
            is_marked=marking.is_marked,
            tenant_id=marking.tenant_id,
            milliseconds=milliseconds,
        )

    def fault(self, error: Exception, reference: str, milliseconds: int, *, counts: str = "Fault") -> None:
        """Tell a failure: its kind and where it came from, and never its words, which may quote what was typed.

        Args:
            error: what was raised.
            reference: by which a person may ask for this line.
            milliseconds: since the handler's entry.
            counts: the metric that it is one of.
        """
        found: dict[str, Any] = {}
        if isinstance(error, AwsError):
            found = {"aws_error_code": error.code}
        elif isinstance(error, UnreadableRecord):
            found = {"record_kind": error.kind, "record_attribute": error.attribute}
        elif isinstance(error, MessageNotUsable):
            found = {"message_problem": error.problem}
        elif isinstance(error, EventUnreadable):
            found = {"event_part": error.part}
        elif isinstance(error, TemplateBroken):
            found = {"template": error.place, "message_problem": error.problem}
        self._line(
            LogMessage.FAULT,
            level="ERROR",
            counts=counts,
            outcome="error",
            reason="fault",
            reference=reference,
            error_type=type(error).__name__,
            frames=_frames(error),
            milliseconds=milliseconds,
            **found,
        )

    def unwritten(self, entry: Entry) -> None:
        """Leave an entry that the audit log could not be given, whole and marked, so that it can be taken back."""
        self._line(
            LogMessage.ENTRY_UNWRITTEN,
            level="ERROR",
            counts="EntryUnwritten",
            outcome=entry.outcome,
            reason=entry.reason,
            audit_entry=entry_fields(entry),
        )

    def _line(self, message: LogMessage, *, level: str = "INFO", counts: str | None = None, **fields: Any) -> None:
        now = datetime.now(UTC)
        line = {
            "level": level,
            "timestamp": _written(now),
            "service": self._service,
            "message": message,
            **self._context,
            **fields,
        }
        if trace := trace_id():
            line["xray_trace_id"] = trace
        if counts:
            line |= _metric(counts, now) | {"trigger": self._context.get("trigger", "none")}
        self.stream.write(json.dumps(line) + "\n")
        self.stream.flush()


def _metric(name: str, at: datetime) -> dict[str, Any]:
    """Return what makes a line a metric of one count, too."""
    about = {"Namespace": _NAMESPACE, "Dimensions": [_DIMENSIONS], "Metrics": [{"Name": name, "Unit": "Count"}]}
    return {"_aws": {"Timestamp": int(at.timestamp() * 1000), "CloudWatchMetrics": [about]}, name: 1}


def entry_fields(entry: Entry) -> dict[str, str | None]:
    """Return an entry as the flat object in which it is logged and printed. Holds no clear address."""
    return {
        "id": entry.id,
        "at": _written(entry.at),
        "tenant_id": entry.tenant_id,
        "action": entry.action.value,
        "outcome": entry.outcome.value,
        "reason": entry.reason,
        "actor_kind": entry.actor.kind.value,
        "actor_id": entry.actor.id,
        "target_kind": entry.target.kind.value,
        "target_id": entry.target.id,
        "source": entry.source,
        "client_id": entry.client_id or None,
        "dedupe_id": entry.dedupe_id,
        "word": entry.word or None,
    }


def traced(name: str) -> AbstractContextManager[None]:
    """Trace what happens inside as a subsegment, if X-Ray keeps this trace.

    The tracer takes more time to load than all the rest of a cold start, so nobody loads it for nothing. It is told
    names only and never of exceptions, whose words may quote what was typed: that is why botocore is not patched.
    """
    return _subsegment(name) if is_trace_sampled() else _UNTRACED


_UNTRACED = nullcontext()


@contextmanager
def _subsegment(name: str) -> Iterator[None]:
    recorder = _tracer().provider
    recorder.begin_subsegment(name=name)
    try:
        yield
    finally:
        recorder.end_subsegment()


class TracedAws:
    """`Aws` with a subsegment for each call, named after its service and operation."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; see `Aws.call`."""
        with traced(f"{service}.{operation}"):
            return self._inner.call(service, operation, payload)


@cache
def _tracer() -> Any:
    from aws_lambda_powertools import Tracer  # noqa: PLC0415 - see traced()

    return Tracer(service=service_name(), auto_patch=False)


def _written(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _frames(error: BaseException) -> list[str]:
    """Return where an error came from, `file:line function`, the innermost last, and its causes' before it."""
    before = _frames(error.__cause__) if error.__cause__ else []
    stack = traceback.extract_tb(error.__traceback__)
    return before + [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in stack[-8:]]
