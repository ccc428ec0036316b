"""A rehearsal goes by the real rows and conditions, and leaves every row as it was."""

from datetime import timedelta

import pytest

from gatehouse.domain.audit import Reason
from gatehouse.domain.role import Role
from gatehouse.errors import AwsError
from gatehouse.store import keys, records, seats
from gatehouse.store.attributes import Value
from gatehouse.store.conditions import UnknownCondition, holds
from gatehouse.store.rehearsal import NotRehearsable, Rehearsal
from gatehouse.store.table import ConditionFailed, Pauses, Table, Write, check, delete, put, update
from tests.support import stage
from tests.support.builders import ANA, TODAY, a_membership, an_invitation
from tests.support.doubles import FailingAws
from tests.support.explained import (
    rehearsed,
    token_explained,
)
from tests.support.functions import sample_event
from tests.support.tables import Store


def rehearsing(store: Store) -> tuple[Rehearsal, Table]:
    """Return a rehearsal, and the core table over it."""
    watch = Rehearsal(store.aws, store.settings.table_name, store.settings.audit_table_name)
    return watch, Table(watch, store.settings.table_name, Pauses(lambda _: None, lambda: 0.0))


def full_until_today(store: Store) -> None:
    """Fill two seats, one of them by an invitation whose last day is over by the next day."""
    stage.tenant(store.app, limit=2, provider_role=Role.MEMBER)
    stage.mapping(store.app, "acme.com")
    stage.invitation(store.app, "kim@acme.com", expires_on=TODAY)
    stage.invitation(store.app, "lea@acme.com", expires_on=TODAY + timedelta(days=9))


@pytest.mark.parametrize(("days", "joined"), [(0, Reason.NO_SEAT), (1, Reason.TAKEN_BY_PROVIDER)])
def test_a_seat_that_a_day_gone_by_would_free_counts_as_free_and_stays_held(
    store: Store, days: int, joined: Reason
) -> None:
    full_until_today(store)
    store.clock.advance(days=days)
    stage.brought_by(store.app, noted_at=store.clock())
    before = store.snapshot()

    explained = token_explained(
        rehearsed(store.aws, store.clock, store.settings), sample_event("pre_token_generation", "no_seat")
    )

    assert before == store.snapshot()
    assert (explained.join, explained.tenant_id) == (joined, None if days == 0 else "acme")
    [seat] = [one.saw for one in explained.judgements if one.rule.name == "seat"]
    assert seat == ("acme: 2 of 2 held" if days == 0 else "acme: 1 of 2 held")


def test_a_day_gone_by_is_of_no_help_where_no_invitation_ended_with_it(store: Store) -> None:
    stage.tenant(store.app, limit=1, provider_role=Role.MEMBER)
    stage.mapping(store.app, "acme.com")
    stage.invitation(store.app, "lea@acme.com", expires_on=TODAY + timedelta(days=9))
    store.clock.advance(days=3)
    stage.brought_by(store.app, noted_at=store.clock())
    before = store.snapshot()

    explained = token_explained(
        rehearsed(store.aws, store.clock, store.settings), sample_event("pre_token_generation", "no_seat")
    )

    assert before == store.snapshot()
    assert explained.join == Reason.NO_SEAT


def test_a_fold_is_remembered_and_not_written(store: Store) -> None:
    full_until_today(store)
    _, table = rehearsing(store)
    tomorrow, before = TODAY + timedelta(days=1), store.snapshot()

    folded = seats.fold(table, "acme", tomorrow)
    again = seats.fold(table, "acme", tomorrow)

    assert before == store.snapshot()
    assert folded == again == store.app.tenants.seats("acme").folded_to(tomorrow)
    assert folded == records.read_seats(table.get(keys.seats_key("acme")) or {})


def test_a_fold_that_somebody_else_made_meanwhile_is_read_again(store: Store) -> None:
    full_until_today(store)
    _, table = rehearsing(store)
    tomorrow = TODAY + timedelta(days=1)
    stale = seats._fold("acme", store.app.tenants.seats("acme"), tomorrow)  # the very write of a moment ago
    seats.fold(stage.core_table(store.app), "acme", tomorrow)

    with pytest.raises(ConditionFailed):
        table.write(stale)


def test_a_transaction_that_would_be_cancelled_tells_the_same_rows_in_the_same_order(store: Store) -> None:
    stage.tenant(store.app)
    stage.membership(store.app, a_membership())
    _, table = rehearsing(store)
    member = records.membership_item(a_membership())
    writes = [
        put(records.invitation_item(an_invitation())),
        put(member, "attribute_not_exists(PK)"),
        update(keys.tenant_key("acme"), "SET tenant_name = :name", "attribute_exists(PK)", {":name": "Other"}),
        delete(keys.invitation_key(an_invitation().address, "globex"), "attribute_exists(PK)"),
        delete(keys.profile_key("nobody")),
        check(keys.tenant_key("globex")),
    ]
    before = store.snapshot()

    with pytest.raises(ConditionFailed) as rehearsal:
        table.transact(writes)
    with pytest.raises(ConditionFailed) as real:
        stage.core_table(store.app).transact(writes)

    assert before == store.snapshot()
    assert rehearsal.value.items == real.value.items == (None, member, None, {}, None, {})


