"""The store's contract: a revoked invitation gives its seat back, once, unless its day has."""

from datetime import date, timedelta
from typing import Any

import pytest

from gatehouse.domain.invitation import InvitationStatus
from gatehouse.errors import GatehouseError
from gatehouse.refusals.common import InvitationNotPending
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, seats
from tests.support import stage
from tests.support.builders import TODAY, an_invitation
from tests.support.builders import seats as some_seats
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept, revokes
from tests.support.tables import Store

BEN = "ben@acme.com"
LAST_DAY = date(2026, 11, 30)
AFTER = LAST_DAY + timedelta(days=1)


def test_a_revoked_invitation_gives_its_seat_back(app: App) -> None:
    has_tenant(app)
    made, entry = invites(app), fresh_entry()

    app.invitations.revoke(made, entry, TODAY)

    assert app.invitations.get(made.address, "acme").status is InvitationStatus.REVOKED
    assert some_seats(ending={LAST_DAY: 0}) == app.tenants.seats("acme")
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_it_moves_in_the_listing_and_keeps_the_date_of_its_removal(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    key = keys.invitation_key(made.address, "acme")
    removed_at = store.row(key)["ttl"]

    revokes(store.app, made)

    assert store.row(key)["GSI1SK"]["S"].startswith("revoked#")
    assert removed_at == store.row(key)["ttl"]
    assert list(store.app.invitations.of_tenant("acme", InvitationStatus.PENDING)) == []
    assert [made.id] == [one.id for one in store.app.invitations.of_tenant("acme", InvitationStatus.REVOKED)]


def test_it_leaves_the_invitations_of_others_alone(app: App) -> None:
    has_tenant(app)
    ana, ben = invites(app), invites(app, BEN)

    revokes(app, ana)

    assert ben == app.invitations.get(ben.address, "acme")
    assert (1, 0) == kept(app, "acme") == counted(app, "acme")


def test_on_its_last_day_it_still_gives_its_seat_back(app: App) -> None:
    has_tenant(app)
    made = invites(app)

    revokes(app, made, LAST_DAY)

    assert app.tenants.seats("acme").held == 0


def test_past_its_day_its_seat_is_left_to_the_fold(app: App) -> None:
    has_tenant(app)
    made = invites(app)

    revokes(app, made, AFTER)

    assert app.invitations.get(made.address, "acme").status is InvitationStatus.REVOKED
    assert app.tenants.seats("acme").held == 1
    assert (0, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_a_seat_that_a_clock_ahead_of_ours_has_folded_is_not_given_back_twice(app: App) -> None:
    has_tenant(app)
    ana, ben = invites(app), invites(app, BEN, expires_on=AFTER)
    seats.fold(stage.core_table(app), "acme", AFTER)

    revokes(app, ana, LAST_DAY)

    assert app.invitations.get(ana.address, "acme").status is InvitationStatus.REVOKED
    assert ben == app.invitations.get(ben.address, "acme")
    assert (1, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_an_invitation_of_a_tenant_that_is_gone_is_revoked_all_the_same(app: App) -> None:
    stage.rewrite(app, an_invitation())

    revokes(app, an_invitation())

    assert app.invitations.get(an_invitation().address, "acme").status is InvitationStatus.REVOKED


@pytest.mark.parametrize("today", [TODAY, AFTER], ids=["in its time", "past its day"])
@pytest.mark.parametrize(
    "stored",
    [
        pytest.param({"status": InvitationStatus.ACCEPTED, "sub": "somebody"}, id="accepted"),
        pytest.param({"status": InvitationStatus.REVOKED}, id="revoked"),
        pytest.param({"status": InvitationStatus.REMOVED}, id="removed"),
        pytest.param({"status": InvitationStatus.EXPIRED}, id="expired"),
        pytest.param({"id": "01KAS3Q4W0CCCCCCCCCCCCCCCC"}, id="made anew"),
    ],
)
def test_what_is_not_pending_cannot_be_revoked(store: Store, stored: dict[str, Any], today: date) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    stage.rewrite(store.app, an_invitation(**stored))
    before = store.snapshot()

    with pytest.raises(InvitationNotPending):
        revokes(store.app, made, today)

    assert before == store.snapshot()


def test_what_is_not_there_cannot_be_revoked(store: Store) -> None:
    has_tenant(store.app)
    before = store.snapshot()

    with pytest.raises(InvitationNotPending):
        revokes(store.app, an_invitation())

    assert before == store.snapshot()


def test_what_was_accepted_keeps_its_member(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    joins(app, made)

    with pytest.raises(InvitationNotPending):
        revokes(app, made)

    assert (1, 0) == kept(app, "acme") == counted(app, "acme")


def test_an_entry_that_is_there_already_lets_nothing_be_written(store: Store) -> None:
    has_tenant(store.app)
    made, entry = invites(store.app), fresh_entry()
    store.app.audit_log.append(entry)
    before = store.snapshot()

    with pytest.raises(GatehouseError):
        store.app.invitations.revoke(made, entry, TODAY)

    assert before == store.snapshot()
