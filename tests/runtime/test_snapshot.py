"""SnapStart: what is in a snapshot, and what every environment that starts from it makes for itself.

Nothing here can take a snapshot of a machine. A process that has loaded its function and forks has what matters of one:
memory that two environments share up to then.
"""

import json
import subprocess
import sys
import sysconfig
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.runtime.wiring import utc_now
from tests.aws.servers import Received, answers_with, serving
from tests.aws.test_credentials import hands_out
from tests.support.functions import FOLDERS, sample_event
from tests.support.stores import ROOT

_PATH = [str(ROOT / "shared"), sysconfig.get_path("purelib")]
_SETTINGS = {
    "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
    "AWS_REGION": "us-east-1",
    "GATEHOUSE_AUDIT_TABLE_NAME": "audit",
    "GATEHOUSE_TABLE_NAME": "core",
}
_LOAD = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from app import handler
from gatehouse.runtime import wiring
"""
_LOOK = """
made = [wiring.lambda_app.cache_info().currsize, wiring.telemetry.cache_info().currsize]
print(json.dumps([sorted(sys.modules), made]))
"""
_START_TWICE = """
import os
for _ in range(2):
    environment = os.fork()
    if not environment:
        os.environ |= json.loads(sys.argv[2])
        handler(json.loads(sys.argv[3]), None)
        os._exit(0)
    os.waitpid(environment, 0)
"""


def snapshot_of(function: str, script: str, *arguments: object) -> str:
    """Load a function as Lambda does for a snapshot, go on with the script, and return what that prints."""
    path = [str(ROOT / "functions" / function), *_PATH]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _LOAD + script, *map(json.dumps, (path, *arguments))],
        env=_SETTINGS,
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout


def entry_of(request: Received) -> Any:
    return json.loads(request.body)["Item"]["SK"]["S"]


@pytest.mark.parametrize("function", FOLDERS)
def test_a_snapshot_holds_the_store_and_nothing_that_must_not_be_shared(function: str) -> None:
    loaded, made = json.loads(snapshot_of(function, _LOOK))

    assert {"gatehouse.aws.crt", "gatehouse.store.addresses", "gatehouse.store.tenants"} <= {*loaded}
    assert {"awscrt", "_awscrt", "random"}.isdisjoint(loaded)  # both draw on what they were seeded with
    assert made == [0, 0]


@pytest.mark.loopback
def test_every_environment_has_its_own_ids_credentials_and_connection() -> None:
    tomorrow = utc_now() + timedelta(days=1)
    with serving(hands_out(1, tomorrow), hands_out(2, tomorrow)) as credentials, serving(answers_with({})) as dynamodb:
        restored = {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{credentials.url}/credentials",
            "AWS_ENDPOINT_URL": dynamodb.url,
        }

        snapshot_of("post_authentication", _START_TWICE, restored, sample_event("post_authentication", "authenticated"))

    first, second = dynamodb.requests
    assert dynamodb.connections == len(dynamodb.requests)
    assert "ASIA1" in first.headers["Authorization"]
    assert "ASIA2" in second.headers["Authorization"]
    assert entry_of(first)[-16:] != entry_of(second)[-16:]  # what of a ULID is not its time
