"""A mail domain: what proves it, and which are anybody's."""

import pytest

from gatehouse.domain.mail_domain import is_public_domain, parse_word
from gatehouse.refusals.rules import InvalidDomainNote
from tests.support.builders import DOMAIN_TOKEN, a_claim

VALUE = f"gatehouse-verification={DOMAIN_TOKEN}"


def test_the_record_stands_at_a_name_of_its_own_below_the_domain() -> None:
    assert (a_claim().record_name, a_claim().record_value) == ("_gatehouse.acme.com", VALUE)


@pytest.mark.parametrize("texts", [[VALUE], ["v=spf1 -all", VALUE], ["gatehouse-verification=another", VALUE]])
def test_a_claim_is_proven_by_its_own_record_among_others(texts: list[str]) -> None:
    assert a_claim().is_proven_by(texts)


@pytest.mark.parametrize(
    "text", ["", DOMAIN_TOKEN, VALUE.upper(), f" {VALUE}", f"{VALUE} ", f'"{VALUE}"', "gatehouse-verification=another"]
)
def test_a_claim_is_proven_by_nothing_else(text: str) -> None:
    assert not a_claim().is_proven_by([text])


@pytest.mark.parametrize("domain", ["gmail.example", "mail.gmail.example", "a.b.gmail.example"])
def test_what_is_below_a_public_domain_is_public(domain: str) -> None:
    assert is_public_domain(domain, {"gmail.example"})


@pytest.mark.parametrize("domain", ["example", "notgmail.example", "gmail.example.com", "acme.example"])
def test_what_only_looks_like_a_public_domain_is_not(domain: str) -> None:
    assert not is_public_domain(domain, {"gmail.example"})


def test_a_word_is_kept_without_the_space_around_it() -> None:
    assert parse_word(" Contract of 3 May ") == "Contract of 3 May"


@pytest.mark.parametrize("text", ["", "  ", "two\nlines", "x" * 501, "\x1b[31m"])
def test_what_cannot_be_shown_is_no_word(text: str) -> None:
    with pytest.raises(InvalidDomainNote):
        parse_word(text)
