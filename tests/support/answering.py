"""AWS that answers from values: fast enough for ten thousand events, and never out of order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gatehouse.store.attributes import Wire
from tests.support.tables import Row

type Key = tuple[str, str]


@dataclass(frozen=True)
class Written:
    """One write that was asked for: what it would do, in which table, and its item, key and expressions."""

    operation: str
    table: str
    payload: Mapping[str, Any]

    @property
    def row(self) -> Row:
        """Return the item of a put, the key of an update or a delete."""
        found: Row = self.payload["Item"] if self.operation == "Put" else self.payload["Key"]
        return found

    @property
    def key(self) -> Key:
        """Return the partition key and the sort key."""
        return self.row["PK"]["S"], self.row["SK"]["S"]


class AnsweringAws:
    """DynamoDB as the store calls it, over rows that stand still.

    Reads are answered from the rows. Every write is taken and kept in `written`: no condition is evaluated and
    nothing is changed by it, so that what one event writes is nothing to the next.
    """

    def __init__(self, rows: Mapping[str, Iterable[Wire]]) -> None:
        self._rows = {table: {_key(item): item for item in items} for table, items in rows.items()}
        self._partitions = {
            (table, name): _partitions(items.values(), name)
            for table, items in self._rows.items()
            for name in ("PK", "GSI1PK")
        }
        self.written: list[Written] = []
        self.payloads: list[Mapping[str, Any]] = []

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        self.payloads.append(payload)
        match service, operation:
            case "dynamodb", "GetItem":
                item = self._row(payload["TableName"], payload["Key"])
                return {"Item": item} if item else {}
            case "dynamodb", "BatchGetItem":
                return {"Responses": {table: self._batch(table, one["Keys"]) for table, one in _wanted(payload)}}
            case "dynamodb", "Query":
                return {"Items": self._queried(payload)}
            case "dynamodb", "PutItem" | "UpdateItem" | "DeleteItem":
                self._take(operation.removesuffix("Item"), payload)
                return {}
            case "dynamodb", "TransactWriteItems":
                for item in payload["TransactItems"]:
                    for one, write in item.items():
                        self._take(one, write)
                return {}
        raise NotImplementedError(f"nothing is known to call {service}.{operation}")

    def begin(self) -> None:
        """Forget what was asked for so far."""
        self.written.clear()
        self.payloads.clear()

    def _row(self, table: str, key: Row) -> Wire | None:
        return self._rows.get(table, {}).get(_key(key))

    def _batch(self, table: str, wanted: Iterable[Row]) -> list[Wire]:
        found = (self._row(table, key) for key in wanted)
        return [item for item in found if item]

    def _queried(self, query: Mapping[str, Any]) -> list[Wire]:
        partition, sort = ("GSI1PK", "GSI1SK") if "IndexName" in query else ("PK", "SK")
        values = query["ExpressionAttributeValues"]
        prefix = values.get(":prefix", {"S": ""})["S"]
        items = self._partitions.get((query["TableName"], partition), {}).get(values[":pk"]["S"], [])
        found = sorted((item for item in items if item[sort]["S"].startswith(prefix)), key=lambda item: item[sort]["S"])
        return found if query.get("ScanIndexForward", True) else found[::-1]

    def _take(self, operation: str, payload: Mapping[str, Any]) -> None:
        self.written.append(Written(operation, payload["TableName"], payload))


def _key(row: Row) -> Key:
    return row["PK"]["S"], row["SK"]["S"]


def _wanted(payload: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    found: Mapping[str, Mapping[str, Any]] = payload["RequestItems"]
    return found.items()


def _partitions(items: Iterable[Wire], name: str) -> dict[str, list[Wire]]:
    found: dict[str, list[Wire]] = {}
    for item in items:
        if name in item:
            found.setdefault(item[name]["S"], []).append(item)
    return found
