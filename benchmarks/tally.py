"""What an operation of the store asks of DynamoDB: requests, items, and capacity by the sizes of items."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from benchmarks import Unmeasurable
from benchmarks.metering import READS, item_size, read_units
from gatehouse.aws import Aws

_WRITE_UNIT = 1_024  # bytes
# The kinds of rows without a copy in the index, by how the sort key begins.
PLAIN = ("ADMISSION", "FEDERATION", "PROFILE", "SEATS")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one operation took.

    Args:
        requests: to DynamoDB.
        items: that it touched: evaluated by a Query, or named by key, whether they are there or not.
        read_units: by the sizes of what was read.
        write_units: as if no row were above 1 KB, which a test holds; those of the index included.
        ms: wall time, the median of all runs.
    """

    requests: int
    items: int
    read_units: float
    write_units: int
    ms: float

    @property
    def counts(self) -> tuple[int, int]:
        """Return what must not grow with the table."""
        return self.requests, self.items


class TallyingAws:
    """`Aws` that counts requests to DynamoDB, items and capacity, and lets nobody scan."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner
        self.clear()

    def clear(self) -> None:
        """Count from nothing again."""
        self.requests = self.items = self.write_units = 0
        self.read_units = 0.0

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Call an operation; see `Aws.call`.

        Raises:
            Unmeasurable: if it is a Scan.
        """
        if operation == "Scan":
            raise Unmeasurable("it scans a table")
        answer = self._inner.call(service, operation, payload)
        self.requests += 1
        self.items += _items(operation, payload, answer)
        if operation in READS:
            self.read_units += read_units(operation, payload, answer)
        else:
            self.write_units += write_units(operation, payload)
        return answer


def write_units(operation: str, payload: Mapping[str, Any]) -> int:
    """Return the capacity units of a write by the sizes of its rows, those of their copies in the index included.

    A row that is only changed or deleted is taken to be of 1 KB at most. A copy whose sort key changes is written
    twice, deleted and put (DynamoDB Developer Guide, "Using Global Secondary Indexes in DynamoDB"). A transaction
    doubles all of it, the copies too, to be on the safe side.
    """
    if operation != "TransactWriteItems":
        return _units(operation.removesuffix("Item"), payload)
    return 2 * sum(_units(kind, one) for write in payload["TransactItems"] for kind, one in write.items())


def _units(kind: str, one: Mapping[str, Any]) -> int:
    if kind == "ConditionCheck":
        return 1
    if kind == "Put":
        return ceil(item_size(one["Item"]) / _WRITE_UNIT) * (1 + ("GSI1PK" in one["Item"]))
    is_indexed = one["Key"]["SK"]["S"].partition("#")[0] not in PLAIN
    return 1 + is_indexed * (1 + ("GSI1SK = " in one.get("UpdateExpression", "")))


def _items(operation: str, payload: Mapping[str, Any], answer: Mapping[str, Any]) -> int:
    match operation:
        case "Query":
            return int(answer["ScannedCount"])
        case "BatchGetItem":
            return sum(len(wanted["Keys"]) for wanted in payload["RequestItems"].values())
        case "TransactWriteItems":
            return len(payload["TransactItems"])
    return 1
