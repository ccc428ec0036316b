"""What a decision leaves behind: its audit entries, its log lines, and the metrics that these make."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from gatehouse.aws import Aws
from gatehouse.errors import Fault, Refusal
from gatehouse.runtime.settings import Settings
from gatehouse.store.attributes import Wire
from tests.support.functions import Context, handler_of, sample_event
from tests.support.scenes import SCENES, Scene
from tests.support.stores import TestClock, app_for, create_tables, delete_tables, log_lines

_TRACE = "1-5759e988-bd862e3fe1be46a994272793"
# Lambda's own lines about a call, of the form that "Lambda Telemetry API Event schema reference" shows.
PLATFORM = (
    '{"time":"2026-11-23T12:00:00.000Z","type":"platform.start","record":{'
    f'"requestId":"{Context.aws_request_id}","version":"$LATEST"}}}}\n'
    '{"time":"2026-11-23T12:00:00.007Z","type":"platform.report","record":{'
    f'"requestId":"{Context.aws_request_id}","metrics":{{"durationMs":6.417,"billedDurationMs":7,"memorySizeMB":1769,'
    '"maxMemoryUsedMB":80},"tracing":{"spanId":"54565fb41ac79632","type":"X-Amzn-Trace-Id",'
    f'"value":"Root={_TRACE};Parent=54565fb41ac79632;Sampled=0;Lineage=1:3fdf0b0a:0"}},"status":"success"}}}}\n'
)


@dataclass(frozen=True, slots=True)
class Told:
    """What one decision left behind.

    Args:
        entries: its audit entries, as items.
        lines: its log lines, parsed.
    """

    entries: Sequence[Wire]
    lines: Sequence[Mapping[str, Any]]


def told_by(aws: Aws, function: str, case: str) -> Told:
    """Return what a decision leaves behind, on its scene of the tests."""
    scene = SCENES[function, case]
    create_tables(aws)
    try:
        return _told(aws, function, case, scene)
    finally:
        delete_tables(aws)


def _told(aws: Aws, function: str, case: str, scene: Scene) -> Told:
    clock = TestClock()
    scene.arrange(app_for(aws, clock))
    before = _entries(aws, scene.settings)
    app = app_for(aws, clock, scene.settings)
    with suppress(Refusal, Fault):
        handler_of(function)(sample_event(function, case), Context(), app)
    new = [entry for entry in _entries(aws, scene.settings) if entry not in before]
    return Told(new, log_lines(app))


def _entries(aws: Aws, settings: Settings) -> list[Wire]:
    items: list[Wire] = aws.call("dynamodb", "Scan", {"TableName": settings.audit_table_name})["Items"]
    return items


def line_size(line: Mapping[str, Any]) -> int:
    """Return the bytes of a log line of ours on Lambda: of a warm call of some milliseconds, with the trace's id."""
    warm = {"cold_start": False, "milliseconds": 7, "service": "gatehouse", "xray_trace_id": _TRACE}
    return len(json.dumps({**line, **warm}).encode()) + 1


def metrics_of(lines: Iterable[Mapping[str, Any]]) -> set[tuple[str, ...]]:
    """Return the CloudWatch metrics that log lines make: a name, and the value of each dimension."""
    return {
        (metric["Name"], *(line[dimension] for dimension in about["Dimensions"][0]))
        for line in lines
        for about in line.get("_aws", {}).get("CloudWatchMetrics", ())
        for metric in about["Metrics"]
    }
