"""`gatehouse tenant`: the customer organisations of the product."""

from typing import Annotated

import typer

from gatehouse.domain.branding import Branding
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id
from gatehouse.services.tenants import create_tenant, set_tenant_status
from gatehouse_cli.closing import close
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantArgument, open_desk
from gatehouse_cli.output import Column, Field, moment, print_details, print_json, print_list
from gatehouse_cli.policy import policy, policy_details, policy_fields
from gatehouse_cli.tenant_settings import (
    branding,
    branding_details,
    branding_fields,
    seats_fields,
    seats_in_words,
    seats_today,
    set_one,
)

tenant = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make, show, set, suspend, resume and close tenants.",
)

_ID = Column("TENANT", "tenant")
_NAME = Column("NAME", "name")
_STATUS = Column("STATUS", "status")
_CREATED = Column("CREATED (UTC)", "created_at")


@tenant.command()
def create(
    context: typer.Context,
    tenant_id: TenantArgument,
    *,
    name: Annotated[str | None, typer.Option(help="What people call it; the id if left out.")] = None,
    seats: Annotated[
        int | None, typer.Option(help="Members and open invitations at most; no limit if left out.")
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Make a tenant.

    Example: gatehouse tenant create acme --name 'Acme Ltd' --seats 20
    """
    desk = open_desk(context, stack)
    made = create_tenant(
        tenant_id,
        name if name is not None else tenant_id,
        seats,
        desk.occasion("tenant create"),
        tenants=desk.app.tenants,
        recorder=desk.app.recorder,
    )
    if as_json:
        print_json(_every_field(made, seats_today(desk, made.id), Branding(), []))
    else:
        typer.echo(f"Tenant {made.id} made, {f'seats: {seats}' if seats is not None else 'seats without a limit'}")


@tenant.command()
def show(
    context: typer.Context, tenant_id: TenantArgument, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Show a tenant with its seats, its policy, its identity providers and its branding.

    Example: gatehouse tenant show acme
    """
    desk = open_desk(context, stack)
    found = desk.app.tenants.get(parse_tenant_id(tenant_id))
    seats = seats_today(desk, found.id)
    looks = desk.app.tenant_settings.branding(found.id)
    providers = _providers(desk, found.id)
    if as_json:
        print_json(_every_field(found, seats, looks, providers))
    else:
        print_details(
            [
                ("tenant", found.id),
                ("name", found.name),
                ("status", found.status),
                ("created", f"{found.created_at:%Y-%m-%d %H:%M:%S} UTC"),
                ("locale", found.locale),
                ("seats", seats_in_words(seats)),
                ("owners", seats.owners),
                *policy_details(found),
                ("providers", "; ".join(map(_in_words, providers)) or "none"),
                *branding_details(looks),
            ]
        )


@tenant.command(name="list")
def list_tenants(context: typer.Context, *, as_json: AsJson = False, stack: StackName = None) -> None:
    """List all tenants, the oldest first.

    Example: gatehouse tenant list
    """
    print_list(
        map(_fields, open_desk(context, stack).app.tenants.every()),
        (_ID, _NAME, _STATUS, _CREATED),
        (_ID, _NAME),
        (_STATUS,),
        (_CREATED,),
        as_json=as_json,
        empty="There are no tenants yet: gatehouse tenant create",
    )


@tenant.command()
def suspend(
    context: typer.Context, tenant_id: TenantArgument, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Suspend a tenant: no further token names it. Access tokens already issued live until they expire.

    Example: gatehouse tenant suspend acme
    """
    _set_status(context, tenant_id, TenantStatus.SUSPENDED, as_json=as_json, stack=stack)


@tenant.command()
def resume(
    context: typer.Context, tenant_id: TenantArgument, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Resume a suspended tenant: tokens name it again.

    Example: gatehouse tenant resume acme
    """
    _set_status(context, tenant_id, TenantStatus.ACTIVE, as_json=as_json, stack=stack)


tenant.command()(close)
tenant.command(name="set")(set_one)
tenant.command()(policy)
tenant.command()(branding)


def _set_status(
    context: typer.Context, tenant_id: str, status: TenantStatus, *, as_json: bool, stack: str | None
) -> None:
    desk = open_desk(context, stack)
    verb = "tenant suspend" if status is TenantStatus.SUSPENDED else "tenant resume"
    changed = set_tenant_status(
        tenant_id, status, desk.occasion(verb), tenants=desk.app.tenants, recorder=desk.app.recorder
    )
    if as_json:
        print_json({"tenant": tenant_id, "status": status.value, "changed": changed})
    else:
        typer.echo(f"Tenant {tenant_id} {'is' if changed else 'was already'} {status}{' now' if changed else ''}")


def _fields(of: Tenant) -> dict[str, str]:
    return {"tenant": of.id, "name": of.name, "status": of.status.value, "created_at": moment(of.created_at)}


def _every_field(of: Tenant, seats: Seats, looks: Branding, providers: list[ProviderMapping]) -> dict[str, Field]:
    return {
        **_fields(of),
        **policy_fields(of),
        "locale": of.locale,
        "seats": seats_fields(seats),
        "providers": [mapping.provider for mapping in providers],
        "branding": branding_fields(looks),
    }


def _providers(desk: Desk, tenant_id: str) -> list[ProviderMapping]:
    return [mapping for mapping in desk.app.providers.every() if mapping.tenant_id == tenant_id]


def _in_words(mapping: ProviderMapping) -> str:
    return f"{mapping.provider} for {', '.join(sorted(mapping.domains)) or 'no domain'}"
