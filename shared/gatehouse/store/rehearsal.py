"""A rehearsal: AWS as a decision reaches it, with the real reads and the real conditions, and nothing written."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gatehouse.errors import AwsError
from gatehouse.store import keys
from gatehouse.store.conditions import holds
from gatehouse.store.entries import read_entry
from gatehouse.store.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.aws import Aws
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.sighted import Sighted
    from gatehouse.store.attributes import Wire

_PLACEHOLDER = re.compile(r"[:#][A-Za-z0-9_]+")
_CONDITION_FAILED = "ConditionalCheckFailed"
_MET = {"Code": "None"}
# How `store/seats.py` takes days gone by off: the one update that a decision makes before it has decided.
_FOLD = "SET held = held - :total, folded = :today"
_DAYS = re.compile(rf"\b{keys.ENDS}[0-9_]+")


class NotRehearsable(Exception):
    """A decision has called what a rehearsal cannot stand in for: a bug, and nothing is written."""


class Rehearsal:
    """AWS for one decision that is not to be carried out.

    Reads go through. Of a transaction every put, update and delete becomes a check of the same condition, so that
    the real rows decide it; what has no condition is left out. What would have been written is kept here: audit
    entries, for `entries`; rows that are put without a condition, and a tenant's folded seats, for whoever gets them
    by key afterwards. A query does not find them: no decision queries what it has just written.

    Args:
        aws: the real way to AWS.
        table_name: the core table.
        audit_table_name: the audit table.
    """

    def __init__(self, aws: Aws, table_name: str, audit_table_name: str) -> None:
        self._aws = aws
        self._core = table_name
        self._audit = audit_table_name
        self._rows: dict[tuple[str, str], Wire] = {}
        self._entries: list[Wire] = []
        self._sightings = Sightings()

    @property
    def entries(self) -> Sequence[Entry]:
        """Return the audit entries that would have been written, in order."""
        return [read_entry(item) for item in self._entries]

    @property
    def sighted(self) -> Sighted:
        """Return what the decision has read, and found there or not."""
        return self._sightings.sighted()

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Answer a call of DynamoDB as if everything that was called before had been done.

        Raises:
            AwsError: what AWS says to a read or a check, and what it would say to the transaction in its place.
            NotRehearsable: if a decision has no reason to call it.
        """
        match service, operation:
            case "dynamodb", "GetItem" | "BatchGetItem" | "Query":
                answer = self._remembered(payload) if operation == "GetItem" else None
                if answer is None:
                    answer = self._aws.call(service, operation, payload)
                self._sightings.add(operation, payload, answer)
                return answer
            case "dynamodb", "TransactWriteItems":
                self._transact(payload["TransactItems"])
                return {}
            case "dynamodb", "PutItem" if payload["TableName"] == self._audit:
                self._entries.append(payload["Item"])
                return {}
            case "dynamodb", "UpdateItem" if payload["UpdateExpression"].startswith(_FOLD):
                self._fold(payload)
                return {}
            case "dynamodb", "DeleteItem" if "ConditionExpression" not in payload:
                return {}
        raise NotRehearsable(f"{service} {operation}")

    def _remembered(self, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        row = self._rows.get(_key(payload["Key"])) if payload["TableName"] == self._core else None
        return None if row is None else {"Item": row}

    def _transact(self, items: Sequence[Mapping[str, Mapping[str, Any]]]) -> None:
        writes = [(operation, payload) for item in items for operation, payload in item.items()]
        reasons: list[Mapping[str, Any]] = [_MET] * len(writes)
        asked: list[int] = []
        for number, (_, payload) in enumerate(writes):
            if "ConditionExpression" not in payload:
                continue
            row = self._rows.get(_key(_key_of(payload)))
            if row is None:
                asked.append(number)
            elif not holds(payload["ConditionExpression"], row, payload.get("ExpressionAttributeValues") or {}):
                reasons[number] = {"Code": _CONDITION_FAILED, "Item": row}
        for number, reason in zip(asked, self._checked([writes[number][1] for number in asked]), strict=True):
            reasons[number] = reason
        self._sightings.add_met(reasons)
        if any(reason.get("Code") not in (None, "None") for reason in reasons):
            raise AwsError("TransactionCanceledException", reasons=reasons)
        for operation, payload in writes:
            if operation == "Put":
                self._keep(payload)

    def _checked(self, payloads: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """Ask for all conditions together, as their transaction would; return the reason of each, in order."""
        if not payloads:
            return ()
        checks = [{"ConditionCheck": _check(payload)} for payload in payloads]
        try:
            self._aws.call("dynamodb", "TransactWriteItems", {"TransactItems": checks})
        except AwsError as error:
            if len(error.reasons) != len(checks):
                raise
            return error.reasons
        return [_MET] * len(checks)

    def _keep(self, put: Mapping[str, Any]) -> None:
        if put["TableName"] == self._audit:
            self._entries.append(put["Item"])
        elif "ConditionExpression" not in put:
            self._rows[_key(put["Item"])] = put["Item"]

    def _fold(self, payload: Mapping[str, Any]) -> None:
        values = payload["ExpressionAttributeValues"]
        row: Wire = self.call("dynamodb", "GetItem", _by_key(payload)).get("Item") or {}
        if not holds(payload["ConditionExpression"], row, values):
            raise AwsError("ConditionalCheckFailedException", item=row)
        over = set(_DAYS.findall(payload["UpdateExpression"]))
        held = int(row["held"]["N"]) - int(values[":total"]["N"])
        folded = {"held": {"N": str(held)}, "folded": values[":today"]}
        self._rows[_key(row)] = {name: value for name, value in row.items() if name not in over} | folded


def _key_of(payload: Mapping[str, Any]) -> Wire:
    """Return the key of a write: a put has it in its item."""
    row = payload.get("Key") or payload["Item"]
    return {name: row[name] for name in ("PK", "SK")}


def _key(row: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    return row["PK"]["S"], row["SK"]["S"]


def _by_key(payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"TableName": payload["TableName"], "Key": payload["Key"], "ConsistentRead": True}


def _check(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return the check of a write's condition; DynamoDB refuses names and values that an expression does not use."""
    condition = payload["ConditionExpression"]
    used = set(_PLACEHOLDER.findall(condition))
    check: dict[str, Any] = {
        "TableName": payload["TableName"],
        "Key": _key_of(payload),
        "ConditionExpression": condition,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
        kept = {name: value for name, value in (payload.get(kind) or {}).items() if name in used}
        if kept:
            check[kind] = kept
    return check
