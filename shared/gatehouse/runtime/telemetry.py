"""What an invocation leaves behind: log lines of allowed fields only, metrics, and a trace when one is sampled."""

import json
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import cache
from pathlib import PurePath
from typing import IO, Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from gatehouse.aws import Aws
from gatehouse.domain.audit import Entry
from gatehouse.errors import AwsError, MessageNotUsable, Refusal, UnreadableRecord
from gatehouse.runtime.settings import is_trace_sampled, service_name

_NAMESPACE = "Gatehouse"


class LogMessage(StrEnum):
    """Every message there is; a line with another says only that it was not ours."""

    DECIDED = "decided"
    REFUSED = "refused"
    FAULT = "fault"
    PASSED_THROUGH = "passed_through"
    ENTRY_UNWRITTEN = "audit_entry_unwritten"


# What may stand in a log line. Nothing that a person typed or owns: no address, name, code, token or attribute.
_ALLOWED = frozenset(
    {
        "level", "timestamp", "service", "xray_trace_id", "message", "function_request_id", "trigger", "trigger_source",
        "tenant_id", "action", "outcome", "reason", "code", "reference", "error_type", "aws_error_code",
        "record_kind", "record_attribute", "message_part", "frames", "milliseconds", "cold_start", "audit_entry",
    }
)  # fmt: skip


class Telemetry:
    """The log and the metrics of this function.

    Powertools keeps one logger for each service name, so who wants another stream takes another name.
    """

    def __init__(self, stream: IO[str] | None = None, service: str | None = None) -> None:
        service = service or service_name()
        self._log = Logger(
            service=service, level="INFO", stream=stream or sys.stdout, utc=True, json_serializer=_allowed
        )
        self._metrics = Metrics(namespace=_NAMESPACE, service=service)
        self.stream = stream or sys.stdout
        self._context: dict[str, Any] = {}
        self._is_cold = True

    def begin(self, **context: str) -> None:
        """Begin an invocation; what is given stands in each of its lines."""
        self._context = context | {"cold_start": self._is_cold}
        self._is_cold = False

    def decided(self, entry: Entry, milliseconds: int) -> None:
        """Tell a decision."""
        self._count("Decision", outcome=entry.outcome, reason=entry.reason)
        self._line(
            LogMessage.DECIDED,
            action=entry.action,
            outcome=entry.outcome,
            reason=entry.reason,
            tenant_id=entry.tenant_id,
            milliseconds=milliseconds,
        )

    def passed_through(self, milliseconds: int) -> None:
        """Tell that an event was returned as it came, or that nothing about it is to be recorded."""
        self._line(LogMessage.PASSED_THROUGH, milliseconds=milliseconds)

    def refused(self, refusal: Refusal, milliseconds: int) -> None:
        """Tell a refusal, with its precise reason."""
        self._count("Decision", outcome="deny", reason=refusal.reason)
        self._line(
            LogMessage.REFUSED,
            code=refusal.code,
            reason=refusal.reason,
            tenant_id=refusal.tenant_id,
            milliseconds=milliseconds,
        )

    def fault(self, error: Exception, reference: str, milliseconds: int) -> None:
        """Tell a failure: its kind and where it came from, and never its words, which may quote what was typed."""
        self._count("Fault", outcome="error", reason="fault")
        found: dict[str, Any] = {}
        if isinstance(error, AwsError):
            found = {"aws_error_code": error.code}
        elif isinstance(error, UnreadableRecord):
            found = {"record_kind": error.kind, "record_attribute": error.attribute}
        elif isinstance(error, MessageNotUsable):
            found = {"message_part": error.part}
        self._log.error(
            LogMessage.FAULT,
            extra=self._context
            | found
            | {
                "reference": reference,
                "error_type": type(error).__name__,
                "frames": _frames(error),
                "milliseconds": milliseconds,
            },
        )

    def unwritten(self, entry: Entry) -> None:
        """Leave an entry that the audit log could not be given, whole and marked, so that it can be taken back."""
        self._count("EntryUnwritten", outcome=entry.outcome, reason=entry.reason)
        self._log.error(LogMessage.ENTRY_UNWRITTEN, extra=self._context | {"audit_entry": entry_fields(entry)})

    def _line(self, message: LogMessage, **fields: Any) -> None:
        self._log.info(message, extra=self._context | fields)

    def _count(self, name: str, **dimensions: str) -> None:
        """Write one metric in embedded metric format, each with dimensions of its own."""
        self._metrics.add_dimension("trigger", self._context.get("trigger", "none"))
        for dimension, value in dimensions.items():
            self._metrics.add_dimension(dimension, value)
        self._metrics.add_metric(name, MetricUnit.Count, 1)
        print(json.dumps(self._metrics.serialize_metric_set()), file=self.stream)
        self._metrics.clear_metrics()


def entry_fields(entry: Entry) -> dict[str, str | None]:
    """Return an entry as the flat object in which it is logged and printed. Holds no clear address."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
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
    }


@contextmanager
def traced(name: str) -> Iterator[None]:
    """Trace what happens inside as a subsegment, if X-Ray keeps this trace.

    The tracer takes more time to load than all the rest of a cold start, so nobody loads it for nothing. It is told
    names only and never of exceptions, whose words may quote what was typed: that is why botocore is not patched.
    """
    if not is_trace_sampled():
        yield
        return
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


def _allowed(line: Mapping[str, Any]) -> str:
    kept = {name: value for name, value in line.items() if name in _ALLOWED}
    if kept.get("message") not in set(LogMessage):
        kept["message"] = "not_ours"
    return json.dumps(kept)


def _frames(error: BaseException) -> list[str]:
    """Return where an error came from, `file:line function`, the innermost last, and its causes' before it."""
    before = _frames(error.__cause__) if error.__cause__ else []
    stack = traceback.extract_tb(error.__traceback__)
    return before + [f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in stack[-8:]]
