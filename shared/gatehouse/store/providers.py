"""Identity providers: what each is mapped to, and what one has just said of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.refusals.common import ProviderNotMapped, TenantNotFound
from gatehouse.store import keys, records
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.table import ConditionFailed, Table, check, delete, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gatehouse.domain.audit import Entry
    from gatehouse.domain.provider import FederationNote, ProviderMapping


class Providers:
    """The identity providers of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def of(self, provider: str) -> list[ProviderMapping]:
        """Return everything that a provider is mapped to, in one consistent query."""
        return [records.read_provider(item) for item in self._table.partition(keys.provider(provider))]

    def every(self) -> Iterator[ProviderMapping]:
        """Yield all mappings by provider and tenant, page by page."""
        return map(records.read_provider, self._table.listing(keys.PROVIDERS))

    def set(self, mapping: ProviderMapping, entry: Entry) -> None:
        """Write a mapping as it is now, with the entry.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        writes = [put(records.provider_item(mapping)), check(keys.tenant_key(mapping.tenant_id))]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise TenantNotFound from None

    def remove(self, provider: str, tenant_id: str, entry: Entry) -> None:
        """Remove a mapping, with the entry.

        Raises:
            ProviderNotMapped: if there is none.
        """
        key = keys.provider_key(provider, tenant_id)
        try:
            self._table.transact([delete(key, "attribute_exists(PK)")], (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise ProviderNotMapped(tenant_id=tenant_id) from None

    def note(self, user_name: str, note: FederationNote, entry: Entry) -> None:
        """Note what a provider has just said of the profile of this name, with the entry."""
        item = records.federation_item(user_name, note)
        self._table.transact([put(item)], (self._audit, entry_write(entry)))

    def noted(self, user_name: str, now: datetime) -> FederationNote | None:
        """Return what a provider has said of the profile of this name, if that still counts."""
        item = self._table.get(keys.federation_key(user_name))
        note = None if item is None else records.read_federation(item)
        return note if note is not None and note.holds_at(now) else None
