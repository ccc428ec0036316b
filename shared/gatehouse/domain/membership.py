"""A membership: one user in one tenant, and whom its role may invite."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from gatehouse.domain.role import Role

if TYPE_CHECKING:
    from datetime import datetime


def may_invite(inviter: Role, invited: Role) -> bool:
    """Tell whether a member of one role may invite somebody as another: nobody hands out more than they have."""
    return (
        "invitations:write" in inviter.permissions
        and invited.rank <= inviter.rank
        and set(invited.permissions) <= set(inviter.permissions)
    )


def who_may_invite(invited: Role) -> list[Role]:
    """Return the roles whose members may invite somebody as this; the owner's is always one."""
    return [role for role in Role if role is Role.OWNER or may_invite(role, invited)]


def is_for_rules(role: Role) -> bool:
    """Tell whether a rule or a code may make somebody this: what a member is not and may not is given by name."""
    return role.rank <= Role.MEMBER.rank and set(role.permissions) <= set(Role.MEMBER.permissions)


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
