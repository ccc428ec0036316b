"""The store's contract: audit entries are written once, never changed, and read newest first."""

from datetime import timedelta

import pytest

from gatehouse.domain.audit import Party, PartyKind
from gatehouse.runtime.wiring import App
from tests.support.builders import ANAS_SUB, NOW, OPERATOR, TODAY, an_entry
from tests.support.histories import fresh_entry
from tests.support.tables import Store


def test_an_entry_reads_as_it_was_written(app: App) -> None:
    app.audit_log.append(an_entry())

    assert [an_entry()] == list(app.audit_log.newest("acme", today=TODAY, days=1))


def test_an_entry_written_again_stays_as_it_is(store: Store) -> None:
    store.app.audit_log.append(an_entry())
    before = store.audit_rows()

    store.app.audit_log.append(an_entry())
    store.app.audit_log.append(an_entry(reason="another"))

    assert before == store.audit_rows()


def test_entries_are_read_newest_first_over_so_many_days(app: App) -> None:
    told = [fresh_entry(at=NOW - timedelta(days=age, hours=hour)) for age in (3, 2, 1, 0) for hour in (1, 0)]
    for entry in told:
        app.audit_log.append(entry)

    assert told[:1:-1] == list(app.audit_log.newest("acme", today=TODAY, days=3))


@pytest.mark.parametrize(("tenant_id", "others"), [("acme", None), (None, "acme"), ("acme", "acme-2")])
def test_entries_of_others_are_not_read(app: App, tenant_id: str | None, others: str | None) -> None:
    entry = fresh_entry(tenant_id=tenant_id)
    app.audit_log.append(entry)
    app.audit_log.append(fresh_entry(tenant_id=others))

    assert [entry] == list(app.audit_log.newest(tenant_id, today=TODAY, days=1))


def test_an_entry_belongs_to_the_utc_day_of_its_moment(app: App) -> None:
    midnight = NOW.replace(hour=0)
    last, first = fresh_entry(at=midnight - timedelta(milliseconds=1)), fresh_entry(at=midnight)
    app.audit_log.append(last)
    app.audit_log.append(first)

    assert [first] == list(app.audit_log.newest("acme", today=TODAY, days=1))
    assert [first, last] == list(app.audit_log.newest("acme", today=TODAY, days=2))


@pytest.mark.parametrize(
    ("actor", "target", "index"),
    [
        pytest.param(Party(PartyKind.USER, ANAS_SUB), OPERATOR, f"USER#{ANAS_SUB}", id="a user acts"),
        pytest.param(OPERATOR, Party(PartyKind.USER, ANAS_SUB), f"USER#{ANAS_SUB}", id="a user is acted upon"),
        pytest.param(OPERATOR, Party(PartyKind.TENANT, "acme"), None, id="no user takes part"),
    ],
)
def test_the_index_lists_an_entry_under_its_user(store: Store, actor: Party, target: Party, index: str | None) -> None:
    store.app.audit_log.append(an_entry(actor=actor, target=target))

    (row,) = store.audit_rows()

    assert index == row.get("GSI1PK", {}).get("S")
    assert (an_entry().id if index else None) == row.get("GSI1SK", {}).get("S")
