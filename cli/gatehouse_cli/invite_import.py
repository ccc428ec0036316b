"""`gatehouse invite import`: everybody whom a file names, invited."""

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from gatehouse.domain.address import AddressKind
from gatehouse.domain.delivery import DeliveryStatus, Medium
from gatehouse.domain.tenant import parse_tenant_id
from gatehouse.errors import AwsError, TemplateBroken
from gatehouse.runtime.wiring import chance
from gatehouse.services.import_plan import Planned, RowResult, RowStatus, free_seats, plan
from gatehouse.services.imports import PROFILE_NOT_ASKED, ROWS_PER_SECOND, Dispatch, Importer
from gatehouse.services.patience import Pace, Patience
from gatehouse_cli.desk import AsJson, Desk, StackName, TenantOption, open_desk
from gatehouse_cli.errors import REFUSED, WrongUse
from gatehouse_cli.import_files import ImportBooks, ImportFile, ResultFile, result_fields
from gatehouse_cli.output import print_json, shown
from gatehouse_cli.sending import FromNameOption, cannot_send, post, sending_advice

_SOURCE = "invite import"
_GO_ON = "Stopped. To go on, run the same command again: what is done stays done, with the same links"
_LINE, _STATUS, _REASON, _ROLE = 7, 7, 21, 8


@dataclass(slots=True)
class _Count:
    """How many rows have come to what; of what was sent, only if it was to be."""

    is_to_send: bool = False
    statuses: Counter[RowStatus] = field(default_factory=Counter)
    reasons: Counter[tuple[RowStatus, str]] = field(default_factory=Counter)
    deliveries: Counter[DeliveryStatus | None] = field(default_factory=Counter)
    problems: Counter[str] = field(default_factory=Counter)

    def add(self, result: RowResult) -> None:
        self.statuses[result.status] += 1
        if result.reason:
            self.reasons[result.status, result.reason] += 1
        if self.is_to_send and result.status is RowStatus.INVITED:
            delivery = result.delivery
            self.deliveries[delivery.status if delivery else None] += 1
            if delivery and delivery.status is DeliveryStatus.FAILED:
                self.problems[delivery.problem] += 1

    @property
    def is_good(self) -> bool:
        is_refused = self.statuses[RowStatus.REFUSED] + self.statuses[RowStatus.FAILED]
        return not is_refused + self.deliveries[DeliveryStatus.FAILED] + self.deliveries[DeliveryStatus.UNKNOWN]

    def told(self) -> str:
        rows = self.statuses.total()
        words = {RowStatus.INVITE: "to invite"}
        parts = [f"{self.statuses[one]} {words.get(one, one)}" for one in RowStatus if self.statuses[one]]
        lines = [f"{rows} row{'' if rows == 1 else 's'}" + (f": {', '.join(parts)}" if parts else "")]
        lines += [f"  {status} {reason}  {count}" for (status, reason), count in sorted(self.reasons.items())]
        words_of = [(one, one.value) for one in DeliveryStatus] + [(None, "not sent")]
        if sent := [f"{self.deliveries[one]} {words}" for one, words in words_of if self.deliveries[one]]:
            lines.append(f"messages: {', '.join(sent)}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Sending:
    """What is sent of an import: by which media, none for nothing, and who the messages say invites."""

    media: Sequence[Medium]
    from_name: str

    def dispatch(self, desk: Desk, patience: Patience, wait: Callable[[float], object]) -> Dispatch | None:
        if not self.media:
            return None
        rates = {one: patience.run(partial(desk.sender.per_second, one)) for one in self.media}
        paces = {one: Pace(rate, time.monotonic, wait) for one, rate in rates.items()}
        return Dispatch(post(desk, self.from_name), paces)


def import_invitations(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, in UTF-8, with a line that names columns.")],
    tenant: TenantOption,
    *,
    apply: Annotated[bool, typer.Option("--apply", help="Do it, instead of showing what would be done.")] = False,
    result: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where the links go; beside the file, as NAME.result.csv, if left out."),
    ] = None,
    is_to_send: Annotated[
        bool, typer.Option("--send", help="Send each invitation to its address, as fast as AWS lets this account.")
    ] = False,
    from_name: FromNameOption = "",
    as_json: AsJson = False,
    stack: StackName = None,
) -> None:
    """Invite everybody whom a CSV file names, or show what that would do, row by row.

    The columns are address, role, expires (in days), locale and note; all but the first may be missing. With --apply
    the result holds each row's status and link. It can be ended at any time and run again: docs/import.md.

    Example: gatehouse invite import people.csv --tenant acme --apply --send
    """
    books = ImportBooks(result or file.with_name(f"{file.stem}.result.csv"), parse_tenant_id(tenant))
    if file.resolve() in (books.result.resolve(), books.key.resolve()):
        raise WrongUse("--result and its key must be other files than the one that is imported.")
    found = ImportFile.checked(file)
    desk = open_desk(context, stack)
    count = _Count(is_to_send and apply)
    sending = _Sending(_media(desk) if is_to_send else [], from_name)
    if apply:
        _apply(found, books, desk, count, sending, as_json=as_json)
    else:
        _show(found, books, desk, count, as_json=as_json)
    if not count.is_good:
        raise typer.Exit(REFUSED)


