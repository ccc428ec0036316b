"""Races of operators who change members: an owner is always left, and each change is counted once."""

from collections.abc import Callable, Iterable
from functools import partial

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.membership import Membership, MemberStatus
from gatehouse.domain.role import Role
from gatehouse.refusals.common import LastOwner, MemberNotFound
from gatehouse.runtime.wiring import App
from tests.support.arena import Act, Arena
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]

MANY = 16


def a_tenant_of(app: App, tenant_id: str, *roles: Role) -> None:
    """Make a tenant with a member of each of these roles; `<tenant>.<number>` is their sub."""
    has_tenant(app, tenant_id, limit=len(roles))
    for number, role in enumerate(roles):
        made = invites(app, f"person-{number}@{tenant_id}.example", tenant_id=tenant_id, role=role)
        joins(app, made, f"{tenant_id}.{number}")


def remove(tenant_id: str, number: int) -> Act:
    entry = partial(fresh_entry, tenant_id=tenant_id, action=Action.MEMBER_REMOVE)
    return lambda app: app.members.remove(tenant_id, f"{tenant_id}.{number}", entry())


def demote(tenant_id: str, number: int) -> Act:
    entry = partial(fresh_entry, tenant_id=tenant_id, action=Action.MEMBER_SET_ROLE)
    return lambda app: app.members.set_role(tenant_id, f"{tenant_id}.{number}", Role.MEMBER, entry())


def suspend(tenant_id: str, number: int) -> Act:
    entry = partial(fresh_entry, tenant_id=tenant_id, action=Action.MEMBER_SUSPEND)
    return lambda app: app.members.set_status(tenant_id, f"{tenant_id}.{number}", MemberStatus.SUSPENDED, entry())


def active_owners(app: App, tenant_id: str) -> int:
    return sum(one.role is Role.OWNER and one.status is MemberStatus.ACTIVE for one in app.members.of_tenant(tenant_id))


def refused(outcomes: Iterable[object]) -> list[type]:
    return [type(one) for one in outcomes if not isinstance(one, Membership)]


@pytest.mark.parametrize("change", [remove, demote, suspend])
def test_of_many_owners_who_all_go_at_once_one_stays(arena: Arena, change: Callable[[str, int], Act]) -> None:
    for tenant_id in arena.rounds():
        a_tenant_of(arena.app, tenant_id, *[Role.OWNER] * 4)

        outcomes = arena.at_once(*[change(tenant_id, number) for number in range(4)])

        assert refused(outcomes) == [LastOwner]
        assert active_owners(arena.app, tenant_id) == 1
        assert kept(arena.app, tenant_id)[1] == 1


def test_the_last_owner_is_not_removed_by_one_while_another_demotes_the_other(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        a_tenant_of(arena.app, tenant_id, Role.OWNER, Role.OWNER)

        outcomes = arena.at_once(remove(tenant_id, 0), demote(tenant_id, 1))

        assert refused(outcomes) == [LastOwner]
        assert counted(arena.app, tenant_id) == kept(arena.app, tenant_id)


def test_a_member_whom_many_remove_frees_one_seat(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        a_tenant_of(arena.app, tenant_id, Role.OWNER, Role.MEMBER)

        outcomes = arena.at_once(*[remove(tenant_id, 1)] * MANY)

        assert refused(outcomes) == [MemberNotFound] * (MANY - 1)
        assert kept(arena.app, tenant_id) == (1, 1)


def test_a_member_removed_and_demoted_at_once_is_gone(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        a_tenant_of(arena.app, tenant_id, Role.OWNER, Role.OWNER)

        arena.at_once(demote(tenant_id, 1), remove(tenant_id, 1), suspend(tenant_id, 1))

        assert counted(arena.app, tenant_id) == kept(arena.app, tenant_id) == (1, 1)
