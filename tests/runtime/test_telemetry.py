"""Log lines and metrics: fields as Powertools has them, so that whatever reads Powertools' lines reads these."""

import io
import json
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from gatehouse.errors import AwsError, MessageNotUsable, NotInvited, TemplateBroken, UnreadableRecord
from gatehouse.runtime.telemetry import Telemetry
from tests.support.builders import an_entry

_ORACLES = count()
_TRACE = "1-5759e988-bd862e3fe1be46a994272793"


def told(tell: Callable[[Telemetry], None]) -> dict[str, Any]:
    """Return the one line that is told of something."""
    stream = io.StringIO()
    telemetry = Telemetry(stream, service="acme-front-door")
    telemetry.begin(trigger="pre_sign_up", function_request_id="r-1", trigger_source="PreSignUp_SignUp")
    tell(telemetry)
    (line,) = stream.getvalue().splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def powertools_line(level: str) -> dict[str, Any]:
    """Return what Powertools' Logger writes of its own accord. It keeps one logger, and its stream, by service."""
    stream = io.StringIO()
    logger = Logger(service=f"oracle-{next(_ORACLES)}", level="INFO", stream=stream, utc=True, use_rfc3339=True)
    (logger.error if level == "ERROR" else logger.info)("decided")
    found: dict[str, Any] = json.loads(stream.getvalue())
    return found


def powertools_metric(dimensions: dict[str, str]) -> dict[str, Any]:
    """Return what Powertools' Metrics writes of one decision."""
    metrics = AmazonCloudWatchEMFProvider(namespace="Gatehouse", service="acme-front-door")
    for name, value in dimensions.items():
        metrics.add_dimension(name, value)
    metrics.add_metric("Decision", "Count", 1)
    return dict(metrics.serialize_metric_set())


@pytest.mark.parametrize(
    ("level", "tell"),
    [
        ("INFO", lambda telemetry: telemetry.decided(an_entry(), 3)),
        ("ERROR", lambda telemetry: telemetry.unwritten(an_entry())),
        ("ERROR", lambda telemetry: telemetry.fault(ValueError(), "r-1", 3)),
    ],
)
def test_a_line_has_all_fields_that_powertools_writes(
    level: str, tell: Callable[[Telemetry], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", f"Root={_TRACE};Parent=53995c3f42cd8ad8;Sampled=0")
    expected, line = powertools_line(level), told(tell)

    assert {*expected} - {*line} == {"location"}  # the place in the code, of which there is one
    assert (line["level"], line["xray_trace_id"], line["service"]) == (level, _TRACE, "acme-front-door")
    assert expected["xray_trace_id"] == _TRACE
    assert [*map(_shape, (line["timestamp"], expected["timestamp"].replace("+00:00", "Z")))] == [
        "0000-00-00T00:00:00.000Z"
    ] * 2


def _shape(timestamp: str) -> str:
    return "".join("0" if one.isdigit() else one for one in timestamp)


def test_a_line_of_no_trace_names_none() -> None:
    assert "xray_trace_id" not in told(lambda telemetry: telemetry.decided(an_entry(), 3))


def test_a_decisions_line_is_the_metric_that_powertools_would_write() -> None:
    line = told(lambda telemetry: telemetry.decided(an_entry(), 3))
    dimensions = {"trigger": "pre_sign_up", "outcome": "allow", "reason": "done"}
    expected = powertools_metric(dimensions)

    (about,), (wanted,) = line["_aws"]["CloudWatchMetrics"], expected["_aws"]["CloudWatchMetrics"]
    assert about | {"Dimensions": [sorted(about["Dimensions"][0])]} == wanted | {
        "Dimensions": [sorted(wanted["Dimensions"][0])]
    }
    assert line["_aws"].keys() == expected["_aws"].keys()
    assert abs(line["_aws"]["Timestamp"] - expected["_aws"]["Timestamp"]) < 60_000
    assert {name: line[name] for name in about["Dimensions"][0]} == dimensions | {"service": "acme-front-door"}
    assert [line["Decision"]] == expected["Decision"]


@pytest.mark.parametrize(
    ("tell", "counted"),
    [
        (lambda telemetry: telemetry.refused(NotInvited("token_wrong"), 3), ("Decision", "deny", "token_wrong")),
        (lambda telemetry: telemetry.unwritten(an_entry()), ("EntryUnwritten", "allow", "done")),
        (lambda telemetry: telemetry.fault(ValueError(), "r-1", 3), ("Fault", "error", "fault")),
    ],
)
def test_what_an_alarm_or_a_graph_is_made_of_is_counted(
    tell: Callable[[Telemetry], None], counted: tuple[str, str, str]
) -> None:
    line = told(tell)

    (about,) = line["_aws"]["CloudWatchMetrics"]
    (metric,) = about["Metrics"]
    assert (metric["Name"], line["outcome"], line["reason"]) == counted
    assert line[metric["Name"]] == 1


def test_an_event_that_is_passed_through_is_no_metric() -> None:
    line = told(lambda telemetry: telemetry.passed_through(3))

    assert line["message"] == "passed_through"
    assert "_aws" not in line


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (AwsError("ThrottlingException", "ana@acme.com"), {"aws_error_code": "ThrottlingException"}),
        (UnreadableRecord("tenant", "status"), {"record_kind": "tenant", "record_attribute": "status"}),
        (MessageNotUsable("smsMessage lacks the code"), {"message_problem": "smsMessage lacks the code"}),
        (TemplateBroken("sign-up/de.toml", "it is no TOML"), {"template": "sign-up/de.toml"}),
        (ValueError("ana@acme.com"), {}),
    ],
)
def test_a_fault_tells_its_kind_and_where_it_was_and_none_of_its_words(
    error: Exception, fields: dict[str, str]
) -> None:
    line = told(lambda telemetry: telemetry.fault(error, "r-1", 3))

    assert line.items() >= (fields | {"error_type": type(error).__name__, "reference": "r-1"}).items()
    assert "ana@acme.com" not in json.dumps(line)


def test_only_the_first_invocation_is_a_cold_start() -> None:
    stream = io.StringIO()
    telemetry = Telemetry(stream)

    for _ in range(3):
        telemetry.begin(trigger="pre_sign_up")
        telemetry.passed_through(0)

    assert [json.loads(line)["cold_start"] for line in stream.getvalue().splitlines()] == [True, False, False]
