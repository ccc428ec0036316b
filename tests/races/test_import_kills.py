"""An import that is killed, at whatever moment and however often, and run again ends as one that was left alone."""

import csv
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatehouse.domain.audit import Action, Outcome
from gatehouse.runtime.wiring import utc_now
from tests.support.builders import a_tenant, seats
from tests.support.histories import counted, fresh_entry, invites, kept
from tests.support.local_stack import emulator_aws
from tests.support.stores import REGION, TestClock
from tests.support.tables import Store, drop_store, fresh_store

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

SOURCE = "cli:invite import"
GATEHOUSE = Path(sys.executable).parent / "gatehouse"
PEOPLE = 30
FREE = PEOPLE - 5
LONGEST_SECONDS = 0.7  # about as long as the rows take
KILLS = 3  # of one import, at most
# Each addition of it to the last is far from all those before: the moments are spread evenly, and no two runs' are.
GOLDEN = 0.618034


@dataclass
class Place:
    """An operator's folder, with a stack that is there and a file to import."""

    store: Store
    folder: Path
    seconds_to_begin: float = 0.0

    def has_tenant(self, tenant_id: str) -> None:
        """Make a tenant with an open invitation, and seats for all people but a few."""
        app, today = self.store.app, self.store.clock().date()
        entry = fresh_entry(tenant_id=tenant_id, at=self.store.clock())
        app.tenants.create(a_tenant(id=tenant_id), seats(limit=FREE + 1, folded=today), entry)
        invites(app, "open@acme.com", tenant_id=tenant_id, today=today, expires_on=today + timedelta(days=2))

    def starts(self, tenant_id: str) -> "subprocess.Popen[bytes]":
        """Start the import; `finish` or kill it."""
        words = [str(GATEHOUSE), "invite", "import", "people.csv", "--tenant", tenant_id, "--apply"]
        return subprocess.Popen(
            [*words, "--result", f"{tenant_id}.csv"],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )

    def finishes(self, tenant_id: str) -> None:
        """Run the import to its end; some rows of it are bad."""
        running = self.starts(tenant_id)
        _, said = running.communicate(timeout=120)
        assert (running.returncode, said) == (1, b"")

    def is_killed(self, tenant_id: str, part: float) -> bool:
        """Start the import and kill it within some part of the time that it takes; return whether it was running."""
        key, started = self.folder / f"{tenant_id}.key", time.monotonic()
        is_first = not key.exists()
        running = self.starts(tenant_id)
        while is_first and not key.exists() and running.poll() is None:
            time.sleep(0.005)
        if is_first:
            self.seconds_to_begin = time.monotonic() - started
        time.sleep(part * LONGEST_SECONDS + (0 if is_first else 0.95 * self.seconds_to_begin))
        running.kill()
        running.communicate()
        return running.returncode == -signal.SIGKILL

    def result(self, tenant_id: str) -> list[dict[str, str]]:
        """Return the rows of the result."""
        with (self.folder / f"{tenant_id}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def is_left(self, tenant_id: str) -> dict[str, Any]:
        """Return what an import has left everywhere, but for what is random or of the moment."""
        app = self.store.app
        rows = self.result(tenant_id)
        invitations = {one.address.value: one for one in app.invitations.of_tenant(tenant_id)}
        for row in rows:
            token = row["link"].partition("#invitation=")[2]
            works = token and invitations[row["address"]].secret_kind(token) == "shown"
            assert bool(works) == (row["status"] == "invited"), row
        today = utc_now().date()
        decided = [one for one in app.audit_log.newest(tenant_id, today=today, days=2) if one.source == SOURCE]
        return {
            "result": [row | {"link": bool(row["link"]), "expires_at": bool(row["expires_at"])} for row in rows],
            "slots": sorted(
                (one.address.value, one.role, one.status, one.expires_on - one.invited_at.date(), one.locale, one.note)
                for one in invitations.values()
            ),
            "seats": kept(app, tenant_id, today),
            "counted": counted(app, tenant_id, today),
            "entries": sum((one.action, one.outcome) == (Action.INVITATION_CREATE, Outcome.ALLOW) for one in decided),
        }


@pytest.fixture(scope="module")
def place(emulator_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    aws = emulator_aws(emulator_url)
    store = fresh_store(aws, TestClock(utc_now()))
    folder = tmp_path_factory.mktemp("operator")
    pool = aws.call("cognito-idp", "CreateUserPool", {"PoolName": "imports"})["UserPool"]["Id"]
    (folder / ".local").mkdir()
    stack = {
        "endpoint_url": emulator_url,
        "region": REGION,
        "stack_name": "imports",
        "TableName": store.settings.table_name,
        "AuditTableName": store.settings.audit_table_name,
        "UserPoolId": pool,
        "AppUrl": "https://app.example.com/sign-up",
    }
    (folder / ".local" / "stack.json").write_text(json.dumps(stack), encoding="utf-8")
    people = [
        f"person-{number}@acme.com,{('', 'admin')[number % 2]},{number % 30 + 1}d,de,n {number}"
        for number in range(PEOPLE)
    ]
    bad = ["open@acme.com", "nobody", "person-1@acme.com,king", "person-2@acme.com"]
    lines = ["address,role,expires,locale,note", *people[:10], *bad, *people[10:]]
    (folder / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    yield Place(store, folder)
    drop_store(store)


def test_an_import_that_is_killed_at_any_moment_and_run_again_ends_as_a_clean_one(
    place: Place, request: pytest.FixtureRequest
) -> None:
    wanted = max(KILLS, int(request.config.getoption("--race-rounds")) // 3)
    place.has_tenant("clean")
    place.finishes("clean")
    clean = place.is_left("clean")
    assert (clean["entries"], clean["seats"], clean["counted"]) == (FREE, (FREE + 1, 0), (FREE + 1, 0))

    killed, moment = 0, GOLDEN
    while killed < wanted:
        tenant_id = f"killed-{killed}"
        place.has_tenant(tenant_id)
        for _ in range(KILLS):
            killed += place.is_killed(tenant_id, moment)
            moment = (moment + GOLDEN) % 1
        place.finishes(tenant_id)

        assert place.is_left(tenant_id) == clean
