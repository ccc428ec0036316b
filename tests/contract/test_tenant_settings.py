"""The store's contract: what operators set of a tenant, each change with its entry and none without a change."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gatehouse.domain.branding import Branding
from gatehouse.domain.claims import claims_for
from gatehouse.domain.membership import UserMemberships
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import JOIN_RULES, TenantStatus
from gatehouse.errors import UnreadableRecord
from gatehouse.refusals.common import NoSeat, TenantClosed, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import TODAY, a_membership, a_tenant
from tests.support.histories import closes, counted, fresh_entry, has_tenant, invites, joins, kept, sets
from tests.support.tables import Store

EVERYTHING: dict[str, Any] = {
    "name": "Ærø & Söhne 海",
    "ways": frozenset({"srp", "provider:Ærø_Saml"}),
    "provider_role": Role.VIEWER,
    "locale": "pt-BR",
    "rules_off": frozenset({"code", "domain"}),
    "claims_off": frozenset({"tenants"}),
}
LOOKS = Branding(
    display_name="Acme 海",
    logo_url="https://acme.com/logo.png",
    color="#0B5FFF",
    support_address="help@acme.com",
    footer="Acme Ltd, Svendborg",
    subject_prefix="[Acme]",
)

type Change = Callable[[App, Any], bool]


def names(app: App, entry: Any) -> bool:
    was = app.tenants.get("acme") if "acme" in app.tenants.by_ids(["acme"]) else a_tenant()
    return app.tenant_settings.set(was, replace(was, name="Another"), entry)


def brands(app: App, entry: Any) -> bool:
    return app.tenant_settings.set_branding("acme", Branding(), LOOKS, entry)


def seats_four(app: App, entry: Any) -> bool:
    return app.tenant_settings.set_seats("acme", 4, entry)


def seats_without_end(app: App, entry: Any) -> bool:
    return app.tenant_settings.set_seats("acme", None, entry)


CHANGES = [names, brands, seats_four, seats_without_end]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_written_once_with_its_entry(store: Store, change: Change) -> None:
    has_tenant(store.app)
    first, second = fresh_entry(), fresh_entry()

    has_changed = change(store.app, first)
    after = store.rows()
    again = change(store.app, second)

    assert (has_changed, again) == (True, False)
    assert after == store.rows()
    recorded = list(store.app.audit_log.newest("acme", today=TODAY, days=1))
    assert first in recorded
    assert second not in recorded


@pytest.mark.parametrize("change", CHANGES)
def test_a_tenant_that_there_is_not_is_not_made_by_a_change(store: Store, change: Change) -> None:
    has_tenant(store.app, "globex")
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        change(store.app, fresh_entry())

    assert before == store.snapshot()


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_is_changed_of_a_closed_tenant(store: Store, change: Change) -> None:
    has_tenant(store.app)
    closes(store.app)
    before = store.snapshot()

    with pytest.raises(TenantClosed):
        change(store.app, fresh_entry())

    assert before == store.snapshot()


def test_every_setting_is_read_as_it_was_set_and_taken_back_without_a_trace(store: Store) -> None:
    has_tenant(store.app)
    has_tenant(store.app, "globex")
    before = store.rows()

    sets(store.app, **EVERYTHING)
    store.app.tenant_settings.set_branding("acme", Branding(), LOOKS, fresh_entry())
    is_set, looks = store.app.tenants.get("acme"), store.app.tenant_settings.branding("acme")
    sets(store.app, **{name: getattr(a_tenant(), name) for name in EVERYTHING})
    store.app.tenant_settings.set_branding("acme", LOOKS, Branding(), fresh_entry())

    assert is_set == a_tenant(**EVERYTHING)
    assert looks == LOOKS
    assert before == store.rows()


def test_what_somebody_else_has_set_meanwhile_stays(app: App) -> None:
    has_tenant(app)
    was = app.tenants.get("acme")

    sets(app, ways=frozenset({"two-step"}))
    app.tenant_settings.set(was, replace(was, provider_role=Role.VIEWER), fresh_entry())

    assert app.tenants.get("acme") == a_tenant(ways=frozenset({"two-step"}), provider_role=Role.VIEWER)


def test_a_suspension_keeps_the_settings(app: App) -> None:
    has_tenant(app)
    sets(app, **EVERYTHING)

    app.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry())
    app.tenants.set_status("acme", TenantStatus.ACTIVE, fresh_entry())

    assert app.tenants.get("acme") == a_tenant(**EVERYTHING)


def test_a_branding_is_no_part_of_what_a_token_is_decided_by(app: App) -> None:
    has_tenant(app)
    brands(app, fresh_entry())

    assert app.tenants.get("acme") == a_tenant()


def test_there_is_no_branding_of_a_tenant_that_there_is_not(app: App) -> None:
    with pytest.raises(TenantNotFound):
        app.tenant_settings.branding("acme")


@pytest.mark.invariant(3)
def test_a_limit_below_what_is_held_takes_nobodys_seat_and_stops_new_ones(app: App) -> None:
    has_tenant(app, limit=None)
    joins(app, invites(app, "bea@acme.com", id="01KAS3Q4W0BEA0000000000000"), "bea")
    joins(app, invites(app, "cai@acme.com", id="01KAS3Q4W0CAI0000000000000"), "cai")
    open_one = invites(app)

    app.tenant_settings.set_seats("acme", 1, fresh_entry())

    with pytest.raises(NoSeat):
        invites(app, "dee@acme.com", id="01KAS3Q4W0DEE0000000000000")
    assert joins(app, open_one)
    assert kept(app, "acme") == counted(app, "acme") == (3, 0)


@pytest.mark.invariant(3)
def test_a_limit_that_is_raised_or_taken_away_makes_room(store: Store) -> None:
    app = store.app
    has_tenant(app, limit=1)
    invites(app)

    app.tenant_settings.set_seats("acme", 2, fresh_entry())
    invites(app, "bea@acme.com", id="01KAS3Q4W0BEA0000000000000")
    with pytest.raises(NoSeat):
        invites(app, "cai@acme.com", id="01KAS3Q4W0CAI0000000000000")
    app.tenant_settings.set_seats("acme", None, fresh_entry())
    invites(app, "cai@acme.com", id="01KAS3Q4W0CAI0000000000000")

    assert kept(app, "acme") == (3, 0)
    assert "seat_limit" not in store.row(keys.seats_key("acme"))


@pytest.mark.parametrize(
    ("attribute", "spoilt"),
    [
        ("rules_off", {"S": "code"}),
        ("claims_off", {"L": []}),
        ("tenant_locale", {"N": "7"}),
        ("tenant_status", {"S": "shut"}),
    ],
)
def test_a_setting_of_another_type_is_named_and_never_read_as_none(
    store: Store, attribute: str, spoilt: dict[str, Any]
) -> None:
    has_tenant(store.app)
    store.write_by_hand(store.row(keys.tenant_key("acme")), **{attribute: spoilt})

    with pytest.raises(UnreadableRecord) as raised:
        store.app.tenants.get("acme")

    assert (raised.value.kind, raised.value.attribute) == ("TENANT", attribute)


def test_a_branding_of_another_type_is_named_and_stops_no_token(store: Store) -> None:
    has_tenant(store.app)
    store.write_by_hand(store.row(keys.tenant_key("acme")), brand_color={"N": "7"})

    with pytest.raises(UnreadableRecord) as raised:
        store.app.tenant_settings.branding("acme")

    assert raised.value.attribute == "brand_color"
    assert store.app.tenants.get("acme") == a_tenant()


def test_what_is_no_rule_and_no_claim_switches_nothing_off(store: Store) -> None:
    has_tenant(store.app)
    row = store.row(keys.tenant_key("acme"))
    store.write_by_hand(row, rules_off={"SS": ["CODE", "invitation"]}, claims_off={"SS": ["tenant_id", "sub"]})

    found = store.app.tenants.get("acme")

    assert all(map(found.takes, JOIN_RULES))
    assert set(claims_for(UserMemberships({}, None), a_membership(), found)) >= {"tenant_id", "tenant_permissions"}
