"""What tests of `gatehouse invite import` share: the file, the commands, and what is there afterwards."""

import csv
from pathlib import Path

from gatehouse.aws import Aws
from gatehouse.domain.audit import Action, Outcome
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.runtime.wiring import App
from tests.support.stores import SETTINGS, entries

HEADER = "address,role,expires,locale,note"
TRY = ("invite", "import", "people.csv", "--tenant", "acme")
APPLY = (*TRY, "--apply")


def rewrite(aws: Aws, address: str, status: InvitationStatus) -> None:
    aws.call(
        "dynamodb",
        "UpdateItem",
        {
            "TableName": SETTINGS.table_name,
            "Key": {"PK": {"S": f"ADDRESS#{address}"}, "SK": {"S": "INVITATION#acme"}},
            "UpdateExpression": "SET invitation_status = :status",
            "ExpressionAttributeValues": {":status": {"S": status.value}},
        },
    )


def write(*rows: str, header: str = HEADER) -> None:
    Path("people.csv").write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")


def result(name: str = "people.result.csv") -> list[dict[str, str]]:
    with Path(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def links() -> list[str]:
    return [row["link"] for row in result()]


def files() -> list[str]:
    return sorted(path.name for path in Path().iterdir())


def made(store: App) -> int:
    found = entries(store, store.clock().date(), "acme")
    return sum(one.action is Action.INVITATION_CREATE and one.outcome is Outcome.ALLOW for one in found)
