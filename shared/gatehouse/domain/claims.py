"""What a token says of tenants: which one it is for, and what it then claims."""

from dataclasses import dataclass

from gatehouse.domain.audit import Reason
from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships
from gatehouse.domain.policy import PolicyPage, is_way_allowed
from gatehouse.domain.tenant import Tenant, shut
from gatehouse.errors import MemberSuspended, NotAMember, SignInMethodNotAllowed

TENANT_ID = "tenant_id"
TENANT_ROLE = "tenant_role"
TENANT_PERMISSIONS = "tenant_permissions"
TENANTS = "tenants"
TENANTS_TRUNCATED = "tenants_truncated"

# A token travels in one header of each request, and servers commonly allow 8 KB for all of them together.
TENANTS_BUDGET_BYTES = 1024

type Claims = dict[str, str | bool | list[str]]


@dataclass(frozen=True, slots=True)
class Choice:
    """The tenant that a token is for, and why that one. Without a tenant, it is for none."""

    tenant_id: str | None
    reason: Reason


def choose_tenant(memberships: UserMemberships, *, named: str | None, accepted: str | None) -> Choice:
    """Return the tenant that a token is for. The first that is named decides, whether it can be had or not.

    Args:
        memberships: the user's, as the store has them.
        named: the `tenant_id` that came with the request.
        accepted: the tenant that the user joined with this request.
    """
    if named is not None:
        return Choice(named, Reason.NAMED_TENANT)
    if accepted is not None:
        return Choice(accepted, Reason.ACCEPTED_TENANT)
    if memberships.default_tenant_id is not None:
        return Choice(memberships.default_tenant_id, Reason.DEFAULT_TENANT)
    if len(memberships.by_tenant) == 1:
        return Choice(next(iter(memberships.by_tenant)), Reason.ONLY_TENANT)
    return Choice(None, Reason.NO_TENANT)


def granted_membership(
    memberships: UserMemberships, choice: Choice, page: PolicyPage, providers: tuple[str, ...] | None
) -> Membership | None:
    """Return the membership that the chosen tenant's token rests on; None for a token without a tenant.

    Args:
        memberships: the user's, as the store has them.
        choice: the tenant that the token is for.
        page: that tenant, and the app client whose token it is.
        providers: the identity providers of a profile that has no other way in; None for any other profile.

    Raises:
        NotAMember: if the user is not in that tenant, or there is no such tenant: the two look alike.
        MemberSuspended: if the user's membership is suspended.
        SignInMethodNotAllowed: if the tenant asks for another way in.
        TenantSuspended: if the tenant is suspended or closed.
    """
    if choice.tenant_id is None:
        return None
    membership = memberships.by_tenant.get(choice.tenant_id)
    tenant = page.tenants.get(choice.tenant_id)
    if membership is None or tenant is None:
        raise NotAMember
    if not tenant.is_open:
        raise shut(tenant)
    if membership.status is MemberStatus.SUSPENDED:
        raise MemberSuspended(tenant_id=choice.tenant_id)
    if not is_way_allowed(tenant, page.client, providers):
        raise SignInMethodNotAllowed(tenant_id=choice.tenant_id)
    return membership


def machine_claims(page: PolicyPage) -> Claims:
    """Return the claims of an app client that asks for itself: the tenant whose machine it is, if it is one.

    Raises:
        NotAMember: if that tenant is not there.
        TenantSuspended: if it is suspended or closed.
    """
    if page.client is None or page.client.tenant_id is None:
        return {}
    tenant = page.tenants.get(page.client.tenant_id)
    if tenant is None:
        raise NotAMember(Reason.TENANT_NOT_FOUND)
    if not tenant.is_open:
        raise shut(tenant)
    return {TENANT_ID: tenant.id}


def claims_for(memberships: UserMemberships, granted: Membership | None, tenant: Tenant | None = None) -> Claims:
    """Return the claims: the granted tenant, its role and permissions, and a list of tenants for menus.

    The list is cut to a byte budget, the granted tenant first, and says so; it is never an authorization.

    Args:
        memberships: the user's, as the store has them.
        granted: the membership that the token rests on, or None.
        tenant: the one that is granted, for the claims that its tokens go without; None for none of these.
    """
    without = tenant.claims_off if tenant is not None else frozenset()
    claims: Claims = {} if TENANTS in without else _listed(memberships, granted)
    if granted is not None:
        claims[TENANT_ID] = granted.tenant_id
        claims[TENANT_ROLE] = granted.role.value
        if TENANT_PERMISSIONS not in without:
            claims[TENANT_PERMISSIONS] = list(granted.role.permissions)
    return claims


def _listed(memberships: UserMemberships, granted: Membership | None) -> Claims:
    ids = sorted(memberships.by_tenant)
    if granted is not None:
        ids.sort(key=lambda one: (one != granted.tenant_id, one))
    listed = _within_budget(ids)
    if len(listed) < len(ids):
        return {TENANTS: listed, TENANTS_TRUNCATED: True}
    return {TENANTS: listed}


def _within_budget(ids: list[str]) -> list[str]:
    used, listed = len("[]"), []
    for one in ids:
        used += len(f'"{one}",')
        if used > TENANTS_BUDGET_BYTES:
            break
        listed.append(one)
    return listed
