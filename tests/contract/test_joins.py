"""The store's contract: what is held of an address, and the join that makes one member of one invitation."""

from datetime import date, timedelta
from typing import Any

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.admission import AddressPage
from gatehouse.domain.audit import Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.errors import AwsError, NotInvited
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, seats
from tests.support import stage
from tests.support.builders import ANA, ANAS_SUB, NOW, TODAY, a_membership, an_admission, an_invitation
from tests.support.builders import seats as some_seats
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept
from tests.support.tables import Store

SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"
LAST_DAY = date(2026, 11, 30)
AFTER = LAST_DAY + timedelta(days=1)
ANEW = "01KAS3Q4W0CCCCCCCCCCCCCCCC"


def test_nothing_is_held_of_an_unknown_address(app: App) -> None:
    stage.rewrite(app, an_invitation("ana@acme.com.example"))

    assert AddressPage([], []) == app.addresses.page(parse_address(ANA))


def test_everything_of_an_address_is_on_its_page(app: App) -> None:
    invitations = [an_invitation(tenant_id=one) for one in ("acme", "globex")]
    for invitation in invitations:
        stage.rewrite(app, invitation)
    app.addresses.admit(an_admission(tenant_id="globex"), fresh_entry())

    page = app.addresses.page(parse_address(ANA))

    assert AddressPage(invitations, [an_admission(tenant_id="globex")]) == page


def test_an_admission_is_noted_with_its_entry_for_seven_days(store: Store) -> None:
    entry = fresh_entry()

    store.app.addresses.admit(an_admission(), entry)

    row = store.row(keys.admission_key(parse_address(ANA), "acme"))
    assert {"N": str(int((NOW + timedelta(days=7)).timestamp()))} == row["ttl"]
    assert [entry] == list(store.app.audit_log.newest("acme", today=TODAY, days=1))


def test_a_second_admission_takes_the_place_of_the_first(app: App) -> None:
    app.addresses.admit(an_admission(), fresh_entry())
    later = an_admission(admitted_at=NOW + timedelta(minutes=5), invitation_id=ANEW)

    app.addresses.admit(later, fresh_entry())

    assert [later] == app.addresses.page(parse_address(ANA)).admissions


def test_an_admission_is_not_noted_without_its_entry(store: Store) -> None:
    entry = fresh_entry()
    store.app.audit_log.append(entry)
    before = store.snapshot()

    with pytest.raises(AwsError, match="TransactionCanceled"):
        store.app.addresses.admit(an_admission(), entry)

    assert before == store.snapshot()


