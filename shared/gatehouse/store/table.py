"""One DynamoDB table over `aws.call`: reads, pages, and transactions that are retried when they collide."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import batched
from typing import TYPE_CHECKING, Any

from gatehouse.errors import AwsError
from gatehouse.store.attributes import Value, Wire, to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from gatehouse.aws import Aws
    from gatehouse.store.keys import Key

# Reasons for which DynamoDB cancels a transaction that says nothing about its conditions (API reference,
# "TransactionCanceledException"): the same transaction may well succeed a moment later.
_COLLISIONS = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
_CONDITION_FAILED = "ConditionalCheckFailed"
_BATCH = 100  # keys in a BatchGetItem, at most
# Rows of the first page of a listing, where a page may have a megabyte: many a reader stops there.
_FIRST_PAGE = 100
_ROUNDS = 8
_FIRST_PAUSE_SECONDS = 0.01
_LONGEST_PAUSE_SECONDS = 0.32


@dataclass(frozen=True, slots=True)
class Write:
    """One write: on its own, or as an item of a transaction.

    Args:
        operation: `Put`, `Update`, `Delete` or `ConditionCheck`, as in TransactWriteItems.
        payload: its wire form but for the table's name.
    """

    operation: str
    payload: Mapping[str, Any]


class ConditionFailed(Exception):
    """At least one condition was not met, and nothing was written.

    `items` holds, for each write in order, the row that failed its condition: `{}` if there was no such row,
    None if its condition held.
    """

    def __init__(self, items: Sequence[Wire | None]) -> None:
        super().__init__("a condition was not met")
        self.items = tuple(items)


def put(item: Wire, condition: str = "", values: Mapping[str, Value] | None = None) -> Write:
    """Return a put, on a condition if one is given."""
    return Write("Put", {"Item": item} | _conditioned(condition, values))


def update(
    key: Key, change: str, condition: str, values: Mapping[str, Value], names: Mapping[str, str] | None = None
) -> Write:
    """Return an update: a change, and its condition if it has one. Reserved words stand in `names` as `#word`."""
    payload = {"Key": to_wire(key), "UpdateExpression": change} | _conditioned(condition, values)
    return Write("Update", payload | ({"ExpressionAttributeNames": dict(names)} if names else {}))


def delete(key: Key, condition: str = "", values: Mapping[str, Value] | None = None) -> Write:
    """Return a delete, of a row that may not be there unless the condition asks for it."""
    return Write("Delete", {"Key": to_wire(key)} | _conditioned(condition, values))


def check(key: Key, condition: str = "attribute_exists(PK)", values: Mapping[str, Value] | None = None) -> Write:
    """Return a condition of a row, by default that it is there; it writes nothing, and stands in transactions only."""
    return Write("ConditionCheck", {"Key": to_wire(key)} | _conditioned(condition, values))


def _conditioned(condition: str, values: Mapping[str, Value] | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if condition:
        made |= {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    if values:
        made["ExpressionAttributeValues"] = to_wire(values)
    return made


@dataclass(frozen=True, slots=True)
class Pauses:
    """How to wait between two rounds: what sleeps, and what spreads the sleepers (0 to 1)."""

    sleep: Callable[[float], None]
    spread: Callable[[], float]

    def before(self, round_number: int) -> None:
        """Sleep before every round but the first: exponential, with full jitter.

        See the AWS Builders' Library, "Timeouts, retries, and backoff with jitter".
        """
        if round_number:
            self.sleep(min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**round_number) * self.spread())


class Table:
    """One table. Reads on the sign-in path are consistent; only listings go through the index."""

    def __init__(self, aws: Aws, name: str, pauses: Pauses) -> None:
        self._aws = aws
        self._name = name
        self._pauses = pauses

    def get(self, key: Key) -> Wire | None:
        """Return one row, or None."""
        answer = self._call("GetItem", {"TableName": self._name, "Key": to_wire(key), "ConsistentRead": True})
        item: Wire | None = answer.get("Item")
        return item

    def partition(self, partition: str) -> list[Wire]:
        """Return every row of a partition, in the order of the sort key."""
        return list(
            self._pages(
                {
                    "KeyConditionExpression": "PK = :pk",
                    "ExpressionAttributeValues": to_wire({":pk": partition}),
                    "ConsistentRead": True,
                }
            )
        )

    def newest_first(self, partition: str) -> Iterator[Wire]:
        """Yield the rows of a partition backwards, page by page as they are asked for."""
        return self._pages(
            {
                "KeyConditionExpression": "PK = :pk",
                "ExpressionAttributeValues": to_wire({":pk": partition}),
                "ConsistentRead": True,
                "ScanIndexForward": False,
            },
            {"Limit": _FIRST_PAGE},
        )

    def listing(self, partition: str, prefix: str = "") -> Iterator[Wire]:
        """Yield the rows of an index partition whose sort key begins so, page by page as they are asked for."""
        condition, values = "GSI1PK = :pk", {":pk": partition}
        if prefix:
            condition, values = f"{condition} AND begins_with(GSI1SK, :prefix)", values | {":prefix": prefix}
        return self._pages(
            {
                "IndexName": "GSI1",
                "KeyConditionExpression": condition,
                "ExpressionAttributeValues": to_wire(values),
            },
            {"Limit": _FIRST_PAGE},
        )

    def batch(self, keys: Iterable[Key]) -> list[Wire]:
        """Return the rows of these keys that there are, in no order: a request for each hundred, none for no keys."""
        wire_keys = [to_wire(key) for key in keys]
        return [row for some in batched(wire_keys, _BATCH, strict=False) for row in self._batch(some)]

    def _batch(self, wire_keys: Sequence[Wire]) -> list[Wire]:
        wanted: dict[str, Any] = {self._name: {"Keys": list(wire_keys), "ConsistentRead": True}}
        found: list[Wire] = []
        for _ in self.rounds():
            answer = self._call("BatchGetItem", {"RequestItems": wanted})
            found += answer["Responses"].get(self._name, [])
            wanted = answer.get("UnprocessedKeys") or {}
            if not wanted:
                break
        return found

    def write(self, one: Write) -> None:
        """Carry out one write.

        Raises:
            ConditionFailed: if its condition was not met.
        """
        try:
            self._call(f"{one.operation}Item", {"TableName": self._name} | dict(one.payload))
        except AwsError as error:
            if error.code == "ConditionalCheckFailedException":
                raise ConditionFailed([dict(error.item or {})]) from error
            raise

    def transact(self, ours: Sequence[Write], *others: tuple[Table, Write]) -> None:
        """Carry out writes to this table and others, all or none.

        A collision with another transaction is retried and never read as a condition that was not met.

        Raises:
            ConditionFailed: if a condition of `ours` was not met; its items follow `ours`, then `others`.
        """
        writes = [_in(self, one) for one in ours] + [_in(table, one) for table, one in others]
        for _ in self.rounds():
            try:
                self._call("TransactWriteItems", {"TransactItems": writes})
            except AwsError as error:
                if error.code != "TransactionCanceledException":
                    raise
                codes = [reason.get("Code") for reason in error.reasons]
                if _COLLISIONS.isdisjoint(codes):
                    met = [_met(reason) for reason in error.reasons]
                    if all(row is None for row in met[: len(ours)]):
                        raise  # not ours to answer for: a limit, or an audit entry that is there already
                    raise ConditionFailed(met) from error
            else:
                return

    def rounds(self) -> Iterator[None]:
        """Yield for each try at what others may cross, with a pause before every one but the first.

        Raises:
            AwsError: `Contended`, when that was often enough.
        """
        for round_number in range(_ROUNDS):
            self._pauses.before(round_number)
            yield
        raise AwsError("Contended", f"still crossed after {_ROUNDS} rounds")

    def _pages(self, query: Mapping[str, Any], first: Mapping[str, Any] | None = None) -> Iterator[Wire]:
        page = dict(first or {})
        while True:
            answer = self._call("Query", {"TableName": self._name} | dict(query) | page)
            yield from answer["Items"]
            if not answer.get("LastEvaluatedKey"):
                return
            page = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def _call(self, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        return self._aws.call("dynamodb", operation, payload)


def _in(table: Table, one: Write) -> dict[str, Any]:
    return {one.operation: {"TableName": table._name} | dict(one.payload)}  # noqa: SLF001 - the same class


def _met(reason: Mapping[str, Any]) -> Wire | None:
    return dict(reason.get("Item") or {}) if reason.get("Code") == _CONDITION_FAILED else None
