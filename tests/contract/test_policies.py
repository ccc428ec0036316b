"""The store's contract: app clients, and what tenants ask of a sign-in."""

import pytest

from gatehouse.domain.audit import Entry
from gatehouse.domain.policy import PolicyPage
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.operator_refusals import TenantNotFound
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


def set_policy(app: App, ways: frozenset[str], role: Role | None) -> tuple[Entry, Entry]:
    """Write both halves of acme's policy; return their entries."""
    of_ways, of_role = fresh_entry(), fresh_entry()
    app.tenants.set_ways("acme", ways, of_ways)
    app.tenants.set_provider_role("acme", role, of_role)
    return of_ways, of_role


@pytest.mark.parametrize("ways", [frozenset(), frozenset({"srp", "provider:Ærø_Saml"})], ids=["any way", "two ways"])
@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.VIEWER])
def test_a_policy_is_written_with_its_entry_over_any_other(app: App, ways: frozenset[str], role: Role | None) -> None:
    has_tenant(app)
    wanted = a_tenant(ways=ways, provider_role=role)
    set_policy(app, frozenset({"two-step"}), Role.VIEWER)

    written = set_policy(app, ways, role)

    assert wanted == app.tenants.get("acme")
    assert set(written) <= set(app.audit_log.newest("acme", today=TODAY, days=1))


def test_a_policy_changes_nothing_else_of_a_tenant_nor_any_other(store: Store) -> None:
    has_tenant(store.app)
    has_tenant(store.app, "globex")
    before = store.rows()

    set_policy(store.app, frozenset({"srp"}), Role.MEMBER)
    set_policy(store.app, frozenset(), None)

    assert before == store.rows()


def test_a_tenant_that_there_is_not_is_not_made_by_a_policy(store: Store) -> None:
    has_tenant(store.app, "globex")
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        store.app.tenants.set_ways("acme", frozenset({"srp"}), fresh_entry())
    with pytest.raises(TenantNotFound):
        store.app.tenants.set_provider_role("acme", None, fresh_entry())

    assert before == store.snapshot()


def test_two_who_set_the_two_halves_of_a_policy_at_once_both_have_their_way(app: App) -> None:
    has_tenant(app)

    app.tenants.set_ways("acme", frozenset({"two-step"}), fresh_entry())
    app.tenants.set_provider_role("acme", Role.VIEWER, fresh_entry())

    assert app.tenants.get("acme") == a_tenant(ways=frozenset({"two-step"}), provider_role=Role.VIEWER)


def test_a_suspension_keeps_the_policy(app: App) -> None:
    has_tenant(app)
    wanted = a_tenant(ways=frozenset({"two-step"}), provider_role=Role.VIEWER)
    set_policy(app, wanted.ways, wanted.provider_role)

    app.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry())
    app.tenants.set_status("acme", TenantStatus.ACTIVE, fresh_entry())

    assert wanted == app.tenants.get("acme")
