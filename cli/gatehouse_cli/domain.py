"""`gatehouse domain`: the mail domains that are a tenant's, and what becomes of those who have an address there."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated

import typer

from gatehouse.domain.mail_domain import DomainClaim, JoinMode
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.runtime.wiring import App
from gatehouse.services.domains import (
    DomainOrder,
    claim_domain,
    claim_of,
    remove_domain,
    verify_domain,
    vouch_for_domain,
)
from gatehouse_cli.desk import AsJson, StackName, TenantOption, open_desk
from gatehouse_cli.dns_records import public_domains, txt_records
from gatehouse_cli.errors import WrongUse
from gatehouse_cli.output import Column, Fields, moment, print_details, print_json, print_list

domain = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Claim, verify, show, list and remove domains.")

DomainArgument = Annotated[str, typer.Argument(metavar="DOMAIN", help="The mail domain, such as acme.com.")]
WhoseOption = Annotated[
    str | None, typer.Option("--tenant", metavar="ID", help="The tenant, where more than one claims the domain.")
]

_DOMAIN = Column("DOMAIN", "domain")
_TENANT = Column("TENANT", "tenant")
_ROLE = Column("ROLE", "role")
_JOIN = Column("JOIN", "join")
_STATUS = Column("STATUS", "status")


@domain.command()
def add(
    context: typer.Context,
    name: DomainArgument,
    tenant: TenantOption,
    *,
    role: Annotated[Role, typer.Option(help="What its people will be in the tenant: a member, or less.")] = Role.MEMBER,
    join: Annotated[
        JoinMode, typer.Option(help="Whether they join by themselves, or wait: gatehouse member approve.")
    ] = JoinMode.AUTOMATIC,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Claim a mail domain for a tenant, and print the TXT record that proves it. Nothing follows until it is verified.

    Example: gatehouse domain add acme.com --tenant acme --role member --join automatic
    """
    desk = open_desk(context, stack)
    claim = claim_domain(
        DomainOrder(domain=name, tenant_id=tenant, role=role, mode=join),
        desk.occasion("domain add"),
        public=public_domains(),
        domains=desk.app.domains,
        recorder=desk.app.recorder,
        new_secret=desk.app.new_secret,
    )
    if as_json:
        print_json(_fields(claim))
        return
    typer.echo(f"{claim.domain} is claimed for {claim.tenant_id}. Have this record set, then verify it:")
    _print_record(claim)
    typer.echo(f"gatehouse domain verify {claim.domain} --tenant {claim.tenant_id}")


@domain.command()
def verify(
    context: typer.Context,
    name: DomainArgument,
    tenant: WhoseOption = None,
    *,
    name_server: Annotated[
        str | None,
        typer.Option(metavar="IP[#PORT]", help="Ask this name server, rather than those of this machine."),
    ] = None,
    my_word: Annotated[
        bool, typer.Option("--my-word", help="Ask no DNS, but take your word for it, which the audit log keeps.")
    ] = False,
    note: Annotated[str, typer.Option(metavar="TEXT", help="With --my-word: how you know.")] = "",
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Verify a claimed domain by its TXT record, or by your word. From then on its rule stands.

    Example: gatehouse domain verify acme.com
    """
    if my_word is not bool(note) or (my_word and name_server):
        raise WrongUse("--my-word goes with --note, and with no --name-server")
    desk = open_desk(context, stack)
    app = desk.app
    claim = claim_of(name, tenant, domains=app.domains)
    occasion = desk.occasion("domain verify")
    if my_word:
        verified = vouch_for_domain(
            claim, note, occasion, public=public_domains(), domains=app.domains, recorder=app.recorder
        )
    else:
        verified = verify_domain(
            claim,
            occasion,
            txt_records=partial(txt_records, name_server=name_server),
            public=public_domains(),
            domains=app.domains,
            recorder=app.recorder,
        )
    if as_json:
        print_json(_fields(verified))
        return
    what = "become" if verified.mode is JoinMode.AUTOMATIC else "wait for approval as"
    typer.echo(f"{verified.domain} is verified for {verified.tenant_id}: its people {what} {verified.role}")


@domain.command(name="list")
def list_domains(
    context: typer.Context,
    *,
    tenant: Annotated[
        str | None,
        typer.Option("--tenant", metavar="ID", help="All that this tenant claims; the verified ones, if left out."),
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """List the verified domains of all tenants, or all domains that one tenant claims.

    Example: gatehouse domain list --tenant acme
    """
    app = open_desk(context, stack).app
    print_list(
        _listed(app, tenant),
        (_DOMAIN, _TENANT, _ROLE, _JOIN, _STATUS),
        (_DOMAIN, _TENANT),
        (_ROLE, _JOIN),
        (_STATUS,),
        as_json=as_json,
        empty="No domain is verified yet" if tenant is None else f"Tenant {tenant} claims no domains",
    )


@domain.command()
def show(
    context: typer.Context,
    name: DomainArgument,
    tenant: WhoseOption = None,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Show a claimed domain, and the TXT record that proves it.

    Example: gatehouse domain show acme.com
    """
    claim = claim_of(name, tenant, domains=open_desk(context, stack).app.domains)
    if as_json:
        print_json(_fields(claim))
        return
    fields = {one: value for one, value in _fields(claim).items() if not one.startswith("record")}
    print_details([(one.replace("_", " "), value) for one, value in fields.items()])
    _print_record(claim)


@domain.command()
def remove(
    context: typer.Context,
    name: DomainArgument,
    tenant: WhoseOption = None,
    *,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Remove a domain from a tenant: nobody else joins by it. Who is a member by it stays one.

    Example: gatehouse domain remove acme.com --yes
    """
    desk = open_desk(context, stack)
    claim = claim_of(name, tenant, domains=desk.app.domains)
    if not is_sure:
        typer.confirm(f"Remove {claim.domain} from {claim.tenant_id}?", abort=True, err=True)
    remove_domain(claim, desk.occasion("domain remove"), domains=desk.app.domains, recorder=desk.app.recorder)
    if as_json:
        print_json({"domain": claim.domain, "tenant": claim.tenant_id, "status": "removed"})
    else:
        typer.echo(f"{claim.domain} is no longer a domain of {claim.tenant_id}")


def _listed(app: App, tenant: str | None) -> Iterator[Fields]:
    if tenant is not None:
        yield from map(_fields, app.domains.of_tenant(app.tenants.get(parse_tenant_id(tenant)).id))
        return
    for rule in app.domains.verified():
        yield {
            "domain": rule.domain,
            "tenant": rule.tenant_id,
            "role": rule.role.value,
            "join": rule.mode.value,
            "status": "verified",
        }


def _print_record(claim: DomainClaim) -> None:
    print_details([("type", "TXT"), ("name", claim.record_name), ("value", claim.record_value)])


def _fields(of: DomainClaim) -> Fields:
    return {
        "domain": of.domain,
        "tenant": of.tenant_id,
        "role": of.role.value,
        "join": of.mode.value,
        "status": "claimed" if of.verified_at is None else "verified",
        "claimed_at": moment(of.claimed_at),
        "claimed_by": of.claimed_by,
        "verified_at": moment(of.verified_at) if of.verified_at else None,
        "proof": of.proof.value if of.proof else None,
        "record_name": of.record_name,
        "record_value": of.record_value,
    }
