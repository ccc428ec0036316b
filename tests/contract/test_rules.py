"""The join by a tenant's rule: slot, membership, seat, default tenant and entry, all or none, while the rule stands."""

from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import InvitationStatus
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyInvited
from gatehouse.runtime.wiring import App
from tests.support import stage
from tests.support.builders import ANAS_SUB, TODAY, a_membership, an_invitation
from tests.support.histories import counted, fresh_entry, has_tenant, invites, kept, sets
from tests.support.tables import Store

SOMEBODY = "somebody-else"
TOMORROW = TODAY + timedelta(days=1)
SLOT = an_invitation(status=InvitationStatus.ACCEPTED, sub=ANAS_SUB, expires_on=TODAY, invited_by="provider:AcmeSaml")


def takes(app: App, **of_seats: Any) -> None:
    """Make a tenant whose provider's people become members."""
    has_tenant(app, **of_seats)
    sets(app, provider_role=Role.MEMBER)


def join(app: App, sub: str = ANAS_SUB, role: Role = Role.MEMBER, today: Any = TODAY) -> bool:
    slot = an_invitation(status=InvitationStatus.ACCEPTED, sub=sub, expires_on=today, role=role)
    made = a_membership(sub=sub, role=role)
    return app.addresses.join_by_rule(slot, made, fresh_entry(action=Action.MEMBER_JOIN), today)


def test_a_rule_makes_a_member_with_a_seat_a_slot_and_a_default_tenant(app: App) -> None:
    takes(app)

    made = join(app)

    assert made
    assert app.members.of_user(ANAS_SUB).by_tenant == {"acme": a_membership()}
    assert app.members.of_user(ANAS_SUB).default_tenant_id == "acme"
    assert app.invitations.get(SLOT.address, "acme").sub == ANAS_SUB
    assert counted(app, "acme") == kept(app, "acme") == (1, 0)


def test_the_slot_of_a_member_does_not_go_with_time(store: Store) -> None:
    takes(store.app)

    join(store.app)

    assert not [row for row in store.rows() if "ttl" in row]


def test_the_same_join_again_changes_nothing(store: Store) -> None:
    takes(store.app)
    join(store.app)
    before = store.snapshot()

    again = join(store.app)

    assert not again
    assert before == store.snapshot()


@pytest.mark.parametrize(
    "slot",
    [
        pytest.param({"status": InvitationStatus.REVOKED}, id="revoked"),
        pytest.param({"status": InvitationStatus.EXPIRED}, id="expired"),
        pytest.param({"expires_on": TODAY - timedelta(days=1)}, id="past its day"),
    ],
)
def test_a_slot_that_was_given_up_is_taken(app: App, slot: dict[str, Any]) -> None:
    takes(app)
    stage.rewrite(app, an_invitation(**slot))

    assert join(app)


@pytest.mark.parametrize(
    ("slot", "reason"),
    [
        ({"status": InvitationStatus.REMOVED, "sub": ANAS_SUB}, "invitation_removed"),
        ({"status": InvitationStatus.REMOVED, "sub": SOMEBODY}, "invitation_removed"),
        ({"status": InvitationStatus.ACCEPTED, "sub": SOMEBODY}, "invitation_accepted"),
    ],
)
def test_a_rule_brings_nobody_back_and_takes_nobodys_place(store: Store, slot: dict[str, Any], reason: str) -> None:
    takes(store.app)
    stage.rewrite(store.app, an_invitation(**slot))
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert (refused.value.reason, refused.value.tenant_id) == (reason, "acme")
    assert before == store.snapshot()


def test_a_persons_invitation_comes_before_the_rule(store: Store) -> None:
    takes(store.app)
    invites(store.app)
    before = store.snapshot()

    with pytest.raises(AlreadyInvited):
        join(store.app)

    assert before == store.snapshot()


def test_without_a_seat_nobody_is_taken(store: Store) -> None:
    takes(store.app, limit=1)
    invites(store.app, "kim@acme.com")
    before = store.snapshot()

    with pytest.raises(NotInvited) as refused:
        join(store.app)

    assert refused.value.reason == "no_seat"
    assert before == store.snapshot()


def test_a_seat_that_an_expired_invitation_held_is_taken(app: App) -> None:
    takes(app, limit=1)
    invites(app, "kim@acme.com", expires_on=TODAY)

    made = join(app, today=TOMORROW)

    assert made
    assert counted(app, "acme", TOMORROW) == kept(app, "acme", TOMORROW) == (1, 0)


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param(lambda app: sets(app, provider_role=None), id="the rule is off"),
        pytest.param(lambda app: sets(app, provider_role=Role.VIEWER), id="the role is another"),
        pytest.param(
            lambda app: app.tenants.set_status("acme", TenantStatus.SUSPENDED, fresh_entry()), id="it is suspended"
        ),
    ],
)
def test_a_rule_that_stands_no_more_takes_nobody(store: Store, meanwhile: Any) -> None:
    takes(store.app)
    meanwhile(store.app)
    before = store.snapshot()

    with pytest.raises(NotInvited):
        join(store.app)

    assert before == store.snapshot()


def test_a_tenant_that_is_gone_takes_nobody(app: App) -> None:
    with pytest.raises(NotInvited):
        join(app)
