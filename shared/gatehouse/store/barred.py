"""Who was removed or rejected: no rule takes their address or their profile again, until they come by an invitation.

The slot says so too, but only until somebody is invited into it. These marks have no time to live.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.store import keys, records
from gatehouse.store.attributes import to_wire
from gatehouse.store.table import Write, check, delete, put

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.address import Address
    from gatehouse.domain.membership import Membership
    from gatehouse.store.attributes import Value

_IS_NO_MEMBER = "attribute_not_exists(PK) OR member_status = :removed"
_NO_MEMBER: dict[str, Value] = {":removed": records.REMOVED}


def bar(address: Address, tenant_id: str, at: datetime) -> Write:
    """Return the put that bars an address from a tenant's rules."""
    return put(to_wire(keys.barred_key(address, tenant_id) | {"barred_at": keys.moment(at)}))


def bar_user(sub: str, tenant_id: str, at: datetime) -> Write:
    """Return the put that bars a user who is no member from a tenant's rules, under whatever address."""
    mark = {"member_status": records.REMOVED, "removed_at": keys.moment(at)}
    return put(to_wire(keys.membership_key(sub, tenant_id) | mark), _IS_NO_MEMBER, _NO_MEMBER)


def let_in(membership: Membership) -> Write:
    """Return the put of a membership of who is no member, barred from rules or not."""
    return put(records.membership_item(membership), _IS_NO_MEMBER, _NO_MEMBER)


def lift(address: Address, tenant_id: str) -> Write:
    """Return the delete that lets a tenant's rules take an address again: its owner has come by an invitation."""
    return delete(keys.barred_key(address, tenant_id))


def is_not(address: Address, tenant_id: str) -> Write:
    """Return the condition that a tenant's rules may take an address."""
    return check(keys.barred_key(address, tenant_id), "attribute_not_exists(PK)")
