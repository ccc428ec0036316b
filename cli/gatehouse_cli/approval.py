"""`gatehouse member waiting`, `approve` and `reject`: those whom a verified domain lets ask."""

import typer

from gatehouse.domain.mail_domain import JoinRequest
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.services.approvals import approve_request, reject_request
from gatehouse_cli.desk import AsJson, StackName, TenantOption, open_desk
from gatehouse_cli.invite import AddressArgument
from gatehouse_cli.output import Column, moment, print_json, print_list

_ADDRESS = Column("ADDRESS", "address")
_SUB = Column("SUB", "sub")
_ROLE = Column("ROLE", "role")
_ASKED = Column("ASKED (UTC)", "asked_at")


def waiting(context: typer.Context, tenant: TenantOption, *, as_json: AsJson = False, stack: StackName = None) -> None:
    """List who waits to join a tenant, the longest first. They hold no seat.

    Example: gatehouse member waiting --tenant acme
    """
    app = open_desk(context, stack).app
    print_list(
        map(_fields, app.join_requests.of_tenant(app.tenants.get(parse_tenant_id(tenant)).id)),
        (_ADDRESS, _SUB, _ROLE, _ASKED),
        (_ADDRESS, _SUB),
        (_ROLE, _ASKED),
        as_json=as_json,
        empty=f"Nobody waits to join {tenant}",
    )


def approve(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Let in who waits to join a tenant: it takes a seat, and their next token names the tenant.

    Example: gatehouse member approve ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    app = desk.app
    made = approve_request(
        address,
        tenant,
        desk.occasion("member approve"),
        requests=app.join_requests,
        addresses=app.addresses,
        recorder=app.recorder,
    )
    if as_json:
        print_json(
            {
                "tenant": made.tenant_id,
                "address": made.address,
                "sub": made.sub,
                "role": made.role.value,
                "status": made.status.value,
                "joined_at": moment(made.joined_at),
            }
        )
    else:
        typer.echo(f"{made.address} is {made.role} in {made.tenant_id}")


def reject(
    context: typer.Context,
    address: AddressArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Do not let in who waits to join a tenant. No rule lets them ask again; a new invitation by name lets them in.

    Example: gatehouse member reject ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    request = reject_request(
        address, tenant, desk.occasion("member reject"), requests=desk.app.join_requests, recorder=desk.app.recorder
    )
    if as_json:
        print_json(_fields(request) | {"status": "rejected"})
    else:
        typer.echo(f"{request.address.value} does not join {request.tenant_id}")


def _fields(of: JoinRequest) -> dict[str, str]:
    return {
        "tenant": of.tenant_id,
        "address": of.address.value,
        "sub": of.sub,
        "role": of.role.value,
        "asked_at": moment(of.asked_at),
    }
