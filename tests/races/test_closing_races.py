"""Races of a closing with whoever comes in at the same moment: it ends with nobody in the tenant and no seat held."""

from functools import partial

import pytest

from gatehouse.domain.audit import Action
from gatehouse.domain.role import Role
from gatehouse.runtime.wiring import App
from gatehouse.services.closing import close_tenant, emptied
from tests.support.arena import Act, Arena
from tests.support.builders import an_occasion
from tests.support.histories import counted, fresh_entry, has_tenant, invites, joins, kept

pytestmark = [pytest.mark.races, pytest.mark.local_stack, pytest.mark.timeout(1800)]


def close(tenant_id: str) -> Act:
    def act(app: App) -> int:
        close_tenant(tenant_id, an_occasion(), tenants=app.tenants, recorder=app.recorder)
        gone = emptied(
            tenant_id,
            an_occasion(),
            tenants=app.tenants,
            members=app.members,
            invitations=app.invitations,
            recorder=app.recorder,
            pause=lambda: None,
        )
        return len(list(gone))

    return act


def in_all(app: App, tenant_id: str) -> int:
    """Make a tenant with an owner, two members and two open invitations; return how many hold a seat."""
    has_tenant(app, tenant_id, limit=20)
    for number, role in enumerate([Role.OWNER, Role.MEMBER, Role.MEMBER]):
        made = invites(app, f"person-{number}@{tenant_id}.example", tenant_id=tenant_id, role=role)
        joins(app, made, f"{tenant_id}.{number}")
    for number in range(2):
        invites(app, f"invited-{number}@{tenant_id}.example", tenant_id=tenant_id, id=f"01KAS3Q4W0{number:016}")
    return 5


def test_whoever_joins_or_is_invited_meanwhile_is_gone_with_the_rest(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        in_all(arena.app, tenant_id)
        standing = arena.app.invitations.of_tenant(tenant_id)
        mine = [one for one in standing if one.address.value.startswith("invited-")]
        joining = [partial(joins, invitation=one, sub=one.address.value) for one in mine]
        inviting = [
            partial(
                invites, address=f"late-{number}@{tenant_id}.example", tenant_id=tenant_id, id=f"01KAS3Q4W1{number:016}"
            )
            for number in range(4)
        ]

        arena.at_once(close(tenant_id), *joining, *inviting)

        assert kept(arena.app, tenant_id) == counted(arena.app, tenant_id) == (0, 0)


def test_two_who_close_a_tenant_at_once_do_everything_once(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        expected = in_all(arena.app, tenant_id)

        outcomes = arena.at_once(close(tenant_id), close(tenant_id), close(tenant_id))

        assert sum(one for one in outcomes if isinstance(one, int)) == expected
        assert kept(arena.app, tenant_id) == counted(arena.app, tenant_id) == (0, 0)


def test_owners_who_are_removed_meanwhile_do_not_stop_a_closing(arena: Arena) -> None:
    for tenant_id in arena.rounds():
        in_all(arena.app, tenant_id)

        def remove(app: App, sub: str = f"{tenant_id}.0", of: str = tenant_id) -> object:
            return app.members.remove(of, sub, fresh_entry(tenant_id=of, action=Action.MEMBER_REMOVE))

        arena.at_once(close(tenant_id), remove, remove)

        assert kept(arena.app, tenant_id) == counted(arena.app, tenant_id) == (0, 0)
