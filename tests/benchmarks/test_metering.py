"""Read units from the sizes of items, as the DynamoDB Developer Guide counts them."""

from typing import Any

import pytest

from benchmarks.metering import Count, item_size, read_units
from benchmarks.stage import COMMON_PATHS
from tests.support.functions import TRIGGER_FOLDERS

KB = 1024


def an_item(size: int) -> dict[str, Any]:
    return {"PK": {"S": "x" * (size - 2)}}


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "Zoë"}, 4),
        ({"N": "12345"}, 4),
        ({"N": "-7"}, 2),
        ({"B": b"abc"}, 3),
        ({"BOOL": True}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["ab", "c"]}, 3),
        ({"L": [{"S": "ab"}]}, 6),
        ({"M": {"k": {"S": "ab"}}}, 7),
    ],
)
def test_an_item_is_as_large_as_its_names_and_values(value: dict[str, Any], size: int) -> None:
    assert item_size({"name": value}) == len("name") + size


@pytest.mark.parametrize(("size", "units"), [(100, 1.0), (4 * KB, 1.0), (4 * KB + 1, 2.0)])
def test_a_consistent_get_costs_a_unit_for_each_4_kb(size: int, units: float) -> None:
    assert read_units("GetItem", {"ConsistentRead": True}, {"Item": an_item(size)}) == units


def test_a_read_that_may_be_stale_costs_half() -> None:
    assert read_units("GetItem", {}, {"Item": an_item(100)}) == 0.5


def test_what_is_not_there_costs_as_much_as_the_smallest_item() -> None:
    assert read_units("GetItem", {"ConsistentRead": True}, {}) == 1.0
    assert read_units("Query", {"ConsistentRead": True}, {"Items": []}) == 1.0


def test_a_query_adds_its_items_up_before_it_rounds() -> None:
    items = [an_item(3 * KB), an_item(3 * KB)]

    assert read_units("Query", {"ConsistentRead": True}, {"Items": items}) == 2.0


def test_a_batch_rounds_each_item() -> None:
    wanted = {"core": {"Keys": [{}, {}, {}], "ConsistentRead": True}}
    found = {"Responses": {"core": [an_item(100), an_item(5 * KB)]}}

    assert read_units("BatchGetItem", {"RequestItems": wanted}, found) == 4.0


def test_reads_and_writes_are_told_apart() -> None:
    count = Count(("Query", "BatchGetItem", "TransactWriteItems"), 0.0, 0.0)

    assert (count.reads, count.writes) == (2, 1)


def test_every_function_has_a_common_path() -> None:
    assert sorted(COMMON_PATHS) == TRIGGER_FOLDERS
