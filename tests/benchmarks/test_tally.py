"""What an operation is counted to take, and how the counts of two sizes are compared and told."""

import copy
from typing import Any

import pytest

from benchmarks.at_scale import grown, kept_results, page_table
from benchmarks.metering import item_size
from benchmarks.seeding import FULL, LARGEST, SMALL, World, audit_rows, core_rows, rule_rows
from benchmarks.tally import PLAIN, write_units
from gatehouse.store import keys, records
from gatehouse.store.attributes import Wire, to_wire
from tests.support.builders import a_tenant, seats

KB = 1024
KEY = to_wire(keys.tenant_key("acme"))
SEATS_KEY = to_wire(keys.seats_key("acme"))


@pytest.mark.parametrize(
    ("operation", "one", "units"),
    [
        ("PutItem", {"Item": records.seats_item("acme", seats())}, 1),
        ("PutItem", {"Item": records.tenant_item(a_tenant())}, 2),
        ("PutItem", {"Item": {"PK": {"S": "x" * KB}}}, 2),
        ("UpdateItem", {"Key": SEATS_KEY, "UpdateExpression": "ADD held :one"}, 1),
        ("UpdateItem", {"Key": KEY, "UpdateExpression": "SET tenant_status = :status"}, 2),
        ("UpdateItem", {"Key": KEY, "UpdateExpression": "SET tenant_status = :status, GSI1SK = :sort"}, 3),
        ("DeleteItem", {"Key": KEY}, 2),
    ],
)
def test_a_write_takes_the_units_of_its_row_and_its_copy(operation: str, one: dict[str, Any], units: int) -> None:
    assert write_units(operation, one) == units


def test_a_transaction_doubles_its_writes_and_its_conditions() -> None:
    writes = [{"Update": {"Key": KEY, "UpdateExpression": "SET x = :x"}}, {"ConditionCheck": {"Key": SEATS_KEY}}]

    assert write_units("TransactWriteItems", {"TransactItems": writes}) == 2 * (2 + 1)


def test_the_rows_without_a_copy_in_the_index_are_known() -> None:
    for row in [*core_rows(SMALL), *rule_rows(SMALL)]:
        assert (row["SK"]["S"].partition("#")[0] in PLAIN) is ("GSI1PK" not in row)


def test_no_seeded_row_is_above_a_unit() -> None:
    assert max(map(item_size, [*core_rows(SMALL), *rule_rows(SMALL), *audit_rows(SMALL)])) <= KB


@pytest.mark.parametrize("world", [SMALL, FULL], ids=["small", "full"])
def test_a_world_is_shared_out_to_the_last_invitation_and_member(world: World) -> None:
    shares = list(world.shares())

    assert len(shares) == len({tenant_id for tenant_id, _, _ in shares}) == world.tenants
    assert sum(invitations for _, invitations, _ in shares) == world.invitations
    assert sum(members for _, _, members in shares) == world.members
    assert shares[0][:2] == (LARGEST, world.largest)


def test_parts_of_a_world_are_the_whole_of_it() -> None:
    def known(found: list[Wire]) -> set[tuple[str, str]]:
        return {(row["PK"]["S"], row["SK"]["S"]) for row in found}

    whole, parts = list(core_rows(SMALL)), [list(core_rows(SMALL, part, 3)) for part in range(3)]

    assert sum(map(len, parts)) == len(whole) == len(known(whole))
    assert set().union(*map(known, parts)) == known(whole)


def test_the_kept_run_was_a_whole_one_and_nothing_grew() -> None:
    results = kept_results()

    assert World(**results["small"]["world"]) == SMALL
    assert World(**results["large"]["world"]) == FULL
    assert grown(results) == []


def test_an_operation_that_touches_more_of_a_larger_table_is_named() -> None:
    results = copy.deepcopy(kept_results())
    results["large"]["operations"]["members.get"]["items"] += 1

    assert grown(results) == ["members.get"]


def test_the_page_has_a_line_for_each_operation() -> None:
    results = kept_results()

    table = page_table(results)

    assert all(f"| `{name.partition(', ')[0]}`" in table for name in results["large"]["operations"])
