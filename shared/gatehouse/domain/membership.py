"""A membership: one user in one tenant, and what the role in it permits."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Role(StrEnum):
    """What a member is in a tenant, highest first."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"

    @property
    def permissions(self) -> tuple[str, ...]:
        """Return what the role permits, sorted, as `noun:verb`; goes into tokens as `tenant_permissions`."""
        return _PERMISSIONS[self]


# `data` is what the tenant keeps in the product; the rest is Gatehouse's own.
_VIEW = ("data:read",)
_WORK = (*_VIEW, "data:write")
_MANAGE = ("audit:read", *_WORK, "invitations:write", "members:read", "members:write")
_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OWNER: (*_MANAGE, "tenant:write"),
    Role.ADMIN: _MANAGE,
    Role.MEMBER: _WORK,
    Role.VIEWER: _VIEW,
}


def may_invite(inviter: Role, invited: Role) -> bool:
    """Tell whether a member of one role may invite somebody as another: nobody hands out more than they have."""
    return "invitations:write" in inviter.permissions and set(invited.permissions) <= set(inviter.permissions)


class MemberStatus(StrEnum):
    """Whether tokens may name the tenant for this member. A suspended member keeps the seat."""

    ACTIVE = "active"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One user in one tenant. `sub` is Cognito's immutable id of the user."""

    tenant_id: str
    sub: str
    address: str
    role: Role
    status: MemberStatus
    joined_at: datetime


@dataclass(frozen=True, slots=True)
class UserMemberships:
    """All memberships of one user, by tenant id, and the tenant that a token names when none is asked for."""

    by_tenant: dict[str, Membership]
    default_tenant_id: str | None

    def with_membership(self, membership: Membership) -> UserMemberships:
        """Return the memberships with one more; the first ever joined becomes the default."""
        return UserMemberships(
            self.by_tenant | {membership.tenant_id: membership},
            self.default_tenant_id or membership.tenant_id,
        )
