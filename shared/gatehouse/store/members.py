"""Members: the memberships of a user, and the members of a tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.membership import Membership, UserMemberships
from gatehouse.store import keys, records
from gatehouse.store.attributes import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gatehouse.store.table import Table


class Members:
    """The memberships of the core table."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def of_user(self, sub: str) -> UserMemberships:
        """Return a user's memberships and default tenant, in one consistent query."""
        by_tenant: dict[str, Membership] = {}
        default: str | None = None
        for item in self._table.partition(keys.user(sub)):
            record = Record("PROFILE", item)
            if record.text("SK") == keys.PROFILE:
                default = record.optional_text("default_tenant_id")
            elif record.text("SK").startswith(keys.MEMBERSHIP):
                membership = records.read_membership(item)
                by_tenant[membership.tenant_id] = membership
        return UserMemberships(by_tenant, default)

    def of_tenant(self, tenant_id: str) -> Iterator[Membership]:
        """Yield a tenant's members, the longest there first, page by page."""
        return map(records.read_membership, self._table.listing(keys.members_index(tenant_id)))