def test_a_join_makes_a_member_of_the_invitation(store: Store) -> None:
    app = store.app
    has_tenant(app)
    made, entry = invites(app), fresh_entry()
    app.addresses.admit(an_admission(), fresh_entry())

    has_joined = app.addresses.join(made, a_membership(), entry, TODAY)

    assert has_joined
    memberships = app.members.of_user(ANAS_SUB)
    assert {"acme": a_membership()} == memberships.by_tenant
    assert memberships.default_tenant_id == "acme"
    assert AddressPage([an_invitation(status=InvitationStatus.ACCEPTED, sub=ANAS_SUB)], []) == app.addresses.page(
        made.address
    )
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_the_seat_of_the_invitation_becomes_the_members(app: App) -> None:
    has_tenant(app)

    joins(app, invites(app))

    assert some_seats(held=1, ending={LAST_DAY: 0}) == app.tenants.seats("acme")
    assert (1, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_the_slot_moves_in_the_listing_and_is_never_removed_by_dynamodb(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)

    joins(store.app, made)

    row = store.row(keys.invitation_key(made.address, "acme"))
    assert row["GSI1SK"]["S"].startswith("accepted#")
    assert "ttl" not in row


@pytest.mark.parametrize(("role", "owners"), [(Role.OWNER, 1), (Role.ADMIN, 0), (Role.MEMBER, 0), (Role.VIEWER, 0)])
def test_owners_are_counted(app: App, role: Role, owners: int) -> None:
    has_tenant(app)

    joins(app, invites(app, role=role))

    assert (1, owners) == kept(app, "acme") == counted(app, "acme")


def test_the_first_tenant_joined_stays_the_default(app: App) -> None:
    for tenant_id in ("globex", "acme"):
        has_tenant(app, tenant_id)
        joins(app, invites(app, tenant_id=tenant_id))

    memberships = app.members.of_user(ANAS_SUB)

    assert {"acme", "globex"} == set(memberships.by_tenant)
    assert memberships.default_tenant_id == "globex"


def test_a_join_leaves_the_notes_of_other_tenants(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    app.addresses.admit(an_admission(tenant_id="globex"), fresh_entry())

    joins(app, made)

    assert [an_admission(tenant_id="globex")] == app.addresses.page(made.address).admissions


def test_an_invitation_is_accepted_on_its_last_day(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    seats.fold(stage.core_table(app), "acme", LAST_DAY)

    assert joins(app, made, today=LAST_DAY)
    assert (1, 0) == kept(app, "acme", AFTER) == counted(app, "acme", AFTER)


def test_the_same_join_again_changes_nothing(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app, role=Role.OWNER)
    joins(store.app, made)
    before = store.snapshot()

    has_joined = joins(store.app, made, joined_at=NOW + timedelta(seconds=1))

    assert not has_joined
    assert before == store.snapshot()


def test_a_member_by_another_way_is_left_as_they_are(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    stage.membership(store.app, a_membership(role=Role.ADMIN))
    before = store.snapshot()

    has_joined = joins(store.app, made)

    assert not has_joined
    assert before == store.snapshot()


@pytest.mark.parametrize(
    ("stored", "today", "reason"),
    [
        pytest.param({}, AFTER, Reason.INVITATION_EXPIRED, id="past its day"),
        pytest.param({"status": "accepted", "sub": SOMEBODY_ELSE}, TODAY, Reason.INVITATION_ACCEPTED, id="accepted"),
        pytest.param({"status": "revoked"}, TODAY, Reason.INVITATION_REVOKED, id="revoked"),
        pytest.param({"status": "expired"}, TODAY, Reason.INVITATION_EXPIRED, id="expired"),
        pytest.param({"status": "removed"}, TODAY, Reason.INVITATION_REMOVED, id="removed"),
        pytest.param({"status": "removed", "sub": ANAS_SUB}, TODAY, Reason.INVITATION_REMOVED, id="removed myself"),
        pytest.param({"id": ANEW}, TODAY, Reason.TOKEN_WRONG, id="made anew"),
    ],
)
def test_an_invitation_that_was_closed_meanwhile_makes_no_member(
    store: Store, stored: dict[str, Any], today: date, reason: Reason
) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    status = InvitationStatus(stored.get("status", "pending"))
    stage.rewrite(store.app, an_invitation(**stored | {"status": status}))
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        joins(store.app, made, today=today)

    assert reason == refused.value.reason
    assert refused.value.tenant_id == "acme"
    assert before == store.snapshot()


def test_an_invitation_that_is_gone_makes_no_member(store: Store) -> None:
    has_tenant(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        joins(store.app, an_invitation())

    assert refused.value.reason == Reason.ADDRESS_UNKNOWN
    assert before == store.snapshot()


def test_a_seat_that_a_clock_ahead_of_ours_has_folded_makes_no_member(store: Store) -> None:
    has_tenant(store.app)
    made = invites(store.app)
    seats.fold(stage.core_table(store.app), "acme", AFTER)
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        joins(store.app, made, today=LAST_DAY)

    assert refused.value.reason == Reason.INVITATION_EXPIRED
    assert before == store.snapshot()


def test_an_entry_that_is_there_already_lets_nothing_be_written(store: Store) -> None:
    has_tenant(store.app)
    made, entry = invites(store.app), fresh_entry()
    store.app.audit_log.append(entry)
    before = store.snapshot()

    with pytest.raises(AwsError, match="TransactionCanceled"):
        store.app.addresses.join(made, a_membership(), entry, TODAY)

    assert before == store.snapshot()
