"""The store's contract: a pending invitation can stand in another inviter's name, while it is the one that was read."""

from collections.abc import Callable

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import Invitation
from gatehouse.refusals.common import InvitationNotPending
from gatehouse.runtime.wiring import App
from tests.support.builders import TODAY
from tests.support.histories import fresh_entry, has_tenant, invites, joins, resends, revokes

BEA = "arn:aws:iam::111122223333:user/bea"
OPERATOR = "arn:aws:iam::111122223333:user/kim"


def test_it_changes_hands_with_its_entry_and_nothing_else(app: App) -> None:
    has_tenant(app)
    made, entry = invites(app, invited_by=BEA), fresh_entry(action=Action.INVITATION_TAKE_OVER)

    app.invitations.set_inviter(made, OPERATOR, entry)

    after = app.invitations.get(made.address, "acme")
    assert (after.invited_by, after.shown_hash, after.expires_on) == (OPERATOR, made.shown_hash, made.expires_on)
    assert entry in app.audit_log.newest("acme", today=TODAY, days=1)


def test_one_that_was_resent_meanwhile_changes_hands_too(app: App) -> None:
    has_tenant(app)
    made = invites(app, invited_by=BEA)
    resends(app, made)

    app.invitations.set_inviter(made, OPERATOR, fresh_entry())

    assert app.invitations.get(made.address, "acme").invited_by == OPERATOR


@pytest.mark.parametrize("meanwhile", [joins, revokes], ids=["accepted", "revoked"])
def test_one_that_is_no_longer_pending_does_not(app: App, meanwhile: Callable[[App, Invitation], object]) -> None:
    has_tenant(app)
    made = invites(app, invited_by=BEA)
    meanwhile(app, made)

    with pytest.raises(InvitationNotPending):
        app.invitations.set_inviter(made, OPERATOR, fresh_entry())

    assert app.invitations.get(made.address, "acme").invited_by == BEA


def test_of_two_who_take_it_over_one_does(app: App) -> None:
    has_tenant(app)
    made = invites(app, invited_by=BEA)
    app.invitations.set_inviter(made, OPERATOR, fresh_entry())

    with pytest.raises(InvitationNotPending):
        app.invitations.set_inviter(made, f"{OPERATOR}-too", fresh_entry())
