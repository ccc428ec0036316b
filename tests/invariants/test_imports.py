"""Imports: what the plan says happens, what is throttled is tried again, and an answer that is lost loses nothing."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from threading import Lock
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action, Outcome
from gatehouse.domain.import_row import COLUMNS, ImportKey, ImportRow, UnusableRow, parse_row
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.errors import AwsError
from gatehouse.refusals.common import TenantClosed
from gatehouse.runtime.wiring import App
from gatehouse.services.import_plan import REMOVED_BEFORE, Planned, RowResult, RowStatus, free_seats, plan
from gatehouse.services.imports import Importer
from gatehouse.services.patience import Pace, Patience
from tests.support import stage
from tests.support.builders import NOW, TODAY, an_invitation, an_occasion
from tests.support.doubles import FailingAws
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept
from tests.support.stores import SETTINGS, TestClock, app_for, entries

TENANTS = count(1)
SOME = [("ana@acme.com",), ("ben@acme.com", "admin"), ("cy@acme.com", "", "30d", "de", "a note")]
# Each has a first letter of its own, by which their masked addresses are told apart.
PEOPLE = st.sampled_from(["ana", "ben", "cleo", "dora", "emil"])
ROLES = st.sampled_from(["", "admin", "king"])
CELLS = st.tuples(PEOPLE.map("{}@acme.com".format) | st.just("nobody"), ROLES, st.sampled_from(["", "3d", "99"]))
STANDINGS = st.dictionaries(PEOPLE, st.sampled_from(InvitationStatus))


class Serial:
    """AWS one call at a time: moto is not made for threads."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner
        self._lock = Lock()

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        with self._lock:
            return self._inner.call(service, operation, payload)


class Pool:
    """A user pool that is asked, and answers or does not."""

    def __init__(self, *errors: str) -> None:
        self.asked: list[str] = []
        self._errors = list(errors)

    def delete_unconfirmed(self, address: Any) -> bool:
        self.asked.append(address.value)
        if self._errors:
            raise AwsError(self._errors.pop())
        return False


