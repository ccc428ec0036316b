"""`make bench`: cold starts, warm calls and requests of every built function, beside what others ship."""

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typer

from benchmarks import Unmeasurable
from benchmarks.chart import cold_chart
from benchmarks.figures import Measured, results, spread
from benchmarks.metering import Count, counted
from benchmarks.packages import Packages, unpacked
from benchmarks.series import BLOCKS, cold_starts, warm_calls
from benchmarks.stage import COMMON_PATHS, make_tables, set_peers_stage
from benchmarks.subjects import (
    BOTO3_BYTECODE,
    BOTO3_PLAIN,
    NODE_BUNDLE,
    RUNTIME_ONLY,
    SAMPLED,
    USUAL_STACK_BYTECODE,
    USUAL_STACK_PLAIN,
    Cast,
    Subject,
)
from benchmarks.tables import PAGE, told, write_page
from gatehouse.errors import AwsError
from gatehouse.runtime.wiring import utc_now
from gatehouse_cli.reference import DOCS
from local.process import ROOT, StackError, ending_in_order, shown
from local.runtime import emulator_binary
from local.stack import FOLDER, architecture, write_whole
from tests.support.functions import TRIGGER_FOLDERS
from tests.support.local_stack import emulator, emulator_aws

ROUNDS = 15
CALLS = 1000
RESULTS = ROOT / "benchmarks"
TRIALS = FOLDER / "benchmarks"

_PEERS = (RUNTIME_ONLY, BOTO3_BYTECODE, BOTO3_PLAIN, USUAL_STACK_BYTECODE, USUAL_STACK_PLAIN, NODE_BUNDLE)
_WARM_PEERS = (RUNTIME_ONLY, USUAL_STACK_BYTECODE, NODE_BUNDLE)
_OPTIONAL = {NODE_BUNDLE}
_INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Measure, print and keep. Exit status 0 whatever the figures are, 1 if there are some that could not be had."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=main.__doc__)
    parser.add_argument("--rounds", type=_rounds, default=ROUNDS, help="cold starts of each row; fewer are a trial")
    chosen = parser.parse_args(arguments)
    try:
        emulator_binary()  # whoever cannot have it should not wait for a build first
        with ending_in_order():
            measured = measure(chosen.rounds)
    except (StackError, AwsError) as error:
        typer.echo(f"bench: {error}\nbench: nothing was measured", err=True)
        return 1
    except KeyboardInterrupt:
        typer.echo("bench: stopped; nothing is left running, and nothing was written", err=True)
        return _INTERRUPTED
    return published(measured)


def measure(rounds: int) -> Measured:
    """Build, and measure everything side by side on an emulator of its own.

    Raises:
        StackError: if something that everything needs cannot be had here.
        AwsError: if the emulator fails.
    """
    _say("building, and installing what stands beside it")
    with (
        tempfile.TemporaryDirectory(prefix="gatehouse-bench-") as folder,
        emulator(Path(folder)) as endpoint_url,
        unpacked(TRIGGER_FOLDERS) as packages,
    ):
        aws = emulator_aws(endpoint_url)
        set_peers_stage(aws)
        for function in COMMON_PATHS:
            make_tables(aws, function)
        cast, plan = Cast(aws, endpoint_url, packages), Plan()
        for function in TRIGGER_FOLDERS:
            plan.take(function, cast)
        plan.take_sampled(cast)
        for peer in _PEERS:
            plan.take_peer(peer, cast)
        calls = max(BLOCKS, CALLS * rounds // ROUNDS // BLOCKS * BLOCKS)
        cold = cold_starts(plan.cold, rounds, _say)
        warm = warm_calls(list(plan.warm.values()), calls, _say)
        machine = _machine(packages)
    return Measured(machine, rounds, calls, cold, warm, plan.counts, plan.peers, plan.missing)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is measured how.

    Args:
        cold: whose cold starts are measured.
        warm: whose warm calls are measured, by name: functions share peers.
        counts: what each function's common path asks of DynamoDB.
        peers: by function, the name of its peer when warm.
        missing: why a row cannot even be tried.
    """

    cold: list[Subject] = field(default_factory=list)
    warm: dict[str, Subject] = field(default_factory=dict)
    counts: dict[str, Count] = field(default_factory=dict)
    peers: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    def take(self, function: str, cast: Cast) -> None:
        """Take a function of ours, and the peer that makes the same requests as its warm calls."""
        path = COMMON_PATHS.get(function)
        if path is None:
            self.missing[function] = "benchmarks/stage.py names no common path of it"
            return
        try:
            self.counts[function] = counted(cast.aws, function, path.cold)
            peer = cast.same_requests(counted(cast.aws, function, path.warm).operations)
            self.cold.append(cast.function(function, path.cold))
            self.warm.update({function: cast.function(function, path.warm), peer.name: peer})
            self.peers[function] = peer.name
        except Unmeasurable as error:
            self.missing[function] = str(error)

    def take_sampled(self, cast: Cast) -> None:
        """Take the function whose traces X-Ray keeps."""
        try:
            self.cold.append(cast.sampled(COMMON_PATHS[SAMPLED.partition("@")[0]].cold))
        except Unmeasurable as error:
            self.missing[SAMPLED] = str(error)

    def take_peer(self, name: str, cast: Cast) -> None:
        """Take a reference handler."""
        try:
            peer = cast.peer(name)
        except Unmeasurable as error:
            self.missing[name] = str(error)
            return
        self.cold.append(peer)
        if name in _WARM_PEERS:
            self.warm[name] = peer


def published(measured: Measured) -> int:
    """Print the tables, keep the figures, and return the exit status. Fewer rounds than all are kept as a trial."""
    figures, apart = results(measured), spread(measured)
    is_whole = measured.rounds >= ROUNDS
    folder = RESULTS if is_whole else TRIALS
    chart = (DOCS if is_whole else TRIALS) / "performance.svg"
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "results.json", json.dumps(figures, indent=2) + "\n")
    write_whole(folder / "spread.json", json.dumps(apart, indent=2) + "\n")
    write_whole(chart, cold_chart(figures, apart))
    typer.echo(told(figures, apart))
    if is_whole:
        write_page(figures, apart)
        _say(f"kept in {shown(folder)}/results.json and spread.json, {shown(PAGE)} and {shown(chart)}")
    else:
        _say(f"a trial of fewer than {ROUNDS} rounds, kept in {shown(folder)} alone")
    for name, why in measured.all_missing.items():
        _say(f"{name} could not be measured: {why}")
    return 1 if {*measured.all_missing} - _OPTIONAL else 0


def _machine(packages: Packages) -> str:
    node = "no Node.js" if isinstance(packages.node, str) else f"Node.js {packages.node.version.removeprefix('v')}"
    python = f"Python {platform.python_version()}"
    return f"{utc_now():%Y-%m-%d}: {os.cpu_count()} processors, {architecture()}, {python}, {node}"


def _rounds(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of rounds")
    return int(text)


def _say(sentence: str) -> None:
    typer.echo(f"bench: {sentence}", err=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
