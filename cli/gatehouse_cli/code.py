"""`gatehouse code`: what a tenant hands out to many, to join by."""

from datetime import date
from typing import Annotated

import typer

from gatehouse.domain.code import Code, CodeStatus, parse_code_id
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.services.codes import CodeOrder, create_code, set_code_status
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantOption, open_desk
from gatehouse_cli.invite import DaysOption
from gatehouse_cli.output import Column, Fields, moment, print_details, print_json, print_list

code = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Make, show, list, pause, resume and revoke codes to join by."
)

CodeArgument = Annotated[
    str, typer.Argument(metavar="CODE-ID", help="The code's id, from code create or code list; never the code itself.")
]

_ID = Column("ID", "id")
_ROLE = Column("ROLE", "role")
_STATUS = Column("STATUS", "status")
_USES = Column("USES", "uses")
_MOST = Column("OF", "max_uses")
_DOMAINS = Column("DOMAINS", "domains")
_EXPIRES = Column("EXPIRES (UTC)", "expires_at")


@code.command()
def create(
    context: typer.Context,
    tenant: TenantOption,
    max_uses: Annotated[int, typer.Option(metavar="N", help="How many people may join by it.")],
    *,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOMAIN", help="A mail domain that their addresses must be of; name every one. Any, if left out."
        ),
    ] = None,
    role: Annotated[Role, typer.Option(help="What they will be in the tenant: a member, or less.")] = Role.MEMBER,
    days: DaysOption = "7d",
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Make a code by which so many people join a tenant, and print it, which is shown this once only.

    Example: gatehouse code create --tenant acme --max-uses 20 --domain acme.com --expires 14d
    """
    desk = open_desk(context, stack)
    made = create_code(
        CodeOrder(
            tenant_id=tenant, role=role, max_uses=max_uses, days=int(days.removesuffix("d")), domains=domain or ()
        ),
        desk.occasion("code create"),
        codes=desk.app.codes,
        recorder=desk.app.recorder,
        new_id=desk.app.new_id,
        new_code=desk.app.new_code,
    )
    link = f"{desk.app_url}#code={made.spelling}"
    if as_json:
        print_json({**_fields(made.code, desk.app.clock().date()), "code": made.spelling, "link": link})
        return
    typer.echo(f"{max_uses} may join {made.code.tenant_id} by this code")
    print_details(
        [
            ("code", made.spelling),
            ("id", made.code.id),
            ("role", made.code.role),
            ("domains", sorted(made.code.domains) or "any"),
            ("expires", f"{made.code.expires_at:%Y-%m-%d %H:%M} UTC"),
            ("link", link),
        ]
    )
    typer.echo("Pass the code on now: it is shown this once and stored nowhere.")


@code.command(name="list")
def list_codes(
    context: typer.Context,
    tenant: TenantOption,
    *,
    status: Annotated[CodeStatus | None, typer.Option(help="Only those that stand so today; all if left out.")] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """List a tenant's codes as they stand today, the oldest first.

    Example: gatehouse code list --tenant acme --status active
    """
    app = open_desk(context, stack).app
    today = app.clock().date()
    found = app.codes.of_tenant(app.tenants.get(parse_tenant_id(tenant)).id)
    print_list(
        (_fields(one, today) for one in found if status in (None, one.status_on(today))),
        (_ID, _ROLE, _STATUS, _USES, _MOST, _DOMAINS, _EXPIRES),
        (_ID, _DOMAINS),
        (_ROLE, _STATUS),
        (_USES, _MOST),
        (_EXPIRES,),
        as_json=as_json,
        empty=f"Tenant {tenant} has no {f'{status} ' if status else ''}codes",
    )


@code.command()
def show(
    context: typer.Context,
    code_id: CodeArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Show a code as it stands today; the code itself is stored nowhere.

    Example: gatehouse code show 01KAS3Q4W0DDDDDDDDDDDDDDDD --tenant acme
    """
    app = open_desk(context, stack).app
    fields = _fields(app.codes.get(parse_tenant_id(tenant), parse_code_id(code_id)), app.clock().date())
    if as_json:
        print_json(fields)
    else:
        print_details([(name.replace("_", " "), value) for name, value in fields.items()])


@code.command()
def pause(
    context: typer.Context,
    code_id: CodeArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Pause a code: nobody joins by it until it is resumed, not even who has signed up with it.

    Example: gatehouse code pause 01KAS3Q4W0DDDDDDDDDDDDDDDD --tenant acme
    """
    _set(open_desk(context, stack), tenant, code_id, CodeStatus.PAUSED, "pause", as_json=as_json)


@code.command()
def resume(
    context: typer.Context,
    code_id: CodeArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Let a paused code count again, until its last day and its last use.

    Example: gatehouse code resume 01KAS3Q4W0DDDDDDDDDDDDDDDD --tenant acme
    """
    _set(open_desk(context, stack), tenant, code_id, CodeStatus.ACTIVE, "resume", as_json=as_json)


@code.command()
def revoke(
    context: typer.Context,
    code_id: CodeArgument,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Revoke a code, for good. Who is a member by it stays one.

    Example: gatehouse code revoke 01KAS3Q4W0DDDDDDDDDDDDDDDD --tenant acme
    """
    _set(open_desk(context, stack), tenant, code_id, CodeStatus.REVOKED, "revoke", as_json=as_json)


def _set(desk: Desk, tenant: str, code_id: str, status: CodeStatus, verb: str, *, as_json: bool) -> None:
    was = set_code_status(
        tenant, code_id, status, desk.occasion(f"code {verb}"), codes=desk.app.codes, recorder=desk.app.recorder
    )
    if as_json:
        print_json({"tenant": was.tenant_id, "id": was.id, "status": status.value, "was": was.status.value})
    elif was.status is status:
        typer.echo(f"Code {was.id} of {was.tenant_id} was {status} already")
    else:
        typer.echo(f"Code {was.id} of {was.tenant_id} is {status}")


def _fields(of: Code, today: date) -> Fields:
    return {
        "tenant": of.tenant_id,
        "id": of.id,
        "role": of.role.value,
        "status": of.status_on(today).value,
        "uses": of.uses,
        "max_uses": of.max_uses,
        "domains": sorted(of.domains),
        "expires_at": moment(of.expires_at),
        "created_at": moment(of.created_at),
        "created_by": of.created_by,
    }
