"""The store's contract: invitations are made if the slot is free and a seat is, and listed by status and age."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.errors import AwsError, Refusal
from gatehouse.refusals.common import AlreadyInvited, AlreadyMember, InvitationNotFound, NoSeat, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.attributes import to_wire
from tests.support import stage
from tests.support.builders import ANA, NOW, TODAY, an_invitation, seats
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept, revokes
from tests.support.tables import Store

BEN, CLEO = "ben@acme.com", "cleo@acme.com"
LAST_DAY = date(2026, 11, 30)
TOMORROW = TODAY + timedelta(days=1)
AFTER = LAST_DAY + timedelta(days=1)


def test_a_new_invitation_takes_a_seat_until_its_last_day(app: App) -> None:
    has_tenant(app)
    entry = fresh_entry()

    app.invitations.create(an_invitation(), entry, TODAY)

    assert an_invitation() == app.invitations.get(parse_address(ANA), "acme")
    assert seats(held=1, ending={LAST_DAY: 1}) == app.tenants.seats("acme")
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_an_invitation_that_was_never_made_is_not_found(app: App) -> None:
    has_tenant(app, "acme")
    has_tenant(app, "globex")
    invites(app, tenant_id="globex")

    with pytest.raises(InvitationNotFound):
        app.invitations.get(parse_address(ANA), "acme")


def test_an_open_invitation_blocks_another_one(store: Store) -> None:
    has_tenant(store.app)
    invites(store.app)

    _is_refused_without_a_trace(store, AlreadyInvited, today=LAST_DAY)


def test_an_accepted_invitation_blocks_another_one(store: Store) -> None:
    has_tenant(store.app)
    joins(store.app, invites(store.app))

    _is_refused_without_a_trace(store, AlreadyMember)


def test_an_accepted_invitation_blocks_another_one_after_its_last_day_too(store: Store) -> None:
    has_tenant(store.app)
    joins(store.app, invites(store.app))

    _is_refused_without_a_trace(store, AlreadyMember, today=AFTER)


def test_a_tenant_whose_seats_are_all_held_invites_nobody(store: Store) -> None:
    has_tenant(store.app, limit=1)
    invites(store.app, BEN)

    _is_refused_without_a_trace(store, NoSeat)


def test_a_tenant_that_is_not_there_invites_nobody(store: Store) -> None:
    has_tenant(store.app, "globex")

    _is_refused_without_a_trace(store, TenantNotFound)


def test_an_entry_that_is_there_already_lets_nothing_be_written(store: Store) -> None:
    has_tenant(store.app)
    entry = fresh_entry()
    store.app.audit_log.append(entry)
    before = store.snapshot()

    with pytest.raises(AwsError, match="TransactionCanceled"):
        store.app.invitations.create(an_invitation(), entry, TODAY)

    assert before == store.snapshot()


def test_a_slot_that_was_given_up_is_taken_again_with_a_seat(store: Store) -> None:
    has_tenant(store.app)
    revokes(store.app, invites(store.app))

    again = invites(store.app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC", expires_on=TOMORROW)

    assert again == store.app.invitations.get(again.address, "acme")
    assert (1, 0) == kept(store.app, "acme") == counted(store.app, "acme")


@pytest.mark.parametrize(
    "status", [InvitationStatus.REVOKED, InvitationStatus.EXPIRED, InvitationStatus.REMOVED], ids=str
)
def test_a_closed_slot_is_taken_again(app: App, status: InvitationStatus) -> None:
    has_tenant(app)
    stage.rewrite(app, an_invitation(status=status, sub="somebody"))

    again = invites(app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC")

    assert again == app.invitations.get(again.address, "acme")
    assert kept(app, "acme") == (1, 0)


def test_an_invitation_still_blocks_on_its_last_day(app: App) -> None:
    has_tenant(app)
    invites(app)

    with pytest.raises(AlreadyInvited):
        invites(app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC", today=LAST_DAY)


def test_an_expired_invitation_does_not_block_a_new_one_and_its_seat_is_folded(app: App) -> None:
    has_tenant(app, limit=1)
    invites(app)
    ends = AFTER + timedelta(days=7)

    again = invites(app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC", today=AFTER, expires_on=ends)

    assert again == app.invitations.get(again.address, "acme")
    assert seats(limit=1, held=1, folded=AFTER, ending={ends: 1}) == app.tenants.seats("acme")


def test_days_gone_by_are_folded_before_a_seat_is_taken_though_there_is_room(app: App) -> None:
    has_tenant(app)
    invites(app, BEN)
    ends = AFTER + timedelta(days=7)

    invites(app, ANA, today=AFTER, expires_on=ends)

    assert seats(held=1, folded=AFTER, ending={ends: 1}) == app.tenants.seats("acme")


def test_seats_of_expired_invitations_are_taken_by_others(app: App) -> None:
    has_tenant(app, limit=2)
    invites(app, BEN)
    invites(app, CLEO, expires_on=TOMORROW)

    invites(app, ANA, today=TOMORROW + timedelta(days=1))
    with pytest.raises(NoSeat):
        invites(app, "dan@acme.com", today=LAST_DAY)

    assert (2, 0) == kept(app, "acme", LAST_DAY) == counted(app, "acme", LAST_DAY)


def test_without_a_limit_there_is_always_a_seat(app: App) -> None:
    has_tenant(app, limit=None)

    for number in range(12):
        invites(app, f"person-{number}@acme.com")

    assert (12, 0) == kept(app, "acme") == counted(app, "acme")


def test_a_limit_lowered_below_what_is_held_stops_new_ones_alone(store: Store) -> None:
    has_tenant(store.app)
    ana, ben = invites(store.app, ANA), invites(store.app, BEN)
    store.write_by_hand(store.row(keys.seats_key("acme")), seat_limit={"N": "1"})

    joins(store.app, ana)
    with pytest.raises(NoSeat):
        invites(store.app, CLEO)
    revokes(store.app, ben)
    with pytest.raises(NoSeat):
        invites(store.app, CLEO)

    assert (1, 0) == kept(store.app, "acme") == counted(store.app, "acme")


def test_one_address_is_invited_by_many_tenants(app: App) -> None:
    has_tenant(app, "acme")
    has_tenant(app, "globex")

    invites(app, tenant_id="acme")
    invites(app, tenant_id="globex")

    assert {"acme", "globex"} == {one.tenant_id for one in app.addresses.page(parse_address(ANA)).invitations}
    assert (1, 0) == kept(app, "acme") == kept(app, "globex")


def test_a_row_may_be_removed_by_dynamodb_a_month_after_its_end(store: Store) -> None:
    has_tenant(store.app)

    made = invites(store.app)

    seconds = (made.expires_at + timedelta(days=30)).timestamp()
    assert {"N": str(int(seconds))} == store.row(keys.invitation_key(made.address, "acme"))["ttl"]


def test_a_tenants_invitations_are_listed_by_status_and_age(app: App) -> None:
    has_tenant(app, limit=None)
    has_tenant(app, "globex")
    invites(app, "last@acme.com", invited_at=NOW + timedelta(hours=1))
    invites(app, "first@acme.com", invited_at=NOW - timedelta(hours=1))
    joins(app, invites(app, "member@acme.com"))
    revokes(app, invites(app, "revoked@acme.com"))
    invites(app, "other@globex.com", tenant_id="globex")

    listed = [one.address.value for one in app.invitations.of_tenant("acme")]

    assert listed == ["member@acme.com", "first@acme.com", "last@acme.com", "revoked@acme.com"]


@pytest.mark.parametrize("status", InvitationStatus, ids=str)
def test_invitations_are_listed_by_the_status_of_their_rows(store: Store, status: InvitationStatus) -> None:
    made = [an_invitation(f"{one}@acme.com", status=one) for one in InvitationStatus]
    for invitation in made:
        stage.rewrite(store.app, invitation)

    listed = list(store.app.invitations.of_tenant("acme", status))

    assert [an_invitation(f"{status}@acme.com", status=status)] == listed


def test_a_tenant_whose_id_begins_like_anothers_is_not_that_one(app: App) -> None:
    has_tenant(app, "acme")
    has_tenant(app, "acme-2")
    invites(app, tenant_id="acme-2")

    assert list(app.invitations.of_tenant("acme")) == []
    assert list(app.audit_log.newest("acme", today=TODAY, days=1))[1:] == []


def test_a_replaced_slot_moves_in_the_listing(store: Store) -> None:
    has_tenant(store.app)
    revokes(store.app, invites(store.app))

    again = invites(store.app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC")

    assert list(store.app.invitations.of_tenant("acme", InvitationStatus.REVOKED)) == []
    assert [again] == list(store.app.invitations.of_tenant("acme", InvitationStatus.PENDING))


def test_what_was_left_of_the_slots_last_use_is_gone(store: Store) -> None:
    has_tenant(store.app)
    closed = replace(an_invitation(), status=InvitationStatus.REMOVED, sub="somebody")
    stage.rewrite(store.app, closed)
    key = keys.invitation_key(closed.address, "acme")
    store.write_by_hand(store.row(key), accepted_at={"S": "2026-01-01T00:00:00.000Z"})

    invites(store.app)

    assert {"user_sub", "accepted_at"}.isdisjoint(store.row(key))
    assert to_wire(key).items() <= store.row(key).items()


def _is_refused_without_a_trace(store: Store, refusal: type[Refusal], today: date = TODAY) -> None:
    before = store.snapshot()

    with pytest.raises(refusal):
        invites(store.app, today=today, id="01KAS3Q4W0CCCCCCCCCCCCCCCC", expires_on=today + timedelta(days=7))

    assert before == store.snapshot()
