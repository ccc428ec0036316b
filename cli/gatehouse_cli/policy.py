"""`gatehouse tenant policy`: what a tenant asks of a sign-in, takes people by, and puts into its tokens."""

from dataclasses import replace
from typing import Annotated

import typer

from gatehouse.domain.policy import Client, parse_rule_role, parse_way
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import JOIN_RULES, OPTIONAL_CLAIMS, Tenant, parse_tenant_id
from gatehouse.services.policies import policy_findings, refuse_dead_end, set_policy
from gatehouse_cli.client import WAYS, declare_own, undeclared_own
from gatehouse_cli.desk import AsJson, StackName, TenantArgument, open_desk
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import Field, print_details, print_json

_CODE, _DOMAIN = JOIN_RULES
_PERMISSIONS, _TENANTS = OPTIONAL_CLAIMS
_NOTHING_TO_SET = (
    "Say what to set: --way or --any-way, --provider-role or --no-provider-role, --codes, --domains,"
    " --token-permissions, --tenants-list, or one of these with no- before it."
)


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
    codes: Annotated[bool | None, typer.Option("--codes/--no-codes", help="People join by shareable codes.")] = None,
    domains: Annotated[
        bool | None, typer.Option("--domains/--no-domains", help="People join by verified domains.")
    ] = None,
    token_permissions: Annotated[
        bool | None,
        typer.Option("--token-permissions/--no-token-permissions", help="Tokens carry tenant_permissions."),
    ] = None,
    tenants_list: Annotated[
        bool | None, typer.Option("--tenants-list/--no-tenants-list", help="Tokens carry the user's tenants.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Set it even if nobody could enter by it yet.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Set what a tenant asks of a sign-in. What is not named stays as it is.

    It counts from the next token on, a refresh included. With --way, the stack's own app clients are declared if they
    are not yet, because a client that is not declared offers anything and would serve the tenant no more. Ways in by
    which nobody could enter are refused.

    Example: gatehouse tenant policy acme --way provider:AcmeSaml
    """
    switches = {_CODE: codes, _DOMAIN: domains, _PERMISSIONS: token_permissions, _TENANTS: tenants_list}
    _refuse_wrong_use(way, provider_role, switches, any_way=any_way, no_provider_role=no_provider_role)
    ways = frozenset(map(parse_way, way or ()))
    role = None if provider_role is None else parse_rule_role(provider_role)
    desk = open_desk(context, stack)
    app, occasion = desk.app, desk.occasion("tenant policy")
    was = app.tenants.get(parse_tenant_id(tenant_id))
    wanted = replace(
        was,
        ways=ways if ways or any_way else was.ways,
        provider_role=role if role or no_provider_role else was.provider_role,
        rules_off=_switched(was.rules_off, switches, JOIN_RULES),
        claims_off=_switched(was.claims_off, switches, OPTIONAL_CLAIMS),
    )
    own = undeclared_own(desk) if ways else []
    findings = policy_findings(wanted, own, clients=app.policies, providers=app.providers, seats=app.tenants)
    for finding in findings:
        typer.echo(f"warning: {finding.what}", err=True)
    if wanted.ways != was.ways and not force:
        refuse_dead_end(was.id, findings, occasion, recorder=app.recorder)
    declared: list[Client] = declare_own(desk, occasion) if own else []
    changed = wanted != was and set_policy(was, wanted, occasion, settings=app.tenant_settings, recorder=app.recorder)
    after = app.tenants.get(was.id)
    if as_json:
        told: dict[str, Field] = {"declared": [one.id for one in declared], "changed": changed}
        print_json({"tenant": after.id} | policy_fields(after) | told)
        return
    for one in declared:
        typer.echo(f"App client {one.name} is declared: it offers {', '.join(sorted(one.ways))}")
    typer.echo(f"The sign-in policy of {after.id} {'is set' if changed else 'was so already'}")
    print_details(policy_details(after))


def policy_fields(of: Tenant) -> dict[str, Field]:
    """Return a tenant's sign-in policy as JSON has it."""
    return {
        "ways": sorted(of.ways),
        "provider_role": of.provider_role and of.provider_role.value,
        "codes": _CODE not in of.rules_off,
        "domains": _DOMAIN not in of.rules_off,
        "token_permissions": _PERMISSIONS not in of.claims_off,
        "tenants_list": _TENANTS not in of.claims_off,
    }


def policy_details(of: Tenant) -> list[tuple[str, object]]:
    """Return a tenant's sign-in policy as a person reads it."""
    by_rule = [what for rule, what in ((_CODE, "codes"), (_DOMAIN, "domains")) if rule not in of.rules_off]
    carried = ["tenant_id", "tenant_role", *(claim for claim in OPTIONAL_CLAIMS if claim not in of.claims_off)]
    return [
        ("ways in", ", ".join(sorted(of.ways)) or "any"),
        ("provider role", of.provider_role or "none, an invitation is needed"),
        ("joined by", ", ".join(["invitations", *by_rule])),
        ("token claims", ", ".join(carried)),
    ]


def _switched(off: frozenset[str], switches: dict[str, bool | None], names: tuple[str, ...]) -> frozenset[str]:
    """Return what is off once some of these are switched on or off."""
    return frozenset(name for name in names if (name in off if switches[name] is None else not switches[name]))


def _refuse_wrong_use(
    way: list[str] | None,
    provider_role: Role | None,
    switches: dict[str, bool | None],
    *,
    any_way: bool,
    no_provider_role: bool,
) -> None:
    if way and any_way:
        raise WrongUse("--way and --any-way exclude each other.")
    if provider_role and no_provider_role:
        raise WrongUse("--provider-role and --no-provider-role exclude each other.")
    is_switched = any(value is not None for value in switches.values())
    if not (way or any_way or provider_role or no_provider_role or is_switched):
        raise WrongUse(_NOTHING_TO_SET)
