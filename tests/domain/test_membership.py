"""Memberships: what roles permit, and which tenant is the default."""

from itertools import pairwise

import pytest

from gatehouse.domain.membership import UserMemberships
from gatehouse.domain.role import Role
from tests.support.builders import a_membership


@pytest.mark.parametrize(("higher", "lower"), list(pairwise(Role)))
def test_a_role_permits_all_that_the_next_lower_one_does_and_more(higher: Role, lower: Role) -> None:
    assert set(lower.permissions) < set(higher.permissions)


@pytest.mark.parametrize("role", Role)
def test_permissions_are_noun_and_verb_sorted_and_each_once(role: Role) -> None:
    assert list(role.permissions) == sorted(set(role.permissions))
    assert all(one.count(":") == 1 and one.islower() for one in role.permissions)


def test_roles_stand_highest_first() -> None:
    assert list(Role) == [Role.OWNER, Role.ADMIN, Role.MEMBER, Role.VIEWER]


def test_the_first_membership_becomes_the_default() -> None:
    assert UserMemberships({}, None).with_membership(a_membership()) == UserMemberships(
        {"acme": a_membership()}, "acme"
    )


def test_a_further_membership_leaves_the_default() -> None:
    first = UserMemberships({}, None).with_membership(a_membership())

    both = first.with_membership(a_membership(tenant_id="globex"))

    assert set(both.by_tenant) == {"acme", "globex"}
    assert both.default_tenant_id == "acme"
    assert set(first.by_tenant) == {"acme"}
