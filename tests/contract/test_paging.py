"""The store's contract: what does not fit on one page is read to its end, and no further than it is asked for."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

from gatehouse.aws import Aws
from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import InvitationStatus
from tests.support import stage
from tests.support.builders import (
    ANA,
    ANAS_SUB,
    PROVIDER,
    TODAY,
    a_client,
    a_mapping,
    a_membership,
    an_admission,
    an_invitation,
)
from tests.support.doubles import CountingAws
from tests.support.histories import fresh_entry, has_tenant
from tests.support.tables import Store

TENANTS = [f"tenant-{number}" for number in range(7)]


class SmallPages:
    """Gives two rows a page, as DynamoDB gives a megabyte."""

    def __init__(self, inner: Aws) -> None:
        self._inner = inner

    def call(self, service: str, operation: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        limit = {"Limit": 2} if operation == "Query" else {}
        return self._inner.call(service, operation, dict(payload) | limit)


@pytest.fixture
def counting(store: Store) -> CountingAws:
    return CountingAws(SmallPages(store.aws))


@pytest.fixture
def paged(store: Store, counting: CountingAws) -> Store:
    return store.over(counting)


def test_an_address_has_all_its_invitations_and_notes(paged: Store) -> None:
    for tenant_id in TENANTS:
        stage.rewrite(paged.app, an_invitation(tenant_id=tenant_id))
        paged.app.addresses.admit(an_admission(tenant_id=tenant_id), fresh_entry())

    page = paged.app.addresses.page(parse_address(ANA))

    assert [one.tenant_id for one in page.invitations] == TENANTS
    assert [one.tenant_id for one in page.admissions] == TENANTS


def test_a_user_has_all_their_memberships(paged: Store) -> None:
    for tenant_id in TENANTS:
        stage.membership(paged.app, a_membership(tenant_id=tenant_id), default="tenant-3")

    memberships = paged.app.members.of_user(ANAS_SUB)

    assert sorted(memberships.by_tenant) == TENANTS
    assert memberships.default_tenant_id == "tenant-3"


def test_a_tenant_lists_all_its_members(paged: Store) -> None:
    subs = [f"sub-{number}" for number in range(7)]
    for sub in subs:
        stage.membership(paged.app, a_membership(sub=sub))

    assert subs == [member.sub for member in paged.app.members.of_tenant("acme")]


@pytest.mark.parametrize("status", [None, InvitationStatus.PENDING])
def test_a_tenant_lists_all_its_invitations(paged: Store, status: InvitationStatus | None) -> None:
    addresses = [f"person-{number}@acme.com" for number in range(7)]
    for number, address in enumerate(addresses):
        stage.rewrite(paged.app, an_invitation(address, id=f"01KAS3Q4W0{number:016d}"))

    assert addresses == [one.address.value for one in paged.app.invitations.of_tenant("acme", status)]


def test_all_tenants_are_listed(paged: Store) -> None:
    for tenant_id in TENANTS:
        has_tenant(paged.app, tenant_id)

    assert [tenant.id for tenant in paged.app.tenants.every()] == TENANTS


def test_everything_that_a_provider_is_mapped_to_is_read(paged: Store) -> None:
    for tenant_id in TENANTS:
        has_tenant(paged.app, tenant_id)
        paged.app.providers.set(a_mapping(tenant_id=tenant_id), fresh_entry())

    assert [one.tenant_id for one in paged.app.providers.of(PROVIDER)] == TENANTS
    assert [one.tenant_id for one in paged.app.providers.every()] == TENANTS


def test_all_app_clients_are_listed(paged: Store) -> None:
    ids = [f"client{number}" for number in range(7)]
    for client_id in ids:
        paged.app.policies.set_client(a_client(id=client_id), fresh_entry())

    assert ids == [client.id for client in paged.app.policies.clients()]


def test_all_entries_of_a_day_are_read(paged: Store) -> None:
    told = [fresh_entry() for _ in range(7)]
    for entry in told:
        paged.app.audit_log.append(entry)

    assert told[::-1] == list(paged.app.audit_log.newest("acme", today=TODAY, days=2))


def test_pages_that_nobody_asks_for_are_not_read(paged: Store, counting: CountingAws) -> None:
    for _ in range(7):
        paged.app.audit_log.append(fresh_entry())
    counting.calls.clear()

    newest = list(islice(paged.app.audit_log.newest("acme", today=TODAY, days=400), 3))

    assert len(newest) == 3
    assert counting.calls == {"Query": 2}
