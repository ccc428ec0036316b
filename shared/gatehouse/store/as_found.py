"""Registers for plans: they write only where a row is still as the plan has found it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.refusals.plans import ChangedMeanwhile
from gatehouse.store import keys, records
from gatehouse.store.attributes import to_wire
from gatehouse.store.domains import Domains, claim_item
from gatehouse.store.policies import Policies
from gatehouse.store.providers import Providers
from gatehouse.store.table import ConditionFailed, Table, Write
from gatehouse.store.tenant_settings import TenantSettings, branding_attributes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gatehouse.aws import Aws
    from gatehouse.domain.branding import Branding
    from gatehouse.domain.mail_domain import DomainClaim
    from gatehouse.domain.policy import Client
    from gatehouse.domain.provider import ProviderMapping
    from gatehouse.domain.tenant import Tenant
    from gatehouse.store.attributes import Value, Wire
    from gatehouse.store.audit_log import AuditLog
    from gatehouse.store.keys import Key
    from gatehouse.store.table import Pauses

_CLIENT = ("client_name", "ways", "machine_tenant_id")
_PROVIDER = ("domains", "email_attribute")
_CLAIM = ("record_token", "verified_at")
_SEAT_LIMIT = "seat_limit"


class AsFound:
    """The registers of the core table, each for one row as it was found.

    A register writes as it always does, and raises ChangedMeanwhile, with nothing written, where its row is another.
    """

    def __init__(self, aws: Aws, table_name: str, pauses: Pauses, audit_log: AuditLog) -> None:
        self._aws = aws
        self._table_name = table_name
        self._pauses = pauses
        self._audit = audit_log

    def clients(self, client_id: str, was: Client | None) -> Policies:
        """Return the register of app clients, where this one is still as it was; None if it was not declared."""
        found = None if was is None else records.client_item(was)
        return Policies(self._on(None, keys.client_key(client_id), found, _CLIENT), self._audit)

    def providers(self, name: str, tenant_id: str, was: ProviderMapping | None) -> Providers:
        """Return the register of providers, where this one's mapping is still as it was; None if there was none."""
        found = None if was is None else records.provider_item(was)
        return Providers(self._on(tenant_id, keys.provider_key(name, tenant_id), found, _PROVIDER), self._audit)

    def domains(self, was: DomainClaim) -> Domains:
        """Return the register of mail domains, where this claim is still as it was, proven or not."""
        key = keys.claim_key(was.domain, was.tenant_id)
        return Domains(self._on(was.tenant_id, key, claim_item(was), _CLAIM), self._audit)

    def tenant(self, was: Tenant, wanted: Tenant) -> TenantSettings:
        """Return the settings of tenants, where what the two differ in is still as it was."""
        before, after = records.tenant_settings(was), records.tenant_settings(wanted)
        return self._settings(was.id, before, [name for name in before if before[name] != after[name]])

    def branding(self, tenant_id: str, was: Branding, wanted: Branding) -> TenantSettings:
        """Return the settings of tenants, where what the two differ in is still as it was."""
        before, after = branding_attributes(was), branding_attributes(wanted)
        return self._settings(tenant_id, before, [name for name in before if before[name] != after[name]])

    def seats(self, tenant_id: str, was: int | None) -> TenantSettings:
        """Return the settings of tenants, where this one's limit is still what it was."""
        found = to_wire({_SEAT_LIMIT: was})
        return TenantSettings(self._on(tenant_id, keys.seats_key(tenant_id), found, [_SEAT_LIMIT]), self._audit)

    def _settings(self, tenant_id: str, before: Mapping[str, Value], names: Sequence[str]) -> TenantSettings:
        found = to_wire({name: before[name] for name in names})
        return TenantSettings(self._on(tenant_id, keys.tenant_key(tenant_id), found, names), self._audit)

    def _on(self, tenant_id: str | None, key: Key, found: Wire | None, names: Sequence[str]) -> AsFoundTable:
        row = FoundRow(tenant_id, to_wire(key), found, names)
        return AsFoundTable(self._aws, self._table_name, self._pauses, row)


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row as it was found.

    Args:
        tenant_id: whose it is, if it is a tenant's.
        key: of the row.
        found: what the row held; None if there was no such row.
        names: the attributes that count; whatever else the row holds may be anything.
    """

    tenant_id: str | None
    key: Wire
    found: Wire | None
    names: Sequence[str]

    def is_of(self, write: Write) -> bool:
        """Tell whether a write is of this row."""
        row: Mapping[str, Any] = write.payload.get("Key") or write.payload["Item"]
        return all(row[name] == value for name, value in self.key.items())

    def guarded(self, write: Write) -> Write:
        """Return a write of this row with the further condition that the row is what it was."""
        conditions, values = ["attribute_not_exists(PK)"], dict(write.payload.get("ExpressionAttributeValues", {}))
        if self.found is not None:
            held = {f":found{n}": (name, self.found.get(name)) for n, name in enumerate(self.names)}
            conditions = ["attribute_exists(PK)"] + [
                f"{name} = {placeholder}" if value else f"attribute_not_exists({name})"
                for placeholder, (name, value) in held.items()
            ]
            values |= {placeholder: value for placeholder, (_, value) in held.items() if value}
        if already := write.payload.get("ConditionExpression"):
            conditions.append(f"({already})")
        made = {
            "ConditionExpression": " AND ".join(conditions),
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        return Write(
            write.operation,
            dict(write.payload) | made | ({"ExpressionAttributeValues": values} if values else {}),
        )

    def holds(self, row: Wire) -> bool:
        """Tell whether a row, empty if there is none, is still what it was."""
        if self.found is None or not row:
            return self.found is None and not row
        return all(_same(row.get(name), self.found.get(name)) for name in self.names)


class AsFoundTable(Table):
    """A table whose transactions are made only while one row of it is what it was."""

    def __init__(self, aws: Aws, name: str, pauses: Pauses, row: FoundRow) -> None:
        super().__init__(aws, name, pauses)
        self._row = row

    def transact(self, ours: Sequence[Write], *others: tuple[Table, Write]) -> None:
        """Carry out writes as any table does, if the row is what it was.

        Raises:
            ConditionFailed: if a condition of `ours` was not met though the row is what it was.
            ChangedMeanwhile: if the row is another.
        """
        at = next(number for number, write in enumerate(ours) if self._row.is_of(write))
        guarded = [self._row.guarded(write) if number == at else write for number, write in enumerate(ours)]
        try:
            super().transact(guarded, *others)
        except ConditionFailed as failed:
            row = failed.items[at]
            if row is not None and not self._row.holds(row):
                raise ChangedMeanwhile(tenant_id=self._row.tenant_id) from None
            raise


def _same(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> bool:
    if one and other and "SS" in one and "SS" in other:
        return set(one["SS"]) == set(other["SS"])  # a set comes in no order
    return one == other
