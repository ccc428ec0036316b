"""Addresses: one spelling for one mailbox, and never one for two."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import AddressKind, parse_address, proven_address
from gatehouse.errors import AddressNotSupported
from tests.support.builders import user_attributes


def test_ascii_letters_are_lowered_and_nothing_else_is_folded() -> None:
    address = parse_address("Ana.Maria+News@ACME.com")

    assert address.value == "ana.maria+news@acme.com"
    assert address.kind is AddressKind.EMAIL


def test_an_e164_number_is_an_address() -> None:
    assert parse_address("+4915112345678").kind is AddressKind.PHONE


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(None, id="missing"),
        pytest.param(7, id="a number"),
        pytest.param(" ana@acme.com", id="leading space"),
        pytest.param("ana@acme.com ", id="trailing space"),
        pytest.param("ana@acme.com\n", id="trailing newline"),
        pytest.param("an a@acme.com", id="inner space"),
        pytest.param("ana\x00@acme.com", id="control character"),
        pytest.param("anä@acme.com", id="unicode local part"),
        pytest.param("ana@acmé.com", id="unicode domain"),
        pytest.param("ana@ac\u212ae.com", id="Kelvin sign, which folds into k"),
        pytest.param("ana@аcme.com", id="Cyrillic a"),  # noqa: RUF001 - the homoglyph is the point
        pytest.param("ana\ud800@acme.com", id="lone surrogate"),
        pytest.param('"ana maria"@acme.com', id="quoted local part"),
        pytest.param("ana@acme@acme.com", id="two at signs"),
        pytest.param("ana.@acme.com", id="trailing dot in the local part"),
        pytest.param("a..na@acme.com", id="two dots in the local part"),
        pytest.param("@acme.com", id="no local part"),
        pytest.param("ana@", id="no domain"),
        pytest.param("ana@localhost", id="domain of one label"),
        pytest.param("ana@-acme.com", id="label with an outer hyphen"),
        pytest.param("ana@[127.0.0.1]", id="address literal"),
        pytest.param("ana@127.0.0.1", id="IP address for a domain"),
        pytest.param("a" * 65 + "@acme.com", id="local part of 65 characters"),
        pytest.param("a" * 288 + "@acme.com.invalid", id="300 characters and more"),
        pytest.param("+0123456789", id="number with a leading zero"),
        pytest.param("+1234567890123456", id="number of 16 digits"),
        pytest.param("+१२३४५६७८९", id="digits of another script"),
        pytest.param("004915112345678", id="number without a plus"),
    ],
)
def test_anything_else_is_refused(text: object) -> None:
    with pytest.raises(AddressNotSupported):
        parse_address(text)


def test_an_internationalised_domain_is_taken_in_its_ascii_form() -> None:
    assert parse_address("ana@xn--acm-epa.com").value == "ana@xn--acm-epa.com"


_ATOM = st.text(string.ascii_letters + string.digits + "+-_", min_size=1, max_size=12)
_LABEL = st.text(string.ascii_letters + string.digits, min_size=1, max_size=12)
_EMAILS = st.builds(
    "{}@{}.{}".format,
    st.lists(_ATOM, min_size=1, max_size=3).map(".".join),
    _LABEL,
    st.text(string.ascii_letters, min_size=2, max_size=5),
)


@given(_EMAILS)
def test_a_normalised_address_round_trips(text: str) -> None:
    address = parse_address(text)

    assert parse_address(address.value) == address
    assert address.value.upper() == text.upper()


@given(st.text())
def test_whatever_is_accepted_is_ascii_and_lower(text: str) -> None:
    try:
        address = parse_address(text)
    except AddressNotSupported:
        return

    assert address.value.isascii()
    assert address.value == address.value.lower()


@given(_EMAILS)
def test_a_mask_shows_the_first_letter_and_the_domain_alone(text: str) -> None:
    address = parse_address(text)

    first, _, domain = address.masked.partition("***@")

    assert address.value[0] == first
    assert address.value.rpartition("@")[2] == domain


@pytest.mark.parametrize("spelling", ["true", "True", "TRUE"])
def test_a_verified_address_of_a_native_profile_is_proven(spelling: str) -> None:
    assert proven_address(user_attributes(email_verified=spelling)) == parse_address("ana@acme.com")


@pytest.mark.parametrize("spelling", ["false", "", "1", "yes", "tr\u00fce"])
def test_an_unverified_address_is_not_proven(spelling: str) -> None:
    assert proven_address(user_attributes(email_verified=spelling)) is None


@pytest.mark.parametrize(
    "federated",
    [{"identities": "[]"}, {"identities": '[{"providerName":"Corp"}]'}, {"cognito:user_status": "EXTERNAL_PROVIDER"}],
)
def test_what_a_provider_says_of_an_address_proves_nothing(federated: dict[str, str]) -> None:
    assert proven_address(user_attributes(**federated)) is None


def test_a_verified_phone_is_proven_where_the_mail_address_is_not() -> None:
    attributes = user_attributes(email_verified="false", phone_number="+4915112345678", phone_number_verified="true")

    assert proven_address(attributes) == parse_address("+4915112345678")
