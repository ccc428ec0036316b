"""The store's contract: tenants."""

from datetime import timedelta

import pytest

from gatehouse.domain.tenant import TenantStatus
from gatehouse.refusals.common import TenantExists, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import NOW, TODAY, a_tenant, seats
from tests.support.doubles import CountingAws
from tests.support.histories import fresh_entry, has_tenant
from tests.support.tables import Store

PASSING = (TenantStatus.ACTIVE, TenantStatus.SUSPENDED)


def test_a_new_tenant_is_there_with_its_seats_and_its_entry(app: App) -> None:
    entry = fresh_entry()

    app.tenants.create(a_tenant(), seats(limit=7), entry)

    assert a_tenant() == app.tenants.get("acme")
    assert seats(limit=7) == app.tenants.seats("acme")
    assert [entry] == list(app.audit_log.newest("acme", today=TODAY, days=1))


def test_a_tenant_without_a_limit_has_none_in_its_row(store: Store) -> None:
    has_tenant(store.app, limit=None)

    assert "seat_limit" not in store.row(keys.seats_key("acme"))
    assert store.app.tenants.seats("acme").limit is None


def test_a_taken_id_is_refused_and_nothing_is_written(store: Store) -> None:
    has_tenant(store.app)
    before = store.snapshot()

    with pytest.raises(TenantExists):
        store.app.tenants.create(a_tenant(name="Another"), seats(limit=1, held=1), fresh_entry())

    assert before == store.snapshot()


def test_an_unknown_tenant_is_not_found(app: App) -> None:
    with pytest.raises(TenantNotFound):
        app.tenants.get("acme")
    with pytest.raises(TenantNotFound):
        app.tenants.seats("acme")


def test_of_some_ids_those_that_exist_are_returned_in_one_request(store: Store) -> None:
    has_tenant(store.app, "acme")
    has_tenant(store.app, "globex")
    counting = CountingAws(store.aws)

    found = store.over(counting).app.tenants.by_ids(["acme", "initech", "globex"])

    assert {"acme": a_tenant(), "globex": a_tenant(id="globex")} == found
    assert counting.calls == {"BatchGetItem": 1}


def test_a_hundred_tenants_are_found_at_once(app: App) -> None:
    wanted = [f"tenant-{number}" for number in range(100)]
    has_tenant(app, wanted[0])
    has_tenant(app, wanted[-1])

    assert {wanted[0], wanted[-1]} == set(app.tenants.by_ids(wanted))


def test_all_tenants_are_listed_oldest_first(app: App) -> None:
    for age, tenant_id in enumerate(["globex", "acme", "initech"]):
        tenant = a_tenant(id=tenant_id, created_at=NOW + timedelta(seconds=age))
        app.tenants.create(tenant, seats(), fresh_entry(tenant_id=tenant_id))

    assert [tenant.id for tenant in app.tenants.every()] == ["globex", "acme", "initech"]


@pytest.mark.parametrize("status", PASSING)
def test_a_change_of_status_is_written_with_its_entry(app: App, status: TenantStatus) -> None:
    (other,) = {*PASSING} - {status}
    app.tenants.create(a_tenant(status=other), seats(), fresh_entry())
    entry = fresh_entry()

    has_changed = app.tenants.set_status("acme", status, entry)

    assert has_changed
    assert a_tenant(status=status) == app.tenants.get("acme")
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


@pytest.mark.parametrize("status", PASSING)
def test_a_status_that_is_there_already_changes_nothing(store: Store, status: TenantStatus) -> None:
    store.app.tenants.create(a_tenant(status=status), seats(), fresh_entry())
    before = store.snapshot()

    has_changed = store.app.tenants.set_status("acme", status, fresh_entry())

    assert not has_changed
    assert before == store.snapshot()


def test_a_tenant_that_is_not_there_is_not_made_by_a_change_of_status(store: Store) -> None:
    has_tenant(store.app, "globex")
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        store.app.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry())

    assert before == store.snapshot()


def test_a_change_of_status_leaves_other_tenants_alone(app: App) -> None:
    has_tenant(app, "acme")
    has_tenant(app, "globex")

    app.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry())

    assert a_tenant(id="globex") == app.tenants.get("globex")
