"""`gatehouse tenant policy`: what a tenant asks of a sign-in."""

from collections.abc import Sequence
from typing import Annotated

import typer

from gatehouse.domain.policy import Client, is_client_allowed, parse_rule_role, parse_way
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import Tenant, parse_tenant_id
from gatehouse.services.policies import set_provider_role, set_ways
from gatehouse_cli.client import WAYS, declare_own
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantArgument, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import print_details, print_json


def policy(
    context: typer.Context,
    tenant_id: TenantArgument,
    *,
    way: Annotated[
        list[str] | None, typer.Option(metavar="WAY", help=f"A way in that it takes; name every one. One of: {WAYS}.")
    ] = None,
    any_way: Annotated[bool, typer.Option("--any-way", help="It takes any way in.")] = False,
    provider_role: Annotated[
        Role | None,
        typer.Option(help="What somebody becomes by the word of its identity providers: member or less."),
    ] = None,
    no_provider_role: Annotated[
        bool, typer.Option("--no-provider-role", help="Their word is not enough: an invitation is needed.")
    ] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Set what a tenant asks of a sign-in. What is not named stays as it is.

    It counts from the next token on, a refresh included. With --way, the stack's own app clients are declared if they
    are not yet, because a client that is not declared offers anything and would serve the tenant no more.

    Example: gatehouse tenant policy acme --way provider:AcmeSaml
    """
    _refuse_wrong_use(way, provider_role, any_way=any_way, no_provider_role=no_provider_role)
    ways = frozenset(map(parse_way, way or ()))
    role = None if provider_role is None else parse_rule_role(provider_role)
    desk = open_desk(context, stack)
    occasion = desk.occasion("tenant policy")
    found = desk.app.tenants.get(parse_tenant_id(tenant_id))
    declared = declare_own(desk, occasion) if ways else []
    if ways or any_way:
        set_ways(found.id, ways, occasion, tenants=desk.app.tenants, recorder=desk.app.recorder)
    if role or no_provider_role:
        set_provider_role(found.id, role, occasion, tenants=desk.app.tenants, recorder=desk.app.recorder)
    after = desk.app.tenants.get(found.id)
    if as_json:
        print_json({"tenant": after.id} | policy_fields(after) | {"declared": [one.id for one in declared]})
    else:
        for one in declared:
            typer.echo(f"App client {one.name} is declared: it offers {', '.join(sorted(one.ways))}")
        typer.echo(f"The sign-in policy of {after.id} is set")
        print_details(policy_details(after))
    if after.ways and not _is_served(desk, after, declared):
        typer.echo(
            f"warning: every app client that is declared offers more than these ways in, or none, so nobody can sign"
            f" in to {after.id}; see what each offers: gatehouse client list",
            err=True,
        )


def policy_fields(of: Tenant) -> dict[str, str | list[str] | None]:
    """Return a tenant's sign-in policy as JSON has it."""
    return {"ways": sorted(of.ways), "provider_role": of.provider_role and of.provider_role.value}


def policy_details(of: Tenant) -> list[tuple[str, str]]:
    """Return a tenant's sign-in policy as a person reads it."""
    return [
        ("ways in", ", ".join(sorted(of.ways)) or "any"),
        ("provider role", of.provider_role or "none, an invitation is needed"),
    ]


def _refuse_wrong_use(
    way: list[str] | None, provider_role: Role | None, *, any_way: bool, no_provider_role: bool
) -> None:
    if way and any_way:
        raise WrongUse("--way and --any-way exclude each other.")
    if provider_role and no_provider_role:
        raise WrongUse("--provider-role and --no-provider-role exclude each other.")
    if not (way or any_way or provider_role or no_provider_role):
        raise WrongUse("Say what to set: --way or --any-way, --provider-role or --no-provider-role.")


def _is_served(desk: Desk, tenant: Tenant, declared: Sequence[Client]) -> bool:
    """Tell whether people can sign in to the tenant by any client; the listing may not show the newest yet."""
    return any(
        is_client_allowed(tenant, one) for one in (*declared, *desk.app.policies.clients()) if one.tenant_id is None
    )