class LostAnswers:
    """Does what it is asked, and then loses the answer to every other transaction."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner
        self._made = 0

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._inner.call(service, operation, payload)
        if operation == "TransactWriteItems":
            self._made += 1
            if self._made % 2:
                raise AwsError("Unreachable")
        return answer


class Import:
    """One import, over whatever AWS, on a clock that stands."""

    def __init__(
        self, aws: Aws, clock: TestClock, tenant_id: str = "acme", *, stop_after: float = float("inf")
    ) -> None:
        self.app = app_for(Serial(aws), clock)
        self.key = ImportKey(secret=bytes(32), tenant_id=tenant_id, began_at=NOW)
        self.pool = Pool()
        self.slept: list[float] = []
        self._clock = clock
        self._stop_after = stop_after

    def patience(self) -> Patience:
        return Patience(self.slept.append, lambda: 0.5, lambda: len(self.pool.asked) >= self._stop_after)

    def plans(self, rows: Iterable[Sequence[str]]) -> list[list[Planned]]:
        """Return the plan of rows, the first in line 2."""
        tenant_id, patience = self.key.tenant_id, self.patience()
        read = [parse_row(line, COLUMNS, cells) for line, cells in enumerate(rows, 2)]
        free = free_seats(tenant_id, tenants=self.app.tenants, clock=self._clock, patience=patience)
        chunks = plan(
            read, tenant_id, self.key, free, invitations=self.app.invitations, clock=self._clock, patience=patience
        )
        return list(chunks)

    def carries_out(self, rows: Iterable[Sequence[str]]) -> list[RowResult]:
        """Carry rows out, and return what came of them."""
        importer = Importer(
            key=self.key,
            invitations=self.app.invitations,
            profiles=self.pool,
            recorder=self.app.recorder,
            occasion=lambda: an_occasion(at=self._clock()),
            new_secret=self.app.new_secret,
            is_cleared=lambda _address: False,
            patience=self.patience(),
            pace=Pace(1000, self._clock.monotonic, self.slept.append),
        )
        return list(importer.carry_out(self.plans(rows)))


def statuses(results: Iterable[RowResult]) -> list[tuple[RowStatus, str]]:
    return [(one.status, one.reason) for one in results]


def made_entries(app: App, tenant_id: str = "acme") -> Counter[str]:
    found = entries(app, TODAY, tenant_id)
    wanted = (Action.INVITATION_CREATE, Outcome.ALLOW, "cli:test")
    return Counter(one.target.id for one in found if (one.action, one.outcome, one.source) == wanted)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(CELLS, max_size=9), STANDINGS, st.none() | st.integers(0, 4))
def test_what_is_planned_is_what_happens(
    aws: Aws, rows: list[tuple[str, ...]], standings: Mapping[str, InvitationStatus], free: int | None
) -> None:
    clock, tenant_id = TestClock(), f"tenant-{next(TENANTS)}"
    running = Import(aws, clock, tenant_id)
    has_tenant(running.app, tenant_id, limit=None if free is None else free + len(standings))
    for name, status in standings.items():
        stage.rewrite(
            running.app, an_invitation(f"{name}@acme.com", tenant_id=tenant_id, status=status, sub="somebody")
        )

    planned = [one.result for chunk in running.plans(rows) for one in chunk]
    done = running.carries_out(rows)

    turned = {RowStatus.INVITED: RowStatus.INVITE}
    told = {one.line: one.reason for one in planned if one.reason == REMOVED_BEFORE}
    foreseen = [replace(one, reason="") if one.line in told else one for one in planned]
    assert [replace(one, status=turned.get(one.status, one.status), token=None) for one in done] == foreseen
    assert {one.address for one in planned if one.line in told} == {
        one.address
        for one in planned
        if one.status is RowStatus.INVITE
        and standings.get(one.address.removesuffix("@acme.com")) is InvitationStatus.REMOVED
    }
    assert sum(made_entries(running.app, tenant_id).values()) == sum(one.token is not None for one in done)


def test_one_invited_by_the_import_is_planned_so_and_never_made_again(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app)

    first, again = running.carries_out(SOME), running.carries_out(SOME)

    assert statuses(first) == [(RowStatus.INVITED, "")] * 3
    assert again == first
    assert set(made_entries(running.app).values()) == {1}
    assert kept(running.app, "acme") == (3, 0)


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException", "Unreachable"])
def test_what_is_throttled_is_tried_again(aws: Aws, clock: TestClock, code: str) -> None:
    has_tenant(app_for(aws, clock))
    left = {"TransactWriteItems": 5, "BatchGetItem": 2}
    running = Import(FailingAws(aws, failing(left, code)), clock)

    done = running.carries_out(SOME)

    assert statuses(done) == [(RowStatus.INVITED, "")] * 3
    assert len(running.slept) >= 7
    assert kept(running.app, "acme") == (3, 0) == counted(running.app, "acme")


def failing(left: dict[str, int], code: str) -> Callable[[str, Mapping[str, Any]], AwsError | None]:
    def fail(operation: str, _payload: Mapping[str, Any]) -> AwsError | None:
        if not left.get(operation):
            return None
        left[operation] -= 1
        return AwsError(code)

    return fail


def test_a_row_whose_answer_was_lost_is_invited_once_and_refused_by_nobody(aws: Aws, clock: TestClock) -> None:
    has_tenant(app_for(aws, clock))
    running = Import(LostAnswers(aws), clock)

    done = running.carries_out(SOME)

    assert statuses(done) == [(RowStatus.INVITED, "")] * 3
    assert all(one.token for one in done)
    assert made_entries(running.app) == Counter({"a***@acme.com": 1, "b***@acme.com": 1, "c***@acme.com": 1})
    assert {one.outcome for one in entries(running.app, TODAY, "acme")} == {Outcome.ALLOW}
    assert kept(running.app, "acme") == (3, 0)


def test_an_aws_that_stays_busy_ends_the_import_after_what_was_done(aws: Aws, clock: TestClock) -> None:
    has_tenant(app_for(aws, clock))
    failing_aws = FailingAws(aws, failing({"TransactWriteItems": 1000}, "ThrottlingException"))
    running = Import(failing_aws, clock)

    with pytest.raises(AwsError, match="ThrottlingException"):
        running.carries_out(SOME)

    assert sum(running.slept) < 80
    assert kept(running.app, "acme") == (0, 0)


def test_what_is_wrong_with_one_row_alone_stops_no_other(aws: Aws, clock: TestClock) -> None:
    def fail(operation: str, payload: Mapping[str, Any]) -> AwsError | None:
        is_bens = operation == "TransactWriteItems" and "ben@" in str(payload)
        return AwsError("ValidationException") if is_bens else None

    has_tenant(app_for(aws, clock))
    running = Import(FailingAws(aws, fail), clock)

    done = running.carries_out(SOME)

    assert statuses(done) == [
        (RowStatus.INVITED, ""),
        (RowStatus.FAILED, "ValidationException"),
        (RowStatus.INVITED, ""),
    ]


def test_a_row_of_the_table_that_cannot_be_read_stops_no_other(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app)
    invites(running.app, "ben@acme.com")
    key = {"PK": {"S": "ADDRESS#ben@acme.com"}, "SK": {"S": "INVITATION#acme"}}
    change = {"UpdateExpression": "SET expires_on = :no", "ExpressionAttributeValues": {":no": {"S": "soon"}}}
    aws.call("dynamodb", "UpdateItem", {"TableName": SETTINGS.table_name, "Key": key} | change)

    done = running.carries_out(SOME)

    assert statuses(done)[1] == (RowStatus.FAILED, "unreadable_record")
    assert [one.status for one in done] == [RowStatus.INVITED, RowStatus.FAILED, RowStatus.INVITED]


def test_a_pool_that_is_busy_is_asked_again_and_one_that_refuses_is_not(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app)
    running.pool = Pool("TooManyRequestsException", "TooManyRequestsException")

    assert statuses(running.carries_out(SOME[:1])) == [(RowStatus.INVITED, "")]
    assert running.pool.asked == ["ana@acme.com"] * 3
    running.pool = Pool("AccessDeniedException")
    assert statuses(running.carries_out(SOME[1:2])) == [(RowStatus.INVITED, "profile_not_asked")]


def test_the_last_seats_go_to_the_rows_that_stand_first(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app, limit=5)

    done = running.carries_out([(f"person-{number}@acme.com",) for number in range(12)])

    assert statuses(done) == [(RowStatus.INVITED, "")] * 5 + [(RowStatus.REFUSED, "no_seat")] * 7


def test_a_member_is_not_invited_and_the_refusal_is_recorded(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app)
    joins(running.app, invites(running.app))

    assert statuses(running.carries_out(SOME[:1])) == [(RowStatus.REFUSED, "already_member")]
    assert [one.reason for one in entries(running.app, TODAY, "acme") if one.outcome is Outcome.DENY] == [
        "already_member"
    ]


def test_an_import_that_is_stopped_begins_no_further_row(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock, stop_after=3)
    has_tenant(running.app, limit=None)
    rows = [(f"person-{number}@acme.com",) for number in range(150)]

    done = running.carries_out(rows)

    assert 3 <= len(done) < 10
    assert kept(running.app, "acme") == (len(done), 0)
    running = Import(aws, clock)
    assert statuses(running.carries_out(rows[:20])) == [(RowStatus.INVITED, "")] * 20
    assert set(made_entries(running.app).values()) == {20}


def test_nobody_is_invited_to_a_closed_tenant(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app)
    closes(running.app)

    with pytest.raises(TenantClosed):
        running.plans(SOME)


def closes(app: App) -> None:
    app.tenants.close("acme", fresh_entry(action=Action.TENANT_CLOSE))


def test_a_pace_lets_through_so_many_a_second() -> None:
    clock = TestClock()
    slept: list[float] = []
    pace = Pace(50, clock.monotonic, slept.append)

    for _ in range(3):
        pace.wait()
    clock.advance(seconds=10)
    pace.wait()

    assert slept == pytest.approx([0.02, 0.04], abs=1e-3)


def test_rows_of_a_file_need_no_more_memory_than_a_digest_each(aws: Aws, clock: TestClock) -> None:
    running = Import(aws, clock)
    has_tenant(running.app, limit=None)
    read: list[int] = []

    def rows() -> Iterable[ImportRow | UnusableRow]:
        for number in range(1000):
            read.append(number)
            yield parse_row(number, COLUMNS, [f"person-{number}@acme.com"])

    chunks = plan(
        rows(),
        "acme",
        None,
        None,
        invitations=running.app.invitations,
        clock=clock,
        patience=running.patience(),
    )

    assert len(next(chunks)) == 100
    assert len(read) <= 101
