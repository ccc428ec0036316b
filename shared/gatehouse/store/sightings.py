"""What a decision reads, kept for whoever explains it: the rows that it asked for, there or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.admission import AddressPage
from gatehouse.domain.membership import UserMemberships
from gatehouse.domain.sighted import Sighted
from gatehouse.store import keys, records
from gatehouse.store.attributes import Record
from gatehouse.store.codes import read_code
from gatehouse.store.domains import read_rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gatehouse.domain.membership import Membership
    from gatehouse.store.attributes import Wire

type _Row = Mapping[str, Mapping[str, Any]]


class Sightings:
    """The rows that one decision has read."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Wire | None] = {}
        self._partitions: dict[str, list[Wire]] = {}

    def add(self, operation: str, payload: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Keep what a read has asked for and found."""
        if operation == "GetItem":
            self._rows[_key(payload["Key"])] = answer.get("Item")
        elif operation == "Query":
            partition = payload["ExpressionAttributeValues"][":pk"]["S"]
            before = self._partitions.get(partition, []) if "ExclusiveStartKey" in payload else []
            self._partitions[partition] = [*before, *answer["Items"]]
        else:
            for wanted in payload["RequestItems"].values():
                self._rows |= dict.fromkeys(map(_key, wanted["Keys"]))
            for found in answer["Responses"].values():
                self._rows |= {_key(row): row for row in found}

    def add_met(self, reasons: Sequence[Mapping[str, Any]]) -> None:
        """Keep the rows that a transaction's conditions have met."""
        for row in filter(None, (reason.get("Item") for reason in reasons)):
            self._rows[_key(row)] = row

    def sighted(self) -> Sighted:
        """Return what was read, as what it is."""
        addresses = [rows for _, rows in self._partitions_of("ADDRESS")]
        users = [rows for _, rows in self._partitions_of("USER")]
        return Sighted(
            page=AddressPage(*records.read_addresses(addresses[-1])) if addresses else None,
            memberships=_memberships(users[-1]) if users else None,
            tenants={
                name: records.read_tenant(row) if row else None for name, row in self._rows_of("TENANT", keys.TENANT)
            },
            seats={name: records.read_seats(row) for name, row in self._rows_of("TENANT", keys.SEATS) if row},
            members={one.tenant_id: one for one in self._members()},
            clients={
                name: records.read_client(row) if row else None for name, row in self._rows_of("CLIENT", keys.CLIENT)
            },
            providers={name: tuple(map(records.read_provider, rows)) for name, rows in self._partitions_of("IDP")},
            notes=tuple(
                records.read_federation(row) if row else None for _, row in self._rows_of("FEDERATION", keys.FEDERATION)
            ),
            codes=tuple(read_code(row) if row else None for _, row in self._rows_of("CODE", keys.CODE)),
            domains={name: read_rule(row) if row else None for name, row in self._rows_of("DOMAIN", keys.DOMAIN)},
        )

    def _members(self) -> Iterator[Membership]:
        for (partition, sort), row in self._rows.items():
            is_one = partition.startswith("USER#") and sort.startswith(keys.MEMBERSHIP)
            if is_one and row and not records.is_removed(row):
                yield records.read_membership(row)

    def _partitions_of(self, kind: str) -> Iterator[tuple[str, list[Wire]]]:
        for partition, rows in self._partitions.items():
            of, _, name = partition.partition("#")
            if of == kind:
                yield name, rows

    def _rows_of(self, kind: str, sort_key: str) -> Iterator[tuple[str, Wire | None]]:
        for (partition, sort), row in self._rows.items():
            of, _, name = partition.partition("#")
            if (of, sort) == (kind, sort_key):
                yield name, row


def _key(row: _Row) -> tuple[str, str]:
    return row["PK"]["S"], row["SK"]["S"]


def _memberships(rows: Sequence[Wire]) -> UserMemberships:
    default: str | None = None
    found = []
    for row in rows:
        record = Record("PROFILE", row)
        if record.text("SK") == keys.PROFILE:
            default = record.optional_text("default_tenant_id")
        elif record.text("SK").startswith(keys.MEMBERSHIP) and not records.is_removed(row):
            found.append(records.read_membership(row))
    return UserMemberships({one.tenant_id: one for one in found}, default)
