"""The operator's door: the command `gatehouse`."""

import os
import sys
from importlib.metadata import version
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from gatehouse_cli.attach import attach, detach
from gatehouse_cli.audit import audit
from gatehouse_cli.client import client
from gatehouse_cli.code import code
from gatehouse_cli.doctor import doctor
from gatehouse_cli.domain import domain
from gatehouse_cli.errors import INTERRUPTED, errors_told
from gatehouse_cli.explain import explain
from gatehouse_cli.invite import invite
from gatehouse_cli.member import member
from gatehouse_cli.message import message
from gatehouse_cli.plan import apply, plan
from gatehouse_cli.provider import provider
from gatehouse_cli.tenant import tenant


class Door(TyperGroup):
    """The root command: whatever a command raises is told here, and nowhere else."""

    def invoke(self, ctx: Any) -> Any:
        """Carry out the command."""
        with errors_told(debug=ctx.params["debug"]):
            return super().invoke(ctx)


app = typer.Typer(cls=Door, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(tenant, name="tenant")
app.add_typer(invite, name="invite")
app.add_typer(member, name="member")
app.add_typer(code, name="code")
app.add_typer(domain, name="domain")
app.add_typer(client, name="client")
app.add_typer(provider, name="provider")
app.add_typer(message, name="message")
app.add_typer(audit, name="audit")
app.add_typer(explain, name="explain")
app.command()(doctor)
app.command()(attach)
app.command()(detach)
app.command()(plan)
app.command()(apply)


def _print_version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"gatehouse {version('gatehouse')}")
        raise typer.Exit


@app.callback()
def main(
    context: typer.Context,
    *,
    stack: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            envvar="GATEHOUSE_STACK",
            help="The CloudFormation stack; the one in .local/stack.json, here or further up, if left out.",
        ),
    ] = None,
    debug: Annotated[  # noqa: ARG001 - the Door reads it
        bool, typer.Option("--debug", envvar="GATEHOUSE_DEBUG", help="Show where an error comes from.")
    ] = False,
    version: Annotated[  # noqa: ARG001 - its callback answers
        bool,
        typer.Option(
            "--version", is_eager=True, callback=lambda asked: _print_version(asked=asked), help="Show the version."
        ),
    ] = False,
) -> None:
    """Run the front door: tenants, invitations, members, app clients, identity providers and the audit log.

    Exit codes: 0 done, 1 refused or failed, 2 wrong use.
    """
    context.obj = stack


def run() -> None:
    """Run the command line."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is no failure
    try:
        app()
    except SystemExit as end:
        if end.code == INTERRUPTED:
            # Python would wait for the call to AWS that was interrupted.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(INTERRUPTED)
        raise
