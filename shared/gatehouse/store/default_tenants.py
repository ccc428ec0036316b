"""A user's default tenant: the first one joined, until it is another's or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.store import keys
from gatehouse.store.attributes import Record
from gatehouse.store.table import Table, Write, check, update

if TYPE_CHECKING:
    from gatehouse.domain.membership import Membership


def keep_first(membership: Membership) -> Write:
    """Return the update that makes a tenant the default of who has none."""
    return update(
        keys.profile_key(membership.sub),
        "SET default_tenant_id = if_not_exists(default_tenant_id, :tenant)",
        "",
        {":tenant": membership.tenant_id},
    )


def forget(table: Table, membership: Membership) -> Write:
    """Return the write after which a tenant is not the default of a user, whatever it was when it was looked up."""
    key, values = keys.profile_key(membership.sub), {":tenant": membership.tenant_id}
    item = table.get(key)
    if item and Record("PROFILE", item).optional_text("default_tenant_id") == membership.tenant_id:
        return update(key, "REMOVE default_tenant_id", "default_tenant_id = :tenant", values)
    return check(key, "attribute_not_exists(default_tenant_id) OR default_tenant_id <> :tenant", values)
