"""Sign-in policies: which app client, and which profile, a tenant's tokens may be asked for with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.policy import (
    NATIVE_WAYS,
    Client,
    is_client_allowed,
    is_way_allowed,
    known_client_id,
    parse_client_id,
    parse_client_name,
    parse_rule_role,
    parse_way,
)
from gatehouse.domain.role import Role
from gatehouse.refusals.common import InvalidClientId, InvalidClientName, InvalidRuleRole, InvalidWayIn
from tests.support import strategies
from tests.support.builders import CLIENT_ID, a_client, a_tenant

ACME = "provider:AcmeSaml"
GLOBEX = "provider:GlobexOidc"


@pytest.mark.parametrize("text", [CLIENT_ID, "a", "A_b+9", "7" * 128])
def test_what_cognito_gives_an_app_client_is_its_id(text: str) -> None:
    assert text == parse_client_id(text) == known_client_id(text)


@pytest.mark.parametrize("text", ["", "a b", "a-b", "a#b", "a\n", "ä", "\u0661", "a" * 129, "\ud800"])
def test_anything_else_is_no_app_clients_id(text: str) -> None:
    assert known_client_id(text) is None
    with pytest.raises(InvalidClientId):
        parse_client_id(text)


@pytest.mark.parametrize("text", ["web", "Acme's kiosk", "x" * 100])
def test_an_app_client_is_called_as_a_tenant_can_be(text: str) -> None:
    assert text == parse_client_name(text)


@pytest.mark.parametrize("text", ["", "  ", "a\nb", "\x1b[31m", "x" * 101])
def test_what_no_tenant_is_called_no_app_client_is(text: str) -> None:
    with pytest.raises(InvalidClientName):
        parse_client_name(text)


@pytest.mark.parametrize("way", [*NATIVE_WAYS, ACME, "provider:a", "provider:provider:x", "provider:Ærø_Saml"])
def test_a_way_in_is_one_of_cognitos_or_a_provider(way: str) -> None:
    assert way == parse_way(way)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SRP",
        "srp ",
        "magic",
        "two_step",
        "AcmeSaml",
        "provider",
        "provider:",
        "Provider:AcmeSaml",
        "provider: AcmeSaml",
        "provider:Acme Saml",
        "provider:Acme\x00",
        "provider:\u200b",
        "provider:" + "a" * 33,
    ],
)
def test_anything_else_is_no_way_in(text: str) -> None:
    with pytest.raises(InvalidWayIn):
        parse_way(text)


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER])
def test_a_providers_word_makes_members_and_viewers(role: Role) -> None:
    assert role is parse_rule_role(role)


@pytest.mark.parametrize("role", [Role.OWNER, Role.ADMIN])
def test_a_providers_word_makes_nobody_who_manages_others(role: Role) -> None:
    with pytest.raises(InvalidRuleRole):
        parse_rule_role(role)


@pytest.mark.parametrize(
    ("takes", "offers", "providers", "is_allowed"),
    [
        pytest.param([], ["srp"], None, True, id="any way, a native profile"),
        pytest.param([], ["srp"], ("AcmeSaml",), True, id="any way, a federated profile"),
        pytest.param(["srp"], ["srp"], None, True, id="the one way"),
        pytest.param(["srp", "custom"], ["srp"], None, True, id="one of two"),
        pytest.param(["srp"], ["srp", "custom"], None, False, id="one way too many"),
        pytest.param(["two-step"], ["custom"], None, False, id="a custom challenge is not two steps"),
        pytest.param(["two-step"], ["two-step"], None, True, id="two steps"),
        pytest.param(["custom"], ["two-step"], None, False, id="two steps are not named"),
        pytest.param([ACME], ["srp"], None, False, id="a password where a provider is asked for"),
        pytest.param([ACME], ["srp"], ("AcmeSaml",), False, id="a provider's profile at a client with a password"),
        pytest.param([ACME], [ACME], ("AcmeSaml",), True, id="the provider"),
        pytest.param([ACME], [ACME], None, False, id="a native profile at the provider's client"),
        pytest.param([ACME], [ACME], ("GlobexOidc",), False, id="another provider's profile"),
        pytest.param([ACME], [ACME], ("acmesaml",), False, id="the provider in another case"),
        pytest.param([ACME], [ACME], ("AcmeSaml", "GlobexOidc"), False, id="a second identity"),
        pytest.param([ACME], [ACME], ("AcmeSaml", "AcmeSaml"), False, id="two identities of the provider"),
        pytest.param([ACME], [ACME], ("",), False, id="an identity that cannot be read"),
        pytest.param([ACME], [ACME, GLOBEX], ("AcmeSaml",), False, id="a client with another provider too"),
        pytest.param([ACME, GLOBEX], [ACME, GLOBEX], ("GlobexOidc",), True, id="one of two providers"),
        pytest.param([ACME, GLOBEX], [ACME], ("GlobexOidc",), True, id="a client of one, a profile of the other"),
        pytest.param([ACME, GLOBEX], [ACME], ("AcmeSaml", "GlobexOidc"), False, id="both providers at once"),
        pytest.param([ACME, "two-step"], ["two-step"], None, True, id="two steps beside a provider"),
        pytest.param([ACME, "two-step"], [ACME], None, True, id="a linked profile beside a native way"),
        pytest.param([ACME, "two-step"], [ACME, "srp"], ("AcmeSaml",), False, id="a password beside a provider"),
    ],
)
def test_every_way_that_a_client_offers_must_be_one_that_the_tenant_takes(
    takes: list[str], offers: list[str], providers: tuple[str, ...] | None, *, is_allowed: bool
) -> None:
    tenant, client = a_tenant(ways=frozenset(takes)), a_client(*offers)

    assert is_allowed is is_way_allowed(tenant, client, providers)


def test_a_client_that_is_not_known_serves_tenants_that_ask_for_nothing() -> None:
    assert is_way_allowed(a_tenant(), None, ())
    assert is_client_allowed(a_tenant(), None)


@given(st.frozensets(strategies.ways, min_size=1), st.lists(strategies.provider_names, max_size=2).map(tuple))
def test_a_client_that_is_not_known_or_names_no_way_serves_no_tenant_that_asks_for_any(
    ways: frozenset[str], providers: tuple[str, ...]
) -> None:
    tenant = a_tenant(ways=ways)

    assert not is_way_allowed(tenant, None, providers)
    assert not is_way_allowed(tenant, a_client(ways=frozenset()), providers)


@given(
    st.frozensets(strategies.ways | strategies.texts, min_size=1),
    st.frozensets(strategies.ways | strategies.texts),
    st.lists(strategies.provider_names, max_size=2).map(tuple),
)
def test_nobody_gets_in_by_a_way_that_the_tenant_did_not_name_or_that_is_none(
    takes: frozenset[str], offers: frozenset[str], providers: tuple[str, ...]
) -> None:
    allowed = is_way_allowed(a_tenant(ways=takes), a_client(ways=offers), providers)

    if allowed:
        assert offers
        assert offers <= takes
        assert [parse_way(way) for way in offers]


@given(strategies.clients, st.frozensets(strategies.ways, min_size=1), strategies.provider_names)
def test_a_client_that_is_not_allowed_is_allowed_to_no_profile(
    client: Client, ways: frozenset[str], provider: str
) -> None:
    tenant = a_tenant(ways=ways)

    is_allowed = [is_way_allowed(tenant, client, providers) for providers in ((), (provider,))]

    assert is_client_allowed(tenant, client) or not any(is_allowed)
