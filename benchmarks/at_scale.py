"""`make bench-scale`: every operation of the store with a thousand invitations and with a million, side by side.

The emulator's process holds all rows in memory: some 6 GB for a million invitations. Its capacity figures say nothing
of reads, so capacity is computed from the sizes of items. Its times are those of a Python program that sorts the
whole partition for every page: they are told, and never compared.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.table import Table

from benchmarks import Unmeasurable
from benchmarks.operations import costs
from benchmarks.seeding import FULL, SMALL, World, seed
from benchmarks.tally import Cost
from gatehouse.errors import AwsError
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import utc_now
from local.process import ROOT, StackError, ending_in_order, shown
from local.stack import FOLDER, architecture, running_emulator, write_whole
from tests.support.local_stack import emulator_aws
from tests.support.stores import create_tables

KEPT = ROOT / "benchmarks" / "at_scale.json"
TRIAL = FOLDER / "benchmarks" / "at_scale.json"

RUNS = 5
_SIZES = ("small", "large")
_WRITERS = 2
_ROW_BYTES = 4_000  # that the emulator takes for a row
_ROWS_PER_INVITATION = 1.5
_SPARE_BYTES = 2_000_000_000
_GB = 10**9
_PAUSE_S = 1.0
_INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a table was filled with, and what that took."""

    world: World
    rows: int
    seconds: float
    emulator_gb: float


def main(arguments: Sequence[str]) -> int:
    """Seed, measure, compare, print and keep. Exit status 1 if an operation asks for more of the larger table."""
    parser = argparse.ArgumentParser(prog="benchmarks.at_scale", description=main.__doc__)
    parser.add_argument(
        "--invitations", type=_number, default=FULL.invitations, help="of the larger table; fewer are a trial"
    )
    chosen = parser.parse_args(arguments)
    try:
        with ending_in_order():
            results = measure(_scaled(chosen.invitations))
    except (StackError, AwsError, Unmeasurable) as error:
        typer.echo(f"bench-scale: {error}\nbench-scale: nothing was kept", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("bench-scale: stopped; nothing is left running, and nothing was written", err=True)
        return _INTERRUPTED
    return published(results, is_whole=chosen.invitations == FULL.invitations)


def measure(world: World) -> dict[str, Any]:
    """Seed a small and a large world on an emulator of its own, and return what every operation takes of each.

    Raises:
        StackError: if the emulator does not come up.
        AwsError: if it fails.
        Unmeasurable: if there is too little memory, or an operation scans.
    """
    needed = int(world.invitations * _ROWS_PER_INVITATION * _ROW_BYTES) + _SPARE_BYTES
    if (free := _free_bytes()) < needed:
        raise Unmeasurable(
            f"this takes {needed / _GB:.0f} GB of memory, and {free / _GB:.0f} GB are free; "
            "try fewer: make bench-scale INVITATIONS=100000"
        )
    found: dict[str, Any] = {"machine": f"{utc_now():%Y-%m-%d}: {os.cpu_count()} processors, {architecture()}"}
    with (
        tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder,
        running_emulator(Path(folder), say=_say) as (endpoint_url, process),
    ):
        aws = emulator_aws(endpoint_url)
        for size, one in zip(_SIZES, (SMALL, world), strict=True):
            settings = Settings(table_name=f"core-{size}", audit_table_name=f"audit-{size}")
            create_tables(aws, settings)
            seeded = _filled(endpoint_url, settings, one, process.pid)
            _say(f"{seeded.rows:,} rows in {seeded.seconds:.0f} s; the emulator takes {seeded.emulator_gb:.1f} GB")
            _say(f"carrying out every operation {RUNS} times")
            taken = costs(aws, settings, RUNS)
            found[size] = asdict(seeded) | {"operations": {name: asdict(cost) for name, cost in taken.items()}}
    return found


def _filled(endpoint_url: str, settings: Settings, world: World, pid: int) -> Seeded:
    _say(f"writing {world.invitations:,} invitations and {world.members:,} members of {world.tenants:,} tenants")
    began = time.monotonic()
    with get_context("spawn").Pool(_WRITERS) as writers:
        parts = writers.starmap_async(
            _write, [(endpoint_url, settings, world, part, _WRITERS) for part in range(_WRITERS)]
        )
        while not parts.ready():
            if _free_bytes() < _SPARE_BYTES // 2:
                raise Unmeasurable("the machine has run out of memory; try fewer: make bench-scale INVITATIONS=100000")
            parts.wait(_PAUSE_S)
        rows = sum(parts.get())
    return Seeded(world, rows, time.monotonic() - began, _resident_bytes(pid) / _GB)


def _write(endpoint_url: str, settings: Settings, world: World, part: int, parts: int) -> int:
    return seed(emulator_aws(endpoint_url), settings, world, part, parts)


def grown(results: Mapping[str, Any]) -> list[str]:
    """Return the operations that make other requests of the larger table, or touch another number of items."""
    small, large = (_costs(results, size) for size in _SIZES)
    return [name for name in small if small[name].counts != large[name].counts]


def published(results: Mapping[str, Any], *, is_whole: bool) -> int:
    """Print the table, keep the figures, and return the exit status. A smaller world than all is kept as a trial."""
    Console().print(told(results))
    kept = KEPT if is_whole else TRIAL
    kept.parent.mkdir(parents=True, exist_ok=True)
    write_whole(kept, json.dumps(results, indent=2) + "\n")
    _say(f"kept in {shown(kept)}" + ("" if is_whole else ", a trial"))
    for name in grown(results):
        _say(f"{name} asks for more of the larger table")
    return 1 if grown(results) else 0


def told(results: Mapping[str, Any]) -> Table:
    """Return the operations as a terminal of 80 columns shows them: small and large in one column."""
    sizes = " / ".join(f"{results[size]['world']['invitations']:,}" for size in _SIZES)
    table = Table(
        title=f"With {sizes} invitations", title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0)
    )
    table.add_column("Operation")
    for header in ("Requests", "Items", "Read", "Write", "ms"):
        table.add_column(header, justify="right")
    small, large = (_costs(results, size) for size in _SIZES)
    for name, cost in large.items():
        before = small[name]
        table.add_row(
            name,
            f"{before.requests}/{cost.requests}",
            f"{before.items}/{cost.items}",
            f"{cost.read_units:g}",
            f"{cost.write_units}",
            f"{before.ms:.0f}/{cost.ms:.0f}",
        )
    return table


