"""Races for the place of a member who has lost their profile: one takes it over, and the seat is held once."""

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import Invitation
from gatehouse.domain.membership import Membership
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.runtime.wiring import App
from tests.support.arena import Act, Arena
from tests.support.builders import a_replacement
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY = 16


def an_offer_in(app: App, tenant_id: str, limit: int = 1) -> Invitation:
    """Make a tenant with an owner, whose place is offered to another profile."""
    has_tenant(app, tenant_id, limit=limit)
    made = invites(app, f"ana@{tenant_id}.example", tenant_id=tenant_id, role=Role.OWNER)
    joins(app, made, f"{tenant_id}.lost")
    entry = fresh_entry(tenant_id=tenant_id, action=Action.INVITATION_REPLACE)
    offer = app.invitations.offer_replacement(made.address, tenant_id, a_replacement(), entry).offer()
    assert offer is not None
    return offer


def take_over(offer: Invitation, sub: str) -> Act:
    return lambda app: app.addresses.take_over(offer, sub, fresh_entry(tenant_id=offer.tenant_id))


def demote(tenant_id: str) -> Act:
    entry = fresh_entry(tenant_id=tenant_id, action=Action.MEMBER_SET_ROLE)
    return lambda app: app.members.set_role(tenant_id, f"{tenant_id}.lost", Role.MEMBER, entry)


def test_one_of_many_profiles_takes_the_place(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        offer = an_offer_in(arena.app, tenant_id)

        outcomes = arena.at_once(*[take_over(offer, f"{tenant_id}.{number}") for number in range(MANY)])

        taken = [one for one in outcomes if isinstance(one, Membership)]
        assert [type(one) for one in outcomes if one not in taken] == [NotInvited] * (MANY - 1)
        assert list(arena.app.members.of_tenant(tenant_id)) == taken
        assert (1, 1) == kept(arena.app, tenant_id) == counted(arena.app, tenant_id)


def test_one_profile_that_takes_it_many_times_over_has_it_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        offer = an_offer_in(arena.app, tenant_id)

        outcomes = arena.at_once(*[take_over(offer, f"{tenant_id}.new")] * MANY)

        assert sorted(map(str, map(type, outcomes))) == sorted(map(str, [Membership] + [type(None)] * (MANY - 1)))
        assert (1, 1) == kept(arena.app, tenant_id) == counted(arena.app, tenant_id)


def test_a_place_that_is_taken_over_while_its_member_is_demoted_is_counted_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        offer = an_offer_in(arena.app, tenant_id, limit=2)
        other = invites(arena.app, f"bea@{tenant_id}.example", tenant_id=tenant_id, role=Role.OWNER)
        joins(arena.app, other, f"{tenant_id}.other")

        taken, _ = arena.at_once(take_over(offer, f"{tenant_id}.new"), demote(tenant_id))

        assert isinstance(taken, Membership)
        assert arena.app.members.get(tenant_id, f"{tenant_id}.new").role == taken.role
        assert kept(arena.app, tenant_id) == counted(arena.app, tenant_id)
