"""The store's contract, and the use case over it: a closed tenant takes nobody, gives everybody back and stays."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from gatehouse.domain.audit import Action, Reason
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.membership import Membership
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import LastOwner, TenantClosed, TenantExists, TenantNotFound
from gatehouse.runtime.wiring import App
from gatehouse.services.closing import close_tenant, emptied
from tests.support.builders import ANA, ANAS_SUB, TODAY, a_membership, a_tenant, an_invitation, an_occasion, seats
from tests.support.histories import (
    closes,
    counted,
    fresh_entry,
    has_tenant,
    invites,
    joins,
    kept,
    resends,
    revokes,
    sets,
)
from tests.support.tables import Store

BEAS_SUB = "bea"


def an_acme(app: App) -> None:
    """Make a tenant with an owner, Bea, a member, Ana, and three invitations: open, revoked and long expired."""
    past = TODAY.replace(day=1)
    has_tenant(app, limit=10, folded=past)
    invites(app, "old@acme.com", id="01KAS3Q4W0OLD0000000000000", expires_on=past, today=past)
    joins(app, invites(app, "bea@acme.com", id="01KAS3Q4W0BEA0000000000000", role=Role.OWNER), BEAS_SUB)
    joins(app, invites(app))
    invites(app, "cai@acme.com", id="01KAS3Q4W0CAI0000000000000")
    revokes(app, invites(app, "dee@acme.com", id="01KAS3Q4W0DEE0000000000000"))


def empty(app: App, stop_after: int | None = None, **of_occasion: Any) -> list[str]:
    """Empty acme, or begin to; return whom it removed and whose invitations it revoked."""
    gone = emptied(
        "acme",
        an_occasion(**of_occasion),
        tenants=app.tenants,
        members=app.members,
        invitations=app.invitations,
        recorder=app.recorder,
        pause=lambda: None,
    )
    return [one.sub if isinstance(one, Membership) else one.address.value for one in islice(gone, stop_after)]


def recorded(app: App) -> list[tuple[Action, str]]:
    found = app.audit_log.newest("acme", today=TODAY, days=1)
    wanted = {Action.TENANT_CLOSE, Action.MEMBER_REMOVE, Action.INVITATION_REVOKE}
    return sorted((one.action, one.reason) for one in found if one.action in wanted and one.source == "cli:test")


@pytest.mark.parametrize("status", [TenantStatus.ACTIVE, TenantStatus.SUSPENDED])
def test_a_tenant_is_closed_once_with_its_entry(app: App, status: TenantStatus) -> None:
    app.tenants.create(a_tenant(status=status), seats(), fresh_entry())
    first, second = fresh_entry(), fresh_entry()

    has_changed = [app.tenants.close("acme", entry) for entry in (first, second)]

    assert has_changed == [True, False]
    assert app.tenants.get("acme") == a_tenant(status=TenantStatus.CLOSED)
    found = list(app.audit_log.newest("acme", today=TODAY, days=1))
    assert first in found
    assert second not in found


def test_a_tenant_that_there_is_not_is_not_closed(store: Store) -> None:
    before = store.snapshot()

    with pytest.raises(TenantNotFound):
        closes(store.app)

    assert before == store.snapshot()


@pytest.mark.parametrize("status", [TenantStatus.ACTIVE, TenantStatus.SUSPENDED])
def test_a_closed_tenant_is_never_another_again_nor_is_its_id_free(store: Store, status: TenantStatus) -> None:
    has_tenant(store.app)
    closes(store.app)
    before = store.snapshot()

    with pytest.raises(TenantClosed):
        store.app.tenants.set_status("acme", status, fresh_entry())
    with pytest.raises(TenantExists):
        has_tenant(store.app)

    assert before == store.snapshot()


@pytest.mark.invariant(2)
@pytest.mark.parametrize(
    ("comes_in", "refusal"),
    [
        pytest.param(
            lambda app: invites(app, "eve@acme.com", id="01KAS3Q4W0EVE0000000000000"), TenantClosed, id="invited"
        ),
        pytest.param(lambda app: resends(app, an_invitation()), TenantClosed, id="invited again"),
        pytest.param(
            lambda app: resends(app, an_invitation(), expires_on=TODAY), TenantClosed, id="invited to another day"
        ),
        pytest.param(lambda app: joins(app, an_invitation()), NotInvited, id="joined by invitation"),
        pytest.param(
            lambda app: app.addresses.join_by_rule(
                an_invitation("eve@acme.com", status=InvitationStatus.ACCEPTED, sub="eve"),
                a_membership(sub="eve", address="eve@acme.com"),
                fresh_entry(),
                TODAY,
            ),
            NotInvited,
            id="joined by a rule",
        ),
    ],
)
def test_nobody_comes_into_a_closed_tenant_whatever_was_read_before(
    store: Store, comes_in: Callable[[App], Any], refusal: type[Exception]
) -> None:
    has_tenant(store.app)
    sets(store.app, provider_role=Role.MEMBER)
    invites(store.app)
    closes(store.app)
    before = store.snapshot()

    with pytest.raises(refusal):
        comes_in(store.app)

    assert before == store.snapshot()


def test_a_join_that_meets_a_closed_tenant_says_so(app: App) -> None:
    has_tenant(app)
    made = invites(app)
    closes(app)

    with pytest.raises(NotInvited) as refused:
        joins(app, made)

    assert refused.value.reason == Reason.TENANT_CLOSED


@pytest.mark.invariant(3)
def test_a_closed_tenant_is_emptied_down_to_the_last_owner_and_no_seat_is_held(app: App) -> None:
    an_acme(app)
    with pytest.raises(LastOwner):
        app.members.remove("acme", BEAS_SUB, fresh_entry(action=Action.MEMBER_REMOVE))
    closing = close_tenant("acme", an_occasion(), tenants=app.tenants, recorder=app.recorder)

    gone = empty(app)

    assert closing
    assert sorted(gone) == sorted(["cai@acme.com", BEAS_SUB, ANAS_SUB])
    assert kept(app, "acme") == counted(app, "acme") == (0, 0)
    assert app.members.of_user(ANAS_SUB).by_tenant == {}
    assert app.members.of_user(ANAS_SUB).default_tenant_id is None
    assert recorded(app) == [
        (Action.INVITATION_REVOKE, "done"),
        (Action.INVITATION_REVOKE, "done"),  # the one that was revoked before
        (Action.MEMBER_REMOVE, "done"),
        (Action.MEMBER_REMOVE, "done"),
        (Action.TENANT_CLOSE, "done"),
    ]


@pytest.mark.parametrize("stop_after", [0, 1, 2])
def test_who_is_interrupted_begins_again_and_does_what_is_left_once(app: App, stop_after: int) -> None:
    an_acme(app)
    closes(app)

    first = empty(app, stop_after)
    again = empty(app)
    at_last = empty(app)

    assert sorted(first + again) == sorted(["cai@acme.com", BEAS_SUB, ANAS_SUB])
    assert at_last == []
    assert kept(app, "acme") == (0, 0)
    assert len(recorded(app)) == 5


def test_members_of_other_tenants_are_left_alone(app: App) -> None:
    an_acme(app)
    has_tenant(app, "globex")
    joins(app, invites(app, tenant_id="globex", id="01KAS3Q4W0GLOBEX000000000"))
    closes(app)

    empty(app)

    assert list(app.members.of_user(ANAS_SUB).by_tenant) == ["globex"]
    assert [one.address for one in app.members.of_tenant("globex")] == [ANA]


class Late:
    """The members of a store whose listing shows them only the second time that it is asked."""

    def __init__(self, app: App) -> None:
        self._members = app.members
        self._asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._members, name)

    def of_tenant(self, tenant_id: str) -> Any:
        self._asked += 1
        return iter(()) if self._asked == 1 else self._members.of_tenant(tenant_id)


def test_who_is_not_listed_yet_is_found_when_seats_are_still_held(app: App) -> None:
    an_acme(app)
    closes(app)
    paused: list[None] = []

    gone = emptied(
        "acme",
        an_occasion(),
        tenants=app.tenants,
        members=Late(app),
        invitations=app.invitations,
        recorder=app.recorder,
        pause=lambda: paused.append(None),
    )

    assert len(list(gone)) == 3
    assert len(paused) == 1
    assert kept(app, "acme") == (0, 0)


def test_seats_that_are_held_by_nobody_do_not_hold_the_closing_up_for_ever(app: App) -> None:
    app.tenants.create(a_tenant(), seats(held=1), fresh_entry())
    closes(app)

    assert empty(app) == []
