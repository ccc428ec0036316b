"""Brands: what a tenant's messages go by, its row read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.branding import Branding
from gatehouse.store import keys, records
from gatehouse.store.attributes import Record

if TYPE_CHECKING:
    from gatehouse.domain.tenant import Tenant
    from gatehouse.store.records import Item
    from gatehouse.store.table import Table


class Brands:
    """The tenants of the core table, as their messages need them."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of(self, tenant_id: str) -> tuple[Tenant, Branding] | None:
        """Return a tenant and its branding; None if there is no such tenant."""
        item = self._table.get(keys.tenant_key(tenant_id))
        return (records.read_tenant(item), read_branding(item)) if item else None


def read_branding(item: Item) -> Branding:
    """Return the branding in a tenant's row."""
    record = Record("TENANT", item)
    return Branding(
        display_name=record.optional_text("brand_display_name"),
        logo_url=record.optional_text("brand_logo_url"),
        color=record.optional_text("brand_color"),
        support_address=record.optional_text("brand_support_address"),
        footer=record.optional_text("brand_footer"),
        subject_prefix=record.optional_text("brand_subject_prefix"),
    )
