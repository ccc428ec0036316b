"""The desk at which each command is carried out, and the options that commands share."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from gatehouse.domain.address import AddressKind
from gatehouse.domain.audit import Entry, Occasion, Party
from gatehouse.messaging.delivery import Sender
from gatehouse.runtime.desk import Rehearsed, operator_desk, stack_outputs
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.telemetry import entry_fields
from gatehouse.runtime.wiring import App
from gatehouse.store.profiles import Profiles
from gatehouse.store.stack import LiveStack
from gatehouse.store.user_pool import LiveUserPool
from gatehouse_cli.stack import find_stack

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
StackName = Annotated[str | None, typer.Option("--stack", metavar="NAME", help="The stack, as before the command.")]
TenantArgument = Annotated[str, typer.Argument(metavar="ID", help="The tenant's id, such as acme.")]
TenantOption = Annotated[str, typer.Option("--tenant", metavar="ID", help="The tenant.")]


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that a command works with; of the stack's own app clients, the id by the name.

    Of its functions, the alias's ARN by the name of the output. `takes` is the kind of address that people sign in by;
    None if the user pool was brought along, and nobody says. `user_pool_of` finds another pool by its id.
    """

    app: App
    profiles: Profiles
    operator: Party
    app_url: str
    own_clients: Mapping[str, str]
    user_pool: LiveUserPool
    function_arns: Mapping[str, str]
    takes: AddressKind | None
    user_pool_of: Callable[[str], LiveUserPool]
    stack: LiveStack
    rehearse: Callable[[Settings], Rehearsed]
    sender: Sender

    def occasion(self, verb: str) -> Occasion:
        """Return the occasion of a command, such as `invite create`, as the audit log has it."""
        return Occasion(source=f"cli:{verb}", actor=self.operator, at=self.app.clock())


def open_desk(context: typer.Context, stack_name: str | None) -> Desk:
    """Find the stack, by the command's own option before the one that stands before the command, and open it."""
    stack = find_stack(stack_name or context.obj, Path.cwd(), stack_outputs)
    outputs = stack.outputs
    desk = operator_desk(
        Settings(
            table_name=outputs.table_name,
            audit_table_name=outputs.audit_table_name,
            locale=outputs.locale,
            product_name=outputs.product_name or urlsplit(outputs.app_url).netloc,
        ),
        outputs.user_pool_id,
        place=stack.place,
        unwritten=_warn_of_unwritten,
        senders=outputs.senders,
    )
    return Desk(
        desk.app,
        desk.profiles,
        desk.operator,
        outputs.app_url,
        outputs.own_clients,
        desk.user_pool,
        outputs.function_arns,
        outputs.takes,
        desk.user_pool_of,
        desk.stack_of(stack.name),
        desk.rehearse,
        desk.sender,
    )


def _warn_of_unwritten(entry: Entry) -> None:
    typer.echo(
        f"warning: the audit log could not take this entry, keep it: {json.dumps(entry_fields(entry))}", err=True
    )
