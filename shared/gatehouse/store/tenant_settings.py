"""What operators set of a tenant: its name, language, policy, branding and seats. No trigger needs this."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.common import TenantClosed, TenantNotFound
from gatehouse.store import keys, records, seats
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.brands import read_branding
from gatehouse.store.table import ConditionFailed, Table, Write, update

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gatehouse.domain.audit import Entry
    from gatehouse.domain.branding import Branding
    from gatehouse.domain.tenant import Tenant
    from gatehouse.store.attributes import Value

_BRAND = "brand_"


class TenantSettings:
    """The settings of the tenants in the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def set(self, was: Tenant, wanted: Tenant, entry: Entry) -> bool:
        """Write what a tenant is to be other than it was when it was read, with the entry.

        What the two have in common is not written, so whatever somebody else has made of it meanwhile stays. The id,
        the status and the time at which it was made are not set here.

        Returns whether that changed anything; without a change there is no entry.

        Raises:
            TenantClosed, TenantNotFound: if there is no such tenant, or no more.
        """
        return self._write(was.id, records.tenant_settings(was), records.tenant_settings(wanted), entry)

    def branding(self, tenant_id: str) -> Branding:
        """Return a tenant's branding.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        item = self._table.get(keys.tenant_key(tenant_id))
        if item is None:
            raise TenantNotFound
        return read_branding(item)

    def set_branding(self, tenant_id: str, was: Branding, wanted: Branding, entry: Entry) -> bool:
        """Write what a branding is to be other than it was when it was read, with the entry, as `set` does.

        Returns whether that changed anything.

        Raises:
            TenantClosed, TenantNotFound: if there is no such tenant, or no more.
        """
        return self._write(tenant_id, branding_attributes(was), branding_attributes(wanted), entry)

    def set_seats(self, tenant_id: str, limit: int | None, entry: Entry) -> bool:
        """Write how many seats a tenant has, None for no limit, with the entry; return whether that changed anything.

        A limit below what is held takes nothing away: it stops new members and invitations.

        Raises:
            TenantClosed, TenantNotFound: if there is no such tenant, or no more.
        """
        return self._done(seats.set_limit(tenant_id, limit), tenant_id, entry)

    def _write(self, tenant_id: str, was: Mapping[str, Value], wanted: Mapping[str, Value], entry: Entry) -> bool:
        changed = {name: value or None for name, value in wanted.items() if was[name] != value}
        return bool(changed) and self._done(_change(tenant_id, changed), tenant_id, entry)

    def _done(self, change: Write, tenant_id: str, entry: Entry) -> bool:
        try:
            self._table.transact([change], (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            row = failed.items[0]
            if not row:
                raise TenantNotFound from None
            if records.is_closed(row) or row.get("tenant_status") == {"S": TenantStatus.CLOSED.value}:
                raise TenantClosed(tenant_id=tenant_id) from None
            return False
        return True


def branding_attributes(branding: Branding) -> dict[str, Value]:
    """Return a branding as attributes of its tenant's row."""
    return {f"{_BRAND}{name}": value for name, value in asdict(branding).items()}


def _change(tenant_id: str, changed: Mapping[str, Value]) -> Write:
    """Return the update that makes a tenant's attributes these, None for none; needs that one of them is another."""
    given = {name: value for name, value in changed.items() if value is not None}
    gone = [name for name in changed if name not in given]
    parts = [("SET", [f"{name} = :{name}" for name in given]), ("REMOVE", gone)]
    differs = [f"attribute_not_exists({name}) OR {name} <> :{name}" for name in given]
    differs += [f"attribute_exists({name})" for name in gone]
    return update(
        keys.tenant_key(tenant_id),
        " ".join(f"{verb} {', '.join(some)}" for verb, some in parts if some),
        f"attribute_exists(PK) AND tenant_status <> :closed AND ({' OR '.join(differs)})",
        {f":{name}": value for name, value in given.items()} | {":closed": TenantStatus.CLOSED.value},
    )
