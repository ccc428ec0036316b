"""The keys of the core table and the audit table, written and read back in one place."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gatehouse.domain.address import Address, lowered, parse_address
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.errors import AddressNotSupported, UnreadableRecord
from gatehouse.refusals.common import InvalidTenantId

if TYPE_CHECKING:
    from datetime import date, datetime

type Key = dict[str, str]

INVITATION = "INVITATION#"
ADMISSION = "ADMISSION#"
BARRED = "BARRED#"
MEMBERSHIP = "MEMBERSHIP#"
PROFILE = "PROFILE"
TENANT = "TENANT"
SEATS = "SEATS"
TENANTS = "TENANTS"
CLIENT = "CLIENT"
CLIENTS = "CLIENTS"
FEDERATION = "FEDERATION"
PROVIDERS = "PROVIDERS"
CODE = "CODE"
CODES = "CODE#"
DOMAIN = "DOMAIN"
DOMAINS = "DOMAINS"
CLAIM = "CLAIM#"
REQUEST = "REQUEST#"
ENDS = "ends_"

_ADDRESS = "ADDRESS#"
_USER = "USER#"
_TENANT = "TENANT#"
_CLIENT = "CLIENT#"
_FEDERATION = "FEDERATION#"
_PROVIDER = "IDP#"
_CODE = "CODE#"
_DOMAIN = "DOMAIN#"
_NO_TENANT = "-"


def address(of: Address) -> str:
    """Return the partition of everything about one address."""
    return f"{_ADDRESS}{of.value}"


def user(sub: str) -> str:
    """Return the partition of everything about one user."""
    return f"{_USER}{sub}"


def tenant(tenant_id: str) -> str:
    """Return the partition of one tenant."""
    return f"{_TENANT}{tenant_id}"


def invitation_key(of: Address, tenant_id: str) -> Key:
    """Return the key of the one slot of an address in a tenant."""
    return {"PK": address(of), "SK": f"{INVITATION}{tenant_id}"}


def admission_key(of: Address, tenant_id: str, kind: str = "") -> Key:
    """Return the key of the note of what admitted an address to a tenant: an invitation, or what else its kind says.

    Each kind has a row of its own, so that nobody's sign-up takes away what another's has noted.
    """
    return {"PK": address(of), "SK": f"{ADMISSION}{tenant_id}" + (f"#{kind}" if kind else "")}


def request_key(of: Address, tenant_id: str) -> Key:
    """Return the key of an address's request to join a tenant."""
    return {"PK": address(of), "SK": f"{REQUEST}{tenant_id}"}


def barred_key(of: Address, tenant_id: str) -> Key:
    """Return the key of the mark that a tenant's rules take an address no more."""
    return {"PK": address(of), "SK": f"{BARRED}{tenant_id}"}


def membership_key(sub: str, tenant_id: str) -> Key:
    """Return the key of a user's membership in a tenant."""
    return {"PK": user(sub), "SK": f"{MEMBERSHIP}{tenant_id}"}


def profile_key(sub: str) -> Key:
    """Return the key of what a user chose for themselves: the default tenant."""
    return {"PK": user(sub), "SK": PROFILE}


def tenant_key(tenant_id: str) -> Key:
    """Return the key of a tenant."""
    return {"PK": tenant(tenant_id), "SK": TENANT}


def client_key(client_id: str) -> Key:
    """Return the key of an app client."""
    return {"PK": f"{_CLIENT}{client_id}", "SK": CLIENT}


def provider(name: str) -> str:
    """Return the partition of everything about one identity provider."""
    return f"{_PROVIDER}{name}"


def provider_key(name: str, tenant_id: str) -> Key:
    """Return the key of an identity provider's mapping to a tenant."""
    return {"PK": provider(name), "SK": f"{_TENANT}{tenant_id}"}


def code_key(code_hash: str) -> Key:
    """Return the key of a code, by its hash."""
    return {"PK": f"{_CODE}{code_hash}", "SK": CODE}


def code_id_key(tenant_id: str, code_id: str) -> Key:
    """Return the key of the row that leads from a tenant's code's id to the code."""
    return {"PK": tenant(tenant_id), "SK": f"{CODES}{code_id}"}


