"""`make conformance`: do the built functions answer every `triggerSource` as Cognito's contract has it?"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import typer

from local.process import StackError, ending_in_order
from tests.conformance.run import Report, run
from tests.conformance.table import is_stale, table
from tests.support.local_stack import emulator

_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Print what became of each source. Exit status 0 if all conform and docs/triggers.md says so, else 1."""
    parser = argparse.ArgumentParser(prog="tests.conformance", description=main.__doc__)
    parser.add_argument("--write", action="store_true", help="write the table of docs/triggers.md anew")
    chosen = parser.parse_args(arguments)
    try:
        with ending_in_order(), tempfile.TemporaryDirectory() as folder, emulator(Path(folder)) as endpoint_url:
            reports = run(endpoint_url)
        stale = is_stale(reports, rewrite=chosen.write) and not chosen.write
    except (StackError, ValueError) as error:
        typer.echo(f"conformance: {error}", err=True)
        return 1
    except KeyboardInterrupt:
        return _INTERRUPTED
    return told(reports, stale=stale)


def told(reports: Sequence[Report], *, stale: bool) -> int:
    """Print the table, whatever is wrong, and the count as the last line; return the exit status."""
    typer.echo(table(reports))
    typer.echo(f"{sum(report.events for report in reports):,} events were sent")
    for report in reports:
        for problem in report.problems:
            where = ", ".join(filter(None, [problem.version and f"version {problem.version}", problem.variant]))
            typer.echo(f"conformance: {report.source.name}{where and f' ({where})'}: {problem.what}", err=True)
            typer.echo(problem.log, err=True, nl=False)
    if stale:
        typer.echo("docs/triggers.md is stale: run python -m tests.conformance --write", err=True)
    conforming = sum(report.conforms for report in reports)
    typer.echo(f"conformance: {conforming} of {len(reports)} trigger sources")
    return 1 if stale or conforming < len(reports) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