def _show(found: ImportFile, books: ImportBooks, desk: Desk, count: _Count, *, as_json: bool) -> None:
    patience = Patience(time.sleep, chance, lambda: False)
    clock = desk.app.clock
    free = free_seats(books.tenant_id, tenants=desk.app.tenants, clock=clock, patience=patience)
    chunks = plan(
        found.rows(desk.takes),
        books.tenant_id,
        books.known_key(clock()),
        free,
        invitations=desk.app.invitations,
        clock=clock,
        patience=patience,
    )
    # A link is a secret, and nobody asked for it: the result has it.
    results = (replace(planned.result, token=None) for chunk in chunks for planned in chunk)
    if as_json:
        for one in _counted(results, count):
            print_json(result_fields(one, desk.app_url))
        return
    _print_rows(_counted(results, count))
    typer.echo(count.told())
    typer.echo("Nothing was done. To do it, add --apply")


def _media(desk: Desk) -> list[Medium]:
    """Return by what the people of this user pool can be sent something.

    Raises:
        StackProblem: if by nothing.
    """
    wanted = {AddressKind.EMAIL: [Medium.MAIL], AddressKind.PHONE: [Medium.SMS], None: list(Medium)}[desk.takes]
    if not (media := [one for one in wanted if desk.sender.carries(one)]):
        raise cannot_send(wanted[0])
    return media


def _apply(
    found: ImportFile, books: ImportBooks, desk: Desk, count: _Count, sending: _Sending, *, as_json: bool
) -> None:
    clock = desk.app.clock
    with _stoppable() as stop:
        patience = Patience(stop.wait, chance, stop.is_set)
        free = free_seats(books.tenant_id, tenants=desk.app.tenants, clock=clock, patience=patience)
        dispatch = sending.dispatch(desk, patience, stop.wait)
        with books.begun(clock(), os.urandom) as key, closing(ResultFile(books.result)) as written:
            importer = Importer(
                key=key,
                invitations=desk.app.invitations,
                profiles=desk.profiles,
                recorder=desk.app.recorder,
                occasion=lambda: desk.occasion(_SOURCE),
                new_secret=desk.app.new_secret,
                is_cleared=books.told(),
                patience=patience,
                pace=Pace(ROWS_PER_SECOND, time.monotonic, stop.wait),
                dispatch=dispatch,
            )
            chunks: Iterator[list[Planned]] = plan(
                found.rows(desk.takes),
                books.tenant_id,
                key,
                free,
                invitations=desk.app.invitations,
                clock=clock,
                patience=patience,
            )
            with (
                _progress(found.count, is_shown=not as_json) as advance,
                closing(importer.carry_out(chunks)) as results,
                _ended_early(stop),
            ):
                for one in _counted(results, count):
                    fields = result_fields(one, desk.app_url)
                    written.write(fields)
                    if as_json:
                        print_json(fields)
                    advance()
    _tell_applied(books, count, stop, as_json=as_json)
    if stop.is_set():
        raise KeyboardInterrupt


