"""Claims: which tenant a token is for, and that it says nothing of tenants but what the store said."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.audit import Reason
from gatehouse.domain.claims import (
    TENANT_ID,
    TENANT_PERMISSIONS,
    TENANT_ROLE,
    TENANTS,
    TENANTS_BUDGET_BYTES,
    TENANTS_TRUNCATED,
    Choice,
    Claims,
    choose_tenant,
    claims_for,
    granted_membership,
    machine_claims,
)
from gatehouse.domain.membership import Membership, MemberStatus, UserMemberships
from gatehouse.domain.policy import PolicyPage
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import Tenant, TenantStatus
from gatehouse.errors import MemberSuspended, NotAMember, Refusal, SignInMethodNotAllowed, TenantSuspended
from tests.support import strategies
from tests.support.builders import a_client, a_membership, a_tenant


def memberships(*tenant_ids: str, default: str | None = None, **overrides: Any) -> UserMemberships:
    return UserMemberships({one: a_membership(tenant_id=one, **overrides) for one in tenant_ids}, default)


@pytest.mark.parametrize(
    ("of_user", "named", "accepted", "expected"),
    [
        pytest.param(memberships(), None, None, Choice(None, Reason.NO_TENANT), id="none"),
        pytest.param(memberships("acme"), None, None, Choice("acme", Reason.ONLY_TENANT), id="the only one"),
        pytest.param(memberships("acme", "globex"), None, None, Choice(None, Reason.NO_TENANT), id="two, no default"),
        pytest.param(
            memberships("acme", "globex", default="globex"),
            None,
            None,
            Choice("globex", Reason.DEFAULT_TENANT),
            id="the default",
        ),
        pytest.param(
            memberships("acme", default="gone"), None, None, Choice("gone", Reason.DEFAULT_TENANT), id="a default left"
        ),
        pytest.param(
            memberships("acme", "globex", default="globex"),
            None,
            "acme",
            Choice("acme", Reason.ACCEPTED_TENANT),
            id="accepted before default",
        ),
        pytest.param(
            memberships("acme", "globex", default="globex"),
            "acme",
            "globex",
            Choice("acme", Reason.NAMED_TENANT),
            id="named before all",
        ),
        pytest.param(
            memberships("acme"), "globex", None, Choice("globex", Reason.NAMED_TENANT), id="named, had or not"
        ),
    ],
)
def test_the_first_that_is_named_decides(
    of_user: UserMemberships, named: str | None, accepted: str | None, expected: Choice
) -> None:
    assert expected == choose_tenant(of_user, named=named, accepted=accepted)


def granted(of_user: UserMemberships, **of_tenant: Any) -> Membership | None:
    choice = Choice("acme", Reason.NAMED_TENANT)
    return granted_membership(of_user, choice, PolicyPage(None, {"acme": a_tenant(**of_tenant)}), ())


def test_an_active_member_of_an_active_tenant_is_granted() -> None:
    assert a_membership() == granted(memberships("acme"))


def test_a_token_without_a_tenant_rests_on_nothing() -> None:
    page = PolicyPage(None, {"acme": a_tenant()})

    assert granted_membership(memberships("acme"), Choice(None, Reason.NO_TENANT), page, ()) is None


SUSPENDED = {"status": TenantStatus.SUSPENDED}
CLOSED = {"status": TenantStatus.CLOSED}


@pytest.mark.parametrize(
    ("of_user", "of_tenant", "refusal", "tenant_id"),
    [
        pytest.param(memberships("globex"), {}, NotAMember, None, id="a stranger"),
        pytest.param(memberships("globex"), SUSPENDED, NotAMember, None, id="a stranger is not told of a suspension"),
        pytest.param(memberships("acme"), SUSPENDED, TenantSuspended, "acme", id="a suspended tenant"),
        pytest.param(memberships("globex"), CLOSED, NotAMember, None, id="a stranger is not told of a closing"),
        pytest.param(memberships("acme"), CLOSED, TenantSuspended, "acme", id="a closed tenant"),
        pytest.param(
            memberships("acme", status=MemberStatus.SUSPENDED), {}, MemberSuspended, "acme", id="a suspended member"
        ),
        pytest.param(
            memberships("acme", status=MemberStatus.SUSPENDED), SUSPENDED, TenantSuspended, "acme", id="both suspended"
        ),
        pytest.param(
            memberships("acme"), {"ways": frozenset({"otp"})}, SignInMethodNotAllowed, "acme", id="another way in"
        ),
    ],
)
def test_a_tenant_that_cannot_be_had_is_a_refusal(
    of_user: UserMemberships, of_tenant: dict[str, Any], refusal: type[Refusal], tenant_id: str | None
) -> None:
    with pytest.raises(refusal) as refused:
        granted(of_user, **of_tenant)

    assert tenant_id == refused.value.tenant_id


@pytest.mark.parametrize(
    ("of_tenant", "reason"), [(SUSPENDED, Reason.TENANT_SUSPENDED), (CLOSED, Reason.TENANT_CLOSED)], ids=str
)
def test_the_public_cannot_tell_a_closed_tenant_from_a_suspended_one_and_the_log_can(
    of_tenant: dict[str, Any], reason: Reason
) -> None:
    machine = PolicyPage(a_client(tenant_id="acme"), {"acme": a_tenant(**of_tenant)})

    with pytest.raises(TenantSuspended) as to_a_person:
        granted(memberships("acme"), **of_tenant)
    with pytest.raises(TenantSuspended) as to_a_machine:
        machine_claims(machine)

    assert to_a_person.value.reason == to_a_machine.value.reason == reason
    assert str(to_a_person.value) == str(TenantSuspended())


def test_a_tenant_that_is_gone_looks_like_one_of_others() -> None:
    with pytest.raises(NotAMember) as gone:
        granted_membership(memberships("acme"), Choice("acme", Reason.DEFAULT_TENANT), PolicyPage(), ())
    with pytest.raises(NotAMember) as of_others:
        granted(memberships("globex"))

    assert str(gone.value) == str(of_others.value)


@pytest.mark.parametrize("role", Role)
def test_a_granted_tenant_is_named_with_role_and_permissions(role: Role) -> None:
    of_user = memberships("globex", "acme", role=role)

    claims = claims_for(of_user, of_user.by_tenant["globex"])

    assert claims == {
        TENANT_ID: "globex",
        TENANT_ROLE: role.value,
        TENANT_PERMISSIONS: list(role.permissions),
        TENANTS: ["globex", "acme"],
    }


@pytest.mark.parametrize("off", [set(), {TENANTS}, {TENANT_PERMISSIONS}, {TENANTS, TENANT_PERMISSIONS}], ids=str)
def test_a_tenants_tokens_go_without_the_claims_that_it_has_switched_off(off: set[str]) -> None:
    of_user = memberships("globex", "acme")
    tenant = a_tenant(id="globex", claims_off=frozenset(off))

    claims = claims_for(of_user, of_user.by_tenant["globex"], tenant)

    whole = claims_for(of_user, of_user.by_tenant["globex"])
    assert claims == {name: value for name, value in whole.items() if name not in off}


def test_a_list_that_is_switched_off_is_not_said_to_be_cut() -> None:
    many = [f"{number:03}-".ljust(63, "x") for number in range(100)]

    claims = claims_for(memberships(*many), None, a_tenant(claims_off=frozenset({TENANTS})))

    assert claims == {}


def test_no_tenant_can_switch_off_who_the_token_is_for() -> None:
    tenant = a_tenant(claims_off=frozenset({TENANT_ID, TENANT_ROLE, "sub"}))

    claims = claims_for(memberships("acme"), a_membership(), tenant)

    assert {TENANT_ID, TENANT_ROLE} <= set(claims)


def test_a_token_without_a_tenant_lists_those_to_choose_from_and_claims_none() -> None:
    assert claims_for(memberships("globex", "acme"), None) == {TENANTS: ["acme", "globex"]}
    assert claims_for(memberships(), None) == {TENANTS: []}


MEMBERSHIPS = st.lists(strategies.memberships, max_size=40).map(lambda all_: {one.tenant_id: one for one in all_})


@st.composite
def users(draw: st.DrawFn) -> tuple[UserMemberships, dict[str, Tenant], str | None, str | None]:
    """Choose memberships, tenants of any status that may or may not be theirs, and what is asked for."""
    by_tenant = draw(MEMBERSHIPS)
    known = [*by_tenant, "acme"]
    some = st.none() | st.sampled_from(known) | strategies.tenant_ids
    tenants = draw(st.lists(st.sampled_from(known), unique=True))
    status = st.sampled_from(TenantStatus)
    found = {one: a_tenant(id=one, status=draw(status)) for one in tenants}
    return UserMemberships(by_tenant, draw(some)), found, draw(some), draw(some)


@given(users())
def test_claims_never_say_what_the_store_did_not(
    user: tuple[UserMemberships, dict[str, Tenant], str | None, str | None],
) -> None:
    of_user, tenants, named, accepted = user
    choice = choose_tenant(of_user, named=named, accepted=accepted)

    try:
        claims = claims_for(of_user, granted_membership(of_user, choice, PolicyPage(None, tenants), ()))
    except Refusal:
        assert choice.tenant_id is not None
        return

    assert set(claims) <= {TENANT_ID, TENANT_ROLE, TENANT_PERMISSIONS, TENANTS, TENANTS_TRUNCATED}
    assert set(listed(claims)) <= set(of_user.by_tenant)
    assert choice.tenant_id == claims.get(TENANT_ID)
    if choice.tenant_id is None:
        assert {TENANT_ROLE, TENANT_PERMISSIONS}.isdisjoint(claims)
        return
    membership = of_user.by_tenant[choice.tenant_id]
    assert membership.status is MemberStatus.ACTIVE
    assert tenants[choice.tenant_id].status is TenantStatus.ACTIVE
    assert membership.role.value == claims[TENANT_ROLE]
    assert list(membership.role.permissions) == claims[TENANT_PERMISSIONS]
    assert named in {None, choice.tenant_id}


@given(st.sets(strategies.tenant_ids, min_size=1, max_size=60), st.data())
def test_the_list_keeps_its_budget_and_always_has_the_granted_tenant(tenant_ids: set[str], data: st.DataObject) -> None:
    of_user = memberships(*tenant_ids)
    chosen = data.draw(st.sampled_from(sorted(tenant_ids)))

    claims = claims_for(of_user, of_user.by_tenant[chosen])

    tenants = listed(claims)
    assert len(json.dumps(tenants, separators=(",", ":"))) <= TENANTS_BUDGET_BYTES
    assert chosen == tenants[0]
    assert sorted(tenants[1:]) == tenants[1:]
    assert len(set(tenants)) == len(tenants)
    assert (len(tenants) < len(tenant_ids)) == claims.get(TENANTS_TRUNCATED, False)


@pytest.mark.parametrize(("count", "is_cut"), [(15, False), (16, True), (500, True)])
def test_a_list_that_is_too_long_is_cut_and_says_so(count: int, is_cut: bool) -> None:  # noqa: FBT001 - a parameter
    longest = [f"{number:03}-".ljust(63, "x") for number in range(count)]

    claims = claims_for(memberships(*longest), a_membership(tenant_id=longest[-1]))

    assert is_cut == claims.get(TENANTS_TRUNCATED, False)
    assert min(count, 15) == len(listed(claims))
    assert longest[-1] == listed(claims)[0]


def listed(claims: Claims) -> list[str]:
    tenants = claims[TENANTS]
    assert isinstance(tenants, list)
    return tenants
