"""`gatehouse message lint`: what is wrong with the templates of messages, and with what tenants bring into them."""

from collections.abc import Iterator, Sequence
from itertools import batched
from pathlib import Path
from typing import Annotated

import typer

from gatehouse.domain.branding import Branding
from gatehouse.domain.tenant import Tenant, TenantStatus, parse_tenant_id
from gatehouse.messaging.rendering import Renderer
from gatehouse.messaging.templates import Templates, installed_templates
from gatehouse_cli.desk import AsJson, Desk, StackName, open_desk
from gatehouse_cli.errors import REFUSED, WrongUse
from gatehouse_cli.lint.checks import Checked, check_templates, is_error
from gatehouse_cli.lint.finding import Finding
from gatehouse_cli.lint.layouts import surroundings
from gatehouse_cli.lint.links import host_of, is_host
from gatehouse_cli.lint.tenants import TenantChecks
from gatehouse_cli.output import counted, print_json, shown

# Their rows and those of their seats are read in two requests.
_TENANTS_AT_ONCE = 100


def lint(
    context: typer.Context,
    *,
    folder: Annotated[
        Path | None,
        typer.Option(
            "--templates", metavar="FOLDER", exists=True, file_okay=False, help="Templates that win over what is there."
        ),
    ] = None,
    allowed: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="HOST", help="A host that links may lead to; as often as needed."),
    ] = None,
    every_tenant: Annotated[
        bool, typer.Option("--tenants", help="Also each tenant's name, look and language.")
    ] = False,
    tenant_id: Annotated[
        str | None, typer.Option("--tenant", metavar="ID", help="Also this tenant's name, look and language.")
    ] = None,
    is_strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Check the templates of all messages: those that are shipped, and your own in shared/messages.

    They are rendered with made-up names and looks. No stack is needed; with --tenants, --tenant or --stack, links may
    lead to the host of its AppUrl too. What is looked for, and what to do about it: docs/messages.md.

    Exit codes: 1 if there is an error, or with --strict a warning, else 0.

    Example: gatehouse message lint --templates new-messages
    """
    hosts = [host.lower() for host in allowed or ()]
    _refuse_wrong_use(hosts, tenant_id, every_tenant=every_tenant)
    desk = open_desk(context, stack) if every_tenant or tenant_id or stack else None
    if desk:
        hosts.append(host_of(desk.app_url))
    installed = installed_templates()
    templates = Templates(folder, *installed.folders) if folder else installed
    checked = check_templates(templates, hosts)
    tally = _Tally(as_json=as_json)
    tally.tell(checked.findings)
    tenants = 0
    if desk and (every_tenant or tenant_id) and not tally.errors:
        checks = TenantChecks(Renderer(templates), surroundings(templates), desk.app.house.locale)
        for tenant, branding in _tenants(desk, tenant_id):
            tally.tell(checks.findings(tenant, branding))
            tenants += 1
    if not as_json:
        typer.echo(_summary(checked, tally, tenants if every_tenant or tenant_id else None))
    if tally.errors or (is_strict and tally.warnings):
        raise typer.Exit(REFUSED)


class _Tally:
    """Prints findings as they come, and counts them."""

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self.errors = 0
        self.warnings = 0

    def tell(self, findings: Sequence[Finding]) -> None:
        """Print findings, a line each."""
        for one in findings:
            if self._as_json:
                print_json(_fields(one))
            else:
                typer.echo(shown(str(one)))
            self.errors += is_error(one)
            self.warnings += not is_error(one)


def _refuse_wrong_use(hosts: Sequence[str], tenant_id: str | None, *, every_tenant: bool) -> None:
    if every_tenant and tenant_id:
        raise WrongUse("--tenants is all of them: leave --tenant out")
    for host in hosts:
        if not is_host(host):
            raise WrongUse(f"--allow-host takes a host such as www.acme.com, and {shown(host)} is none")


def _tenants(desk: Desk, tenant_id: str | None) -> Iterator[tuple[Tenant, Branding]]:
    """Yield the tenants that are open, with their brandings: a hundred at a time, as they are listed."""
    if tenant_id:
        one = desk.app.tenants.get(parse_tenant_id(tenant_id))
        yield one, desk.app.tenant_settings.branding(one.id)
        return
    for some in batched(desk.app.tenants.every(), _TENANTS_AT_ONCE, strict=False):
        for found in desk.app.inventory.tenants([one.id for one in some]).values():
            if found.tenant.status is not TenantStatus.CLOSED:
                yield found.tenant, found.branding


def _fields(of: Finding) -> dict[str, str | int | None]:
    return {
        "place": of.place,
        "line": of.line,
        "severity": of.kind.severity.value,
        "code": of.code.value,
        "problem": of.problem,
        "advice": of.kind.advice,
    }


def _summary(checked: Checked, tally: _Tally, tenants: int | None) -> str:
    """Return what was checked, and what came of it."""
    what = f"{counted(checked.messages, 'message')} in {counted(len(checked.locales), 'language')}"
    if tenants is not None:
        what += f", {counted(tenants, 'tenant')}" if not tally.errors or tenants else ", no tenant while these are so"
    counts = [(tally.errors, "error"), (tally.warnings, "warning")]
    wrong = " and ".join(counted(number, noun) for number, noun in counts if number) or "nothing wrong"
    return f"{what}: {wrong}{_invitations(checked.invitation_parts)}"


def _invitations(parts: dict[str, int]) -> str:
    if not parts:
        return ""
    fewest, most = min(parts.values()), max(parts.values())
    told = counted(most, "part") if fewest == most else f"{fewest} to {most} parts"
    return f"; an invitation is a text message of {told}"