def test_what_has_no_condition_is_not_asked_of_aws(store: Store) -> None:
    counting = FailingAws(store.aws, lambda operation, _: AwsError("Unreachable") if "Write" in operation else None)
    _, table = rehearsing(store.over(counting))
    note = put(records.invitation_item(an_invitation()))

    table.transact([note, delete(keys.tenant_key("acme"))])

    assert counting.calls["TransactWriteItems"] == 0


def test_a_row_that_would_have_been_put_is_there_for_who_gets_it(store: Store) -> None:
    _, table = rehearsing(store)
    item = records.invitation_item(an_invitation())

    table.transact([put(item)])

    assert table.get(keys.invitation_key(an_invitation().address, "acme")) == item
    assert store.snapshot() == {"core": [], "audit": []}


def test_a_row_that_is_deleted_on_no_condition_stays(store: Store) -> None:
    stage.tenant(store.app)
    _, table = rehearsing(store)
    before = store.snapshot()

    table.write(delete(keys.tenant_key("acme")))

    assert before == store.snapshot()


def test_a_collision_is_tried_again_and_a_failure_is_told(store: Store) -> None:
    collided = [AwsError("TransactionCanceledException", reasons=[{"Code": "TransactionConflict"}])]
    crossing = FailingAws(store.aws, lambda operation, _: collided.pop() if collided and "Write" in operation else None)
    failing = FailingAws(store.aws, lambda operation, _: AwsError("Unreachable") if "Write" in operation else None)
    stage.tenant(store.app)
    wanted = [update(keys.tenant_key("acme"), "SET a = :a", "attribute_exists(PK)", {":a": "b"})]

    rehearsing(store.over(crossing))[1].transact(wanted)

    assert crossing.calls["TransactWriteItems"] == 2
    with pytest.raises(AwsError, match="Unreachable"):
        rehearsing(store.over(failing))[1].transact(wanted)


@pytest.mark.parametrize(
    "write",
    [
        put(records.invitation_item(an_invitation())),
        update(keys.tenant_key("acme"), "SET a = :a", "", {":a": "b"}),
        delete(keys.tenant_key("acme"), "attribute_exists(PK)"),
    ],
    ids=["put", "update", "delete"],
)
def test_a_write_that_no_decision_makes_is_a_bug(store: Store, write: Write) -> None:
    _, table = rehearsing(store)

    with pytest.raises(NotRehearsable):
        table.write(write)
    assert store.snapshot() == {"core": [], "audit": []}


def test_nothing_but_the_tables_is_rehearsed(store: Store) -> None:
    watch, _ = rehearsing(store)

    with pytest.raises(NotRehearsable):
        watch.call("cognito-idp", "AdminDeleteUser", {"Username": ANA})
    with pytest.raises(NotRehearsable):
        watch.call("dynamodb", "Scan", {"TableName": store.settings.table_name})


@pytest.mark.parametrize(
    "condition",
    [
        "held < seat_limit",
        "held <= owners",
        "held = :two AND folded >= :today",
        "held <> :two OR folded > :today",
        "attribute_not_exists(closed_at)",
        "attribute_exists(closed_at)",
        "NOT attribute_exists(PK) OR held > :one",
        "attribute_exists(PK) AND (attribute_not_exists(seat_limit) OR held < seat_limit) AND folded >= :today",
        "closed_at < :today",
        "NOT closed_at < :today",
        "held = :one OR held = :two AND closed_at = :today",
        "(held = :two OR held = :one) AND NOT (owners > :one)",
    ],
)
def test_a_remembered_row_meets_the_conditions_that_dynamodb_says_it_meets(store: Store, condition: str) -> None:
    full_until_today(store)
    everything: dict[str, Value] = {":one": 1, ":two": 2, ":today": TODAY.isoformat()}
    values = {name: value for name, value in everything.items() if name in condition}
    asked = check(keys.seats_key("acme"), condition, values)
    row = store.row(keys.seats_key("acme"))

    try:
        stage.core_table(store.app).transact([asked])
        is_met = True
    except ConditionFailed:
        is_met = False

    assert is_met == holds(condition, row, asked.payload.get("ExpressionAttributeValues", {}))


@pytest.mark.parametrize(
    "condition", ["", "held", "held <", "contains(PK, :a)", "(held = held", "held = held)", "a ! b"]
)
def test_a_condition_in_words_that_are_not_known_decides_nothing(condition: str) -> None:
    with pytest.raises(UnknownCondition):
        holds(condition, {"held": {"N": "1"}, "a": {"B": ""}}, {})
