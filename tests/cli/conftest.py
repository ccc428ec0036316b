"""A stack that the command line can reach, and the command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_socket import enable_socket

from gatehouse.aws import Aws
from gatehouse.runtime.wiring import App, utc_now
from tests.cli.edge import Edge, running_edge
from tests.cli.operator import Operator
from tests.support.stores import SETTINGS, TestClock, app_for

STACK = "gatehouse-test"
WEB = "1example23456789webclient0"
TWO_STEP = "1example23456789twostep000"


@pytest.fixture(scope="module")
def _edge(_moto: Aws) -> Iterator[Edge]:
    enable_socket()
    with running_edge() as made:
        yield made


@pytest.fixture
def edge(_edge: Edge, aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Edge:  # noqa: ARG001 - the tables
    """The edge with a fresh stack behind it, and this shell set up as an operator's who named that stack."""
    enable_socket()
    _edge.asked.clear()
    _edge.described.clear()
    _edge.failing.clear()
    _edge.on.clear()
    _edge.parameters.clear()
    _edge.statuses.clear()
    _edge.profiles.clear()
    _edge.users.clear()
    _edge.people.clear()
    _edge.signed_out.clear()
    _edge.stacks.clear()
    _edge.sent.clear()
    _edge.silent.clear()
    _edge.stacks[STACK] = {
        "AppUrl": "https://app.example.com/sign-up",
        "UserPoolId": "us-east-1_Ab12Cd34E",
        "UserPoolClientId": WEB,
        "TwoStepClientId": TWO_STEP,
        "TableName": SETTINGS.table_name,
        "AuditTableName": SETTINGS.audit_table_name,
    }
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", _edge.url)
    monkeypatch.setenv("GATEHOUSE_STACK", STACK)
    monkeypatch.setenv("COLUMNS", "80")
    return _edge


@pytest.fixture
def store(aws: Aws) -> App:
    """The app over the same tables, on a clock of now: commands keep to the real day."""
    return app_for(aws, TestClock(utc_now()))


@pytest.fixture
def operator(edge: Edge) -> Operator:  # noqa: ARG001 - what the commands reach
    return Operator()
