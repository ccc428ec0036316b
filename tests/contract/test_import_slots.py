"""The store's contract: what an import needs of invitations, many slots at once, and one written twice."""

from dataclasses import replace

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import hash_secret
from gatehouse.domain.role import Role
from gatehouse.errors import UnreadableRecord
from gatehouse.refusals.common import AlreadyInvited
from gatehouse.runtime.wiring import App
from gatehouse.store import keys
from tests.support.builders import ANA, TODAY, an_invitation
from tests.support.doubles import CountingAws
from tests.support.histories import fresh_entry, has_tenant, invites, kept
from tests.support.tables import Store


def test_the_slots_of_many_addresses_take_a_request_for_each_hundred(store: Store) -> None:
    has_tenant(store.app)
    has_tenant(store.app, "globex")
    ana = invites(store.app)
    invites(store.app, "person-7@acme.com", tenant_id="globex")
    counting = CountingAws(store.aws)
    wanted = [parse_address(ANA), *(parse_address(f"person-{number}@acme.com") for number in range(119))]

    found = store.over(counting).app.invitations.of_addresses(wanted, "acme")

    assert found == {ANA: ana}
    assert counting.calls == {"BatchGetItem": 2}
    assert all(one["ConsistentRead"] for _, asked in counting.payloads for one in asked["RequestItems"].values())


def test_of_no_addresses_nothing_is_asked(store: Store) -> None:
    counting = CountingAws(store.aws)

    assert store.over(counting).app.invitations.of_addresses([], "acme") == {}
    assert counting.calls == {}


def test_a_slot_that_cannot_be_read_is_told(store: Store) -> None:
    has_tenant(store.app)
    ana = invites(store.app)
    key = keys.invitation_key(ana.address, "acme")
    store.write_by_hand(store.row(key), expires_on={"S": "soon"})

    with pytest.raises(UnreadableRecord):
        store.app.invitations.of_addresses([ana.address], "acme")


def test_the_same_invitation_written_again_is_written_once(app: App) -> None:
    has_tenant(app)
    made = invites(app)

    app.invitations.create(replace(made, mailed_hash=hash_secret("another")), fresh_entry(), TODAY)

    assert made == app.invitations.get(made.address, "acme")
    assert kept(app, "acme") == (1, 0)


@pytest.mark.parametrize(
    "changes",
    [{"id": "01KAS3Q4W0CCCCCCCCCCCCCCCC"}, {"shown_hash": hash_secret("another")}, {"role": Role.ADMIN}],
    ids=["id", "secret", "role"],
)
def test_another_invitation_is_not_taken_for_the_one_that_is_there(app: App, changes: dict[str, str]) -> None:
    has_tenant(app)
    invites(app)

    with pytest.raises(AlreadyInvited):
        app.invitations.create(an_invitation(**changes), fresh_entry(), TODAY)
