"""The store's contract: app clients, and the page that a sign-in is compared with."""

import pytest

from gatehouse.domain.policy import PolicyPage
from gatehouse.refusals.common import TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import CLIENT_ID, TODAY, a_client, a_tenant
from tests.support.doubles import CountingAws
from tests.support.histories import fresh_entry, has_tenant
from tests.support.tables import Store


def test_an_app_client_is_there_with_its_entry(app: App) -> None:
    entry = fresh_entry(tenant_id=None)

    app.policies.set_client(a_client(), entry)

    assert PolicyPage(a_client()) == app.policies.page(CLIENT_ID, [])
    assert [entry] == list(app.audit_log.newest(None, today=TODAY, days=1))


def test_what_was_declared_of_an_app_client_is_replaced(app: App) -> None:
    has_tenant(app)
    app.policies.set_client(a_client(tenant_id="acme"), fresh_entry())

    app.policies.set_client(a_client("passkey", name="mobile"), fresh_entry())

    assert app.policies.page(CLIENT_ID, []).client == a_client("passkey", name="mobile")


def test_an_app_client_may_name_no_way_in(store: Store) -> None:
    has_tenant(store.app)
    machine = a_client(ways=frozenset(), tenant_id="acme")

    store.app.policies.set_client(machine, fresh_entry())

    assert "ways" not in store.row(keys.client_key(CLIENT_ID))
    assert machine == store.app.policies.page(CLIENT_ID, []).client


def test_an_app_client_is_no_machine_of_a_tenant_that_there_is_not(store: Store) -> None:
    has_tenant(store.app, "globex")
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        store.app.policies.set_client(a_client(tenant_id="acme"), fresh_entry())

    assert before == store.snapshot()


def test_a_page_has_the_client_and_those_tenants_that_there_are_in_one_request(store: Store) -> None:
    has_tenant(store.app, "acme")
    has_tenant(store.app, "globex")
    store.app.policies.set_client(a_client(), fresh_entry())
    counting = CountingAws(store.aws)

    page = store.over(counting).app.policies.page(CLIENT_ID, ["acme", "initech", "globex"])

    assert page == PolicyPage(a_client(), {"acme": a_tenant(), "globex": a_tenant(id="globex")})
    assert counting.calls == {"BatchGetItem": 1}


@pytest.mark.parametrize("client_id", [None, CLIENT_ID])
def test_a_page_without_a_client_that_is_known_has_none(app: App, client_id: str | None) -> None:
    has_tenant(app)

    page = app.policies.page(client_id, ["acme"])

    assert page == PolicyPage(None, {"acme": a_tenant()})


def test_a_page_of_nothing_asks_nobody(store: Store) -> None:
    counting = CountingAws(store.aws)

    page = store.over(counting).app.policies.page(None, [])

    assert page == PolicyPage()
    assert counting.calls == {}


def test_app_clients_are_listed_by_id(app: App) -> None:
    for client_id in ("b", "c", "a"):
        app.policies.set_client(a_client(id=client_id), fresh_entry())

    assert [client.id for client in app.policies.clients()] == ["a", "b", "c"]
