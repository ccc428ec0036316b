"""A tenant: one customer organisation of the product."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from gatehouse.errors import InvalidTenantId, InvalidTenantName

_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LONGEST_NAME = 100


class TenantStatus(StrEnum):
    """Whether tokens may name the tenant."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant as the store has it."""

    id: str
    name: str
    status: TenantStatus
    created_at: datetime


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
