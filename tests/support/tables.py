"""Both tables as a test sees them from outside: all their rows, and rows that somebody wrote by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from gatehouse.aws import Aws
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from gatehouse.store.attributes import to_wire
from tests.support.stores import TestClock, app_for, create_tables, delete_tables

type Row = Mapping[str, Mapping[str, Any]]
type Snapshot = dict[str, list[Row]]

_NUMBERS = count(1)


@dataclass(frozen=True)
class Store:
    """An app over two tables of its own, and those tables."""

    aws: Aws
    settings: Settings
    clock: TestClock
    app: App

    def over(self, aws: Aws) -> "Store":
        """Return the same tables reached in another way."""
        return Store(aws, self.settings, self.clock, app_for(aws, self.clock, self.settings))

    def rows(self, table_name: str | None = None) -> list[Row]:
        """Return every row of a table, by default the core table, in the order of its keys."""
        found = list(_scan(self.aws, table_name or self.settings.table_name))
        return sorted(found, key=lambda row: (row["PK"]["S"], row["SK"]["S"]))

    def audit_rows(self) -> list[Row]:
        """Return every row of the audit table."""
        return self.rows(self.settings.audit_table_name)

    def snapshot(self) -> Snapshot:
        """Return everything that is written anywhere."""
        return {"core": self.rows(), "audit": self.audit_rows()}

    def row(self, key: Mapping[str, str]) -> Row:
        """Return one row of the core table; {} if there is none."""
        wanted = {"TableName": self.settings.table_name, "Key": to_wire(key), "ConsistentRead": True}
        found: Row = self.aws.call("dynamodb", "GetItem", wanted).get("Item", {})
        return found

    def write_by_hand(self, row: Row, **changes: Mapping[str, Any] | None) -> None:
        """Put a row with some of its attributes changed, or left out where the change is None."""
        item = {name: value for name, value in (dict(row) | changes).items() if value is not None}
        self.aws.call("dynamodb", "PutItem", {"TableName": self.settings.table_name, "Item": item})


def fresh_store(aws: Aws, clock: TestClock) -> Store:
    """Return a store over two new tables."""
    number = next(_NUMBERS)
    settings = Settings(table_name=f"core-{number}", audit_table_name=f"audit-{number}")
    create_tables(aws, settings)
    return Store(aws, settings, clock, app_for(aws, clock, settings))


def drop_store(store: Store) -> None:
    """Delete both tables."""
    delete_tables(store.aws, store.settings)


def _scan(aws: Aws, table_name: str) -> Iterator[Row]:
    start: dict[str, Any] = {}
    while True:
        answer = aws.call("dynamodb", "Scan", {"TableName": table_name, "ConsistentRead": True} | start)
        yield from answer["Items"]
        if not answer.get("LastEvaluatedKey"):
            return
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}
