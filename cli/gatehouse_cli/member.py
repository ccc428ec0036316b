"""`gatehouse member`: who belongs to a tenant, as what, and whether they still do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

import typer

from gatehouse.domain.audit import Occasion
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.services.members import (
    remove_member,
    revoke_beyond,
    set_default_tenant,
    set_member_role,
    set_member_status,
    sign_out,
    sub_of_member,
    take_over_beyond,
)
from gatehouse_cli.approval import approve, reject, waiting
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantOption, open_desk
from gatehouse_cli.output import Column, moment, print_details, print_json, print_list

member = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="List and change members.")
for _verb in (waiting, approve, reject):
    member.command()(_verb)

WhoArgument = Annotated[
    str, typer.Argument(metavar="MEMBER", help="The address that they joined with, or their sub in the user pool.")
]
KeepInvitations = Annotated[
    bool,
    typer.Option(
        "--keep-invitations",
        help="Take over the open invitations that they could no longer make, in place of revoking them.",
    ),
]
SignOut = Annotated[
    bool, typer.Option("--sign-out", help="Also revoke their refresh tokens, in all tenants: the pool knows none.")
]

_ADDRESS = Column("ADDRESS", "address")
_SUB = Column("SUB", "sub")
_ROLE = Column("ROLE", "role")
_STATUS = Column("STATUS", "status")
_JOINED = Column("JOINED (UTC)", "joined_at")


@member.callback()
def _noun() -> None:
    """List and change members."""


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


@member.command()
def show(
    context: typer.Context, who: WhoArgument, tenant: TenantOption, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Show a member, what their role permits, and which tenant their tokens name by default.

    Example: gatehouse member show ana@acme.com --tenant acme
    """
    app = open_desk(context, stack).app
    sub = sub_of_member(who, tenant, members=app.members)
    found = app.members.get(parse_tenant_id(tenant), sub)
    default = app.members.of_user(sub).default_tenant_id
    if as_json:
        print_json(_fields(found) | {"permissions": list(found.role.permissions), "default_tenant": default})
        return
    typer.echo(f"{found.address} in {found.tenant_id}")
    print_details(
        [
            ("sub", found.sub),
            ("role", found.role),
            ("permissions", ", ".join(found.role.permissions)),
            ("status", found.status),
            ("joined", f"{found.joined_at:%Y-%m-%d %H:%M} UTC"),
            ("default tenant", default or "none"),
        ]
    )


