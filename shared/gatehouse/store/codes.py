"""Codes: made with a row that leads to them by id, listed, paused, resumed, revoked, and used by a join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.code import Code, CodeStatus
from gatehouse.refusals.common import TenantNotFound
from gatehouse.refusals.rules import CodeNotFound, CodeRevoked
from gatehouse.store import keys
from gatehouse.store.attributes import Record, Wire, to_wire
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.rules import read_role
from gatehouse.store.table import ConditionFailed, Table, Write, check, put, update

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from gatehouse.domain.audit import Entry

# A code that is over stays readable for a month, so that "expired" can be told from "never made".
_STAYS_SECONDS = 30 * 86_400


class Codes:
    """The codes of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def find(self, code_hash: str) -> Code | None:
        """Return the code of this hash, if there is one."""
        item = self._table.get(keys.code_key(code_hash))
        return None if item is None else read_code(item)

    def get(self, tenant_id: str, code_id: str) -> Code:
        """Return a tenant's code by its id.

        Raises:
            CodeNotFound: if there is none.
            TenantNotFound: if there is no such tenant either.
        """
        pointer = self._table.get(keys.code_id_key(tenant_id, code_id))
        code = None if pointer is None else self.find(Record("CODE", pointer).text("code_hash"))
        if code is None:
            if self._table.get(keys.tenant_key(tenant_id)) is None:
                raise TenantNotFound
            raise CodeNotFound(tenant_id=tenant_id)
        return code

    def of_tenant(self, tenant_id: str) -> Iterator[Code]:
        """Yield a tenant's codes, the oldest first, page by page."""
        return map(read_code, self._table.listing(keys.codes_index(tenant_id)))

    def create(self, code: Code, entry: Entry) -> None:
        """Write a new code, the row that leads to it by its id, and the entry.

        Raises:
            TenantNotFound: if there is no such tenant.
        """
        pointer = keys.code_id_key(code.tenant_id, code.id) | {"code_hash": code.hash}
        writes = [
            check(keys.tenant_key(code.tenant_id)),
            put(code_item(code), "attribute_not_exists(PK)"),
            put(to_wire(pointer | {"ttl": _ttl(code)})),
        ]
        try:
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise TenantNotFound from None

    def set_status(self, tenant_id: str, code_id: str, status: CodeStatus, entry: Entry) -> Code:
        """Pause, resume or revoke a code, with the entry; return it as it was, of the same status if unchanged.

        Raises:
            CodeNotFound, TenantNotFound: if there is no such code.
            CodeRevoked: if it is revoked, and is to be anything else.
        """
        for _ in self._table.rounds():
            code = self.get(tenant_id, code_id)
            if code.status is status:
                break
            if code.status is CodeStatus.REVOKED:
                raise CodeRevoked(tenant_id=tenant_id)
            change = update(
                keys.code_key(code.hash),
                "SET code_status = :status",
                "code_status = :seen",
                {":seen": code.status.value, ":status": status.value},
            )
            try:
                self._table.transact([change], (self._audit, entry_write(entry)))
            except ConditionFailed:
                continue  # somebody else changed it meanwhile: look again
            break
        return code


def use(code: Code, today: date) -> Write:
    """Return the update that counts one more who joins by a code: it must be active today, and not be used up."""
    return update(
        keys.code_key(code.hash),
        "ADD uses :one",
        "code_status = :active AND uses < max_uses AND expires_on >= :today AND code_id = :id",
        {":active": CodeStatus.ACTIVE.value, ":id": code.id, ":one": 1, ":today": today.isoformat()},
    )


def code_item(code: Code) -> Wire:
    """Return the item of a code."""
    created_at = keys.moment(code.created_at)
    return to_wire(
        keys.code_key(code.hash)
        | {
            "GSI1PK": keys.codes_index(code.tenant_id),
            "GSI1SK": f"{created_at}#{code.id}",
            "code_id": code.id,
            "tenant_id": code.tenant_id,
            "member_role": code.role.value,
            "code_status": code.status.value,
            "max_uses": code.max_uses,
            "uses": code.uses,
            "expires_on": code.expires_on.isoformat(),
            "domains": code.domains,
            "created_by": code.created_by,
            "created_at": created_at,
            "ttl": _ttl(code),
        }
    )


def read_code(item: Mapping[str, Mapping[str, Any]]) -> Code:
    """Return the code of an item."""
    record = Record("CODE", item)
    return Code(
        id=record.text("code_id"),
        hash=record.text("PK").removeprefix(keys.CODES),
        tenant_id=keys.read_tenant_id(record.text("tenant_id"), "", "tenant_id", "CODE"),
        role=read_role(record),
        status=record.choice("code_status", CodeStatus),
        max_uses=record.number("max_uses"),
        uses=record.number("uses"),
        expires_on=record.day("expires_on"),
        domains=record.texts("domains"),
        created_by=record.text("created_by"),
        created_at=record.moment("created_at"),
    )


def _ttl(code: Code) -> int:
    return int(code.expires_at.timestamp()) + _STAYS_SECONDS
