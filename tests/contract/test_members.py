"""The store's contract: the memberships of a user, and the members of a tenant."""

from datetime import timedelta

from gatehouse.domain.membership import MemberStatus, UserMemberships
from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from gatehouse.store.attributes import to_wire
from tests.support import stage
from tests.support.builders import ANAS_SUB, NOW, a_membership
from tests.support.tables import Store

SOMEBODY_ELSE = "00000000-0000-4000-8000-000000000000"


def test_an_unknown_user_has_no_memberships(app: App) -> None:
    assert UserMemberships({}, None) == app.members.of_user(ANAS_SUB)


def test_a_user_has_their_memberships_and_a_default(app: App) -> None:
    acme = a_membership(role=Role.OWNER)
    globex = a_membership(tenant_id="globex", status=MemberStatus.SUSPENDED)
    stage.membership(app, acme, default="globex")
    stage.membership(app, globex)
    stage.membership(app, a_membership(sub=SOMEBODY_ELSE, tenant_id="initech"))

    assert UserMemberships({"acme": acme, "globex": globex}, "globex") == app.members.of_user(ANAS_SUB)


def test_a_user_without_a_default_has_none(store: Store) -> None:
    stage.membership(store.app, a_membership())
    store.write_by_hand(to_wire(keys.profile_key(ANAS_SUB)))

    assert UserMemberships({"acme": a_membership()}, None) == store.app.members.of_user(ANAS_SUB)


def test_a_user_whose_sub_begins_like_anothers_is_not_that_one(app: App) -> None:
    stage.membership(app, a_membership(sub=f"{ANAS_SUB}#1"))

    assert UserMemberships({}, None) == app.members.of_user(ANAS_SUB)


def test_rows_of_a_later_version_are_passed_over(store: Store) -> None:
    stage.membership(store.app, a_membership(), default="acme")
    store.write_by_hand(to_wire({"PK": keys.user(ANAS_SUB), "SK": "DEVICE#1"}))

    assert UserMemberships({"acme": a_membership()}, "acme") == store.app.members.of_user(ANAS_SUB)


def test_a_tenants_members_are_listed_the_longest_there_first(app: App) -> None:
    for sub, age in (("younger", 1), ("oldest", 0), ("youngest", 2)):
        stage.membership(app, a_membership(sub=sub, joined_at=NOW + timedelta(days=age)))
    stage.membership(app, a_membership(sub=SOMEBODY_ELSE, tenant_id="acme-2"))

    assert [member.sub for member in app.members.of_tenant("acme")] == ["oldest", "younger", "youngest"]
    assert list(app.members.of_tenant("globex")) == []
