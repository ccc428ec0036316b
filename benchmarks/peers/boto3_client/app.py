"""A bare boto3 handler: the requests that OPERATIONS names, as `Query+PutItem`, in that order, and nothing else."""

import os
import uuid
from datetime import UTC, datetime
from typing import Any

import boto3

TABLE = os.environ["TABLE_NAME"]
USER = "USER#5215a4e4-1031-7028-b2d4-7a9f5c3b1e60"
PROFILE = {"PK": {"S": USER}, "SK": {"S": "PROFILE"}}
TENANT = {"PK": {"S": "TENANT#acme"}, "SK": {"S": "TENANT"}}

dynamodb = boto3.client("dynamodb")


def get_item() -> Any:
    """Read one row."""
    return dynamodb.get_item(TableName=TABLE, Key=PROFILE, ConsistentRead=True)["Item"]


def query() -> Any:
    """Read a user's rows."""
    return dynamodb.query(
        TableName=TABLE,
        KeyConditionExpression="PK = :pk",
        ExpressionAttributeValues={":pk": {"S": USER}},
        ConsistentRead=True,
    )["Items"]


def batch_get_item() -> Any:
    """Read two rows by their keys."""
    wanted = {TABLE: {"Keys": [PROFILE, TENANT], "ConsistentRead": True}}
    return dynamodb.batch_get_item(RequestItems=wanted)["Responses"][TABLE]


def put_item() -> Any:
    """Write a new row of the audit log."""
    return dynamodb.put_item(**new_entry())


def transact_write_items() -> Any:
    """Write a row that may be there already, and a new row of the audit log: both or none."""
    admission = PROFILE | {"SK": {"S": "ADMISSION#acme"}, "ground": {"S": "invitation"}, "at": {"S": now()}}
    writes = [{"Put": {"TableName": TABLE, "Item": admission}}, {"Put": new_entry()}]
    return dynamodb.transact_write_items(TransactItems=writes)


def new_entry() -> dict[str, Any]:
    """Return the put of a row like those of an audit log."""
    at, entry_id = now(), str(uuid.uuid4())
    return {
        "TableName": TABLE,
        "Item": {
            "PK": {"S": f"TENANT#acme#{at[:10]}#0"},
            "SK": {"S": entry_id},
            "GSI1PK": {"S": USER},
            "GSI1SK": {"S": entry_id},
            "at": {"S": at},
            "tenant_id": {"S": "acme"},
            "audit_action": {"S": "token:issue"},
            "outcome": {"S": "allow"},
            "reason": {"S": "default_tenant"},
            "actor_id": {"S": USER},
            "target_id": {"S": "acme"},
            "client_id": {"S": "4k2f9q7m1r8s3t6u5v0w1x2y3z"},
        },
        "ConditionExpression": "attribute_not_exists(PK)",
    }


def now() -> str:
    """Return the moment, UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


CALLS = {
    "GetItem": get_item,
    "Query": query,
    "BatchGetItem": batch_get_item,
    "PutItem": put_item,
    "TransactWriteItems": transact_write_items,
}
CHOSEN = [CALLS[name] for name in os.environ["OPERATIONS"].split("+") if name]


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make the requests and return the event. Raises LookupError if what is read is not there."""
    for call in CHOSEN:
        if not call():
            raise LookupError(call.__name__)
    return event
