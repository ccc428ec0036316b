"""What codes and domain rules have in common in their rows and conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.policy import parse_rule_role
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.common import InvalidRuleRole
from gatehouse.store import keys
from gatehouse.store.table import Write, check

if TYPE_CHECKING:
    from gatehouse.store.attributes import Record


def read_role(record: Record) -> Role:
    """Return the role that a rule or a code makes somebody.

    Raises:
        UnreadableRecord: if it is none, or one above a member, whoever wrote it there.
    """
    try:
        return parse_rule_role(record.choice("member_role", Role))
    except InvalidRuleRole:
        raise record.unreadable("member_role") from None


def tenant_takes(tenant_id: str, rule: str) -> Write:
    """Return the condition that a tenant is open, and takes people by this one of its rules."""
    return check(
        keys.tenant_key(tenant_id),
        "tenant_status = :active AND (attribute_not_exists(rules_off) OR NOT contains(rules_off, :rule))",
        {":active": TenantStatus.ACTIVE.value, ":rule": rule},
    )


def tenant_is_open(tenant_id: str) -> Write:
    """Return the condition that a tenant is neither suspended nor closed."""
    return check(keys.tenant_key(tenant_id), "tenant_status = :active", {":active": TenantStatus.ACTIVE.value})
