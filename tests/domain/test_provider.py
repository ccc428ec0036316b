"""Identity providers: which of them a profile is from, and what the word of one proves, towards whom."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import Address, parse_address
from gatehouse.domain.provider import (
    ProvenAddress,
    ProviderMapping,
    parse_attribute_name,
    parse_provider_name,
    profile_name,
    provider_names,
    vouched,
)
from gatehouse.errors import NotInvited
from gatehouse.refusals.common import InvalidAttributeName, InvalidProviderName
from tests.support import strategies
from tests.support.builders import ANA, a_mapping, user_attributes

IDENTITY = {
    "userId": "ana@acme.com",
    "providerName": "Acme_Saml",
    "providerType": "SAML",
    "issuer": "https://idp.acme.com",
    "primary": "true",
    "dateCreated": "1795435200000",
}


@pytest.mark.parametrize("text", ["a", "AcmeSaml", "Acme_Saml", "_", "Ærø-(1)", "x" * 32, "a#b", "a:b"])
def test_a_provider_is_called_as_it_is_in_the_user_pool(text: str) -> None:
    assert text == parse_provider_name(text)


@pytest.mark.parametrize("text", ["", None, 7, "a b", "a\tb", "a\x00", "a\u00a0b", "a\u200b", "x" * 33, "\ud800"])
def test_anything_else_is_no_providers_name(text: object) -> None:
    with pytest.raises(InvalidProviderName):
        parse_provider_name(text)


@given(strategies.provider_names)
def test_every_name_that_cognito_allows_is_one(name: str) -> None:
    assert name == parse_provider_name(name)


@pytest.mark.parametrize(
    ("identities", "expected"),
    [
        pytest.param([IDENTITY], ("Acme_Saml",), id="one, with an underscore"),
        pytest.param([IDENTITY, IDENTITY | {"providerName": "G"}], ("Acme_Saml", "G"), id="two, linked"),
        pytest.param([IDENTITY, IDENTITY], ("Acme_Saml", "Acme_Saml"), id="the same one twice"),
        pytest.param([], (), id="none"),
        pytest.param({}, (), id="an object"),
        pytest.param(IDENTITY, (), id="an identity without its list"),
        pytest.param("Acme_Saml", (), id="a text"),
        pytest.param(7, (), id="a number"),
        pytest.param(None, (), id="null"),
        pytest.param([{}], ("",), id="an identity without a name"),
        pytest.param([{"providerName": None}], ("",), id="a name that is null"),
        pytest.param([{"providerName": 7}], ("",), id="a name that is a number"),
        pytest.param([{"providerName": ["Acme_Saml"]}], ("",), id="a name that is a list"),
        pytest.param([{"ProviderName": "Acme_Saml"}], ("",), id="a name under another key"),
        pytest.param([IDENTITY, "Acme_Saml"], ("Acme_Saml", ""), id="one of two is a text"),
        pytest.param([IDENTITY, None], ("Acme_Saml", ""), id="one of two is null"),
        pytest.param([[IDENTITY]], ("",), id="a list in the list"),
    ],
)
def test_the_providers_of_a_profile_are_those_of_its_identities(identities: object, expected: tuple[str, ...]) -> None:
    assert expected == provider_names(user_attributes(identities=json.dumps(identities)))


@pytest.mark.parametrize(
    "text",
    ["", " ", "[", "Acme_Saml", "[{'providerName': 'Acme_Saml'}]", "[" * 100_000, "1" * 5_000, "\ud800"],
    ids=["empty", "blank", "broken", "no JSON", "Python's", "deep", "a huge number", "a lone surrogate"],
)
def test_identities_that_cannot_be_read_name_no_provider(text: str) -> None:
    assert provider_names(user_attributes(identities=text)) == ()


def test_a_native_profile_has_no_provider() -> None:
    assert provider_names(user_attributes()) == ()


def test_a_username_names_no_provider() -> None:
    attributes = user_attributes(sub="Acme_Saml_ana@acme.com", username="Acme_Saml_ana@acme.com")

    assert provider_names(attributes) == ()


@given(st.text())
def test_any_text_in_place_of_identities_is_survived(text: str) -> None:
    assert isinstance(provider_names({"identities": text}), tuple)


@pytest.mark.parametrize(
    ("user_name", "expected"),
    [
        ("ana@acme.com", "Acme_Saml_ana@acme.com"),
        ("Acme_Saml_ana@acme.com", "Acme_Saml_ana@acme.com"),
        ("acme_saml_ana@acme.com", "acme_saml_ana@acme.com"),
        ("Acme_ana@acme.com", "Acme_Saml_Acme_ana@acme.com"),
        ("_", "Acme_Saml__"),
    ],
)
def test_a_profile_is_called_by_its_provider_and_what_the_provider_calls_it(user_name: str, expected: str) -> None:
    assert expected == profile_name("Acme_Saml", user_name)


def test_an_address_of_a_mapped_domain_is_proven_towards_that_tenant_alone() -> None:
    proven = vouched("Ana@ACME.com", [a_mapping("acme.com")])

    assert proven == ProvenAddress(parse_address(ANA), frozenset({"acme"}))
    assert proven.holds_for("acme")
    assert not proven.holds_for("globex")


def test_of_several_tenants_those_that_take_its_word_for_the_domain_are_named() -> None:
    mappings = [
        a_mapping("acme.com", "acme.org"),
        a_mapping("acme.com", tenant_id="acme-labs"),
        a_mapping("globex.com", tenant_id="globex"),
        a_mapping(tenant_id="initech", domains=frozenset()),
    ]

    proven = vouched(ANA, mappings)

    assert proven.towards == frozenset({"acme", "acme-labs"})


@pytest.mark.parametrize(
    "address",
    [
        "ana@mail.acme.com",
        "ana@acme.com.evil.example",
        "ana@evilacme.com",
        "ana@acme.co",
        "ana@globex.com",
        "acme.com@evil.example",
        "+4915112345678",
    ],
)
def test_another_domain_is_not_proven(address: str) -> None:
    with pytest.raises(NotInvited) as raised:
        vouched(address, [a_mapping("acme.com")])

    assert (raised.value.reason, raised.value.tenant_id) == ("domain_not_mapped", "acme")


def test_the_domain_of_another_tenant_does_not_count_for_this_one() -> None:
    globex = a_mapping("globex.com", provider="GlobexOidc", tenant_id="globex")

    with pytest.raises(NotInvited):
        vouched(ANA, [globex])


@pytest.mark.parametrize("domains", [frozenset(), frozenset({""})])
@pytest.mark.parametrize("address", [ANA, "+4915112345678"])
def test_a_mapping_without_domains_proves_nothing(address: str, domains: frozenset[str]) -> None:
    with pytest.raises(NotInvited) as raised:
        vouched(address, [a_mapping(domains=domains)])

    assert raised.value.reason == "domain_not_mapped"


def test_a_provider_that_is_not_mapped_proves_nothing() -> None:
    with pytest.raises(NotInvited) as raised:
        vouched(ANA, [])

    assert (raised.value.reason, raised.value.tenant_id) == ("provider_not_mapped", None)


def test_a_refusal_that_several_tenants_share_is_told_to_none_of_them() -> None:
    with pytest.raises(NotInvited) as raised:
        vouched("ana@initech.com", [a_mapping("acme.com"), a_mapping("globex.com", tenant_id="globex")])

    assert (raised.value.reason, raised.value.tenant_id) == ("domain_not_mapped", None)


@pytest.mark.parametrize("address", [None, "", "ana", "ana@acme", "ana@ácme.com", "ana@acme.com\n", "ana@acme.com "])
def test_what_is_no_address_that_can_be_told_apart_is_not_proven(address: str | None) -> None:
    with pytest.raises(NotInvited) as raised:
        vouched(address, [a_mapping("acme.com")])

    assert (raised.value.reason, raised.value.tenant_id) == ("address_not_supported", "acme")


def test_nobody_learns_by_an_address_whether_a_provider_is_mapped() -> None:
    with pytest.raises(NotInvited) as raised:
        vouched("ana", [])

    assert raised.value.reason == "provider_not_mapped"


@given(strategies.addresses, st.lists(strategies.mappings, min_size=1, max_size=4))
def test_an_address_is_proven_towards_nobody_who_does_not_name_its_domain(
    address: Address, mappings: list[ProviderMapping]
) -> None:
    mapped = [replace(mappings[0], domains=mappings[0].domains | {"acme.com"}), *mappings[1:]]
    expected = frozenset(one.tenant_id for one in mapped if address.value.rpartition("@")[2] in one.domains)

    try:
        towards = vouched(address.value, mapped).towards
    except NotInvited:
        towards = frozenset()

    assert towards == expected


@pytest.mark.parametrize("name", ["", " upn", "upn ", "u\npn", "x" * 257])
def test_what_no_attribute_is_called_is_refused(name: str) -> None:
    with pytest.raises(InvalidAttributeName):
        parse_attribute_name(name)
