"""What a plan changes, it changes only where the rows are as it found them."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from gatehouse.domain.audit import Entry
from gatehouse.domain.branding import Branding
from gatehouse.domain.mail_domain import Proof
from gatehouse.domain.role import Role
from gatehouse.refusals.common import TenantClosed, TenantNotFound
from gatehouse.refusals.plans import ChangedMeanwhile
from gatehouse.runtime.wiring import App
from tests.support.builders import NOW, PROVIDER, TODAY, a_claim, a_client, a_mapping, a_tenant, an_entry, seats
from tests.support.stores import entries

WAS = a_tenant(ways=frozenset({"srp", "otp"}), provider_role=Role.VIEWER)
POLICY = replace(WAS, ways=frozenset({"provider:AcmeSaml"}), provider_role=None)
MAPPING = a_mapping("acme.com", "acme.test")
CLIENT = a_client("srp", "otp")
LOOKS = Branding(color="#0B5FFF", footer="Acme")

type Act = Callable[[App], None]


def set_policy(app: App) -> None:
    app.as_found.tenant(WAS, POLICY).set(WAS, POLICY, an_entry())


def set_branding(app: App) -> None:
    wanted = Branding(color=None, footer="Acme Ltd")
    app.as_found.branding("acme", LOOKS, wanted).set_branding("acme", LOOKS, wanted, an_entry())


def set_seats(app: App) -> None:
    app.as_found.seats("acme", 3).set_seats("acme", None, an_entry())


def set_provider(app: App) -> None:
    app.as_found.providers(PROVIDER, "acme", MAPPING).set(a_mapping("acme.org"), an_entry())


def add_provider(app: App) -> None:
    app.as_found.providers("GlobexOidc", "acme", None).set(a_mapping(provider="GlobexOidc"), an_entry())


def remove_provider(app: App) -> None:
    app.as_found.providers(PROVIDER, "acme", MAPPING).remove(PROVIDER, "acme", an_entry())


def set_client(app: App) -> None:
    app.as_found.clients(CLIENT.id, CLIENT).set_client(replace(CLIENT, tenant_id="acme"), an_entry())


def add_client(app: App) -> None:
    app.as_found.clients("other", None).set_client(replace(CLIENT, id="other"), an_entry())


def remove_domain(app: App) -> None:
    app.as_found.domains(a_claim()).remove(a_claim().domain, "acme", an_entry())


def verifies(app: App, entry: Entry) -> None:
    app.domains.verify(replace(a_claim(), proof=Proof.DNS, verified_at=NOW), entry)


EVERY = [set_policy, set_branding, set_seats, set_provider, add_provider, remove_provider, set_client, add_client]


@pytest.fixture(autouse=True)
def _found(app: App) -> None:
    app.tenants.create(WAS, seats(limit=3), an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF01"))
    app.tenant_settings.set_branding("acme", Branding(), LOOKS, an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF02"))
    app.providers.set(MAPPING, an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF03"))
    app.policies.set_client(CLIENT, an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF04"))
    app.domains.claim(a_claim(), an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF06"))


@pytest.mark.parametrize("act", EVERY)
def test_a_change_is_made_where_all_is_as_it_was_found_and_not_twice(app: App, act: Act) -> None:
    act(app)

    with pytest.raises(ChangedMeanwhile) as raised:
        act(app)

    assert raised.value.tenant_id in ("acme", None)
    assert [entry.id for entry in entries(app, TODAY, "acme")].count(an_entry().id) == 1


@pytest.mark.parametrize(
    ("act", "somebody_else"),
    [
        (set_policy, lambda app, entry: app.tenant_settings.set(WAS, replace(WAS, provider_role=None), entry)),
        (set_policy, lambda app, entry: app.tenant_settings.set(WAS, replace(WAS, ways=frozenset({"srp"})), entry)),
        (set_branding, lambda app, entry: app.tenant_settings.set_branding("acme", LOOKS, Branding(), entry)),
        (set_seats, lambda app, entry: app.tenant_settings.set_seats("acme", 4, entry)),
        (set_provider, lambda app, entry: app.providers.set(a_mapping("acme.com"), entry)),
        (set_provider, lambda app, entry: app.providers.remove(PROVIDER, "acme", entry)),
        (add_provider, lambda app, entry: app.providers.set(a_mapping(provider="GlobexOidc"), entry)),
        (remove_provider, lambda app, entry: app.providers.set(replace(MAPPING, email_attribute="upn"), entry)),
        (set_client, lambda app, entry: app.policies.set_client(replace(CLIENT, name="mobile"), entry)),
        (add_client, lambda app, entry: app.policies.set_client(replace(CLIENT, id="other"), entry)),
    ],
)
def test_what_somebody_else_has_changed_is_left_as_it_is(
    app: App, act: Act, somebody_else: Callable[[App, Entry], object]
) -> None:
    somebody_else(app, an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF05"))
    before = told(app)

    with pytest.raises(ChangedMeanwhile):
        act(app)

    assert told(app) == before


def test_a_domain_that_was_verified_meanwhile_keeps_its_rule(app: App) -> None:
    verifies(app, an_entry(id="01KAS3Q4W0FFFFFFFFFFFFFF05"))

    with pytest.raises(ChangedMeanwhile):
        remove_domain(app)

    assert app.domains.rule_of(a_claim().domain) is not None


def test_a_domain_that_is_as_it_was_found_is_removed(app: App) -> None:
    remove_domain(app)

    assert app.domains.claims(a_claim().domain) == []


def test_what_a_change_does_not_touch_may_be_another(app: App) -> None:
    app.tenant_settings.set(
        WAS, replace(WAS, name="Acme Ltd", claims_off=frozenset({"tenants"})), an_entry(id="A" * 26)
    )

    set_policy(app)

    assert app.tenants.get("acme") == replace(POLICY, name="Acme Ltd", claims_off=frozenset({"tenants"}))


def test_what_else_is_refused_is_refused_as_ever(app: App) -> None:
    app.tenants.close("acme", an_entry(id="B" * 26))
    machine = replace(CLIENT, id="robot", tenant_id="globex")

    with pytest.raises(TenantClosed):
        set_policy(app)
    with pytest.raises(TenantClosed):
        set_seats(app)
    with pytest.raises(TenantNotFound):
        app.as_found.clients("robot", None).set_client(machine, an_entry())


def told(app: App) -> object:
    return (
        app.inventory.tenants(["acme"]),
        app.inventory.mappings([(PROVIDER, "acme"), ("GlobexOidc", "acme")]),
        app.inventory.clients([CLIENT.id, "other"]),
        [entry.id for entry in entries(app, TODAY, "acme")],
    )