def _tell_applied(books: ImportBooks, count: _Count, stop: Event, *, as_json: bool) -> None:
    if not as_json:
        typer.echo(count.told())
        typer.echo(f"result: {books.result}")
        typer.echo(f"key:    {books.key}")
        typer.echo("Both hold secrets: pass the links on, then delete the two files.")
    if not_asked := count.reasons[RowStatus.INVITED, PROFILE_NOT_ASKED]:
        typer.echo(
            f"warning: of {not_asked} invited, the user pool could not be asked whether an unconfirmed profile is in"
            " the way; run the same command again",
            err=True,
        )
    _warn_of_deliveries(count, books.tenant_id)
    if stop.is_set():
        typer.echo(_GO_ON, err=True)


def _warn_of_deliveries(count: _Count, tenant_id: str) -> None:
    whom = f"gatehouse invite list --tenant {tenant_id} --delivery"
    if failed := count.deliveries[DeliveryStatus.FAILED]:
        problems = ", ".join(f"{code} {number}" for code, number in sorted(count.problems.items()))
        typer.echo(f"warning: {failed} could not be sent ({problems})", err=True)
        typer.echo(sending_advice(count.problems.most_common(1)[0][0]), err=True)
        typer.echo(f"See whom by {whom} failed, and send each another by gatehouse invite resend", err=True)
    if unknown := count.deliveries[DeliveryStatus.UNKNOWN]:
        typer.echo(f"warning: of {unknown} nobody knows whether they were sent", err=True)
        typer.echo(f"See whom by {whom} unknown; ask them, or send another by gatehouse invite resend", err=True)


def _counted(results: Iterable[RowResult], count: _Count) -> Iterator[RowResult]:
    for one in results:
        count.add(one)
        yield one


def _print_rows(results: Iterable[RowResult]) -> None:
    """Print rows as they come, the address last, folded at a terminal that is too narrow for it."""
    indent = _LINE + _STATUS + _REASON + _ROLE + 8
    room = max(10, Console().width - indent) if sys.stdout.isatty() else 0
    header = f"{'LINE':>{_LINE}}  {'STATUS':<{_STATUS}}  {'REASON':<{_REASON}}  {'ROLE':<{_ROLE}}  ADDRESS"
    for number, one in enumerate(results):
        if not number:
            typer.echo(header)
        address = shown(one.address)
        pieces = [address[at : at + room] for at in range(0, len(address), room)] if room else [address]
        typer.echo(
            f"{one.line:>{_LINE}}  {one.status:<{_STATUS}}  {shown(one.reason or None):<{_REASON}}"
            f"  {shown(one.role):<{_ROLE}}  {f'\n{" " * indent}'.join(pieces)}".rstrip()
        )


@contextmanager
def _progress(total: int, *, is_shown: bool) -> Iterator[Any]:
    columns = (TextColumn("inviting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, disable=not (is_shown and sys.stdout.isatty())) as bar:
        task = bar.add_task("", total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _ended_early(stop: Event) -> Iterator[None]:
    """Say how to go on if AWS ends the import, or a template; after Ctrl-C, that it was not waited for is no error."""
    try:
        yield
    except (AwsError, TemplateBroken):
        if not stop.is_set():
            typer.echo(_GO_ON, err=True)
            raise


@contextmanager
def _stoppable() -> Iterator[Event]:
    """Yield what the first Ctrl-C sets; the second ends the command as anywhere else."""
    stop = Event()
    before = signal.getsignal(signal.SIGINT)

    def end_softly(_number: int, _frame: object) -> None:
        stop.set()
        signal.signal(signal.SIGINT, before)

    if before is not signal.SIG_IGN:
        signal.signal(signal.SIGINT, end_softly)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
