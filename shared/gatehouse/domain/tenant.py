"""A tenant: one customer organisation of the product."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Reason
from gatehouse.errors import TenantSuspended
from gatehouse.refusals.common import InvalidTenantId, InvalidTenantName

if TYPE_CHECKING:
    from datetime import datetime

    from gatehouse.domain.role import Role

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LONGEST_NAME = 100


# By what one may join without an invitation by name, unless the tenant has switched it off.
JOIN_RULES = ("code", "domain")

# The claims that a tenant may keep out of its tokens.
OPTIONAL_CLAIMS = ("tenant_permissions", "tenants")


class TenantStatus(StrEnum):
    """Whether tokens may name the tenant. A closed one stays closed, and keeps its id."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant as the store has it.

    Args:
        id: a DNS label.
        name: what people call it.
        status: whether tokens may name it.
        created_at: when it was made, UTC.
        ways: the ways in that it takes (`domain/policy.py`); any, if none is named.
        provider_role: what those become who come by a provider's word alone; None if they need an invitation.
        locale: the language of its messages, where nothing else says one; None for the deployment's own.
        rules_off: those of `JOIN_RULES` that it does not take.
        claims_off: those of `OPTIONAL_CLAIMS` that its tokens go without.
    """

    id: str
    name: str
    status: TenantStatus
    created_at: datetime
    ways: frozenset[str] = frozenset()
    provider_role: Role | None = None
    locale: str | None = None
    rules_off: frozenset[str] = frozenset()
    claims_off: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """Tell whether tokens may name it and people join it: it is neither suspended nor closed."""
        return self.status is TenantStatus.ACTIVE

    @property
    def takes_by_rule(self) -> bool:
        """Tell whether those whom its identity provider brings need no invitation."""
        return self.provider_role is not None and self.is_open

    def takes(self, rule: str) -> bool:
        """Tell whether people may join it by one of `JOIN_RULES`."""
        return self.is_open and rule not in self.rules_off


def shut(tenant: Tenant) -> TenantSuspended:
    """Return the refusal of what needs an open tenant, of one that is not.

    The public learns the same of a suspended and of a closed one; the reason tells them apart.
    """
    is_closed = tenant.status is TenantStatus.CLOSED
    return TenantSuspended(Reason.TENANT_CLOSED if is_closed else Reason.TENANT_SUSPENDED, tenant.id)


def parse_tenant_id(text: object) -> str:
    """Return the text if it is a tenant id: a DNS label in lower case (RFC 1035 section 2.3.1).

    Raises:
        InvalidTenantId: for anything else.
    """
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise InvalidTenantId
    return text


def parse_tenant_name(text: str) -> str:
    """Return the text if it can be shown as a tenant's name: printable, on one line, 1 to 100 characters.

    Raises:
        InvalidTenantName: for anything else.
    """
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        raise InvalidTenantName
    return text.strip()
