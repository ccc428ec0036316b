"""`gatehouse client`: the app clients of the user pool, and the ways in that each offers."""

from collections.abc import Iterable
from typing import Annotated

import typer

from gatehouse.domain.audit import Occasion
from gatehouse.domain.policy import NATIVE_WAYS, Client
from gatehouse.services.policies import set_client
from gatehouse_cli.desk import AsJson, Desk, StackName, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import Column, print_json, print_list, shown
from gatehouse_cli.stack import StackProblem

client = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Declare and list app clients.")

# What template.yaml lets its own clients do; a custom challenge of `two-step` always asks for both steps.
OWN_WAYS = {"web": ("custom", "srp"), "two-step": ("two-step",)}
WAYS = f"{', '.join(NATIVE_WAYS)}, provider:NAME"

_ID = Column("APP CLIENT", "client")
_NAME = Column("NAME", "name")
_WAYS = Column("WAYS IN", "ways")
_MACHINE_OF = Column("MACHINE OF", "machine_of")


@client.command(name="set")
def set_one(
    context: typer.Context,
    client_id: Annotated[
        str, typer.Argument(metavar="ID", help="Its id in the user pool, or web or two-step, the stack's own.")
    ],
    *,
    way: Annotated[
        list[str] | None,
        typer.Option(metavar="WAY", help=f"A way in that it offers; name every one. One of: {WAYS}."),
    ] = None,
    name: Annotated[str | None, typer.Option(help="What operators call it; the id if left out.")] = None,
    machine_of: Annotated[
        str | None, typer.Option(metavar="TENANT", help="The tenant whose machine it is, if people do not use it.")
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Declare the ways in that an app client offers, or whose machine it is.

    It replaces what was declared of the client before. For web and two-step, --way may be left out.

    Example: gatehouse client set 4k2f9q7m1r8s3t6u5v0w1x2y3z --way srp --way passkey
    """
    is_own = client_id in OWN_WAYS
    if is_own and machine_of is not None:
        raise WrongUse(f"{client_id} is for people; name a client of its own for a machine.")
    if not (is_own or way or machine_of is not None):
        raise WrongUse("Missing option '--way': what this client offers is known to you alone.")
    desk = open_desk(context, stack)
    occasion = desk.occasion("client set")
    if is_own:
        made = _set_own(desk, occasion, client_id, way, name)
    else:
        called = name if name is not None else client_id
        made = _set(desk, occasion, client_id, name=called, ways=way or (), machine_of=machine_of)
    if as_json:
        print_json(_fields(made))
    else:
        typer.echo(f"App client {shown(made.name)} {_in_words(made)}")


@client.command(name="list")
def list_clients(context: typer.Context, *, as_json: AsJson = False, stack: StackName = None) -> None:
    """List the app clients that are declared. Any other counts as offering anything.

    Example: gatehouse client list
    """
    print_list(
        map(_fields, open_desk(context, stack).app.policies.clients()),
        (_ID, _NAME, _WAYS, _MACHINE_OF),
        (_ID, _NAME),
        (_WAYS,),
        (_MACHINE_OF,),
        as_json=as_json,
        empty="There are no app clients yet: gatehouse client set",
    )


def undeclared_own(desk: Desk) -> list[Client]:
    """Return those of the stack's own clients that are not declared yet, as `declare_own` would declare them."""
    return [
        Client(id=own_id, name=name, ways=frozenset(OWN_WAYS[name]))
        for name, own_id in desk.own_clients.items()
        if not desk.app.policies.page(own_id, []).client
    ]


def declare_own(desk: Desk, occasion: Occasion) -> list[Client]:
    """Declare those of the stack's own clients that are not yet, and return them."""
    return [_set_own(desk, occasion, one.name) for one in undeclared_own(desk)]


def _set_own(
    desk: Desk, occasion: Occasion, own: str, ways: list[str] | None = None, name: str | None = None
) -> Client:
    own_id = desk.own_clients.get(own)
    if own_id is None:
        raise StackProblem(
            "no_own_client",
            f"The stack has no app client {own}: its user pool was there before",
            "Name one by its id, as the user pool has it, and say what it offers: gatehouse client set ID --way WAY",
        )
    return _set(desk, occasion, own_id, name=name if name is not None else own, ways=ways or OWN_WAYS[own])


def _set(
    desk: Desk, occasion: Occasion, client_id: str, *, name: str, ways: Iterable[str], machine_of: str | None = None
) -> Client:
    return set_client(
        client_id, name, ways, machine_of, occasion, clients=desk.app.policies, recorder=desk.app.recorder
    )


def _in_words(of: Client) -> str:
    offered = f"offers {', '.join(sorted(of.ways))}" if of.ways else ""
    machine = f"is a machine of {of.tenant_id}" if of.tenant_id else ""
    return " and ".join(filter(None, (machine, offered)))


def _fields(of: Client) -> dict[str, str | list[str] | None]:
    return {"client": of.id, "name": of.name, "ways": sorted(of.ways), "machine_of": of.tenant_id}
