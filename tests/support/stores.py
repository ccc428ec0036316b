"""The real store for tests: the template's own tables on moto or another endpoint, and an app over them."""

import io
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml
from moto import mock_aws

from gatehouse.aws import Aws
from gatehouse.aws.boto import BotoAws, boto_client
from gatehouse.aws.deadline import Deadline
from gatehouse.domain.audit import Entry
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.telemetry import Telemetry
from gatehouse.runtime.wiring import App, app_over
from tests.support.builders import NOW

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
SETTINGS = Settings(table_name="core", audit_table_name="audit")


class TestClock:
    """A clock that stands until a test moves it: the time of day, and with it the monotonic one."""

    __test__ = False

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return self.now.timestamp()

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class _TemplateLoader(yaml.SafeLoader):
    """Reads CloudFormation's short tags as plain values; what they compute is not needed here."""


_TemplateLoader.add_multi_constructor("!", lambda _loader, _suffix, node: node.value)


@cache
def _table_properties() -> dict[str, dict[str, Any]]:
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    resources = yaml.load(text, _TemplateLoader)["Resources"]  # noqa: S506 - a safe loader, made safe above
    wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
    return {table: {key: resources[table]["Properties"][key] for key in wanted} for table in ("Table", "AuditTable")}


def create_tables(aws: Aws, settings: Settings = SETTINGS) -> None:
    """Create both tables with the keys and the index that template.yaml gives them."""
    for logical_id, name in (("Table", settings.table_name), ("AuditTable", settings.audit_table_name)):
        aws.call("dynamodb", "CreateTable", {"TableName": name} | _table_properties()[logical_id])


def delete_tables(aws: Aws, settings: Settings = SETTINGS) -> None:
    """Delete both tables."""
    for name in (settings.table_name, settings.audit_table_name):
        aws.call("dynamodb", "DeleteTable", {"TableName": name})


@contextmanager
def moto_aws() -> Iterator[Aws]:
    """Yield AWS as moto plays it. Single-threaded: moto's transactions do not hold under threads."""
    with mock_aws():
        yield BotoAws(partial(boto_client, region=REGION), Deadline(3600, time.monotonic))


def app_for(aws: Aws, clock: TestClock, settings: Settings = SETTINGS, deadline: Deadline | None = None) -> App:
    """Return an app over this AWS, on a clock that the test owns, that never really sleeps."""
    return app_over(
        aws,
        settings,
        Telemetry(io.StringIO()),
        deadline or Deadline(3.0, clock.monotonic),
        clock=clock,
        sleep=lambda seconds: clock.advance(seconds=seconds),
    )


def log_lines(app: App) -> list[dict[str, Any]]:
    """Return everything that this app has logged, metrics included."""
    stream = app.telemetry.stream
    assert isinstance(stream, io.StringIO)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def entries(app: App, today: date, *tenant_ids: str) -> list[Entry]:
    """Return today's entries of these tenants, and of no tenant, oldest first."""
    found = [entry for one in (None, *tenant_ids) for entry in app.audit_log.newest(one, today=today, days=1)]
    return sorted(found, key=lambda entry: (entry.at, entry.id))


def newest_entries(app: App, today: date) -> dict[str, Entry]:
    """Return the entries that were written last, at one moment, by their reason."""
    found = entries(app, today, *{"acme", *(tenant.id for tenant in app.tenants.every())})
    return {entry.reason: entry for entry in found if entry.at == found[-1].at}
