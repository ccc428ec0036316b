"""Collisions and throttling are tried again, with pauses and within the deadline, and never read as a refusal."""

import random
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.aws.deadline import Deadline
from gatehouse.domain.role import Role
from gatehouse.errors import AwsError
from gatehouse.refusals.common import NoSeat
from gatehouse.runtime.wiring import App
from gatehouse.store.table import ConditionFailed, Pauses, Table, put
from tests.support.builders import ANAS_SUB, TODAY, an_invitation
from tests.support.doubles import FailingAws
from tests.support.histories import fresh_entry, has_tenant, invites, joins, kept
from tests.support.stores import TestClock, app_for

MET = {"PK": {"S": "a"}, "SK": {"S": "b"}}
COLLIDING = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
WRITE = put(MET, "attribute_not_exists(PK)")


def cancelled(*codes: str) -> AwsError:
    reasons = [{"Code": code} | ({"Item": MET} if code == "ConditionalCheckFailed" else {}) for code in codes]
    return AwsError("TransactionCanceledException", reasons=reasons)


class Scripted:
    """Answers one call after the other as scripted, and then with nothing; keeps what it was asked."""

    def __init__(self, *answers: AwsError | dict[str, Any]) -> None:
        self._answers = iter(answers)
        self.asked: list[Mapping[str, Any]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.asked.append(payload)
        answer = next(self._answers, {})
        if isinstance(answer, AwsError):
            raise answer
        return answer


def table_over(aws: Aws, slept: list[float] | None = None) -> Table:
    sleeps = [] if slept is None else slept
    return Table(aws, "core", Pauses(sleeps.append, spread=lambda: 1.0))


@pytest.mark.parametrize("code", COLLIDING)
def test_a_collision_is_tried_again_unchanged(code: str) -> None:
    aws = Scripted(cancelled(code), cancelled("None", code))

    table_over(aws).transact([WRITE])

    assert len(aws.asked) == 3
    assert aws.asked[0] == aws.asked[1] == aws.asked[2]


@pytest.mark.parametrize("code", COLLIDING)
def test_a_condition_beside_a_collision_is_not_believed(code: str) -> None:
    aws = Scripted(cancelled("ConditionalCheckFailed", code), cancelled(code, "ConditionalCheckFailed"))

    table_over(aws).transact([WRITE, WRITE])

    assert len(aws.asked) == 3


def test_a_condition_alone_is_believed_at_once_with_the_row_that_it_met() -> None:
    aws = Scripted(cancelled("None", "ConditionalCheckFailed"))

    with pytest.raises(ConditionFailed) as failed:
        table_over(aws).transact([WRITE, WRITE])

    assert failed.value.items == (None, MET)
    assert len(aws.asked) == 1


def test_a_condition_that_met_no_row_says_so() -> None:
    error = AwsError("TransactionCanceledException", reasons=[{"Code": "ConditionalCheckFailed"}])

    with pytest.raises(ConditionFailed) as failed:
        table_over(Scripted(error)).transact([WRITE])

    assert failed.value.items == ({},)


@pytest.mark.parametrize("codes", [["ValidationError"], ["ItemCollectionSizeLimitExceeded", "None"], []])
def test_a_cancellation_for_any_other_reason_is_a_fault(codes: list[str]) -> None:
    aws = Scripted(cancelled(*codes))

    with pytest.raises(AwsError) as raised:
        table_over(aws).transact([WRITE])

    assert raised.value.code == "TransactionCanceledException"
    assert len(aws.asked) == 1


def test_a_failure_of_the_whole_call_is_a_fault() -> None:
    aws = Scripted(AwsError("InternalServerError"))

    with pytest.raises(AwsError) as raised:
        table_over(aws).transact([WRITE])

    assert raised.value.code == "InternalServerError"
    assert len(aws.asked) == 1


def test_it_pauses_longer_each_time_and_gives_up_in_the_end() -> None:
    slept: list[float] = []
    aws = Scripted(*[cancelled("TransactionConflict")] * 100)

    with pytest.raises(AwsError) as raised:
        table_over(aws, slept).transact([WRITE])

    assert raised.value.code == "Contended"
    assert slept == pytest.approx([0.02, 0.04, 0.08, 0.16, 0.32, 0.32, 0.32])
    assert len(aws.asked) == 8


def test_those_who_collide_are_spread() -> None:
    slept: list[float] = []
    pauses = Pauses(slept.append, random.random)

    for _ in range(100):
        pauses.before(2)

    assert all(0 <= one <= 0.08 for one in slept)
    assert len(set(slept)) > 1


def test_pauses_end_with_the_deadline(aws: Aws, clock: TestClock) -> None:
    deadline = Deadline(0.1, clock.monotonic)

    def colliding(operation: str, _payload: Mapping[str, Any]) -> AwsError | None:
        deadline.remaining()
        return cancelled("TransactionConflict") if operation == "TransactWriteItems" else None

    table = Table(
        FailingAws(aws, colliding), "core", Pauses(lambda one: clock.advance(seconds=one), spread=lambda: 1.0)
    )

    with pytest.raises(AwsError) as raised:
        table.transact([WRITE])

    assert raised.value.code == "DeadlineExceeded"


def colliding_at(*numbers: int, code: str = "TransactionConflict") -> Any:
    """Return what makes the transactions of these numbers collide, the first being 1, with a false condition beside."""
    counted = iter(range(1, 1000))

    def error_for(operation: str, _payload: Mapping[str, Any]) -> AwsError | None:
        if operation == "TransactWriteItems" and next(counted) in numbers:
            return cancelled("ConditionalCheckFailed", code)
        return None

    return error_for


@pytest.mark.parametrize("code", COLLIDING)
def test_a_collision_is_no_refusal_of_an_invitation(app: App, aws: Aws, clock: TestClock, code: str) -> None:
    has_tenant(app, limit=1)
    colliding = app_for(FailingAws(aws, colliding_at(1, 2, code=code)), clock)

    made = invites(colliding)

    assert made == app.invitations.get(made.address, "acme")
    assert kept(app, "acme") == (1, 0)


@pytest.mark.parametrize("code", COLLIDING)
def test_a_collision_is_no_refusal_of_a_join(app: App, aws: Aws, clock: TestClock, code: str) -> None:
    has_tenant(app)
    made = invites(app)
    colliding = app_for(FailingAws(aws, colliding_at(1, 2, 3, code=code)), clock)

    assert joins(colliding, made)
    assert kept(app, "acme") == (1, 0)


@pytest.mark.parametrize("code", COLLIDING)
def test_a_collision_is_no_refusal_of_a_change_of_seats(app: App, aws: Aws, clock: TestClock, code: str) -> None:
    has_tenant(app, limit=1)
    colliding = app_for(FailingAws(aws, colliding_at(1, 2, code=code)), clock)

    assert colliding.tenant_settings.set_seats("acme", 2, fresh_entry())
    assert app.tenants.seats("acme").limit == 2


@pytest.mark.parametrize("code", COLLIDING)
def test_a_collision_is_no_refusal_of_a_closing_nor_of_the_last_owners_removal(
    app: App, aws: Aws, clock: TestClock, code: str
) -> None:
    has_tenant(app)
    joins(app, invites(app, role=Role.OWNER))
    colliding = app_for(FailingAws(aws, colliding_at(1, 3, 4, code=code)), clock)

    assert colliding.tenants.close("acme", fresh_entry())
    colliding.members.remove("acme", ANAS_SUB, fresh_entry())

    assert kept(app, "acme") == (0, 0)


def test_a_refusal_after_a_collision_is_one(app: App, aws: Aws, clock: TestClock) -> None:
    has_tenant(app, limit=1)
    invites(app, "ben@acme.com")
    colliding = app_for(FailingAws(aws, colliding_at(1)), clock)

    with pytest.raises(NoSeat):
        invites(colliding)


def test_what_keeps_colliding_is_a_fault_and_writes_nothing(app: App, aws: Aws, clock: TestClock) -> None:
    has_tenant(app)
    made = an_invitation()
    colliding = app_for(FailingAws(aws, colliding_at(*range(1, 100))), clock)

    with pytest.raises(AwsError):
        colliding.invitations.create(made, fresh_entry(), TODAY)

    assert app.addresses.page(made.address).invitations == []
    assert kept(app, "acme") == (0, 0)


KEYS = [{"PK": f"TENANT#{name}", "SK": "TENANT"} for name in "abc"]
WIRE = [{"PK": {"S": key["PK"]}, "SK": {"S": "TENANT"}} for key in KEYS]


def left(keys: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"core": {"Keys": list(keys), "ConsistentRead": True}}


def test_keys_that_were_left_unprocessed_are_asked_for_again() -> None:
    aws = Scripted(
        {"Responses": {"core": WIRE[:1]}, "UnprocessedKeys": left(WIRE[1:])},
        {"Responses": {}, "UnprocessedKeys": left(WIRE[1:])},
        {"Responses": {"core": WIRE[1:]}, "UnprocessedKeys": {}},
    )

    found = table_over(aws).batch(KEYS)

    assert found == WIRE
    assert [one["RequestItems"]["core"]["Keys"] for one in aws.asked] == [WIRE, WIRE[1:], WIRE[1:]]
    assert all(one["RequestItems"]["core"]["ConsistentRead"] for one in aws.asked)


def test_keys_that_stay_unprocessed_are_a_fault_and_not_absent() -> None:
    slept: list[float] = []
    aws = Scripted(*[{"Responses": {"core": []}, "UnprocessedKeys": left(WIRE)}] * 100)

    with pytest.raises(AwsError) as raised:
        table_over(aws, slept).batch(KEYS)

    assert raised.value.code == "Contended"
    assert len(aws.asked) == len(slept) + 1 == 8