def page_table(results: Mapping[str, Any]) -> str:
    """Return what was seeded, and the operations with both sizes, as Markdown."""
    sizes = [f"{results[size]['world']['invitations']:,}" for size in _SIZES]
    small, large = (_costs(results, size) for size in _SIZES)
    header = ["Operation", *(f"{what}, {size}" for what in ("Requests", "Items") for size in sizes)]
    header += ["Read units", "Write units", *(f"ms, {size}" for size in sizes)]
    rows = [header, ["---"] * len(header)]
    for name, cost in large.items():
        before, (method, _, variant) = small[name], name.partition(", ")
        rows.append(
            [
                f"`{method}`{variant and ', '}{variant}",
                *(f"{one:,}" for one in (before.requests, cost.requests, before.items, cost.items)),
                f"{cost.read_units:g}",
                f"{cost.write_units}",
                *(f"{one.ms:,.0f}" for one in (before, cost)),
            ]
        )
    seeded = "\n".join(f"- {_seeded_in_words(results[size])}" for size in _SIZES)
    return "\n".join([results["machine"], "", seeded, "", *(f"| {' | '.join(row)} |" for row in rows)])


def kept_results() -> dict[str, Any]:
    """Return what the last whole run has kept."""
    results: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    return results


def _seeded_in_words(seeded: Mapping[str, Any]) -> str:
    world = World(**seeded["world"])
    return (
        f"{world.invitations:,} invitations, {world.largest:,} of them of one tenant, and {world.members:,} members of "
        f"{world.tenants:,} tenants: {seeded['rows']:,} rows, written in {seeded['seconds']:.0f} s; the emulator's "
        f"process then takes {seeded['emulator_gb']:.1f} GB"
    )


def _costs(results: Mapping[str, Any], size: str) -> dict[str, Cost]:
    return {name: Cost(**cost) for name, cost in results[size]["operations"].items()}


def _scaled(invitations: int) -> World:
    part = invitations / FULL.invitations
    return replace(
        FULL,
        tenants=max(SMALL.tenants, round(FULL.tenants * part)),
        invitations=invitations,
        members=round(FULL.members * part),
        largest=max(SMALL.largest, round(FULL.largest * part)),
        entries=max(SMALL.entries, round(FULL.entries * part)),
    )


def _free_bytes() -> int:
    """Return how much memory programs could still have; more than any machine has where Linux does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return sys.maxsize
    kilobytes = next(line.split()[1] for line in lines if line.startswith("MemAvailable:"))
    return int(kilobytes) * 1024


def _resident_bytes(pid: int) -> int:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:
        return 0  # not Linux
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) < SMALL.invitations:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of invitations from {SMALL.invitations:,} on")
    return int(text)


def _say(sentence: str) -> None:
    typer.echo(f"bench-scale: {sentence}", err=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
