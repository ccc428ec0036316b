"""The audit log: entries are put once, on condition that they are new, and never changed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from gatehouse.store import keys
from gatehouse.store.entries import entry_item, read_entry
from gatehouse.store.table import ConditionFailed, Table, Write, put

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.domain.audit import Entry


class AuditLog:
    """The audit table."""

    def __init__(self, table: Table) -> None:
        self.table = table

    def append(self, entry: Entry) -> None:
        """Write an entry of its own; one that is there already stays as it is."""
        try:
            self.table.write(entry_write(entry))
        except ConditionFailed:
            return

    def newest(self, tenant_id: str | None, *, today: date, days: int) -> Iterator[Entry]:
        """Yield a tenant's entries, newest first, over so many days back; those of no tenant for None."""
        for age in range(days):
            partition = keys.audit_partition(tenant_id, today - timedelta(days=age))
            yield from map(read_entry, self.table.newest_first(partition))


def entry_write(entry: Entry) -> Write:
    """Return the put of an entry: its own write, or part of the transaction of the fact that it tells."""
    return put(entry_item(entry), "attribute_not_exists(PK)")
