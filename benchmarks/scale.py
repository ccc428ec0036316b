"""The sums of docs/scale.md: what a sign-in takes, which limit is hit first, what a million cost.

Sizes and log lines are measured on rows and lines that the product's own code makes, over moto. Requests, capacity
units and times are those of benchmarks/results.json. Quotas and prices stand here, and nowhere else; the page names
the source of each. `python -m benchmarks.scale` writes the tables into the page.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from pathlib import Path
from typing import Any

from benchmarks.at_scale import kept_results, page_table
from benchmarks.left_behind import PLATFORM, Told, line_size, metrics_of, told_by
from benchmarks.metering import item_size
from gatehouse.store import keys, records
from gatehouse.store.attributes import Wire, to_wire
from gatehouse.store.entries import entry_item
from gatehouse_cli.reference import DOCS, filled
from tests.support.builders import (
    ANAS_SUB,
    TODAY,
    a_client,
    a_mapping,
    a_membership,
    a_note,
    a_tenant,
    an_admission,
    an_entry,
    an_invitation,
    seats,
)
from tests.support.scenes import SCENES
from tests.support.stage import FEDERATED_NAME
from tests.support.stores import moto_aws

PAGE = DOCS / "scale.md"
RESULTS = Path(__file__).with_name("results.json")

GOAL = 10_000  # sign-ins a second
MILLION = 1_000_000

# DynamoDB Developer Guide, "Best practices for designing and using partition keys effectively"
PARTITION_READS = 3_000
PARTITION_WRITES = 1_000
# The same, "Understanding DynamoDB warm throughput in different scenarios": a new on-demand table, or index
NEW_TABLE_READS = 12_000
NEW_TABLE_WRITES = 4_000
# The same, "DynamoDB maximum throughput for on-demand tables"
TABLE_UNITS = 40_000
# Lambda Developer Guide, "Lambda quotas" and "Understanding Lambda function scaling"
CONCURRENCY = 1_000
REQUESTS_OF_CONCURRENCY = 10  # a second, for each unit of it
# Cognito Developer Guide, "Quotas in Amazon Cognito": UserAuthentication
COGNITO_REQUESTS = 120

# USD in us-east-1, looked up on 2026-11-23
READ_UNITS = 0.125  # a million
WRITE_UNITS = 0.625  # a million
STORED_GB_MONTH = 0.25
INVOCATIONS = 0.20  # a million
ARM_GB_SECOND = 0.0000133334
LOG_GB = 0.50
METRIC_MONTH = 0.30
TRACES = 5.00  # a million
COGNITO_RPS_MONTH = 20.0
EVENTS = 1.00  # EventBridge, a million
PUTS = 5.00  # S3, a million
SIGNATURES = 15.00  # KMS with an asymmetric key, a million

BATCH = 1_000  # entries that the archiver takes at once
MEMORY_GB = 1_769 / 1_024  # as template.yaml has it
TRACED = 0.05  # of all invocations, beyond one a second
ROW_OVERHEAD = 100  # bytes that DynamoDB adds to a row, and to its copy in an index, where it bills storage
WRITE_UNIT = 1_024  # bytes
READ_UNIT = 4_096
DYNAMODB_GB = 1_024**3
LOG_GB_BYTES = 10**9

# What a native sign-in by SRP calls, each once, and how it decides: docs/triggers.md.
SIGN_IN = {
    "pre_authentication": "passed_through",
    "post_authentication": "authenticated",
    "pre_token_generation": "default_tenant",
}
# The warm medians of results.json, rounded up to the millisecond that Lambda bills; a test holds them near.
MILLISECONDS = {"pre_authentication": 1, "post_authentication": 4, "pre_token_generation": 7}


@dataclass(frozen=True, slots=True)
class Use:
    """What a sign-in, or a refresh, takes.

    Args:
        invocations: calls of functions.
        milliseconds: billed time of all of them.
        read_units: of the core table.
        write_units: of the audit table, its index included.
        entries: audit entries.
        entry_bytes: of all of them, as DynamoDB counts.
        log_bytes: of our lines.
        platform_bytes: of Lambda's own lines.
    """

    invocations: int
    milliseconds: int
    read_units: float
    write_units: float
    entries: int
    entry_bytes: int
    log_bytes: int
    platform_bytes: int


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit, what a sign-in takes of it, and for whom it holds."""

    name: str
    amount: float
    taken: float
    unit: str
    holds_for: str

    @property
    def sign_ins(self) -> int:
        """Return how many sign-ins a second it lets through."""
        return floor(self.amount / self.taken)


