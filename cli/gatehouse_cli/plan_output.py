"""How a plan reads: a line for each value that changes, under its tenant, and the same as JSON."""

import os
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby

import typer

from gatehouse.domain.plan import Change, Part, Place, Value, Values, Verb
from gatehouse.services.plan import Plan
from gatehouse_cli.errors import Complaint, complaint_about
from gatehouse_cli.output import counted, shown

_SIGNS = {Verb.ADD: "+", Verb.CHANGE: "~", Verb.REMOVE: "-"}
_COLORS = {"+": typer.colors.GREEN, "~": typer.colors.YELLOW, "-": typer.colors.RED}
_ON_THEIR_OWN = (Part.TENANT, Part.SEATS, Part.STATUS)
_NONE = {"seats": "no limit", "ways": "any", "name": "none"}
_MOST_LEFT = 20


def print_changes(changes: Sequence[Change]) -> None:
    """Print changes under their tenants, in colour and as wide as the terminal, if it is one."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else 0
    by_tenant = groupby(sorted(changes, key=_as_it_reads), lambda one: one.place.tenant_id)
    for number, (tenant_id, some) in enumerate(by_tenant):
        if number:
            typer.echo()
        typer.echo(f"tenant {tenant_id}" if tenant_id else "app clients")
        for sign, line in (pair for one in some for pair in _lines(one)):
            _print_line(f"  {sign} {line}", _COLORS[sign], width)


def print_summary(plan: Plan, not_in_file: int | None = None) -> None:
    """Print how much would change, what else there is, and what the plan is known by."""
    others = "" if not_in_file is None else f" Not in the file: {counted(not_in_file, 'tenant')}."
    if plan.changes:
        places = {(one.place.tenant_id, "" if one.place.tenant_id else one.place.name) for one in plan.changes}
        tenants = sum(bool(tenant_id) for tenant_id, _ in places)
        of = [counted(tenants, "tenant")] if tenants else []
        of += [counted(len(places) - tenants, "app client")] if len(places) > tenants else []
        typer.echo(f"\n{counted(len(plan.changes), 'change')} of {' and '.join(of)}.{others}")
        typer.echo(f"Plan {plan.hash}")
    else:
        typer.echo(f"No changes.{others}")
    for domain, tenant_id in plan.waiting:
        if not any(one.place == Place(tenant_id, Part.DOMAIN, domain) for one in plan.changes):
            typer.echo(f"{domain} of {tenant_id} waits for verification: gatehouse domain verify")


def tell_doubts(plan: Plan) -> None:
    """Print, on stderr, what an operator should know before the plan is carried out, and why it cannot be."""
    for tenant_id, finding in plan.findings:
        typer.echo(f"warning: {tenant_id}: {finding.what}", err=True)
    for tenant_id, held in plan.crowded.items():
        typer.echo(f"warning: {tenant_id}: {counted(held, 'seat')} held, more than the limit: all stay", err=True)
    added = {one.place for one in plan.changes if one.verb is Verb.ADD}
    for place, values in ((one.place, one.before) for one in plan.changes if one.verb is Verb.REMOVE):
        if place in added and values.get("verified"):
            what = "has to be verified again, by a new record: another role or join is another claim"
            typer.echo(f"warning: {place.tenant_id}: {shown(place.name)} {what}", err=True)
    for problem in plan.problems:
        complaint: Complaint = complaint_about(problem.refusal)
        where = f"{problem.place.tenant_id or 'app clients'}{problem.place.name and f', {problem.place.name}'}"
        typer.echo(f"error: {where}: {complaint.sentence} [{complaint.code}]\n{complaint.advice}", err=True)


def tell_left(changes: Sequence[Change], done: int) -> None:
    """Print, on stderr, what of a plan is done and what is not."""
    typer.echo(f"Done: {done} of {counted(len(changes), 'change')}. Not done:", err=True)
    left = changes[done:]
    for change in left[:_MOST_LEFT]:
        whose = change.place.tenant_id or "app client"
        name = f" {change.place.name}" if change.place.name else ""
        what = "" if change.place.part is Part.CLIENT else f" {change.place.part}"
        typer.echo(f"  {_SIGNS[change.verb]} {whose}{what}{shown(name)}", err=True)
    if len(left) > _MOST_LEFT:
        typer.echo(f"  and {len(left) - _MOST_LEFT} more", err=True)
    typer.echo("What is done stays. To go on, plan and apply again", err=True)


def change_fields(change: Change) -> dict[str, object]:
    """Return a change as JSON has it."""
    return {
        "verb": change.verb.value,
        "part": change.place.part.value,
        "tenant": change.place.tenant_id or None,
        "name": change.place.name or None,
        "before": dict(change.before),
        "after": dict(change.after),
    }


def _as_it_reads(change: Change) -> tuple[str, int, str, Verb]:
    return change.place.tenant_id, list(Part).index(change.place.part), change.place.name, change.verb


def _lines(change: Change) -> Iterator[tuple[str, str]]:
    """Yield each line of a change, and the sign that it begins with."""
    place, sign = change.place, _SIGNS[change.verb]
    if change.verb is Verb.CHANGE:
        prefix = "" if place.part in _ON_THEIR_OWN else f"{place.part}{place.name and f' {place.name}'}."
        for name, value in change.after.items():
            yield sign, f"{shown(prefix)}{name}: {_value(name, change.before[name])} -> {_value(name, value)}"
    else:
        waits = "; waits for verification" if (place.part, change.verb) == (Part.DOMAIN, Verb.ADD) else ""
        what = "create" if place.part is Part.TENANT else f"{place.part} {place.name}"
        yield sign, f"{shown(what)}: {_values(change.after or change.before)}{waits}"


def _values(values: Values) -> str:
    return ", ".join(
        f"{name} {_value(name, value)}" for name, value in values.items() if value is not None or name in _NONE
    )


def _value(name: str, value: Value) -> str:
    if isinstance(value, bool):
        return ("no", "yes")[value]
    if value is None or value == ():
        return _NONE.get(name, "none")
    return shown(" ".join(value) if isinstance(value, tuple) else value)


def _print_line(line: str, color: str, width: int) -> None:
    folded = textwrap.fill(line, width, subsequent_indent=" " * 6, break_on_hyphens=False) if width else line
    typer.secho(folded, fg=color, color=False if os.environ.get("NO_COLOR") else None)
