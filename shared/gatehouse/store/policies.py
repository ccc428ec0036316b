"""App clients, and the one read that tells whether a sign-in by one of them may name a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.policy import Client, PolicyPage
from gatehouse.refusals.common import TenantNotFound
from gatehouse.store import keys, records
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, check, put

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gatehouse.domain.audit import Entry


class Policies:
    """The app clients of the core table, and the tenants' policies that they are compared with."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def page(self, client_id: str | None, tenant_ids: Iterable[str]) -> PolicyPage:
        """Return an app client and these tenants, as far as they are there, in one request."""
        wanted = [keys.tenant_key(one) for one in tenant_ids]
        if client_id is not None:
            wanted.append(keys.client_key(client_id))
        found = self._table.batch(wanted)
        tenants = [records.read_tenant(item) for item in found if item["SK"]["S"] == keys.TENANT]
        clients = [records.read_client(item) for item in found if item["SK"]["S"] == keys.CLIENT]
        return PolicyPage(next(iter(clients), None), {tenant.id: tenant for tenant in tenants})

    def set_client(self, client: Client, entry: Entry) -> None:
        """Write an app client as it is now, with the entry.

        Raises:
            TenantNotFound: if it is to be the machine of a tenant that there is not.
        """
        writes = [put(records.client_item(client))]
        if client.tenant_id is not None:
            writes.append(check(keys.tenant_key(client.tenant_id)))
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise TenantNotFound from None

    def clients(self) -> Iterator[Client]:
        """Yield all app clients that are known, page by page."""
        return map(records.read_client, self._table.listing(keys.CLIENTS))
