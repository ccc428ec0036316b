"""The roles of this deployment. Made from roles.yaml by `make roles`: change that file, not this one."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a member is in a tenant, highest first."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    VIEWER = "viewer"

    @property
    def rank(self) -> int:
        """Return how high the role stands; nobody hands out one above their own."""
        return _RANKS[self]

    @property
    def permissions(self) -> tuple[str, ...]:
        """Return what the role permits, sorted, as `noun:verb`; goes into tokens as `tenant_permissions`."""
        return _PERMISSIONS[self]


_RANKS: dict[Role, int] = {
    Role.OWNER: 400,
    Role.ADMIN: 300,
    Role.MEMBER: 200,
    Role.VIEWER: 100,
}

_PERMISSIONS: dict[Role, tuple[str, ...]] = {
    Role.OWNER: (
        "audit:read",
        "data:read",
        "data:write",
        "invitations:write",
        "members:read",
        "members:write",
        "tenant:write",
    ),
    Role.ADMIN: (
        "audit:read",
        "data:read",
        "data:write",
        "invitations:write",
        "members:read",
        "members:write",
    ),
    Role.MEMBER: (
        "data:read",
        "data:write",
    ),
    Role.VIEWER: ("data:read",),
}