def rows(sign_in: Mapping[str, Told]) -> dict[str, tuple[Wire, bool]]:
    """Return a typical row of each kind, and whether it has a copy in the index."""
    (authenticated,) = sign_in["post_authentication"].entries
    (issued,) = sign_in["pre_token_generation"].entries
    profile = to_wire(keys.profile_key(ANAS_SUB) | {"default_tenant_id": "acme"})
    ending = {TODAY.replace(day=day): 12 for day in range(1, 31)}
    made = {
        "audit entry of post_authentication": authenticated,
        "audit entry of pre_token_generation": issued,
        "audit entry of an operator's command": entry_item(an_entry()),
        "tenant": records.tenant_item(a_tenant()),
        "tenant with a sign-in policy": records.tenant_item(
            a_tenant(ways=frozenset({"two-step", "provider:AcmeSaml"}))
        ),
        "app client": records.client_item(a_client()),
        "membership": records.membership_item(a_membership()),
        "default tenant": profile,
        "seats, invitations ending on 30 days": records.seats_item("acme", seats(limit=400, held=360, ending=ending)),
        "invitation": records.invitation_item(an_invitation()),
        "admission note": records.admission_item(an_admission()),
        "identity provider's mapping": records.provider_item(a_mapping()),
        "note of a federated profile": records.federation_item(FEDERATED_NAME, a_note()),
    }
    return {name: (item, "GSI1PK" in item) for name, item in made.items()}


def use_of(functions: Collection[str], told: Mapping[str, Told], results: Mapping[str, Any], *, kept: bool) -> Use:
    """Return what these functions take together.

    Args:
        functions: those that are called, each once.
        told: what each leaves behind.
        results: of benchmarks/results.json.
        kept: whether their decisions are recorded.
    """
    entries = [entry for name in functions if kept for entry in told[name].entries]
    lines = [line for name in functions if kept for line in told[name].lines]
    consumed = results["consumed"]
    return Use(
        invocations=len(functions),
        milliseconds=sum(MILLISECONDS[name] for name in functions),
        read_units=sum(consumed[name]["read_units"] for name in functions),
        write_units=sum(consumed[name]["write_units"] for name in functions) if kept else 0.0,
        entries=len(entries),
        entry_bytes=sum(map(item_size, entries)),
        log_bytes=sum(map(line_size, lines)),
        platform_bytes=len(PLATFORM) * len(functions),
    )


def limits(use: Use, entry_units: int) -> list[Limit]:
    """Return every limit that a sign-in draws on, the tightest first."""
    account, stack = "account and Region", "deployment"
    requests, reads, writes = "requests", "read units", "write units"
    partition = "audit partition `TENANT#{}#<day>#0`".format
    calls = CONCURRENCY * REQUESTS_OF_CONCURRENCY
    found = [
        Limit("Cognito's default for `UserAuthentication`", COGNITO_REQUESTS, 1, requests, account),
        Limit(partition("-"), PARTITION_WRITES, entry_units, writes, stack),
        Limit(partition("<t>"), PARTITION_WRITES, entry_units, writes, "tenant"),
        Limit("new audit table, and its index", NEW_TABLE_WRITES, use.write_units / 2, "write units each", stack),
        Limit("row `CLIENT#<id>`", PARTITION_READS, 1, reads, "app client"),
        Limit("row `TENANT#<t>`", PARTITION_READS, 1, reads, "tenant"),
        Limit("Lambda's default of requests", calls, use.invocations, requests, account),
        Limit("new core table", NEW_TABLE_READS, use.read_units, reads, stack),
        Limit("default of the audit table", TABLE_UNITS, use.write_units, writes, stack),
        Limit("default of the core table", TABLE_UNITS, use.read_units, reads, stack),
        Limit("Lambda's default concurrency", CONCURRENCY, use.milliseconds / 1000, "seconds of time", account),
    ]
    return sorted(found, key=lambda limit: limit.sign_ins)


def costs(use: Use) -> dict[str, float]:
    """Return what a million of them cost in USD, by line."""
    return {
        "DynamoDB reads": use.read_units * READ_UNITS,
        "DynamoDB writes": use.write_units * WRITE_UNITS,
        "Lambda requests": use.invocations * INVOCATIONS,
        "Lambda time": use.milliseconds / 1000 * MEMORY_GB * ARM_GB_SECOND * MILLION,
        "log: our lines": use.log_bytes * MILLION / LOG_GB_BYTES * LOG_GB,
        "log: Lambda's own lines": use.platform_bytes * MILLION / LOG_GB_BYTES * LOG_GB,
        "X-Ray traces": use.invocations * TRACED * TRACES,
    }


def kept_month(use: Use) -> float:
    """Return what it costs in USD to keep the entries of a million, and their copies in the index, for a month."""
    stored = use.entries * ROW_OVERHEAD + use.entry_bytes
    return stored * 2 * MILLION / DYNAMODB_GB * STORED_GB_MONTH


def cognito_month() -> float:
    """Return what Cognito's quota for the goal costs in USD a month, beyond the default."""
    return (GOAL - COGNITO_REQUESTS) * COGNITO_RPS_MONTH


@dataclass(frozen=True, slots=True)
class Sums:
    """All that the page is made of.

    Args:
        told: what each function of a sign-in leaves behind.
        signed_in: what a sign-in takes.
        refreshed: what a refresh takes.
        metrics: how many metrics all decisions make, those of a refusal or a fault included.
    """

    told: Mapping[str, Told]
    signed_in: Use
    refreshed: Use
    metrics: int

    @property
    def limits(self) -> list[Limit]:
        """Return the limits in the order in which they are hit."""
        return limits(self.signed_in, _write_units(self.told["post_authentication"].entries[0]))


