"""Tenants, as operators make, suspend and resume them, and set what is theirs; closing.py has how one is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Action, Occasion, Party, PartyKind
from gatehouse.domain.branding import Branding, parse_branding
from gatehouse.domain.invitation import parse_locale
from gatehouse.domain.seats import Seats, parse_seats
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id, parse_tenant_name

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from gatehouse.domain.audit import Entry
    from gatehouse.services.ports import SettingsRegister, TenantRegister
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
        TenantClosed: if it is closed, which nothing undoes.
        TenantNotFound: if there is no such tenant.
    """
    action = Action.TENANT_SUSPEND if status is TenantStatus.SUSPENDED else Action.TENANT_RESUME
    target = Party(PartyKind.TENANT, parse_tenant_id(tenant_id))
    fact = f"{action}/{tenant_id}/{occasion.at.isoformat()}"
    with recorder.change(occasion, action, tenant_id=tenant_id, target=target, fact=fact) as entry:
        return tenants.set_status(tenant_id, status, entry)


def set_tenant(
    was: Tenant, wanted: Tenant, occasion: Occasion, *, settings: SettingsRegister, recorder: Recorder
) -> bool:
    """Give a tenant the wanted name and language; return whether that changed anything.

    Args:
        was: the tenant as it was read.
        wanted: the tenant as it is to be; nothing but its name and its locale is looked at.
        occasion: the operator's command.
        settings: those of the store.
        recorder: takes the entry, if anything changed.

    Raises:
        InvalidLocale, InvalidTenantName: if it cannot be called so.
        TenantClosed, TenantNotFound: if there is no such tenant, or no more.
    """
    parsed = replace(was, name=parse_tenant_name(wanted.name), locale=parse_locale(wanted.locale))
    with _change(was.id, Action.TENANT_SET, occasion, recorder) as entry:
        return settings.set(was, parsed, entry)


def set_branding(
    tenant_id: str,
    was: Branding,
    wanted: Branding,
    occasion: Occasion,
    *,
    settings: SettingsRegister,
    recorder: Recorder,
) -> bool:
    """Give a tenant's messages the wanted looks, where those are not what was read; return whether that changed any.

    Raises:
        InvalidColor, InvalidLogoUrl, InvalidMessageText, InvalidSupportAddress: for what no message could wear.
        InvalidTenantId: if this is no tenant id.
        TenantClosed, TenantNotFound: if there is no such tenant, or no more.
    """
    parsed, tenant = parse_branding(wanted), parse_tenant_id(tenant_id)
    with _change(tenant, Action.TENANT_SET_BRANDING, occasion, recorder) as entry:
        return settings.set_branding(tenant, was, parsed, entry)


def set_seats(
    tenant_id: str, limit: int | None, occasion: Occasion, *, settings: SettingsRegister, recorder: Recorder
) -> bool:
    """Give a tenant so many seats, or no limit for None; return whether that changed anything.

    A limit below what is held takes nobody's seat: it stops new members and invitations.

    Raises:
        InvalidSeats, InvalidTenantId: if there cannot be so many, or this is no tenant id.
        TenantClosed, TenantNotFound: if there is no such tenant, or no more.
    """
    parsed, tenant = parse_seats(limit), parse_tenant_id(tenant_id)
    with _change(tenant, Action.TENANT_SET_SEATS, occasion, recorder) as entry:
        return settings.set_seats(tenant, parsed, entry)


def _change(tenant_id: str, action: Action, occasion: Occasion, recorder: Recorder) -> AbstractContextManager[Entry]:
    """Return what a change of a tenant is carried out in."""
    fact = f"{action}/{tenant_id}/{occasion.at.isoformat()}"
    return recorder.change(occasion, action, tenant_id=tenant_id, target=Party(PartyKind.TENANT, tenant_id), fact=fact)
