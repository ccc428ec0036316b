"""Rows of an import: what they say, what is left out, and the links that the import's key makes of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import AddressKind, parse_address
from gatehouse.domain.import_row import COLUMNS, ImportKey, ImportRow, UnusableRow, parse_row
from gatehouse.domain.invitation import hash_secret
from gatehouse.domain.role import Role
from tests.support.builders import ANA, NOW, an_invitation

KEY = ImportKey(secret=bytes(range(32)), tenant_id="acme", began_at=NOW)
ANAS = parse_address(ANA)
A_ROW = ImportRow(line=2, address=ANAS, role=Role.MEMBER, days=7, locale=None, note="")


def read(*cells: str) -> ImportRow | UnusableRow:
    return parse_row(2, COLUMNS, cells)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((ANA,), A_ROW),
        (("ANA@acme.com", "", "", "", ""), A_ROW),
        ((ANA, "admin"), replace(A_ROW, role=Role.ADMIN)),
        ((ANA, "", "14"), replace(A_ROW, days=14)),
        ((ANA, "", "14d"), replace(A_ROW, days=14)),
        ((ANA, "", "30d"), replace(A_ROW, days=30)),
        ((ANA, "", "", "PT-br"), replace(A_ROW, locale="pt-BR")),
        ((ANA, "", "", "", "on Monday"), replace(A_ROW, note="on Monday")),
    ],
)
def test_what_is_blank_or_left_out_has_its_default(cells: tuple[str, ...], expected: ImportRow) -> None:
    assert expected == read(*cells)


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ((), "address_not_supported"),
        (("",), "address_not_supported"),
        ((" ana@acme.com",), "address_not_supported"),
        (("ana@acme",), "address_not_supported"),
        ((ANA, "king"), "unknown_role"),
        ((ANA, "Admin"), "unknown_role"),
        ((ANA, "", "0"), "invalid_expiry"),
        ((ANA, "", "31d"), "invalid_expiry"),
        ((ANA, "", "9999999"), "invalid_expiry"),
        ((ANA, "", "soon"), "invalid_expiry"),
        ((ANA, "", "٣"), "invalid_expiry"),
        ((ANA, "", "", "german"), "invalid_locale"),
        ((ANA, "", "", "", "x" * 501), "invalid_note"),
        ((ANA, "", "", "", "", ""), "malformed_row"),
    ],
)
def test_a_bad_row_is_a_refusal(cells: tuple[str, ...], code: str) -> None:
    found = read(*cells)

    assert isinstance(found, UnusableRow)
    assert (found.line, found.refusal.code) == (2, code)


def test_the_kind_of_address_is_the_one_that_people_sign_in_by() -> None:
    found = parse_row(2, ["address"], ["+4915112345678"], AddressKind.EMAIL)

    assert isinstance(found, UnusableRow)
    assert found.refusal.code == "wrong_address_kind"
    assert isinstance(parse_row(2, ["address"], ["+4915112345678"], AddressKind.PHONE), ImportRow)


@given(st.lists(st.text(max_size=30), max_size=7))
def test_whatever_stands_in_a_row_is_a_row_or_a_refusal(cells: list[str]) -> None:
    assert isinstance(parse_row(7, COLUMNS, cells), ImportRow | UnusableRow)


def test_a_key_makes_the_same_link_each_time_and_another_for_anybody_else() -> None:
    others = [
        (replace(KEY, secret=bytes(32)), ANAS),
        (replace(KEY, tenant_id="globex"), ANAS),
        (KEY, parse_address("ben@acme.com")),
    ]

    made = {(key.invitation_id(address), key.shown_secret(address)) for key, address in [(KEY, ANAS), *others] * 2}

    assert len(made) == 4
    assert len({invitation_id for invitation_id, _ in made}) == len({secret for _, secret in made}) == 4


def test_a_key_knows_its_invitations_and_whether_its_link_still_opens_them() -> None:
    mine = an_invitation(id=KEY.invitation_id(ANAS), shown_hash=hash_secret(KEY.shown_secret(ANAS)))

    assert (KEY.has_made(mine), KEY.opens(mine)) == (True, True)
    resent = replace(mine, shown_hash=hash_secret("another"))
    assert (KEY.has_made(resent), KEY.opens(resent)) == (True, False)
    assert not KEY.has_made(an_invitation())
