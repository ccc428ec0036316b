"""The store's contract: what a slot offers to another profile of its address, and who takes a membership over."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import InvitationNotFound, InvitationNotPending, MemberNotFound, TenantNotFound
from gatehouse.runtime.wiring import App
from tests.support.builders import ANA, ANAS_SUB, NOW, a_replacement, an_invitation
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept, removes

NEW_SUB = "22222222-2222-4222-8222-222222222222"
LATER = NOW + timedelta(hours=1)


def offers(app: App, **overrides: Any) -> Invitation:
    """Offer the membership of the address that everything is about; return the offer as an invitation."""
    entry = fresh_entry(action=Action.INVITATION_REPLACE)
    slot = app.invitations.offer_replacement(an_invitation().address, "acme", a_replacement(**overrides), entry)
    offer = slot.offer()
    assert offer is not None
    return offer


def takes_over(app: App, offer: Invitation, sub: str = NEW_SUB) -> bool:
    entry = fresh_entry(action=Action.MEMBER_TAKE_OVER, at=LATER)
    return app.addresses.take_over(offer, sub, entry) is not None


@pytest.fixture
def joined(app: App) -> App:
    has_tenant(app)
    joins(app, invites(app, role=Role.OWNER))
    return app


def test_an_offer_changes_nothing_but_what_the_slot_says(joined: App) -> None:
    before = joined.invitations.get(an_invitation().address, "acme")

    offer = offers(joined)

    after = joined.invitations.get(an_invitation().address, "acme")
    assert replace(after, replacement=None) == before
    assert (offer.status, offer.replaces, offer.id) == (InvitationStatus.PENDING, ANAS_SUB, a_replacement().id)
    assert (1, 1) == kept(joined, "acme") == counted(joined, "acme")


def test_another_profile_takes_role_status_and_seat_over(joined: App) -> None:
    joins(joined, invites(joined, "bea@acme.com", role=Role.OWNER), sub="bea")
    joined.members.set_status("acme", ANAS_SUB, MemberStatus.SUSPENDED, fresh_entry())

    assert takes_over(joined, offers(joined))

    taken = joined.members.get("acme", NEW_SUB)
    slot = joined.invitations.get(an_invitation().address, "acme")
    assert (taken.role, taken.status, taken.address) == (Role.OWNER, MemberStatus.SUSPENDED, ANA)
    assert (slot.status, slot.sub, slot.replacement) == (InvitationStatus.ACCEPTED, NEW_SUB, None)
    assert joined.members.of_user(ANAS_SUB).by_tenant == {}
    assert joined.members.of_user(ANAS_SUB).default_tenant_id is None
    assert joined.members.of_user(NEW_SUB).default_tenant_id == "acme"
    assert joined.tenants.seats("acme").held == 2


def test_the_last_owner_can_be_taken_over(joined: App) -> None:
    assert takes_over(joined, offers(joined))

    assert (1, 1) == kept(joined, "acme") == counted(joined, "acme")


def test_whoever_has_taken_it_over_has_and_nobody_else_can(joined: App) -> None:
    offer = offers(joined)
    takes_over(joined, offer)

    assert not takes_over(joined, offer)
    with pytest.raises(NotInvited):
        takes_over(joined, offer, "eve")
    assert [one.sub for one in joined.members.of_tenant("acme")] == [NEW_SUB]


def test_of_two_offers_the_later_one_counts(joined: App) -> None:
    first = offers(joined)
    second = offers(joined, id="01KAFVQW00REP1ACEMENT00001")

    with pytest.raises(NotInvited):
        takes_over(joined, first)

    assert takes_over(joined, second)


def test_a_withdrawn_offer_is_dead_and_can_be_withdrawn_once(joined: App) -> None:
    offer = offers(joined)
    slot = joined.invitations.get(an_invitation().address, "acme")

    joined.invitations.withdraw_replacement(slot, fresh_entry())

    with pytest.raises(NotInvited):
        takes_over(joined, offer)
    with pytest.raises(InvitationNotPending):
        joined.invitations.withdraw_replacement(slot, fresh_entry())
    assert [one.sub for one in joined.members.of_tenant("acme")] == [ANAS_SUB]


def test_who_was_removed_meanwhile_leaves_nothing_to_take_over(joined: App) -> None:
    joins(joined, invites(joined, "bea@acme.com", role=Role.OWNER), sub="bea")
    offer = offers(joined)
    removes(joined)

    with pytest.raises(NotInvited):
        takes_over(joined, offer)

    assert joined.invitations.get(an_invitation().address, "acme").status is InvitationStatus.REMOVED


def test_whoever_is_a_member_by_another_address_takes_nothing_over(joined: App) -> None:
    joins(joined, invites(joined, "bea@acme.com"), sub=NEW_SUB)

    with pytest.raises(NotInvited):
        takes_over(joined, offers(joined))

    assert (2, 1) == kept(joined, "acme") == counted(joined, "acme")


def test_an_address_that_nobody_has_joined_with_is_offered_to_nobody(app: App) -> None:
    with pytest.raises(TenantNotFound):
        offers(app)
    has_tenant(app)
    with pytest.raises(InvitationNotFound):
        offers(app)
    invites(app)
    with pytest.raises(MemberNotFound):
        offers(app)
