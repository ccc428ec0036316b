"""Requests to join: who waits for an operator, by the rule of a verified domain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gatehouse.domain.mail_domain import REQUEST_LASTS, JoinRequest
from gatehouse.refusals.common import TenantNotFound
from gatehouse.refusals.rules import JoinRequestNotFound
from gatehouse.store import barred, keys, slots
from gatehouse.store.attributes import Record, Wire, to_wire
from gatehouse.store.audit_log import AuditLog, entry_write
from gatehouse.store.rules import read_role
from gatehouse.store.table import ConditionFailed, Table, Write, delete, put

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from gatehouse.domain.address import Address
    from gatehouse.domain.audit import Entry
    from gatehouse.domain.invitation import Invitation


class JoinRequests:
    """The requests to join of the core table."""

    def __init__(self, table: Table, audit_log: AuditLog) -> None:
        self._table = table
        self._audit = audit_log.table

    def get(self, address: Address, tenant_id: str) -> JoinRequest:
        """Return the request of an address to join a tenant.

        Raises:
            JoinRequestNotFound: if there is none.
            TenantNotFound: if there is no such tenant either.
        """
        item = self._table.get(keys.request_key(address, tenant_id))
        if item is None:
            if self._table.get(keys.tenant_key(tenant_id)) is None:
                raise TenantNotFound
            raise JoinRequestNotFound(tenant_id=tenant_id)
        return read_request(item)

    def of_tenant(self, tenant_id: str) -> Iterator[JoinRequest]:
        """Yield who waits to join a tenant, the longest first, page by page."""
        return map(read_request, self._table.listing(keys.requests_index(tenant_id)))

    def reject(self, request: JoinRequest, slot: Invitation, entry: Entry, today: date) -> None:
        """End a request, and close the address's slot to rules if nobody has it, with the entry.

        Args:
            request: as it was read.
            slot: as it stands afterwards, removed.
            entry: of the decision.
            today: the UTC day.

        Raises:
            JoinRequestNotFound: if it is gone, or another's by now.
        """
        ended = end(request)
        marks = [
            barred.bar(request.address, request.tenant_id, entry.at),
            barred.bar_user(request.sub, request.tenant_id, entry.at),
        ]
        try:
            writes = [ended, slots.take(slot, today, by_rule=True), *marks]
            self._table.transact(writes, (self._audit, entry_write(entry)))
        except ConditionFailed as failed:
            if failed.items[0] is not None:
                raise JoinRequestNotFound(tenant_id=request.tenant_id) from None
            is_member = failed.items[3] is not None
        else:
            return
        # Invited by name, or a member by now: that is not undone by this.
        try:
            self._table.transact([ended, *([] if is_member else marks)], (self._audit, entry_write(entry)))
        except ConditionFailed:
            raise JoinRequestNotFound(tenant_id=request.tenant_id) from None


def add(request: JoinRequest) -> Write:
    """Return the put of a request; needs that this very user does not wait already.

    Whoever waits with the same address has another profile, which whoever has proven it last has left.
    """
    return put(request_item(request), "attribute_not_exists(PK) OR user_sub <> :sub", {":sub": request.sub})


def end(request: JoinRequest) -> Write:
    """Return the delete of a request, if it is still this user's."""
    key = keys.request_key(request.address, request.tenant_id)
    return delete(key, "user_sub = :sub", {":sub": request.sub})


def request_item(request: JoinRequest) -> Wire:
    """Return the item of a request to join."""
    asked_at = keys.moment(request.asked_at)
    return to_wire(
        keys.request_key(request.address, request.tenant_id)
        | {
            "GSI1PK": keys.requests_index(request.tenant_id),
            "GSI1SK": f"{asked_at}#{request.sub}",
            "user_sub": request.sub,
            "member_role": request.role.value,
            "asked_at": asked_at,
            "ttl": int((request.asked_at + REQUEST_LASTS).timestamp()),
        }
    )


def read_request(item: Mapping[str, Mapping[str, Any]]) -> JoinRequest:
    """Return the request to join of an item."""
    record = Record("REQUEST", item)
    return JoinRequest(
        tenant_id=keys.read_tenant_id(record.text("SK"), keys.REQUEST),
        address=keys.read_address(record.text("PK")),
        sub=record.text("user_sub"),
        role=read_role(record),
        asked_at=record.moment("asked_at"),
    )
