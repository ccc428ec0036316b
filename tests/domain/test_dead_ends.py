"""Dead ends: a policy by which nobody could enter is found, and so is what it does not do as it reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.dead_ends import check_policy
from gatehouse.domain.policy import NATIVE_WAYS, Client, is_way_allowed, parse_way
from gatehouse.domain.provider import ProviderMapping
from tests.support import strategies
from tests.support.builders import PROVIDER, a_client, a_mapping, a_tenant

ACME = f"provider:{PROVIDER}"
GLOBEX = "provider:GlobexOidc"
MAPPED = [a_mapping()]
WITHOUT_DOMAIN = [a_mapping(domains=frozenset())]


@pytest.mark.parametrize(
    ("ways", "offered", "mappings", "expected"),
    [
        pytest.param([], [], [], [], id="any way"),
        pytest.param([], [["srp"]], [], [], id="any way, whatever a client offers"),
        pytest.param(["srp"], [["srp"]], [], [], id="a password"),
        pytest.param(["srp", "custom"], [["srp", "custom"]], [], [], id="a password beside a challenge"),
        pytest.param(["otp"], [], [], ["no_client_keeps_to_it"], id="no client at all"),
        pytest.param(["otp"], [["otp", "srp"]], [], ["no_client_keeps_to_it"], id="a client with more"),
        pytest.param(["otp"], [[]], [], ["no_client_keeps_to_it"], id="a client without a way"),
        pytest.param(["two-step"], [["two-step"]], [], ["challenges_refused"], id="two steps"),
        pytest.param(["custom", "srp"], [["custom"]], [], ["challenges_refused"], id="a client of challenges alone"),
        pytest.param(["two-step", "otp"], [["two-step"], ["otp"]], [], [], id="a second client with another way"),
        pytest.param([ACME], [[ACME]], MAPPED, [], id="a provider"),
        pytest.param([ACME], [["srp"]], MAPPED, ["no_client_keeps_to_it"], id="no client of the provider"),
        pytest.param([ACME], [[ACME]], [], ["no_way_works", "provider_not_mapped"], id="a provider not mapped"),
        pytest.param(
            [ACME],
            [[ACME]],
            [a_mapping(provider="acmesaml")],
            ["no_way_works", "provider_not_mapped"],
            id="in another case",
        ),
        pytest.param(
            [ACME], [[ACME]], WITHOUT_DOMAIN, ["no_way_works", "provider_without_domain"], id="without a domain"
        ),
        pytest.param(
            [ACME, "two-step"], [[ACME, "two-step"]], [], ["no_way_works", "provider_not_mapped"], id="neither of two"
        ),
        pytest.param([ACME, GLOBEX], [[ACME, GLOBEX]], MAPPED, ["provider_not_mapped"], id="one of two providers"),
        pytest.param([ACME, "srp"], [["srp"]], WITHOUT_DOMAIN, ["provider_without_domain"], id="a password beside one"),
    ],
)
def test_what_is_wrong_with_a_policy_is_found(
    ways: list[str], offered: list[list[str]], mappings: list[ProviderMapping], expected: list[str]
) -> None:
    clients = [a_client(id=str(number), ways=frozenset(some)) for number, some in enumerate(offered)]

    findings = check_policy(a_tenant(ways=frozenset(ways)), clients, mappings)

    assert [finding.code for finding in findings] == expected
    dead_ends = {"no_client_keeps_to_it", "challenges_refused", "no_way_works"}
    assert [finding.code for finding in findings if finding.is_dead_end] == [
        one for one in expected if one in dead_ends
    ]


def test_a_machine_is_no_client_that_people_sign_in_by() -> None:
    machine = a_client("srp", tenant_id="acme")

    assert [one.code for one in check_policy(a_tenant(ways=frozenset({"srp"})), [machine], [])] == [
        "no_client_keeps_to_it"
    ]


@pytest.mark.parametrize(
    ("ways", "has_members", "expected"),
    [([ACME], True, ["native_members_shut_out"]), ([ACME], False, []), (["srp", ACME], True, [])],
)
def test_members_with_a_password_are_thought_of_where_a_provider_is_required(
    ways: list[str], expected: list[str], *, has_members: bool
) -> None:
    findings = check_policy(a_tenant(ways=frozenset(ways)), [a_client(*ways)], MAPPED, has_members=has_members)

    assert [(one.code, one.is_dead_end) for one in findings] == [(code, False) for code in expected]


@given(
    st.frozensets(strategies.ways, max_size=4),
    st.lists(strategies.clients, max_size=4),
    st.lists(strategies.mappings, max_size=3),
)
def test_where_no_dead_end_is_found_some_client_lets_somebody_in(
    ways: frozenset[str], clients: list[Client], mappings: list[ProviderMapping]
) -> None:
    tenant = a_tenant(ways=ways)

    is_dead_end = any(finding.is_dead_end for finding in check_policy(tenant, clients, mappings))

    proving = {mapping.provider for mapping in mappings if mapping.domains}
    profiles = [None, *((one,) for one in proving)]
    if not is_dead_end and ways:
        assert any(
            is_way_allowed(tenant, client, profile)
            for client in clients
            if not client.tenant_id
            for profile in profiles
        )


@given(st.lists(st.sampled_from(NATIVE_WAYS), min_size=1, unique=True))
def test_every_finding_says_what_to_look_at(ways: list[str]) -> None:
    findings = check_policy(a_tenant(ways=frozenset(map(parse_way, ways))), [], [])

    assert [finding.what.startswith("no app client is declared") for finding in findings] == [True]
