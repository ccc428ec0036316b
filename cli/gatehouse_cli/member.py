"""`gatehouse member`: who belongs to a tenant."""

import typer

from gatehouse.domain.membership import Membership
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse_cli.desk import AsJson, StackName, TenantOption, open_desk
from gatehouse_cli.output import Column, moment, print_list

member = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List members.")

_ADDRESS = Column("ADDRESS", "address")
_SUB = Column("SUB", "sub")
_ROLE = Column("ROLE", "role")
_STATUS = Column("STATUS", "status")
_JOINED = Column("JOINED (UTC)", "joined_at")


@member.callback()
def _noun() -> None:
    """List members."""


@member.command(name="list")
def list_members(
    context: typer.Context, tenant: TenantOption, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """List a tenant's members, the longest there first.

    Example: gatehouse member list --tenant acme
    """
    app = open_desk(context, stack).app
    print_list(
        map(_fields, app.members.of_tenant(app.tenants.get(parse_tenant_id(tenant)).id)),
        (_ADDRESS, _SUB, _ROLE, _STATUS, _JOINED),
        (_ADDRESS, _SUB),
        (_ROLE, _STATUS),
        (_JOINED,),
        as_json=as_json,
        empty=f"Tenant {tenant} has no members yet",
    )


def _fields(of: Membership) -> dict[str, str]:
    return {
        "tenant": of.tenant_id,
        "address": of.address,
        "sub": of.sub,
        "role": of.role.value,
        "status": of.status.value,
        "joined_at": moment(of.joined_at),
    }
