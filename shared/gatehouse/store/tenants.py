"""Tenants: made with their seats, suspended and resumed, each with its audit entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.operator_refusals import TenantExists, TenantNotFound
from gatehouse.store import keys, records
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, put, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.domain.audit import Entry
    from gatehouse.domain.role import Role
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant, TenantStatus
    from gatehouse.store.attributes import Value


class Tenants:
    """The tenants of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def create(self, tenant: Tenant, seats: Seats, entry: Entry) -> None:
        """Write a new tenant, its seats and the entry.

        Raises:
            TenantExists: if the id is taken.
        """
        writes = [
            put(records.tenant_item(tenant), "attribute_not_exists(PK)"),
            put(records.seats_item(tenant.id, seats)),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise TenantExists(tenant_id=tenant.id) from None

    def get(self, tenant_id: str) -> Tenant:
        """Return a tenant.

        Raises:
            TenantNotFound: if there is none.
        """
        item = self._table.get(keys.tenant_key(tenant_id))
        if item is None:
            raise TenantNotFound
        return records.read_tenant(item)

    def by_ids(self, tenant_ids: Iterable[str]) -> dict[str, Tenant]:
        """Return those of these tenants that there are, by id, in one request."""
        found = map(records.read_tenant, self._table.batch(keys.tenant_key(one) for one in tenant_ids))
        return {tenant.id: tenant for tenant in found}

    def seats(self, tenant_id: str) -> Seats:
        """Return a tenant's seats as the row has them.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        item = self._table.get(keys.seats_key(tenant_id))
        if item is None:
            raise TenantNotFound
        return records.read_seats(item)

    def every(self) -> Iterator[Tenant]:
        """Yield all tenants, oldest first, page by page."""
        return map(records.read_tenant, self._table.listing(keys.TENANTS))

    def set_ways(self, tenant_id: str, ways: frozenset[str], entry: Entry) -> None:
        """Write the ways in that a tenant takes, with the entry.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        self._set(tenant_id, "ways", ways or None, entry)

    def set_provider_role(self, tenant_id: str, role: Role | None, entry: Entry) -> None:
        """Write what those become who come by a provider's word alone, with the entry.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        self._set(tenant_id, "provider_role", role, entry)

    def set_status(self, tenant_id: str, status: TenantStatus, entry: Entry) -> bool:
        """Suspend or resume a tenant, with the entry; return whether that changed anything.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        change = update(
            keys.tenant_key(tenant_id),
            "SET tenant_status = :status",
            "attribute_exists(PK) AND tenant_status <> :status",
            {":status": status.value},
        )
        try:
            self._table.transact([change], (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            if not failed.items[0]:
                raise TenantNotFound from None
            return False
        return True

    def _set(self, tenant_id: str, name: str, value: Value, entry: Entry) -> None:
        change, values = (f"REMOVE {name}", {}) if value is None else (f"SET {name} = :value", {":value": value})
        row = update(keys.tenant_key(tenant_id), change, "attribute_exists(PK)", values)
        try:
            self._table.transact([row], (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise TenantNotFound from None