@member.command()
def set_role(
    context: typer.Context,
    who: WhoArgument,
    role: Annotated[Role, typer.Argument(help="What they are to be.")],
    tenant: TenantOption,
    *,
    keep_invitations: KeepInvitations = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Give a member another role, from their next token on.

    Open invitations that they have made and could no longer make are revoked.

    Example: gatehouse member set-role ana@acme.com admin --tenant acme
    """
    desk = open_desk(context, stack)
    occasion, app = desk.occasion("member set-role"), desk.app
    sub = sub_of_member(who, tenant, members=app.members)
    before = set_member_role(tenant, sub, role, occasion, members=app.members, recorder=app.recorder)
    settled = _settle(tenant, sub, replace(before, role=role), occasion, desk, keep=keep_invitations)
    _print_change(before, {"role": role.value}, settled, as_json=as_json)


@member.command()
def suspend(
    context: typer.Context,
    who: WhoArgument,
    tenant: TenantOption,
    *,
    keep_invitations: KeepInvitations = False,
    and_sign_out: SignOut = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Suspend a member: no further token names the tenant for them. They keep the seat.

    Example: gatehouse member suspend ana@acme.com --tenant acme --sign-out
    """
    desk = open_desk(context, stack)
    occasion, app = desk.occasion("member suspend"), desk.app
    sub = sub_of_member(who, tenant, members=app.members)
    before = set_member_status(
        tenant, sub, MemberStatus.SUSPENDED, occasion, members=app.members, recorder=app.recorder
    )
    suspended = replace(before, status=MemberStatus.SUSPENDED)
    settled = _settle(tenant, sub, suspended, occasion, desk, keep=keep_invitations)
    _print_change(before, {"status": "suspended"}, settled, as_json=as_json)
    if and_sign_out:
        _sign_out(tenant, sub, occasion, desk)


@member.command()
def resume(
    context: typer.Context, who: WhoArgument, tenant: TenantOption, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Let a suspended member in again.

    Example: gatehouse member resume ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    app = desk.app
    sub = sub_of_member(who, tenant, members=app.members)
    before = set_member_status(
        tenant, sub, MemberStatus.ACTIVE, desk.occasion("member resume"), members=app.members, recorder=app.recorder
    )
    _print_change(before, {"status": "active"}, _Settled(), as_json=as_json)


@member.command()
def remove(
    context: typer.Context,
    who: WhoArgument,
    tenant: TenantOption,
    *,
    keep_invitations: KeepInvitations = False,
    and_sign_out: SignOut = False,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Remove a member: the seat is free, and no rule takes them in again; a new invitation by name does.

    Works for a user whom the pool no longer has. Open invitations that they have made are revoked, or yours with
    --keep-invitations.

    Example: gatehouse member remove ana@acme.com --tenant acme --yes
    """
    desk = open_desk(context, stack)
    occasion, app = desk.occasion("member remove"), desk.app
    sub = sub_of_member(who, tenant, members=app.members)
    if not is_sure:
        typer.confirm(f"Remove {who} from {tenant}?", abort=True, err=True)
    before = remove_member(tenant, sub, occasion, members=app.members, recorder=app.recorder)
    settled = _settle(tenant, sub, None, occasion, desk, keep=keep_invitations)
    _print_change(before, {"status": "removed"}, settled, as_json=as_json)
    if and_sign_out:
        _sign_out(tenant, sub, occasion, desk)


@member.command()
def set_default(
    context: typer.Context, who: WhoArgument, tenant: TenantOption, *, as_json: AsJson = False, stack: StackName = None
) -> None:
    """Have a user's tokens name this tenant where none is asked for.

    Example: gatehouse member set-default ana@acme.com --tenant acme
    """
    desk = open_desk(context, stack)
    app = desk.app
    sub = sub_of_member(who, tenant, members=app.members)
    set_default_tenant(tenant, sub, desk.occasion("member set-default"), members=app.members, recorder=app.recorder)
    if as_json:
        print_json({"sub": sub, "default_tenant": tenant})
    else:
        typer.echo(f"Tokens of {who} name {tenant} where no tenant is asked for")


@dataclass(frozen=True, slots=True)
class _Settled:
    """The addresses whose invitations have lost who made them, and how each goes on."""

    revoked: Sequence[str] = ()
    kept: Sequence[str] = ()


def _settle(tenant: str, sub: str, now: Membership | None, occasion: Occasion, desk: Desk, *, keep: bool) -> _Settled:
    """Revoke what somebody could no longer invite to, or take it over."""
    app = desk.app
    settle = take_over_beyond if keep else revoke_beyond
    gone = settle(tenant, sub, now, occasion, invitations=app.invitations, recorder=app.recorder)
    addresses = [invitation.address.value for invitation in gone]
    return _Settled(kept=addresses) if keep else _Settled(revoked=addresses)


def _sign_out(tenant: str, sub: str, occasion: Occasion, desk: Desk) -> None:
    if not sign_out(tenant, sub, occasion, sessions=desk.profiles, recorder=desk.app.recorder):
        typer.echo("warning: the user pool no longer has this user, so there was nobody to sign out", err=True)


def _print_change(before: Membership, changed: dict[str, str], settled: _Settled, *, as_json: bool) -> None:
    ((what, now),) = changed.items()
    was = _fields(before)[what]
    if as_json:
        settled_as = {"revoked_invitations": list(settled.revoked), "kept_invitations": list(settled.kept)}
        print_json({**_fields(before), **changed, "was": was, **settled_as})
        return
    verb = "was" if was == now else "is"
    typer.echo(f"{before.address} {verb} {now}{' already' if was == now else ''} in {before.tenant_id}")
    for address in settled.revoked:
        typer.echo(f"  the invitation of {address}, which they had made, is revoked")
    for address in settled.kept:
        typer.echo(f"  the invitation of {address}, which they had made, is yours now")


def _fields(of: Membership) -> dict[str, str]:
    return {
        "tenant": of.tenant_id,
        "address": of.address,
        "sub": of.sub,
        "role": of.role.value,
        "status": of.status.value,
        "joined_at": moment(of.joined_at),
    }
