"""`gatehouse tenant`: the customer organisations of the product."""

from typing import Annotated

import typer

from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id
from gatehouse.services.tenants import create_tenant, set_tenant_status
from gatehouse_cli.desk import AsJson, StackName, TenantArgument, open_desk
from gatehouse_cli.output import Column, moment, print_details, print_json, print_list
from gatehouse_cli.policy import policy, policy_details, policy_fields

tenant = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Make, show, suspend and resume tenants, and set what they ask of a sign-in.",
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
        print_json(_fields(made) | policy_fields(made) | {"seats": {"limit": seats, "held": 0, "owners": 0}})
    else:
        typer.echo(f"Tenant {made.id} made, {f'seats: {seats}' if seats is not None else 'seats without a limit'}")


@tenant.command()
def show(
    context: typer.Context, tenant_id: TenantArgument, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Show a tenant with its seats and what it asks of a sign-in.

    Example: gatehouse tenant show acme
    """
    app = open_desk(context, stack).app
    found = app.tenants.get(parse_tenant_id(tenant_id))
    seats = app.tenants.seats(found.id).folded_to(app.clock().date())
    if as_json:
        held = {"limit": seats.limit, "held": seats.held, "owners": seats.owners}
        print_json(_fields(found) | policy_fields(found) | {"seats": held})
    else:
        print_details(
            [
                ("tenant", found.id),
                ("name", found.name),
                ("status", found.status),
                ("created", f"{found.created_at:%Y-%m-%d %H:%M:%S} UTC"),
                ("seats", _in_words(seats)),
                ("owners", seats.owners),
                *policy_details(found),
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


tenant.command()(policy)


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


def _in_words(seats: Seats) -> str:
    return f"{seats.held} held of {seats.limit}" if seats.limit is not None else f"{seats.held} held, no limit"
