"""The store's contract: identity providers, and the note of which of them brings a profile."""

from datetime import timedelta

import pytest

from gatehouse.domain.provider import NOTE_LASTS
from gatehouse.refusals.common import ProviderNotMapped, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import NOW, PROVIDER, TODAY, a_mapping, a_note
from tests.support.doubles import CountingAws
from tests.support.histories import fresh_entry, has_tenant
from tests.support.tables import Store

ANAS_PROFILE = "AcmeSaml_ana@acme.com"


def test_a_mapping_is_there_with_its_entry(app: App) -> None:
    has_tenant(app)
    entry = fresh_entry()

    app.providers.set(a_mapping("acme.com", "acme.org"), entry)

    assert [a_mapping("acme.com", "acme.org")] == app.providers.of(PROVIDER)
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_what_was_mapped_of_provider_and_tenant_is_replaced(app: App) -> None:
    has_tenant(app)
    app.providers.set(a_mapping("acme.com", "acme.org"), fresh_entry())

    app.providers.set(a_mapping(domains=frozenset()), fresh_entry())

    assert [a_mapping(domains=frozenset())] == app.providers.of(PROVIDER)


def test_a_provider_is_mapped_to_no_tenant_that_there_is_not(store: Store) -> None:
    has_tenant(store.app, "globex")
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        store.app.providers.set(a_mapping(), fresh_entry())

    assert before == store.snapshot()


def test_everything_that_a_provider_is_mapped_to_is_read_in_one_request(store: Store) -> None:
    mappings = [a_mapping(tenant_id="acme"), a_mapping("globex.com", tenant_id="globex")]
    for mapping in mappings:
        has_tenant(store.app, mapping.tenant_id)
        store.app.providers.set(mapping, fresh_entry())
    counting = CountingAws(store.aws)

    found = store.over(counting).app.providers.of(PROVIDER)

    assert mappings == found
    assert counting.calls == {"Query": 1}


@pytest.mark.parametrize("name", ["acmesaml", "AcmeSaml2", "AcmeSam", "Acme#Saml", "IDP#AcmeSaml"])
def test_a_name_that_is_alike_is_another_provider(app: App, name: str) -> None:
    has_tenant(app)
    app.providers.set(a_mapping(), fresh_entry())

    assert app.providers.of(name) == []


@pytest.mark.parametrize("name", ["Acme_Saml", "Ærø-(1)", "a#b", "TENANT#acme", "IDP#"])
def test_a_provider_may_be_called_as_the_user_pool_has_it(app: App, name: str) -> None:
    has_tenant(app)

    app.providers.set(a_mapping(provider=name), fresh_entry())

    assert [a_mapping(provider=name)] == app.providers.of(name) == list(app.providers.every())


def test_a_mapping_that_is_removed_is_gone_with_its_entry_and_no_other(app: App) -> None:
    for tenant_id in ("acme", "globex"):
        has_tenant(app, tenant_id)
        app.providers.set(a_mapping(tenant_id=tenant_id), fresh_entry())
    entry = fresh_entry()

    app.providers.remove(PROVIDER, "acme", entry)

    assert [a_mapping(tenant_id="globex")] == app.providers.of(PROVIDER)
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_a_mapping_that_there_is_not_cannot_be_removed(store: Store) -> None:
    has_tenant(store.app)
    has_tenant(store.app, "globex")
    store.app.providers.set(a_mapping(tenant_id="globex"), fresh_entry())
    before = store.snapshot()

    with pytest.raises(ProviderNotMapped) as raised:
        store.app.providers.remove(PROVIDER, "acme", fresh_entry())

    assert raised.value.tenant_id == "acme"
    assert before == store.snapshot()


def test_all_mappings_are_listed_by_provider_and_tenant(app: App) -> None:
    for tenant_id in ("globex", "acme"):
        has_tenant(app, tenant_id)
        for name in ("B", "A"):
            app.providers.set(a_mapping(provider=name, tenant_id=tenant_id), fresh_entry())

    listed = [(one.provider, one.tenant_id) for one in app.providers.every()]

    assert listed == [("A", "acme"), ("A", "globex"), ("B", "acme"), ("B", "globex")]


def test_a_note_says_for_an_hour_what_a_provider_said_of_a_profile(app: App) -> None:
    entry = fresh_entry()

    app.providers.note(ANAS_PROFILE, a_note(), entry)

    assert app.providers.noted(ANAS_PROFILE, NOW) == a_note()
    assert app.providers.noted(ANAS_PROFILE, NOW + timedelta(minutes=59, seconds=59)) == a_note()
    assert app.providers.noted(ANAS_PROFILE, NOW + NOTE_LASTS) is None
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_the_note_of_one_profile_says_nothing_of_another(app: App) -> None:
    app.providers.note(ANAS_PROFILE, a_note(), fresh_entry())

    assert app.providers.noted("AcmeSaml_ben@acme.com", NOW) is None


def test_a_profile_is_one_in_either_case(app: App) -> None:
    app.providers.note(ANAS_PROFILE, a_note(), fresh_entry())

    assert app.providers.noted(ANAS_PROFILE.lower(), NOW) == a_note()


def test_a_later_note_counts(app: App) -> None:
    app.providers.note(ANAS_PROFILE, a_note(), fresh_entry())
    later = a_note(provider="Another", address=None, noted_at=NOW + timedelta(minutes=40))
    app.providers.note(ANAS_PROFILE, later, fresh_entry())

    assert app.providers.noted(ANAS_PROFILE, NOW + timedelta(minutes=80)) == later


def test_dynamodb_may_remove_a_note_once_it_no_longer_holds(store: Store) -> None:
    store.app.providers.note(ANAS_PROFILE, a_note(), fresh_entry())

    row = store.row(keys.federation_key(ANAS_PROFILE))

    assert "ana" not in row["PK"]["S"]
    assert row["ttl"] == {"N": str(int((NOW + NOTE_LASTS).timestamp()))}
