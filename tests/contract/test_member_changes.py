"""The store's contract: what operators change about a member, and that seats and owners are counted with it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gatehouse.domain.audit import Action, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.membership import MemberStatus, UserMemberships
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyMember, LastOwner, MemberNotFound, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.store import keys, records
from gatehouse.store.attributes import to_wire
from tests.support.builders import ANA, ANAS_SUB, TODAY, a_membership, an_invitation
from tests.support.histories import fresh_entry, has_tenant, invites, joins, sets
from tests.support.stage import membership
from tests.support.tables import Store

BEA = "bea@acme.com"
BEAS_SUB = "bea"


def an_acme(app: App, role: Role = Role.OWNER) -> None:
    """Make a tenant with an owner, Bea, and Ana in this role."""
    has_tenant(app)
    joins(app, invites(app, BEA, id="01KAS3Q4W0BEA0000000000000", role=Role.OWNER), BEAS_SUB)
    joins(app, invites(app, role=role))


def seats_of(app: App) -> tuple[int, int]:
    found = app.tenants.seats("acme")
    return found.held, found.owners


def set_role(app: App, role: Role, sub: str = ANAS_SUB) -> Role:
    """Give a role; return the one before."""
    return app.members.set_role("acme", sub, role, fresh_entry(action=Action.MEMBER_SET_ROLE)).role


def set_status(app: App, status: MemberStatus, sub: str = ANAS_SUB) -> MemberStatus:
    """Suspend or resume; return the status before."""
    return app.members.set_status("acme", sub, status, fresh_entry(action=Action.MEMBER_SUSPEND)).status


def remove(app: App, sub: str = ANAS_SUB) -> None:
    app.members.remove("acme", sub, fresh_entry(action=Action.MEMBER_REMOVE))


def recorded(app: App, action: Action) -> int:
    return [one.action for one in app.audit_log.newest("acme", today=TODAY, days=1)].count(action)


def by_rule(app: App, address: str, sub: str) -> bool:
    """Let a rule of the tenant take a user in."""
    slot = replace(an_invitation(address, id="01KAS3Q4W0RULE00000000000"), status=InvitationStatus.ACCEPTED, sub=sub)
    made = a_membership(sub=sub, address=address)
    return app.addresses.join_by_rule(slot, made, fresh_entry(action=Action.MEMBER_JOIN), TODAY)


def test_a_member_is_found_by_sub_and_by_the_address_that_they_joined_with(app: App) -> None:
    an_acme(app, Role.VIEWER)

    assert a_membership(role=Role.VIEWER) == app.members.get("acme", ANAS_SUB)
    assert app.members.sub_of(an_invitation().address, "acme") == ANAS_SUB


def test_who_has_not_joined_is_no_member(app: App) -> None:
    has_tenant(app)
    invites(app)

    with pytest.raises(MemberNotFound):
        app.members.get("acme", ANAS_SUB)
    with pytest.raises(MemberNotFound):
        app.members.sub_of(an_invitation().address, "acme")
    with pytest.raises(TenantNotFound):
        app.members.get("globex", ANAS_SUB)


@pytest.mark.parametrize(("before", "after", "owners"), [
    (Role.MEMBER, Role.ADMIN, 1), (Role.MEMBER, Role.OWNER, 2), (Role.OWNER, Role.VIEWER, 1),
])  # fmt: skip
def test_a_role_is_changed_and_owners_are_counted(app: App, before: Role, after: Role, owners: int) -> None:
    an_acme(app, before)

    was = set_role(app, after)

    assert was is before
    assert app.members.get("acme", ANAS_SUB).role is after
    assert seats_of(app) == (2, owners)
    assert recorded(app, Action.MEMBER_SET_ROLE) == 1


def test_a_role_that_they_have_changes_and_records_nothing(app: App) -> None:
    an_acme(app, Role.ADMIN)

    assert set_role(app, Role.ADMIN) is Role.ADMIN
    assert recorded(app, Action.MEMBER_SET_ROLE) == 0


@pytest.mark.invariant(10)
def test_the_last_active_owner_stays_one(app: App) -> None:
    an_acme(app, Role.OWNER)
    set_status(app, MemberStatus.SUSPENDED)  # an owner still, and no active one

    for change in (
        lambda: set_role(app, Role.ADMIN, BEAS_SUB),
        lambda: set_status(app, MemberStatus.SUSPENDED, BEAS_SUB),
        lambda: remove(app, BEAS_SUB),
    ):
        with pytest.raises(LastOwner):
            change()

    assert seats_of(app) == (2, 1)
    assert app.members.get("acme", BEAS_SUB).role is Role.OWNER


def test_a_suspended_owner_counts_for_none_until_they_are_resumed(app: App) -> None:
    an_acme(app, Role.OWNER)

    set_status(app, MemberStatus.SUSPENDED)
    suspended = seats_of(app)
    set_role(app, Role.MEMBER)
    set_role(app, Role.OWNER)
    unchanged = seats_of(app)
    set_status(app, MemberStatus.ACTIVE)

    assert (suspended, unchanged, seats_of(app)) == ((2, 1), (2, 1), (2, 2))


@pytest.mark.invariant(3)
def test_a_suspended_member_keeps_the_seat_and_a_removed_one_does_not(app: App) -> None:
    an_acme(app, Role.MEMBER)

    set_status(app, MemberStatus.SUSPENDED)
    suspended = seats_of(app)
    remove(app)

    assert (suspended, seats_of(app)) == ((2, 1), (1, 1))


def test_a_removed_member_is_gone_from_every_list_and_the_slot_says_so(store: Store) -> None:
    app = store.app
    an_acme(app, Role.OWNER)

    remove(app)

    mark = store.row(keys.membership_key(ANAS_SUB, "acme"))
    assert UserMemberships({}, None) == app.members.of_user(ANAS_SUB)
    assert [one.sub for one in app.members.of_tenant("acme")] == [BEAS_SUB]
    assert app.invitations.get(an_invitation().address, "acme").status is InvitationStatus.REMOVED
    assert [one.address.value for one in app.invitations.of_tenant("acme", InvitationStatus.REMOVED)] == [ANA]
    assert mark
    assert ANA not in str(mark)
    assert seats_of(app) == (1, 1)
    with pytest.raises(MemberNotFound):
        remove(app)


def test_another_default_tenant_outlasts_a_removal(app: App) -> None:
    an_acme(app, Role.MEMBER)
    membership(app, a_membership(tenant_id="globex"), default="globex")

    remove(app)

    assert app.members.of_user(ANAS_SUB).default_tenant_id == "globex"


@pytest.mark.invariant(2)
def test_a_removed_member_comes_back_by_name_and_by_no_rule_under_any_address(app: App) -> None:
    an_acme(app, Role.MEMBER)
    sets(app, provider_role=Role.MEMBER)
    remove(app)

    for address in (ANA, "ana.ng@acme.com"):
        with pytest.raises(NotInvited) as refused:
            by_rule(app, address, ANAS_SUB)
        assert refused.value.reason == Reason.INVITATION_REMOVED
    back = joins(app, invites(app, id="01KAS3Q4W0AGAIN0000000000", role=Role.VIEWER))

    assert back is True
    assert app.members.get("acme", ANAS_SUB).role is Role.VIEWER
    assert seats_of(app) == (2, 1)
    with pytest.raises(AlreadyMember):
        invites(app, id="01KAS3Q4W0TWICE0000000000")


def test_a_member_whose_slot_is_gone_can_be_removed(store: Store) -> None:
    an_acme(store.app, Role.MEMBER)
    slot = an_invitation(BEA, id="01KAS3Q4W0ELSE00000000000", status=InvitationStatus.ACCEPTED, sub="somebody else")
    store.write_by_hand(
        records.invitation_item(replace(slot, address=an_invitation().address))
    )  # another profile has taken it over

    remove(store.app)

    assert seats_of(store.app) == (1, 1)
    assert store.app.invitations.get(an_invitation().address, "acme").sub == "somebody else"


def test_the_default_tenant_is_one_that_they_are_in(app: App) -> None:
    an_acme(app, Role.MEMBER)
    has_tenant(app, "globex")
    joins(app, invites(app, tenant_id="globex", id="01KAS3Q4W0GLOBEX000000000"))

    app.members.set_default("globex", ANAS_SUB, fresh_entry(action=Action.MEMBER_SET_DEFAULT))
    with pytest.raises(MemberNotFound):
        app.members.set_default("globex", BEAS_SUB, fresh_entry(action=Action.MEMBER_SET_DEFAULT))

    assert app.members.of_user(ANAS_SUB).default_tenant_id == "globex"
    assert app.members.of_user(BEAS_SUB).default_tenant_id == "acme"


def test_an_old_row_without_a_status_of_ours_is_not_taken_for_a_removed_one(store: Store) -> None:
    item = records.membership_item(a_membership(joined_at=a_membership().joined_at + timedelta(days=1)))
    store.write_by_hand(item | to_wire({"left_by_hand": "yes"}))

    assert list(store.app.members.of_user(ANAS_SUB).by_tenant) == ["acme"]
