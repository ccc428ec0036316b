"""How many requests a call makes of DynamoDB, and how much capacity they take.

Writes are counted by what DynamoDB says of them. The emulator says the same of every read, whatever was read, so reads
are counted by the sizes of the items, as DynamoDB does (Developer Guide, "DynamoDB item sizes and formats" and
"DynamoDB read and write operations").
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmarks import Unmeasurable
from benchmarks.stage import Call, event_of, set_stage, settings_of
from gatehouse.aws import Aws
from gatehouse.runtime.wiring import utc_now
from tests.support.functions import Context, handler_of
from tests.support.stores import TestClock, app_for

READS = ("GetItem", "Query", "BatchGetItem")
WRITES = ("PutItem", "TransactWriteItems")
_READ_UNIT = 4096  # bytes


@dataclass(frozen=True, slots=True)
class Count:
    """What a call asked of DynamoDB.

    Args:
        operations: what was called, reads before writes.
        read_units: capacity units of all reads.
        write_units: capacity units of all writes, those of the index included.
    """

    operations: Sequence[str]
    read_units: float
    write_units: float

    @property
    def reads(self) -> int:
        """Return the number of requests that read."""
        return sum(operation in READS for operation in self.operations)

    @property
    def writes(self) -> int:
        """Return the number of requests that write."""
        return len(self.operations) - self.reads


class MeteredAws:
    """`Aws` that counts what passes through it."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner
        self._operations: list[str] = []
        self._read_units = 0.0
        self._write_units = 0.0

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; see `Aws.call`."""
        self._operations.append(operation)
        if operation in READS:
            answer = self._inner.call(service, operation, payload)
            self._read_units += read_units(operation, payload, answer)
        else:
            answer = self._inner.call(service, operation, dict(payload) | {"ReturnConsumedCapacity": "TOTAL"})
            consumed = answer["ConsumedCapacity"]
            tables = consumed if isinstance(consumed, list) else [consumed]
            self._write_units += sum(one["CapacityUnits"] for one in tables)
        return answer

    @property
    def count(self) -> Count:
        """Return what was counted so far."""
        rank = {operation: number for number, operation in enumerate((*READS, *WRITES))}
        ordered = sorted(self._operations, key=lambda operation: (rank.get(operation, len(rank)), operation))
        return Count(ordered, self._read_units, self._write_units)


def counted(aws: Aws, function: str, call: Call) -> Count:
    """Set the stage and make the call in this process; return what it asked of DynamoDB.

    Raises:
        Unmeasurable: if the function fails.
    """
    set_stage(aws, function, call)
    metered = MeteredAws(aws)
    app = app_for(metered, TestClock(utc_now()), settings_of(function))
    try:
        handler_of(function)(event_of(function, call), Context(), app)
    except Exception as error:
        raise Unmeasurable(f"in this process it raised {type(error).__name__}") from error
    return metered.count


def read_units(operation: str, payload: Mapping[str, Any], answer: Mapping[str, Any]) -> float:
    """Return the capacity units of a read: what is not there costs as much as the smallest item.

    A Query adds the items up before it rounds to units of 4 KB; a batch rounds each.
    """
    if operation == "BatchGetItem":
        return sum(
            _batch_units(wanted, answer["Responses"].get(table, ()))
            for table, wanted in payload["RequestItems"].items()
        )
    items: Iterable[Mapping[str, Any]] = answer.get("Items", [answer["Item"]] if answer.get("Item") else [])
    return _units(map(item_size, items), is_consistent=bool(payload.get("ConsistentRead")))


def item_size(item: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the bytes that DynamoDB counts for an item: its names and its values."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _batch_units(wanted: Mapping[str, Any], found: Sequence[Mapping[str, Any]]) -> float:
    is_consistent = bool(wanted.get("ConsistentRead"))
    absent = len(wanted["Keys"]) - len(found)
    sizes = [item_size(item) for item in found] + [0] * absent
    return sum(_units([size], is_consistent=is_consistent) for size in sizes)


def _units(sizes: Iterable[int], *, is_consistent: bool) -> float:
    return max(1, ceil(sum(sizes) / _READ_UNIT)) * (1.0 if is_consistent else 0.5)


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, held),) = value.items()
    size = 1  # of a null, or of a truth value
    match kind:
        case "S":
            size = len(held.encode())
        case "N":
            size = ceil(len(held.strip("-").replace(".", "")) / 2) + 1
        case "B":
            size = len(held)
        case "SS" | "NS" | "BS":
            size = sum(_value_size({kind[0]: one}) for one in held)
        case "L":
            size = 3 + sum(1 + _value_size(one) for one in held)
        case "M":
            size = 3 + len(held) + item_size(held)
    return size
