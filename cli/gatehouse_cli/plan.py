"""`gatehouse plan` and `gatehouse apply`: tenants as a file says them, compared with what there is, and made so."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from gatehouse.domain.plan import Change, Part, Wanted
from gatehouse.domain.plan_values import Found
from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.plans import PlanChanged, PlanNotConfirmed, PlanRefused
from gatehouse.services.plan import Plan, make_plan, refuse_problems, survey
from gatehouse.services.plan_work import PlanWorker
from gatehouse_cli.desk import AsJson, Desk, StackName, open_desk
from gatehouse_cli.dns_records import public_domains
from gatehouse_cli.errors import REFUSED, complaint_about, tell
from gatehouse_cli.plan_output import change_fields, print_changes, print_summary, tell_doubts, tell_left
from gatehouse_cli.progress import progress
from gatehouse_cli.stack import StackProblem
from gatehouse_cli.tenants_file import ADVICE, TenantsFile, wanted_of
from gatehouse_cli.yaml_file import FileProblem, read_yaml

_CHANGES = 2
# So much of the hash stands in each audit entry; 64 bits tell any two plans of a deployment apart.
_SHORT_HASH = 16

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The file, such as tenants.yaml.")]
Force = Annotated[bool, typer.Option("--force", help="Take policies by which nobody could enter yet.")]


def plan(
    context: typer.Context,
    file: FileArgument,
    *,
    detailed_exitcode: Annotated[
        bool, typer.Option("--detailed-exitcode", help="Exit with 2 if there are changes, and with 1 on any error.")
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Show what would have to change for the tenants to be as a file says; change nothing.

    What the file leaves out is left alone, tenants and settings alike; null clears: docs/tenants-as-code.md.

    Example: gatehouse plan tenants.yaml
    """
    with _one_for_any_error(is_detailed=detailed_exitcode):
        desk, wanted, _, made = _planned(context, stack, file, force=force)
    named = set(wanted.tenant_ids)
    tenants = desk.app.tenants.every()
    others = sum(one.id not in named and one.status is not TenantStatus.CLOSED for one in tenants)
    if as_json:
        _print_json(made.changes)
        typer.echo(json.dumps(_summary(made) | {"not_in_file": others}))
    else:
        print_changes(made.changes)
        print_summary(made, others)
    tell_doubts(made)
    if made.problems:
        raise PlanRefused
    if detailed_exitcode and made.changes:
        raise typer.Exit(_CHANGES)


def apply(
    context: typer.Context,
    file: FileArgument,
    *,
    reviewed: Annotated[
        str | None,
        typer.Option("--plan", metavar="HASH", help="Do it if the plan is still the one of this hash; do not ask."),
    ] = None,
    is_sure: Annotated[bool, typer.Option("--yes", help="Do it; do not ask.")] = False,
    force: Force = False,
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Make the tenants as a file says: plan anew, show it, ask, and carry it out, each change with its audit entry.

    It stops at the first change that cannot be made. What is done stays, and running it again goes on from there.

    Example: gatehouse apply tenants.yaml
    """
    desk, _, found, made = _planned(context, stack, file, force=force)
    if not as_json:
        print_changes(made.changes)
        print_summary(made)
    tell_doubts(made)
    occasion = f"apply:{made.hash[:_SHORT_HASH]}"
    refuse_problems(made, desk.occasion(occasion), recorder=desk.app.recorder)
    if made.changes:
        _confirm(made, reviewed, is_sure=is_sure)
    worker = PlanWorker(
        found=found,
        occasion=lambda: desk.occasion(occasion),
        as_found=desk.app.as_found,
        tenants=desk.app.tenants,
        domains=desk.app.domains,
        public=public_domains(),
        recorder=desk.app.recorder,
        new_secret=desk.app.new_secret,
    )
    _carry_out(worker, made.changes, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(_summary(made)))
    elif made.changes:
        typer.echo("Done.")


def _planned(context: typer.Context, stack: str | None, file: Path, *, force: bool) -> tuple[Desk, Wanted, Found, Plan]:
    read = read_yaml(file, TenantsFile, ADVICE)
    desk = open_desk(context, stack)
    app, wanted = desk.app, wanted_of(read, desk.own_clients)
    with progress("Reading", sum(part is Part.DOMAIN for _, part in wanted.whole)) as one_more:
        found = survey(
            wanted,
            inventory=app.inventory,
            clients=app.policies,
            providers=app.providers,
            domains=app.domains,
            one_more=one_more,
        )
    return desk, wanted, found, make_plan(wanted, found, at=app.clock(), public=public_domains(), force=force)


def _confirm(made: Plan, reviewed: str | None, *, is_sure: bool) -> None:
    if reviewed is not None:
        if reviewed != made.hash:
            raise PlanChanged
        return
    if is_sure:
        return
    if not (sys.stdin.isatty() and typer.confirm("Carry this out?", err=True)):
        raise PlanNotConfirmed


def _carry_out(worker: PlanWorker, changes: Sequence[Change], *, as_json: bool) -> None:
    done = 0
    try:
        with progress("Applying", 0 if as_json else len(changes)) as one_more:
            for change in worker.carry_out(changes):
                done += 1
                if as_json:
                    typer.echo(json.dumps(change_fields(change)))
                one_more()
    except BaseException:
        tell_left(changes, done)
        raise


def _summary(made: Plan) -> dict[str, object]:
    return {
        "plan": made.hash,
        "changes": len(made.changes),
        "waiting": [{"domain": domain, "tenant": tenant_id} for domain, tenant_id in made.waiting],
        "problems": [one.refusal.code for one in made.problems],
    }


def _print_json(changes: Sequence[Change]) -> None:
    for change in changes:
        typer.echo(json.dumps(change_fields(change)))


@contextmanager
def _one_for_any_error(*, is_detailed: bool) -> Iterator[None]:
    """Exit with 1 where other commands exit with 2, which says here that there are changes."""
    try:
        yield
    except (FileProblem, StackProblem) as problem:
        if not is_detailed:
            raise
        tell(complaint_about(problem))
        raise typer.Exit(REFUSED) from None
