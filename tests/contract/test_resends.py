"""The store's contract: a resent invitation keeps its id, has new secrets and a new last day, and holds one seat."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import InvitationStatus, hash_secret
from gatehouse.errors import GatehouseError, NotInvited, UnreadableRecord
from gatehouse.refusals.common import AlreadyInvited, InvitationNotFound, InvitationNotPending, NoSeat, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, seats
from tests.support import stage
from tests.support.builders import ANA, MAILED_TOKEN, NOW, SHOWN_TOKEN, TODAY, an_admission, an_invitation
from tests.support.builders import seats as some_seats
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept, resends, revokes
from tests.support.tables import Store

BEN = "ben@acme.com"
LAST_DAY = date(2026, 11, 30)
LATER = LAST_DAY + timedelta(days=7)
SOONER = LAST_DAY - timedelta(days=5)
AFTER = LAST_DAY + timedelta(days=1)


def test_a_resent_invitation_is_the_same_one_with_other_secrets_and_another_day(app: App) -> None:
    has_tenant(app)
    made, entry = invites(app, locale="de", note="Met at the fair"), fresh_entry()
    fresh = replace(
        made,
        expires_on=LATER,
        shown_hash=hash_secret("one"),
        mailed_hash=hash_secret("two"),
        resent=1,
        resent_at=NOW + timedelta(hours=1),
    )

    app.invitations.resend(made, fresh, entry, TODAY)

    found = app.invitations.get(made.address, "acme")
    assert fresh == found
    assert (made.id, made.invited_at, "de", "Met at the fair") == (
        found.id, found.invited_at, found.locale, found.note
    )  # fmt: skip
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_older_tokens_match_it_no_more(app: App) -> None:
    has_tenant(app)
    resends(app, invites(app))

    found = app.invitations.get(parse_address(ANA), "acme")

    assert [found.secret_kind(token) for token in (SHOWN_TOKEN, MAILED_TOKEN)] == [None, None]


@pytest.mark.parametrize("until", [LATER, SOONER, LAST_DAY], ids=["later", "sooner", "the same day"])
def test_its_seat_goes_along_to_the_new_day(app: App, until: date) -> None:
    has_tenant(app, limit=2)
    invites(app, BEN)

    fresh = resends(app, invites(app), expires_on=until)

    expected = {LAST_DAY: 2} if until == LAST_DAY else {LAST_DAY: 1, until: 1}
    assert some_seats(limit=2, held=2, ending=expected) == app.tenants.seats("acme")
    assert fresh == app.invitations.get(fresh.address, "acme")


def test_it_can_be_resent_again_and_again(app: App) -> None:
    has_tenant(app)
    made = invites(app)

    for number in range(1, 5):
        made = resends(app, made, expires_on=LAST_DAY + timedelta(days=number % 3))

    assert app.invitations.get(made.address, "acme").resent == 4
    assert (1, 0) == kept(app, "acme") == counted(app, "acme")


def test_it_may_be_removed_by_dynamodb_a_month_after_its_new_end(store: Store) -> None:
    has_tenant(store.app)

    fresh = resends(store.app, invites(store.app), expires_on=LATER)

    row = store.row(keys.invitation_key(fresh.address, "acme"))
    assert {"N": str(int((fresh.expires_at + timedelta(days=30)).timestamp()))} == row["ttl"]


def test_what_else_stands_in_its_row_stays(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    key = keys.invitation_key(made.address, "acme")
    store.write_by_hand(store.row(key), branding={"S": "green"})

    fresh = resends(store.app, made)

    assert store.row(key)["branding"] == {"S": "green"}
    assert [fresh] == list(store.app.invitations.of_tenant("acme", InvitationStatus.PENDING))


def test_the_note_of_who_was_admitted_by_an_older_link_is_gone(app: App) -> None:
    has_tenant(app)
    has_tenant(app, "globex")
    made = invites(app)
    app.addresses.admit(an_admission(), fresh_entry())
    elsewhere = an_admission(tenant_id="globex")
    app.addresses.admit(elsewhere, fresh_entry(tenant_id="globex"))

    resends(app, made)

    assert [elsewhere] == app.addresses.page(made.address).admissions


def test_an_expired_one_takes_a_seat_again(app: App) -> None:
    has_tenant(app, limit=1)
    made = invites(app)

    resends(app, made, today=AFTER, expires_on=LATER)

    assert some_seats(limit=1, held=1, folded=AFTER, ending={LATER: 1}) == app.tenants.seats("acme")
    assert (1, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_an_expired_one_whose_seat_another_has_taken_waits(store: Store) -> None:
    has_tenant(store.app, limit=1)
    made = invites(store.app)
    invites(store.app, BEN, today=AFTER, expires_on=LATER)
    before = store.snapshot()

    with pytest.raises(NoSeat):
        resends(store.app, made, today=AFTER, expires_on=LATER)

    assert before == store.snapshot()


def test_one_whose_row_says_that_it_expired_is_pending_again(store: Store) -> None:
    has_tenant(store.app)
    made = an_invitation(status=InvitationStatus.EXPIRED, expires_on=TODAY - timedelta(days=1))
    stage.rewrite(store.app, made)

    fresh = resends(store.app, made, expires_on=LATER)

    assert [fresh] == list(store.app.invitations.of_tenant("acme", InvitationStatus.PENDING))
    assert list(store.app.invitations.of_tenant("acme", InvitationStatus.EXPIRED)) == []
    assert (1, 0) == kept(store.app, "acme") == counted(store.app, "acme")


def test_one_whose_day_a_clock_ahead_of_ours_has_folded_takes_a_seat_again(app: App) -> None:
    has_tenant(app, limit=1)
    made = invites(app)
    seats.fold(stage.core_table(app), "acme", AFTER)

    resends(app, made, today=LAST_DAY, expires_on=LATER)

    assert some_seats(limit=1, held=1, folded=AFTER, ending={LATER: 1}) == app.tenants.seats("acme")


def test_one_whose_day_a_clock_ahead_of_ours_has_given_to_another_waits(store: Store) -> None:
    has_tenant(store.app, limit=1)
    made = invites(store.app)
    invites(store.app, BEN, today=AFTER, expires_on=LATER)
    before = store.snapshot()

    with pytest.raises(NoSeat):
        resends(store.app, made, today=LAST_DAY, expires_on=LATER)

    assert before == store.snapshot()


@pytest.mark.parametrize("today", [TODAY, AFTER], ids=["in its time", "past its day"])
@pytest.mark.parametrize("status", [InvitationStatus.ACCEPTED, InvitationStatus.REVOKED, InvitationStatus.REMOVED])
def test_what_is_closed_cannot_be_resent(store: Store, status: InvitationStatus, today: date) -> None:
    has_tenant(store.app)
    closed = replace(invites(store.app), status=status, sub="somebody")
    stage.rewrite(store.app, closed)
    seats.fold(stage.core_table(store.app), "acme", today)
    before = store.snapshot()

    with pytest.raises(InvitationNotPending):
        resends(store.app, closed, today=today, expires_on=LATER)

    assert before == store.snapshot()


def _is_resent(store: Store) -> None:
    resends(store.app, an_invitation(), shown_hash=hash_secret("x"), mailed_hash=hash_secret("y"))


def _is_made_anew(store: Store) -> None:
    revokes(store.app, an_invitation())
    invites(store.app, id="01KAS3Q4W0CCCCCCCCCCCCCCCC")


def _is_accepted(store: Store) -> None:
    joins(store.app, an_invitation())


def _is_revoked(store: Store) -> None:
    revokes(store.app, an_invitation())


def _is_gone(store: Store) -> None:
    key = keys.invitation_key(parse_address(ANA), "acme")
    row = store.row(key)
    store.aws.call(
        "dynamodb", "DeleteItem", {"TableName": store.settings.table_name, "Key": {k: row[k] for k in ("PK", "SK")}}
    )


@pytest.mark.parametrize(
    ("happening", "refusal"),
    [
        (_is_resent, AlreadyInvited),
        (_is_made_anew, AlreadyInvited),
        (_is_accepted, InvitationNotPending),
        (_is_revoked, InvitationNotPending),
        (_is_gone, InvitationNotFound),
    ],
)
def test_what_is_no_longer_what_was_read_is_left_alone(
    store: Store, happening: Callable[[Store], None], refusal: type[GatehouseError]
) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    happening(store)
    before = store.snapshot()

    with pytest.raises(refusal):
        resends(store.app, made, expires_on=LATER)

    assert before == store.snapshot()


def test_an_invitation_of_a_tenant_that_is_gone_is_not_resent(store: Store) -> None:
    stage.rewrite(store.app, an_invitation())
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        resends(store.app, an_invitation(), expires_on=LATER)

    assert before == store.snapshot()


@pytest.mark.parametrize("until", [LATER, LAST_DAY], ids=["another day", "the same day"])
def test_one_whose_day_was_changed_by_hand_moves_no_seat(store: Store, until: date) -> None:
    has_tenant(store.app)
    made = invites(store.app, expires_on=SOONER)
    key = keys.invitation_key(made.address, "acme")
    store.write_by_hand(store.row(key), expires_on={"S": LAST_DAY.isoformat()})
    before = store.snapshot()

    with pytest.raises(UnreadableRecord):
        resends(store.app, store.app.invitations.get(made.address, "acme"), expires_on=until)

    assert before == store.snapshot()


def test_an_entry_that_is_there_already_lets_nothing_be_written(store: Store) -> None:
    has_tenant(store.app)
    made, entry = invites(store.app), fresh_entry()
    store.app.audit_log.append(entry)
    before = store.snapshot()

    with pytest.raises(GatehouseError):
        store.app.invitations.resend(made, replace(made, resent=1, resent_at=NOW), entry, TODAY)

    assert before == store.snapshot()


def test_a_revocation_of_what_was_resent_meanwhile_gives_back_the_seat_of_the_new_day(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    invites(app, BEN)
    resends(app, made, expires_on=LATER)

    revokes(app, made)

    assert app.invitations.get(made.address, "acme").status is InvitationStatus.REVOKED
    assert some_seats(held=1, ending={LAST_DAY: 1, LATER: 0}) == app.tenants.seats("acme")


def test_a_revocation_of_an_expired_one_that_was_resent_meanwhile_gives_its_new_seat_back(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    resends(app, made, today=AFTER, expires_on=LATER)

    revokes(app, made, AFTER)

    assert (0, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_a_join_by_what_was_read_before_a_resend_to_another_day_is_refused(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    resends(app, made, expires_on=LATER)

    with pytest.raises(NotInvited) as refused:
        joins(app, made)

    assert refused.value.reason == "token_wrong"
    assert (1, 0) == kept(app, "acme") == counted(app, "acme")


def test_a_resent_invitation_is_joined(app: App) -> None:
    has_tenant(app)
    fresh = resends(app, invites(app), expires_on=LATER)

    assert joins(app, fresh)

    assert (1, 0) == kept(app, "acme") == counted(app, "acme")
    assert some_seats(held=1, ending={LAST_DAY: 0, LATER: 0}) == app.tenants.seats("acme")