def domain(name: str) -> str:
    """Return the partition of everything about one mail domain."""
    return f"{_DOMAIN}{name}"


def domain_key(name: str) -> Key:
    """Return the key of the rule of a verified mail domain."""
    return {"PK": domain(name), "SK": DOMAIN}


def claim_key(name: str, tenant_id: str) -> Key:
    """Return the key of a tenant's claim of a mail domain."""
    return {"PK": domain(name), "SK": f"{CLAIM}{tenant_id}"}


def federation_key(user_name: str) -> Key:
    """Return the key of the note of which provider brings a profile, whose name holds what the provider calls it.

    Cognito lowers usernames where the pool takes the cases for one.
    """
    hashed = hashlib.sha256(lowered(user_name).encode("utf-8", "surrogatepass")).hexdigest()
    return {"PK": f"{_FEDERATION}{hashed}", "SK": FEDERATION}


def seats_key(tenant_id: str) -> Key:
    """Return the key of a tenant's seats."""
    return {"PK": tenant(tenant_id), "SK": SEATS}


def tenants_index(created_at: str, tenant_id: str) -> Key:
    """Return the index key that lists all tenants, oldest first."""
    return {"GSI1PK": TENANTS, "GSI1SK": f"{created_at}#{tenant_id}"}


def clients_index(client_id: str) -> Key:
    """Return the index key that lists all app clients."""
    return {"GSI1PK": CLIENTS, "GSI1SK": client_id}


def providers_index(name: str, tenant_id: str) -> Key:
    """Return the index key that lists all identity providers' mappings."""
    return {"GSI1PK": PROVIDERS, "GSI1SK": f"{name}#{tenant_id}"}


def invitations_index(tenant_id: str) -> str:
    """Return the index partition that lists a tenant's invitations."""
    return f"{tenant(tenant_id)}#INVITATIONS"


def codes_index(tenant_id: str) -> str:
    """Return the index partition that lists a tenant's codes."""
    return f"{tenant(tenant_id)}#CODES"


def claims_index(tenant_id: str) -> str:
    """Return the index partition that lists the mail domains that a tenant claims."""
    return f"{tenant(tenant_id)}#DOMAINS"


def requests_index(tenant_id: str) -> str:
    """Return the index partition that lists who waits to join a tenant."""
    return f"{tenant(tenant_id)}#REQUESTS"


def members_index(tenant_id: str) -> str:
    """Return the index partition that lists a tenant's members."""
    return f"{tenant(tenant_id)}#MEMBERS"


def read_address(partition: str) -> Address:
    """Return the address of an `ADDRESS#…` partition.

    Raises:
        UnreadableRecord: if it holds none.
    """
    try:
        return parse_address(partition.removeprefix(_ADDRESS))
    except AddressNotSupported:
        raise UnreadableRecord("ADDRESS", "PK") from None


def read_tenant_id(key: str, prefix: str, attribute: str = "SK", kind: str = "") -> str:
    """Return the tenant id behind a prefix of a key, of a record that is called as the prefix if by no other name.

    Raises:
        UnreadableRecord: if it holds none.
    """
    try:
        return parse_tenant_id(key.removeprefix(prefix))
    except InvalidTenantId:
        raise UnreadableRecord(kind or prefix.rstrip("#"), attribute) from None


def audit_partition(tenant_id: str | None, day: date) -> str:
    """Return the audit partition of a tenant's day; decisions about no tenant stand under `-`.

    The last part is a shard, so that a busy tenant's day can be spread over several without a new key form.
    """
    return f"{_TENANT}{tenant_id or _NO_TENANT}#{day.isoformat()}#0"


def audit_user_index(sub: str, entry_id: str) -> Key:
    """Return the index key that lists the entries of one user."""
    return {"GSI1PK": user(sub), "GSI1SK": entry_id}


def day_attribute(day: date) -> str:
    """Return the attribute of SEATS that counts the pending invitations ending with this day.

    Without hyphens, so that it can stand in an expression as it is.
    """
    return f"{ENDS}{day:%Y%m%d}"


def moment(at: datetime) -> str:
    """Return a moment as it stands in keys and attributes: ISO 8601, UTC, milliseconds, sortable as text."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
