"""From samples to figures: medians and their spread, ratios, and the bars that ratios are held to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any

from benchmarks.metering import Count
from benchmarks.series import Series
from benchmarks.subjects import BOTO3_BYTECODE, RUNTIME_ONLY, SAMPLED, USUAL_STACK_PLAIN

_DEFINES_CHALLENGES = "custom_auth_challenge"
_RENDERS = "custom_message"


@dataclass(frozen=True, slots=True)
class Measured:
    """All that one run measured.

    Args:
        machine: what ran it all, in a line.
        rounds: cold starts of each subject.
        calls: warm calls of each subject.
        cold: the cold starts.
        warm: the warm calls.
        counts: what each function's common path asks of DynamoDB.
        peers: by function, the name of the bare boto3 handler that makes the same requests when warm.
        missing: why something could not even be tried.
    """

    machine: str
    rounds: int
    calls: int
    cold: Series
    warm: Series
    counts: Mapping[str, Count]
    peers: Mapping[str, str]
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_missing(self) -> dict[str, str]:
        """Return why each row that is not there, or not whole, is missing."""
        return {**self.warm.missing, **self.cold.missing, **self.missing}


def results(measured: Measured) -> dict[str, Any]:
    """Return the figures as benchmarks/results.json holds them: milliseconds, ratios, requests and capacity units."""
    cold = {name: median(samples) for name, samples in measured.cold.samples.items()}
    warm = {name: median(samples) for name, samples in measured.warm.samples.items()}
    return {
        "cold_ms": _rounded(cold, 1),
        "warm_ms": _rounded(warm, 2),
        "ratios": _rounded(_ratios(cold, warm, measured), 3),
        "requests": {name: {"reads": one.reads, "writes": one.writes} for name, one in measured.counts.items()},
        "consumed": {
            name: {"read_units": one.read_units, "write_units": one.write_units}
            for name, one in measured.counts.items()
        },
    }


def spread(measured: Measured) -> dict[str, Any]:
    """Return what benchmarks/spread.json holds: how far the samples lie apart, and all else that the tables tell."""
    return {
        "machine": measured.machine,
        "rounds": measured.rounds,
        "calls": measured.calls,
        "cold_ms": {name: _spread(samples, 1) for name, samples in sorted(measured.cold.samples.items())},
        "warm_ms": {name: _spread(samples, 2) for name, samples in sorted(measured.warm.samples.items())},
        "cold_cpu_ms": _rounded(measured.cold.cpu_ms, 1),
        "warm_cpu_ms": _rounded(measured.warm.cpu_ms, 3),
        "operations": {name: list(one.operations) for name, one in measured.counts.items()},
        "peers": dict(measured.peers),
        "missing": {name: why.splitlines()[0] for name, why in measured.all_missing.items()},
    }


def _ratios(cold: Mapping[str, float], warm: Mapping[str, float], measured: Measured) -> dict[str, float]:
    wanted = [
        *(("cold", cold, name, beside) for name in measured.counts for beside in _BESIDE),
        ("cold", cold, SAMPLED, SAMPLED.partition("@")[0]),
        *(("warm", warm, name, peer) for name, peer in measured.peers.items()),
        *(("cpu", measured.warm.cpu_ms, name, peer) for name, peer in measured.peers.items()),
    ]
    return {
        ratio_name(kind, name, beside): of[name] / of[beside]
        for kind, of, name, beside in wanted
        if name in of and beside in of
    }


_BESIDE = (BOTO3_BYTECODE, USUAL_STACK_PLAIN, RUNTIME_ONLY)


def ratio_name(kind: str, name: str, beside: str) -> str:
    """Return the name of a ratio: `cold pre_sign_up / boto3_bytecode`."""
    return f"{kind} {name} / {beside}"


@dataclass(frozen=True, slots=True)
class Bar:
    """What a ratio must not be above.

    Args:
        kind: `cold`, `warm` or `cpu`.
        name: the function.
        beside: what it is divided by.
        must: the most that it may be.
        aim: what it should be, if that is less.
    """

    kind: str
    name: str
    beside: str
    must: float
    aim: float | None = None

    def ratio(self, figures: Mapping[str, Any]) -> float | None:
        """Return the ratio, or None if it was not measured."""
        found: float | None = figures["ratios"].get(ratio_name(self.kind, self.name, self.beside))
        return found

    def verdict(self, figures: Mapping[str, Any]) -> str:
        """Tell whether it holds."""
        ratio = self.ratio(figures)
        if ratio is None:
            return "not measured"
        if ratio > self.must:
            return "missed"
        return "aim reached" if self.aim is None or ratio <= self.aim else "holds"


def bars(figures: Mapping[str, Any], apart: Mapping[str, Any]) -> list[Bar]:
    """Return every bar that this project sets itself.

    Args:
        figures: of `results`.
        apart: of `spread`.
    """
    readers = [name for name, made in figures["requests"].items() if made["reads"] and name != _RENDERS]
    return [
        *(Bar("cold", name, BOTO3_BYTECODE, must=0.6, aim=0.5) for name in readers),
        *(Bar("cold", name, USUAL_STACK_PLAIN, must=0.16, aim=0.12) for name in readers),
        Bar("cold", _DEFINES_CHALLENGES, RUNTIME_ONLY, must=2.5),
        Bar("cold", _RENDERS, BOTO3_BYTECODE, must=0.75),
        *(Bar(kind, name, peer, must=1.1) for kind in ("warm", "cpu") for name, peer in apart["peers"].items()),
    ]


def _spread(samples: Sequence[float], digits: int) -> dict[str, float]:
    """Return the ends and the quartiles of samples, of which there may be one."""
    several = samples if len(samples) > 1 else [*samples, *samples]
    lower, _, upper = quantiles(several, n=4, method="inclusive")
    named = {"lowest": min(samples), "lower_quartile": lower, "upper_quartile": upper, "highest": max(samples)}
    return {name: round(value, digits) for name, value in named.items()}


def _rounded(values: Mapping[str, float], digits: int) -> dict[str, float]:
    return {name: round(values[name], digits) for name in sorted(values)}
