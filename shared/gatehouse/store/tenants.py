"""Tenants: made with their seats, suspended, resumed and closed, each with its audit entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.common import TenantClosed, TenantExists, TenantNotFound
from gatehouse.store import keys, records, seats
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, Write, put, update

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.domain.audit import Entry
    from gatehouse.domain.seats import Seats
    from gatehouse.domain.tenant import Tenant


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

    def set_status(self, tenant_id: str, status: TenantStatus, entry: Entry) -> bool:
        """Suspend or resume a tenant, with the entry; return whether that changed anything.

        Raises:
            TenantClosed: if it is closed, which nothing undoes.
            TenantNotFound: if there is no such tenant.
        """
        change = update(
            keys.tenant_key(tenant_id),
            "SET tenant_status = :status",
            "attribute_exists(PK) AND NOT tenant_status IN (:status, :closed)",
            {":closed": TenantStatus.CLOSED.value, ":status": status.value},
        )
        return self._done([change], tenant_id, status, entry)

    def close(self, tenant_id: str, entry: Entry) -> bool:
        """Close a tenant for good, with the entry; return whether it was open or suspended until now.

        From then on nobody takes one of its seats, so nobody is invited or joins, whatever was read before.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        change = update(
            keys.tenant_key(tenant_id),
            "SET tenant_status = :closed",
            "attribute_exists(PK) AND tenant_status <> :closed",
            {":closed": TenantStatus.CLOSED.value},
        )
        return self._done([change, seats.close(tenant_id, entry.at)], tenant_id, TenantStatus.CLOSED, entry)

    def _done(self, writes: list[Write], tenant_id: str, status: TenantStatus, entry: Entry) -> bool:
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            if not failed.items[0]:
                raise TenantNotFound from None
            found = records.read_tenant(failed.items[0]).status
            if found is TenantStatus.CLOSED and status is not found:
                raise TenantClosed(tenant_id=tenant_id) from None
            return False
        return True
