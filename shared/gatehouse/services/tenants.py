"""Tenants, as operators make, suspend and resume them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.seats import Seats, parse_seats
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id, parse_tenant_name

if TYPE_CHECKING:
    from gatehouse.services.ports import TenantRegister
    from gatehouse.services.recording import Recorder


def create_tenant(
    tenant_id: str,
    name: str,
    seats: int | None,
    occasion: Occasion,
    *,
    tenants: TenantRegister,
    recorder: Recorder,
) -> Tenant:
    """Make a tenant with so many seats, or without a limit for None.

    Raises:
        InvalidTenantId, InvalidTenantName, InvalidSeats: if it cannot be called or limited so.
        TenantExists: if the id is taken.
    """
    tenant = Tenant(
        id=parse_tenant_id(tenant_id),
        name=parse_tenant_name(name),
        status=TenantStatus.ACTIVE,
        created_at=occasion.at,
    )
    held = Seats(limit=parse_seats(seats), held=0, owners=0, folded=occasion.at.date(), ending={})
    target = Party(PartyKind.TENANT, tenant.id)
    fact = f"tenant/{tenant.id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, Action.TENANT_CREATE, tenant_id=tenant.id, target=target, fact=fact) as entry:
        tenants.create(tenant, held, entry)
    return tenant


def set_tenant_status(
    tenant_id: str, status: TenantStatus, occasion: Occasion, *, tenants: TenantRegister, recorder: Recorder
) -> bool:
    """Suspend or resume a tenant; return whether that changed anything.

    It stops the next token; an access token already issued lives until it expires.

    Raises:
        InvalidTenantId: if this is no tenant id.
        TenantNotFound: if there is no such tenant.
    """
    action = Action.TENANT_SUSPEND if status is TenantStatus.SUSPENDED else Action.TENANT_RESUME
    target = Party(PartyKind.TENANT, parse_tenant_id(tenant_id))
    fact = f"{action}/{tenant_id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, action, tenant_id=tenant_id, target=target, fact=fact) as entry:
        return tenants.set_status(tenant_id, status, entry)
