"""A code: how it is spelt and read, and whom it lets join."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import parse_address
from gatehouse.domain.audit import Reason
from gatehouse.domain.code import (
    MOST_USES,
    RANDOM_BYTES,
    CodeStatus,
    hash_code,
    parse_code_id,
    parse_uses,
    spell_code,
    usable_code,
)
from gatehouse.errors import NotInvited
from gatehouse.refusals.rules import InvalidCodeId, InvalidUses
from tests.support import strategies
from tests.support.builders import ANA, CODE, CODE_ID, TODAY, a_code

ADDRESS = parse_address(ANA)
DAY = timedelta(days=1)
ALPHABET = set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
randoms = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


@given(randoms)
def test_a_code_is_twenty_letters_and_digits_in_groups_of_five(random: bytes) -> None:
    groups = spell_code(random).split("-")

    assert [len(group) for group in groups] == [5] * 4
    assert set("".join(groups)) <= ALPHABET


@given(st.integers(0, 2**100 - 1), st.integers(0, 2**100 - 1))
def test_two_codes_are_one_only_if_all_their_hundred_bits_are(one: int, other: int) -> None:
    spelt = [spell_code(number.to_bytes(RANDOM_BYTES)) for number in (one, other)]

    assert (one == other) == (spelt[0] == spelt[1])
    assert (one == other) == (hash_code(spelt[0]) == hash_code(spelt[1]))


@pytest.mark.parametrize(
    "typed",
    [
        CODE.lower(),
        CODE.replace("-", ""),
        CODE.replace("-", " "),
        f" {CODE} ",
        CODE.replace("0", "O"),
        CODE.replace("0", "o").lower(),
    ],
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert hash_code(CODE) == hash_code(typed)


@pytest.mark.parametrize(("digit", "letters"), [("1", "IiLl"), ("0", "Oo")])
def test_letters_that_look_like_a_digit_are_read_as_it(digit: str, letters: str) -> None:
    assert {hash_code(letter) for letter in letters} == {hash_code(digit)}


@pytest.mark.parametrize(
    "typed",
    ["", "-", CODE[:-1], f"{CODE}A", CODE.replace("7", "8"), "\ud800", CODE.replace("7", "\N{FULLWIDTH DIGIT SEVEN}")],
)
def test_what_is_another_code_has_another_hash(typed: str) -> None:
    assert hash_code(CODE) != hash_code(typed)


@pytest.mark.parametrize("days", [0, 1])
def test_an_active_code_lets_join_until_its_last_day_ends(days: int) -> None:
    code = a_code(expires_on=TODAY + days * DAY)

    assert code == usable_code(code, ADDRESS, TODAY)


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        ({"status": CodeStatus.PAUSED}, Reason.CODE_PAUSED),
        ({"status": CodeStatus.REVOKED}, Reason.CODE_REVOKED),
        ({"expires_on": TODAY - DAY}, Reason.CODE_EXPIRED),
        ({"status": CodeStatus.EXPIRED}, Reason.CODE_EXPIRED),
        ({"uses": 2}, Reason.CODE_USED_UP),
        ({"uses": 3}, Reason.CODE_USED_UP),
        ({"domains": frozenset({"acme.org"})}, Reason.CODE_NOT_FOR_DOMAIN),
        ({"domains": frozenset({"mail.acme.com"})}, Reason.CODE_NOT_FOR_DOMAIN),
    ],
)
def test_a_code_that_does_not_count_says_why_to_the_log_alone(stored: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(NotInvited) as refused:
        usable_code(a_code(**stored), ADDRESS, TODAY)

    assert (reason, "acme") == (refused.value.reason, refused.value.tenant_id)
    assert str(refused.value) == "You have not been invited to this application [not_invited]"


def test_a_code_that_there_is_not_lets_nobody_join() -> None:
    with pytest.raises(NotInvited) as refused:
        usable_code(None, ADDRESS, TODAY)

    assert (refused.value.reason, refused.value.tenant_id) == (Reason.CODE_UNKNOWN, None)


@pytest.mark.parametrize("address", ["ana@mail.acme.com", "ana@acme.com.example", "+4915112345678"])
def test_a_code_for_a_domain_is_for_that_very_domain(address: str) -> None:
    code = a_code(domains=frozenset({"acme.com"}))

    assert code == usable_code(code, ADDRESS, TODAY)
    with pytest.raises(NotInvited):
        usable_code(code, parse_address(address), TODAY)


@given(strategies.codes, strategies.addresses, st.dates())
def test_nobody_joins_by_a_code_that_is_not_active_today(code: Any, address: Any, today: Any) -> None:
    try:
        usable_code(code, address, today)
    except NotInvited:
        return

    assert code.status is CodeStatus.ACTIVE
    assert code.uses < code.max_uses
    assert code.expires_on >= today
    assert not code.domains or address.domain in code.domains


def test_a_revoked_code_is_revoked_whatever_else_it_is() -> None:
    over = a_code(status=CodeStatus.REVOKED, uses=2, expires_on=TODAY - DAY)

    assert over.status_on(TODAY) is CodeStatus.REVOKED


@pytest.mark.parametrize("number", [1, MOST_USES])
def test_a_code_is_for_so_many(number: int) -> None:
    assert number == parse_uses(number)


@pytest.mark.parametrize("number", [0, -1, MOST_USES + 1])
def test_a_code_is_not_for_nobody_and_not_for_everybody(number: int) -> None:
    with pytest.raises(InvalidUses):
        parse_uses(number)


@pytest.mark.parametrize("text", ["", CODE, CODE_ID.lower(), CODE_ID[:-1], f"{CODE_ID}A", "I" * 26, "A#C" + "A" * 23])
def test_a_code_is_named_by_its_id_alone(text: str) -> None:
    assert parse_code_id(CODE_ID) == CODE_ID
    with pytest.raises(InvalidCodeId):
        parse_code_id(text)
