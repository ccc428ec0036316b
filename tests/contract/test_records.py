"""What is written of a value is the value when it is read, on the wire and in the keys."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import Address, parse_address
from gatehouse.domain.admission import Admission
from gatehouse.domain.audit import Entry
from gatehouse.domain.invitation import Invitation, InvitationStatus
from gatehouse.domain.membership import Membership
from gatehouse.domain.policy import Client
from gatehouse.domain.provider import ProviderMapping
from gatehouse.domain.role import Role
from gatehouse.domain.seats import Seats
from gatehouse.domain.tenant import Tenant
from gatehouse.store import keys, records
from gatehouse.store.attributes import Wire, to_wire
from gatehouse.store.entries import entry_item, read_entry
from tests.support import strategies
from tests.support.builders import (
    ANA,
    NOW,
    a_client,
    a_mapping,
    a_membership,
    a_tenant,
    an_admission,
    an_entry,
    an_invitation,
    seats,
)
from tests.support.tables import Store


@given(strategies.tenants)
def test_a_tenant_round_trips(tenant: Tenant) -> None:
    assert tenant == records.read_tenant(records.tenant_item(tenant))


@given(strategies.clients)
def test_an_app_client_round_trips(client: Client) -> None:
    assert client == records.read_client(records.client_item(client))


@given(strategies.mappings)
def test_a_providers_mapping_round_trips(mapping: ProviderMapping) -> None:
    assert mapping == records.read_provider(records.provider_item(mapping))


@given(strategies.tenant_ids, strategies.some_seats)
def test_seats_round_trip(tenant_id: str, some: Seats) -> None:
    assert some == records.read_seats(records.seats_item(tenant_id, some))


@given(strategies.invitations)
def test_an_invitation_round_trips(invitation: Invitation) -> None:
    assert invitation == records.read_invitation(records.invitation_item(invitation))


@given(strategies.admissions)
def test_an_admission_round_trips(admission: Admission) -> None:
    assert admission == records.read_admission(records.admission_item(admission))


@given(strategies.memberships)
def test_a_membership_round_trips(membership: Membership) -> None:
    assert membership == records.read_membership(records.membership_item(membership))


@given(strategies.entries)
def test_an_entry_round_trips(entry: Entry) -> None:
    assert entry == read_entry(entry_item(entry))


@given(st.lists(strategies.invitations, max_size=3), st.lists(strategies.admissions, max_size=3))
def test_the_rows_of_an_address_are_told_apart(invitations: list[Invitation], admissions: list[Admission]) -> None:
    mark = to_wire(keys.barred_key(parse_address(ANA), "acme"))
    rows = [*map(records.invitation_item, invitations), *map(records.admission_item, admissions), mark]

    assert (invitations, admissions, frozenset({"acme"})) == records.read_addresses(rows)


ITEMS = [
    pytest.param(records.tenant_item(a_tenant(name="Ærø & Söhne 海")), id="tenant"),
    pytest.param(
        records.tenant_item(a_tenant(ways=frozenset({"srp", "provider:Ærø_Saml"}), provider_role=Role.VIEWER)),
        id="tenant with a policy",
    ),
    pytest.param(records.client_item(a_client(tenant_id="acme")), id="app client"),
    pytest.param(records.provider_item(a_mapping("acme.com", "acme.org")), id="provider"),
    pytest.param(records.seats_item("acme", seats(ending={an_invitation().expires_on: 1})), id="seats"),
    pytest.param(records.invitation_item(an_invitation(sub="somebody")), id="invitation"),
    pytest.param(
        records.invitation_item(an_invitation(locale="pt-BR", note="Ærø & Söhne 海", resent=2, resent_at=NOW)),
        id="invitation that was resent",
    ),
    pytest.param(records.admission_item(an_admission()), id="admission"),
    pytest.param(records.membership_item(a_membership()), id="membership"),
    pytest.param(entry_item(an_entry()), id="entry"),
]


@pytest.mark.parametrize("item", ITEMS)
def test_an_item_comes_back_from_the_table_as_it_went_in(store: Store, item: Wire) -> None:
    store.write_by_hand(item)

    assert [item] == store.rows()


@given(strategies.addresses)
def test_an_address_reads_back_from_its_partition(address: Address) -> None:
    assert address == keys.read_address(keys.address(address))


@given(strategies.tenant_ids, strategies.addresses, strategies.subs, strategies.provider_names)
def test_a_tenant_id_reads_back_from_each_key(tenant_id: str, address: Address, sub: str, provider: str) -> None:
    assert tenant_id == keys.read_tenant_id(keys.invitation_key(address, tenant_id)["SK"], keys.INVITATION)
    assert tenant_id == keys.read_tenant_id(keys.admission_key(address, tenant_id)["SK"], keys.ADMISSION)
    assert tenant_id == keys.read_tenant_id(keys.membership_key(sub, tenant_id)["SK"], keys.MEMBERSHIP)
    assert tenant_id == keys.read_tenant_id(keys.provider_key(provider, tenant_id)["SK"], "TENANT#")


@given(st.lists(strategies.invitations, min_size=2, max_size=6))
def test_two_slots_have_one_key_only_if_they_are_one(invitations: list[Invitation]) -> None:
    slots = {(one.address, one.tenant_id) for one in invitations}
    found = {tuple(keys.invitation_key(one.address, one.tenant_id).values()) for one in invitations}

    assert len(slots) == len(found)


@given(strategies.moments, strategies.moments)
def test_moments_sort_as_text(one: datetime, other: datetime) -> None:
    assert (one < other) == (keys.moment(one) < keys.moment(other))


@given(strategies.invitations)
def test_the_days_of_an_invitation_stand_in_it_as_conditions_compare_them(invitation: Invitation) -> None:
    item = records.invitation_item(invitation)
    day_before = invitation.expires_on - timedelta(days=1)

    assert day_before.isoformat() < item["expires_on"]["S"] == invitation.expires_on.isoformat()


STAYS = (InvitationStatus.ACCEPTED, InvitationStatus.REMOVED)


@given(strategies.invitations.filter(lambda invitation: invitation.status not in STAYS))
def test_dynamodb_may_remove_an_invitation_thirty_days_after_its_end(invitation: Invitation) -> None:
    seconds = int(records.invitation_item(invitation)["ttl"]["N"])

    assert invitation.expires_at + timedelta(days=30) == datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize("status", STAYS)
def test_a_slot_that_says_who_has_it_or_who_was_removed_stays(status: InvitationStatus) -> None:
    assert "ttl" not in records.invitation_item(an_invitation(status=status))


@given(strategies.admissions)
def test_dynamodb_may_remove_a_note_once_it_no_longer_holds(admission: Admission) -> None:
    seconds = int(records.admission_item(admission)["ttl"]["N"])

    assert timedelta(0) <= admission.admitted_at + timedelta(days=7) - datetime.fromtimestamp(seconds, UTC)
    assert not admission.holds_at(datetime.fromtimestamp(seconds + 1, UTC))
