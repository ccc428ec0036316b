"""`gatehouse audit`: what was decided, and why."""

import heapq
from itertools import islice
from typing import Annotated

import typer

from gatehouse.domain.audit import Entry
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.runtime.telemetry import entry_fields
from gatehouse.runtime.wiring import App
from gatehouse_cli.desk import AsJson, StackName, open_desk
from gatehouse_cli.output import Column, print_list

audit = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Read the audit log.")

_TIME = Column("TIME (UTC)", "at")
_TENANT = Column("TENANT", "tenant_id")
_ACTION = Column("ACTION", "action")
_OUTCOME = Column("OUTCOME", "outcome")
_REASON = Column("REASON", "reason")
_ACTOR = Column("ACTOR", "actor_id")
_TARGET = Column("TARGET", "target_id")


@audit.callback()
def _noun() -> None:
    """Read the audit log."""


@audit.command()
def tail(
    context: typer.Context,
    *,
    tenant: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this tenant's; all tenants' and nobody's if left out.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, metavar="N", help="How many entries at most.")] = 50,
    days: Annotated[
        int, typer.Option(min=1, max=30, metavar="N", help="How many UTC days to look back, 1 for today only, to 30.")
    ] = 2,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Show the newest entries of the audit log, the newest at the bottom.

    Example: gatehouse audit tail --tenant acme --limit 20
    """
    app = open_desk(context, stack).app
    newest = _newest(app, tenant, limit, days)
    print_list(
        map(entry_fields, reversed(newest)),
        (_TIME, _TENANT, _ACTION, _OUTCOME, _REASON, _ACTOR, _TARGET),
        (_TIME, _TENANT),
        (_ACTION, _REASON),
        (_OUTCOME,),
        (_ACTOR, _TARGET),
        as_json=as_json,
        empty="There are no entries in these days; look further back with --days",
    )


def _newest(app: App, tenant_id: str | None, limit: int, days: int) -> list[Entry]:
    """Return the newest entries, newest first; each tenant's log is read only as far as it is needed."""
    if tenant_id is None:
        tenant_ids = [None, *(one.id for one in app.tenants.every())]
    else:
        tenant_ids = [app.tenants.get(parse_tenant_id(tenant_id)).id]
    today = app.clock().date()
    logs = (app.audit_log.newest(one, today=today, days=days) for one in tenant_ids)
    # An entry's id is a ULID: it sorts by time.
    return list(islice(heapq.merge(*logs, key=lambda entry: entry.id, reverse=True), limit))
