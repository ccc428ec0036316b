"""Races against DynamoDB's conditions: whoever comes first, the seats agree with who is there."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from gatehouse.domain.audit import Action, Reason
from gatehouse.domain.invitation import Invitation, InvitationStatus, hash_secret, invitation_token
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import TenantStatus
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import AlreadyInvited, InvitationNotPending, NoSeat, TenantExists
from gatehouse.runtime.wiring import App
from gatehouse.store import seats
from tests.support import stage
from tests.support.arena import Act, Arena
from tests.support.builders import TODAY
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept, resends, revokes

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY, SOME = 64, 16
TOMORROW = TODAY + timedelta(days=1)
AFTER = TODAY + timedelta(days=2)


def test_one_invitation_makes_one_member_of_many_who_join(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id)

        outcomes = arena.at_once(*[join(made, f"{tenant_id}.{number}") for number in range(MANY)])

        assert of_kinds(outcomes) == {True: 1, NotInvited: MANY - 1}
        assert reasons(outcomes) == {Reason.INVITATION_ACCEPTED}
        winner = f"{tenant_id}.{outcomes.index(True)}"
        assert [winner] == [member.sub for member in arena.app.members.of_tenant(tenant_id)]
        assert winner == arena.app.invitations.get(made.address, tenant_id).sub
        assert agreed(arena, tenant_id) == (1, 0)
        assert entries(arena, tenant_id, Action.MEMBER_JOIN) == 1


def test_one_user_who_joins_many_times_over_is_one_member(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, role=Role.OWNER)

        outcomes = arena.at_once(*[join(made, tenant_id)] * MANY)

        assert of_kinds(outcomes) == {True: 1, False: MANY - 1}
        assert agreed(arena, tenant_id) == (1, 1)
        assert entries(arena, tenant_id, Action.MEMBER_JOIN) == 1


def test_the_last_seat_is_taken_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=1)

        outcomes = arena.at_once(*[invite(tenant_id, f"person-{number}") for number in range(MANY)])

        assert of_kinds(outcomes) == {Invitation: 1, NoSeat: MANY - 1}
        assert agreed(arena, tenant_id) == (1, 0)


def test_seats_are_taken_up_to_the_limit_and_no_further(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=5)

        outcomes = arena.at_once(*[invite(tenant_id, f"person-{number}") for number in range(SOME)])

        assert of_kinds(outcomes) == {Invitation: 5, NoSeat: SOME - 5}
        assert agreed(arena, tenant_id) == (5, 0)


def test_one_slot_is_taken_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)

        outcomes = arena.at_once(*[invite(tenant_id, "person", id=f"01KAS3Q4W0{number:016d}") for number in range(2)])

        assert of_kinds(outcomes) == {Invitation: 1, AlreadyInvited: 1}
        (winner,) = [one for one in outcomes if isinstance(one, Invitation)]
        assert winner == arena.app.invitations.get(winner.address, tenant_id)
        assert agreed(arena, tenant_id) == (1, 0)


def test_an_invitation_is_accepted_or_revoked_and_never_both(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id)

        joining, revoking = arena.at_once(join(made, tenant_id), revoke(made))

        status = arena.app.invitations.get(made.address, tenant_id).status
        if joining is True:
            assert isinstance(revoking, InvitationNotPending)
            assert status is InvitationStatus.ACCEPTED
            assert agreed(arena, tenant_id) == (1, 0)
        else:
            assert reasons([joining]) == {Reason.INVITATION_REVOKED}
            assert revoking is None
            assert status is InvitationStatus.REVOKED
            assert agreed(arena, tenant_id) == (0, 0)


def test_many_who_revoke_give_back_one_seat(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id)
        invited(arena.app, tenant_id, "another")

        outcomes = arena.at_once(*[revoke(made)] * SOME)

        assert of_kinds(outcomes) == {None: 1, InvitationNotPending: SOME - 1}
        assert agreed(arena, tenant_id) == (1, 0)


@pytest.mark.parametrize("days", [2, 9], ids=["to its own day", "to another day"])
def test_of_links_that_are_made_at_once_one_works(arena: Arena, days: int) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=AFTER)
        until = TODAY + timedelta(days=days)

        outcomes = arena.at_once(*[resend(made, f"{number}", expires_on=until) for number in range(SOME)])

        assert of_kinds(outcomes) == {Invitation: 1, AlreadyInvited: SOME - 1}
        found = arena.app.invitations.get(made.address, tenant_id)
        links = [invitation_token(made.id, f"{number}") for number in range(SOME)]
        assert [found.secret_kind(link) is not None for link in links] == [one == found for one in outcomes]
        assert found.resent == entries(arena, tenant_id, Action.INVITATION_RESEND) == 1
        assert agreed(arena, tenant_id) == (1, 0)


def test_an_invitation_that_is_resent_and_revoked_at_once_is_revoked_and_holds_no_seat(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=TOMORROW)
        invited(arena.app, tenant_id, "another", expires_on=TOMORROW)

        resending, revoking = arena.at_once(resend(made, expires_on=AFTER), revoke(made))

        assert revoking is None
        assert isinstance(resending, Invitation | InvitationNotPending)
        assert arena.app.invitations.get(made.address, tenant_id).status is InvitationStatus.REVOKED
        assert agreed(arena, tenant_id) == (1, 0)
        assert agreed(arena, tenant_id, AFTER) == (0, 0)


def test_an_invitation_that_is_resent_and_joined_at_once_holds_one_seat(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=TOMORROW)

        resending, joining = arena.at_once(resend(made, expires_on=AFTER), join(made, tenant_id))

        if joining is True:
            assert isinstance(resending, InvitationNotPending)
        else:
            assert reasons([joining]) == {Reason.TOKEN_WRONG}
            assert arena.app.invitations.get(made.address, tenant_id) == resending
        assert agreed(arena, tenant_id) == (1, 0)


def test_at_midnight_a_resent_invitation_holds_one_seat_folded_or_not(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=TOMORROW)
        invited(arena.app, tenant_id, "gone", expires_on=TOMORROW)
        resending = resend(made, today=TOMORROW, expires_on=AFTER)

        outcome, *_ = arena.at_once(resending, *[fold(tenant_id, AFTER)] * 3)

        assert isinstance(outcome, Invitation)
        assert agreed(arena, tenant_id, AFTER) == (1, 0)


def test_the_last_seat_goes_to_one_of_the_expired_invitations_that_are_resent(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=2)
        gone = [invited(arena.app, tenant_id, f"gone-{number}", expires_on=TOMORROW) for number in range(2)]
        invited(arena.app, tenant_id, "open", today=AFTER, expires_on=AFTER)
        resending = [resend(one, today=AFTER, expires_on=AFTER) for one in gone]

        outcomes = arena.at_once(*resending, *[fold(tenant_id, AFTER)] * 2)

        assert of_kinds(outcomes[:2]) == {Invitation: 1, NoSeat: 1}
        assert agreed(arena, tenant_id, AFTER) == (2, 0)


def test_a_day_gone_by_is_folded_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=None)
        for number in range(3):
            invited(arena.app, tenant_id, f"gone-{number}", expires_on=TOMORROW)
        invited(arena.app, tenant_id, "open", expires_on=AFTER)

        outcomes = arena.at_once(*[fold(tenant_id, AFTER)] * SOME)

        assert outcomes == [Seats(limit=None, held=1, owners=0, folded=AFTER, ending={AFTER: 1})] * SOME
        assert outcomes[0] == arena.app.tenants.seats(tenant_id)
        assert agreed(arena, tenant_id, AFTER) == (1, 0)


def test_the_seat_of_an_expired_invitation_is_given_once_while_others_fold(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id, limit=1)
        invited(arena.app, tenant_id, "gone", expires_on=TOMORROW)
        creating = [invite(tenant_id, f"person-{number}", today=AFTER) for number in range(SOME // 2)]

        outcomes = arena.at_once(*creating, *[fold(tenant_id, AFTER)] * (SOME // 2))

        assert of_kinds(outcomes) == {Invitation: 1, NoSeat: SOME // 2 - 1, Seats: SOME // 2}
        assert agreed(arena, tenant_id, AFTER) == (1, 0)


def test_at_midnight_an_invitation_is_joined_or_its_seat_is_folded(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=TOMORROW)

        joining, *_ = arena.at_once(join(made, tenant_id, today=TOMORROW), *[fold(tenant_id, AFTER)] * 3)

        if joining is True:
            assert agreed(arena, tenant_id, AFTER) == (1, 0)
        else:
            assert reasons([joining]) == {Reason.INVITATION_EXPIRED}
            assert agreed(arena, tenant_id, AFTER) == (0, 0)


def test_at_midnight_a_revoked_seat_is_given_back_or_folded_and_never_both(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)
        made = invited(arena.app, tenant_id, expires_on=TOMORROW)
        invited(arena.app, tenant_id, "another", expires_on=AFTER)

        revoking, *_ = arena.at_once(revoke(made, TOMORROW), *[fold(tenant_id, AFTER)] * 3)

        assert revoking is None
        assert arena.app.invitations.get(made.address, tenant_id).status is InvitationStatus.REVOKED
        assert agreed(arena, tenant_id, AFTER) == (1, 0)


def test_a_tenant_is_made_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        outcomes = arena.at_once(*[partial(has_tenant, tenant_id=tenant_id, limit=limit) for limit in range(1, 5)])

        assert of_kinds(outcomes) == {None: 1, TenantExists: 3}
        assert outcomes.index(None) + 1 == arena.app.tenants.seats(tenant_id).limit


def test_a_tenant_is_suspended_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        has_tenant(arena.app, tenant_id)

        outcomes = arena.at_once(*[suspend(tenant_id)] * 4)

        assert of_kinds(outcomes) == {True: 1, False: 3}
        assert entries(arena, tenant_id, Action.TENANT_SUSPEND) == 1


def address(tenant_id: str, person: str) -> str:
    return f"{person}@{tenant_id}.example"


def invited(app: App, tenant_id: str, person: str = "person", **overrides: Any) -> Invitation:
    return invites(app, address(tenant_id, person), tenant_id=tenant_id, **overrides)


def invite(tenant_id: str, person: str, **overrides: Any) -> Act:
    return lambda app: invited(app, tenant_id, person, **overrides)


def join(invitation: Invitation, sub: str, today: date = TODAY) -> Act:
    return lambda app: joins(app, invitation, sub, today)


def revoke(invitation: Invitation, today: date = TODAY) -> Act:
    return lambda app: revokes(app, invitation, today)


def resend(invitation: Invitation, shown: str = "shown", **overrides: Any) -> Act:
    return lambda app: resends(app, invitation, shown_hash=hash_secret(shown), **overrides)


def fold(tenant_id: str, today: date) -> Act:
    return lambda app: seats.fold(stage.core_table(app), tenant_id, today)


def suspend(tenant_id: str) -> Act:
    def act(app: App) -> bool:
        entry = fresh_entry(tenant_id=tenant_id, action=Action.TENANT_SUSPEND)
        return app.tenants.set_status(tenant_id, TenantStatus.SUSPENDED, entry)

    return act


def of_kinds(outcomes: Iterable[object]) -> dict[object, int]:
    """Count outcomes: True, False and None as they are, refusals and values by their class."""
    return Counter(one if one is None or isinstance(one, bool) else type(one) for one in outcomes)


def reasons(outcomes: Iterable[object]) -> set[str]:
    return {one.reason for one in outcomes if isinstance(one, NotInvited)}


def entries(arena: Arena, tenant_id: str, action: Action) -> int:
    found = arena.app.audit_log.newest(tenant_id, today=TODAY, days=1)
    return [entry.action for entry in found].count(action)


def agreed(arena: Arena, tenant_id: str, today: date = TODAY) -> tuple[int, int]:
    """Return how many seats are held and how many owners there are, once the seats and the rows agree."""
    by_seats = kept(arena.app, tenant_id, today)

    assert by_seats == counted(arena.app, tenant_id, today)
    assert all(number >= 0 for number in arena.app.tenants.seats(tenant_id).ending.values())
    return by_seats
