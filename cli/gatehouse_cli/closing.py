"""`gatehouse tenant close`: the end of a tenant."""

import time
from typing import Annotated

import typer

from gatehouse.domain.membership import Membership
from gatehouse.domain.tenant import TenantStatus, parse_tenant_id
from gatehouse.refusals.tenants import NotConfirmed
from gatehouse.services.closing import close_tenant, emptied
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantArgument, open_desk
from gatehouse_cli.output import counted, print_json
from gatehouse_cli.progress import progress

# An index of DynamoDB lags less than this, in ordinary weather.
_PAUSE_SECONDS = 0.5


def close(
    context: typer.Context,
    tenant_id: TenantArgument,
    *,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do it; without this, only say what would be done.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Close a tenant for good: no token names it, nobody joins it, its members go.

    Its open invitations are revoked and its members removed, the last owner too. If that is interrupted, run it
    again. Its id is never another tenant's.

    Example: gatehouse tenant close acme --yes
    """
    desk = open_desk(context, stack)
    app = desk.app
    tenant = app.tenants.get(parse_tenant_id(tenant_id)).id
    invitations, members = _held(desk, tenant)
    if not is_sure:
        typer.echo(
            f"Closing {tenant} removes {counted(members, 'member')} and revokes"
            f" {counted(invitations, 'open invitation')}.",
            err=True,
        )
        raise NotConfirmed(tenant_id=tenant)
    occasion = desk.occasion("tenant close")
    close_tenant(tenant, occasion, tenants=app.tenants, recorder=app.recorder)
    removed = revoked = 0
    with progress(f"Closing {tenant}", members + invitations) as one_more:
        for gone in emptied(
            tenant,
            occasion,
            tenants=app.tenants,
            members=app.members,
            invitations=app.invitations,
            recorder=app.recorder,
            pause=_pause,
        ):
            removed += isinstance(gone, Membership)
            revoked += not isinstance(gone, Membership)
            one_more()
    status = TenantStatus.CLOSED.value
    if as_json:
        print_json({"tenant": tenant, "status": status, "members_removed": removed, "invitations_revoked": revoked})
    else:
        typer.echo(
            f"Tenant {tenant} is {status}: {counted(removed, 'member')} removed,"
            f" {counted(revoked, 'open invitation')} revoked"
        )
    if left := sum(_held(desk, tenant)):
        typer.echo(f"warning: {counted(left, 'seat')} still held: run this again in a moment", err=True)


def _held(desk: Desk, tenant_id: str) -> tuple[int, int]:
    """Return how many open invitations and members hold a seat today."""
    seats = desk.app.tenants.seats(tenant_id).folded_to(desk.app.clock().date())
    return seats.invitations, seats.held - seats.invitations


def _pause() -> None:
    time.sleep(_PAUSE_SECONDS)
