"""The store's contract: what an operation asks of DynamoDB does not grow with the tables.

`make bench-scale` says the same of a million invitations.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pytest

from benchmarks import Unmeasurable
from benchmarks.at_scale import kept_results
from benchmarks.operations import OPERATIONS, costs
from benchmarks.seeded_stage import Stage
from benchmarks.seeding import LARGEST, SMALL, World, seed
from benchmarks.tally import Cost
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.runtime.settings import Settings
from gatehouse.runtime.wiring import App
from gatehouse.store.addresses import Addresses
from gatehouse.store.audit_log import AuditLog
from gatehouse.store.codes import Codes
from gatehouse.store.deliveries import Deliveries
from gatehouse.store.domains import Domains
from gatehouse.store.invitations import Invitations
from gatehouse.store.members import Members
from gatehouse.store.policies import Policies
from gatehouse.store.providers import Providers
from gatehouse.store.requests import JoinRequests
from gatehouse.store.tenant_settings import TenantSettings
from gatehouse.store.tenants import Tenants
from tests.support.builders import TODAY
from tests.support.local_stack import emulator_aws
from tests.support.stores import create_tables, delete_tables

pytestmark = pytest.mark.local_stack

LARGER = World(tenants=200, invitations=3_300, members=1_000, largest=2_500, entries=600)
PARTS = {
    "addresses": Addresses,
    "audit_log": AuditLog,
    "codes": Codes,
    "deliveries": Deliveries,
    "domains": Domains,
    "invitations": Invitations,
    "join_requests": JoinRequests,
    "members": Members,
    "policies": Policies,
    "providers": Providers,
    "tenant_settings": TenantSettings,
    "tenants": Tenants,
}
LISTINGS: dict[str, tuple[Callable[[App], Iterable[object]], int]] = {
    "tenants": (lambda app: app.tenants.every(), LARGER.tenants),
    "app clients": (lambda app: app.policies.clients(), LARGER.tenants),
    "mappings": (lambda app: app.providers.every(), LARGER.tenants),
    "invitations": (lambda app: app.invitations.of_tenant(LARGEST), LARGER.largest),
    "codes": (lambda app: app.codes.of_tenant(LARGEST), LARGER.tenants),
    "claims of domains": (lambda app: app.domains.of_tenant(LARGEST), LARGER.tenants),
    "verified domains": (lambda app: app.domains.verified(), LARGER.tenants),
    "requests to join": (lambda app: app.join_requests.of_tenant(LARGEST), LARGER.tenants),
    "entries": (lambda app: app.audit_log.newest(LARGEST, today=TODAY, days=1), LARGER.entries),
}

type Costs = dict[str, Cost]


@dataclass(frozen=True)
class Seeded:
    """A stage on which nothing was carried out yet, and what every operation then took."""

    stage: Stage
    listed: dict[str, tuple[int, int]]
    costs: Costs


@pytest.fixture(scope="module")
def larger(emulator_url: str) -> Iterator[Seeded]:
    yield from _seeded(emulator_url, "larger", LARGER)


@pytest.fixture(scope="module")
def small(emulator_url: str) -> Iterator[Seeded]:
    yield from _seeded(emulator_url, "small", SMALL)


def _seeded(emulator_url: str, size: str, world: World) -> Iterator[Seeded]:
    aws, settings = emulator_aws(emulator_url), Settings(table_name=f"core-{size}", audit_table_name=f"audit-{size}")
    create_tables(aws, settings)
    seed(aws, settings, world)
    stage = Stage(aws, settings)
    listed = {name: _read(stage, rows) for name, (rows, _) in LISTINGS.items()}
    yield Seeded(stage, listed, costs(aws, settings))
    delete_tables(aws, settings)


def _read(stage: Stage, rows: Callable[[App], Iterable[object]]) -> tuple[int, int]:
    stage.tally.clear()
    return len(list(rows(stage.app))), stage.tally.requests


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_asks_for_no_more_of_a_larger_table(name: str, small: Seeded, larger: Seeded) -> None:
    assert small.costs[name].counts == larger.costs[name].counts
    assert small.costs[name].write_units == larger.costs[name].write_units


@pytest.mark.parametrize("size", ["small", "large"])
def test_what_is_kept_of_the_last_whole_run_is_what_the_code_asks_for(size: str, larger: Seeded) -> None:
    kept = {name: Cost(**cost) for name, cost in kept_results()[size]["operations"].items()}

    assert kept
    for name, cost in kept.items():
        now = larger.costs[name]
        assert (name, now.counts, now.write_units) == (name, cost.counts, cost.write_units)


def test_every_operation_of_the_store_is_carried_out() -> None:
    public = {
        f"{part}.{name}"
        for part, kind in PARTS.items()
        for name, _ in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_")
    }

    assert {name.partition(",")[0] for name in OPERATIONS} == public


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_asks_for_one_page_where_ten_rows_are_wanted(name: str, larger: Seeded) -> None:
    rows, _ = LISTINGS[name]
    larger.stage.tally.clear()

    taken = list(islice(rows(larger.stage.app), 10))

    assert len(taken) == 10
    assert (larger.stage.tally.requests, larger.stage.tally.items) == (1, 100)


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_that_is_read_to_its_end_has_every_row(name: str, larger: Seeded) -> None:
    rows, requests = larger.listed[name]

    assert rows == LISTINGS[name][1]
    assert requests <= 4  # a hundred rows, then a megabyte each


def test_whoever_scans_is_found_out(larger: Seeded) -> None:
    def scan(stage: Stage) -> Callable[[], object]:
        return lambda: stage.tally.call("dynamodb", "Scan", {"TableName": "core-larger"})

    with pytest.raises(Unmeasurable, match="scans"):
        larger.stage.cost(scan, 1)


def test_seeded_seats_hold_the_members_and_the_open_invitations(larger: Seeded) -> None:
    app = larger.stage.app
    tenant_id = "tenant-1"
    open_ones = [
        one
        for one in app.invitations.of_tenant(tenant_id, InvitationStatus.PENDING)
        if one.status_on(TODAY) is InvitationStatus.PENDING
    ]

    seats = app.tenants.seats(tenant_id)

    assert seats.held == len(open_ones) + len(list(app.members.of_tenant(tenant_id)))
    assert seats.invitations == len(open_ones)
