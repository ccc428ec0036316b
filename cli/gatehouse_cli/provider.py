"""`gatehouse provider`: the identity providers of the user pool, and whose word each tenant takes for what."""

from typing import Annotated

import typer

from gatehouse.domain.provider import ProviderMapping
from gatehouse.services.providers import remove_provider, set_provider
from gatehouse_cli.desk import AsJson, StackName, TenantOption, open_desk
from gatehouse_cli.output import Column, print_json, print_list

provider = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Map identity providers to tenants, and list them."
)

ProviderName = Annotated[str, typer.Argument(metavar="NAME", help="Its name in the user pool, such as AcmeSaml.")]

_PROVIDER = Column("PROVIDER", "provider")
_TENANT = Column("TENANT", "tenant")
_DOMAINS = Column("DOMAINS", "domains")


@provider.command(name="set")
def set_one(
    context: typer.Context,
    name: ProviderName,
    tenant: TenantOption,
    *,
    domain: Annotated[
        list[str] | None,
        typer.Option(
            metavar="DOMAIN", help="A mail domain for which its word is taken, such as acme.com; name every one."
        ),
    ] = None,
    email_attribute: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Where the mail address stands in its answer, if not under email, mail or SAML's names for it.",
        ),
    ] = None,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Map an identity provider to a tenant, in place of what was mapped of the two before.

    Example: gatehouse provider set AcmeSaml --tenant acme --domain acme.com
    """
    desk = open_desk(context, stack)
    mapping = set_provider(
        name,
        tenant,
        domain or (),
        email_attribute,
        desk.occasion("provider set"),
        providers=desk.app.providers,
        recorder=desk.app.recorder,
    )
    if as_json:
        print_json(_fields(mapping))
    else:
        towards = f" for {', '.join(sorted(mapping.domains))}" if mapping.domains else ""
        typer.echo(f"Provider {mapping.provider} is mapped to {mapping.tenant_id}{towards}")
    if not mapping.domains:
        typer.echo(
            f"warning: without a domain the word of {mapping.provider} proves no address, so nobody joins"
            f" {mapping.tenant_id} by it; name the domains with --domain",
            err=True,
        )


@provider.command(name="list")
def list_providers(context: typer.Context, *, as_json: AsJson = False, stack: StackName = None) -> None:
    """List what identity providers are mapped to, by provider and tenant.

    Example: gatehouse provider list
    """
    print_list(
        map(_fields, open_desk(context, stack).app.providers.every()),
        (_PROVIDER, _TENANT, _DOMAINS),
        (_PROVIDER, _TENANT),
        (_DOMAINS,),
        as_json=as_json,
        empty="No identity provider is mapped yet: gatehouse provider set",
    )


@provider.command()
def remove(
    context: typer.Context,
    name: ProviderName,
    tenant: TenantOption,
    *,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Take an identity provider's word for nothing towards a tenant any more. Who is a member by it stays one.

    Example: gatehouse provider remove AcmeSaml --tenant acme
    """
    desk = open_desk(context, stack)
    remove_provider(
        name, tenant, desk.occasion("provider remove"), providers=desk.app.providers, recorder=desk.app.recorder
    )
    if as_json:
        print_json({"provider": name, "tenant": tenant, "status": "removed"})
    else:
        typer.echo(f"Provider {name} is no longer mapped to {tenant}")


def _fields(of: ProviderMapping) -> dict[str, str | list[str] | None]:
    return {
        "provider": of.provider,
        "tenant": of.tenant_id,
        "domains": sorted(of.domains),
        "email_attribute": of.email_attribute,
    }