def summed() -> Sums:
    """Return all sums, on what the product's code leaves behind now."""
    results = json.loads(RESULTS.read_text(encoding="utf-8"))
    with moto_aws() as aws:
        every = {call: told_by(aws, *call) for call in SCENES}
    told = {function: every[function, case] for function, case in SIGN_IN.items()}
    return Sums(
        told=told,
        signed_in=use_of(SIGN_IN, told, results, kept=True),
        refreshed=use_of(["pre_token_generation"], told, results, kept=False),
        metrics=len(metrics_of(line for one in every.values() for line in one.lines)),
    )


def page_with(page: str, sums: Sums) -> str:
    """Return the page with its tables made anew. Raises ValueError if it lacks a block."""
    blocks = {
        "sizes": lambda: sizes_table(rows(sums.told)),
        "use": lambda: use_table(sums.signed_in, sums.refreshed),
        "limits": lambda: limits_table(sums.limits),
        "archive": lambda: archive_table(sums.signed_in),
        "cost": lambda: cost_table(sums.signed_in, sums.refreshed, sums.metrics),
        "at-scale": lambda: page_table(kept_results()),
    }
    return filled(page, blocks)


def sizes_table(kinds: Mapping[str, tuple[Wire, bool]]) -> str:
    """Return what a row of each kind takes."""
    lines = []
    for name, (item, is_indexed) in kinds.items():
        size, written = item_size(item), _write_units(item) * (1 + is_indexed)
        lines.append((name, f"{size:,}", f"{ceil(size / READ_UNIT)}", f"{written}"))
    return _table(("Row", "Bytes", "Read units, consistent", "Write units, with the index"), lines)


def use_table(signed_in: Use, refreshed: Use) -> str:
    """Return what a sign-in and a refresh take, and what the goal takes a second."""
    told = {
        "invocations": (signed_in.invocations, refreshed.invocations),
        "billed milliseconds": (signed_in.milliseconds, refreshed.milliseconds),
        "read units, core table": (signed_in.read_units, refreshed.read_units),
        "write units, audit table and its index": (signed_in.write_units, refreshed.write_units),
        "audit entries": (signed_in.entries, refreshed.entries),
        "bytes of our log lines": (signed_in.log_bytes, refreshed.log_bytes),
        "bytes of Lambda's own log lines": (signed_in.platform_bytes, refreshed.platform_bytes),
    }
    lines = [(name, f"{one:,g}", f"{other:,g}", f"{one * GOAL:,.0f}") for name, (one, other) in told.items()]
    return _table(("", "A sign-in", "A refresh", f"{GOAL:,} sign-ins, a second"), lines)


def limits_table(found: Sequence[Limit]) -> str:
    """Return the limits in the order in which they are hit."""
    lines = [
        (one.name, f"{one.amount:,g} {one.unit}", f"{one.taken:g}", f"{one.sign_ins:,}", one.holds_for) for one in found
    ]
    return _table(("Limit", "A second", "A sign-in takes", "Sign-ins a second", "For each"), lines)


def archive_table(use: Use) -> str:
    """Return what the planned archiver would cost for a million sign-ins, by how many tenants meet in a batch."""
    lines = []
    for tenants in (1, 50, BATCH):
        batches = use.entries / BATCH  # million
        parts = (batches * tenants * 2 * PUTS, batches * tenants * SIGNATURES, use.entries * EVENTS)
        lines.append((f"{tenants:,}", *(f"{one:.2f}" for one in (*parts, sum(parts)))))
    header = ("Tenants in a batch", "S3 puts", "KMS signatures", "EventBridge", "Together, USD")
    return _table(header, lines)


def cost_table(signed_in: Use, refreshed: Use, metrics: int) -> str:
    """Return what a million sign-ins and a million refreshes cost."""
    one, other = costs(signed_in), costs(refreshed)
    lines = [(name, f"{one[name]:.2f}", f"{other[name]:.2f}") for name in one]
    lines.append(("together", f"{sum(one.values()):.2f}", f"{sum(other.values()):.2f}"))
    lines.append(("each month that the entries stay", f"{kept_month(signed_in):.2f}", f"{kept_month(refreshed):.2f}"))
    lines.append((f"a month, at any rate: up to {metrics} metrics", f"{metrics * METRIC_MONTH:.2f}", ""))
    return _table(("USD", "A million sign-ins", "A million refreshes"), lines)


def _write_units(item: Wire) -> int:
    return ceil(item_size(item) / WRITE_UNIT)


def _table(header: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(line)} |" for line in [header, ["---"] * len(header), *lines])


if __name__ == "__main__":
    PAGE.write_text(page_with(PAGE.read_text(encoding="utf-8"), summed()), encoding="utf-8")
