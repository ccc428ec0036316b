"""Tenants: ids that stand in keys, claims and addresses, and names that people read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.audit import Reason
from gatehouse.domain.claims import TENANT_PERMISSIONS, TENANTS
from gatehouse.domain.role import Role
from gatehouse.domain.tenant import JOIN_RULES, OPTIONAL_CLAIMS, TenantStatus, parse_tenant_id, parse_tenant_name, shut
from gatehouse.refusals.common import InvalidTenantId, InvalidTenantName
from tests.support.builders import a_tenant


@pytest.mark.parametrize("text", ["a", "7", "acme", "north-sea-2", "xn--acm-epa", "a--b", "a" * 63])
def test_a_dns_label_in_lower_case_is_a_tenant_id(text: str) -> None:
    assert text == parse_tenant_id(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(None, id="missing"),
        pytest.param(7, id="a number"),
        pytest.param(["acme"], id="a list"),
        pytest.param("Acme", id="upper case"),
        pytest.param("acme ", id="a space"),
        pytest.param("acme\n", id="a newline"),
        pytest.param("-acme", id="a leading hyphen"),
        pytest.param("acme-", id="a trailing hyphen"),
        pytest.param("-", id="a hyphen alone"),
        pytest.param("a/b", id="a slash"),
        pytest.param("a#b", id="the separator of keys"),
        pytest.param("a.b", id="two labels"),
        pytest.param("a_b", id="an underscore"),
        pytest.param("acmé", id="an accent"),
        pytest.param("ac\u217de", id="a Roman numeral"),
        pytest.param("\u0661\u0662", id="digits of another script"),
        pytest.param("a" * 64, id="64 characters"),
        pytest.param("\ud800", id="a lone surrogate"),
    ],
)
def test_anything_else_is_no_tenant_id(text: object) -> None:
    with pytest.raises(InvalidTenantId):
        parse_tenant_id(text)


@given(st.text())
def test_a_tenant_id_can_stand_in_a_key_whatever_was_typed(text: str) -> None:
    try:
        tenant_id = parse_tenant_id(text)
    except InvalidTenantId:
        return

    assert tenant_id == text
    assert tenant_id.isascii()
    assert set("#/ \n").isdisjoint(tenant_id)
    assert 1 <= len(tenant_id) <= 63


@pytest.mark.parametrize("text", ["A", "Acme Ltd", "Ærø & Söhne", "海と空", "O'Neill (2)", "x" * 100])
def test_a_name_is_what_people_can_read_on_one_line(text: str) -> None:
    assert text == parse_tenant_name(text)


def test_spaces_around_a_name_are_not_part_of_it() -> None:
    assert parse_tenant_name("  Acme Ltd ") == "Acme Ltd"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("   ", id="spaces"),
        pytest.param("x" * 101, id="101 characters"),
        pytest.param("Acme\nLtd", id="two lines"),
        pytest.param("Acme\tLtd", id="a tab"),
        pytest.param("Acme\x1b[31m", id="a terminal's escape"),
        pytest.param("Acme\u202eLtd", id="a change of direction"),
        pytest.param("Acme\u200bLtd", id="a space of no width"),
        pytest.param("\u00a0", id="a no-break space"),
        pytest.param("Acme\ud800", id="a lone surrogate"),
    ],
)
def test_anything_else_is_no_name(text: str) -> None:
    with pytest.raises(InvalidTenantName):
        parse_tenant_name(text)


@pytest.mark.parametrize("status", TenantStatus)
def test_only_an_active_tenant_is_open_and_takes_people_by_its_rules(status: TenantStatus) -> None:
    tenant = a_tenant(status=status, provider_role=Role.MEMBER)

    taken = {tenant.is_open, tenant.takes_by_rule, *map(tenant.takes, JOIN_RULES)}

    assert taken == {status is TenantStatus.ACTIVE}


@pytest.mark.parametrize("off", JOIN_RULES)
def test_a_rule_that_is_switched_off_takes_nobody_and_the_other_does(off: str) -> None:
    tenant = a_tenant(rules_off=frozenset({off}))

    assert [rule for rule in JOIN_RULES if not tenant.takes(rule)] == [off]


def test_a_tenant_that_is_not_open_is_refused_with_its_own_reason_and_one_text() -> None:
    refusals = [shut(a_tenant(status=status)) for status in (TenantStatus.SUSPENDED, TenantStatus.CLOSED)]

    assert [one.reason for one in refusals] == [Reason.TENANT_SUSPENDED, Reason.TENANT_CLOSED]
    assert {one.tenant_id for one in refusals} == {"acme"}
    assert len({str(one) for one in refusals}) == 1


def test_the_claims_that_can_be_switched_off_are_those_that_tokens_carry_beside_tenant_and_role() -> None:
    assert OPTIONAL_CLAIMS == (TENANT_PERMISSIONS, TENANTS)
