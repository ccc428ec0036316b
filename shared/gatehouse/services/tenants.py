"""Tenants, as operators make, suspend and resume them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Occasion, Party, PartyKind, Reason
from gatehouse.domain.seats import Seats, parse_seats
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id, parse_tenant_name
from gatehouse.errors import Refusal

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
    entry = recorder.allow(
        occasion,
        Action.TENANT_CREATE,
        Reason.DONE,
        tenant_id=tenant.id,
        target=target,
        fact=f"tenant/{tenant.id}/{occasion.at.isoformat()}",
    )
    try:
        tenants.create(tenant, held, entry)
    except Refusal as refusal:
        recorder.deny(occasion, Action.TENANT_CREATE, refusal, target)
        raise
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
    entry = recorder.allow(
        occasion,
        action,
        Reason.DONE,
        tenant_id=tenant_id,
        target=target,
        fact=f"{action}/{tenant_id}/{occasion.at.isoformat()}",
    )
    try:
        return tenants.set_status(tenant_id, status, entry)
    except Refusal as refusal:
        recorder.deny(occasion, action, refusal, target)
        raise
