"""`gatehouse invite create --replace`: a member who has lost their profile gets their place back in a new one."""

import pytest

from gatehouse.domain.address import parse_address
from gatehouse.domain.invitation import SecretKind
from gatehouse.refusals.common import MemberNotFound
from gatehouse.runtime.wiring import App, utc_now
from tests.cli.operator import Operator
from tests.support.builders import ANA, ANAS_SUB
from tests.support.histories import invites, joins

REPLACE = ("invite", "create", ANA, "--tenant", "acme", "--replace")


@pytest.fixture(autouse=True)
def _acme(operator: Operator) -> None:
    operator.does("tenant", "create", "acme")


@pytest.fixture
def ana(store: App) -> App:
    today = utc_now().date()
    joins(store, invites(store, expires_on=today, today=today), today=today)
    return store


def test_the_link_admits_and_the_member_stays_until_it_is_taken_up(operator: Operator, ana: App) -> None:
    [printed] = operator.reads(*REPLACE, "--expires", "3d")
    [shown] = operator.reads("invite", "show", ANA, "--tenant", "acme")

    slot = ana.invitations.get(parse_address(ANA), "acme")
    offer = slot.offer()
    assert offer is not None
    assert offer.secret_kind(printed["token"]) is SecretKind.SHOWN
    assert (shown["status"], shown["sub"]) == ("accepted", ANAS_SUB)
    assert shown["replacement_expires_at"] == printed["expires_at"]
    assert ana.members.get("acme", ANAS_SUB).role.value == printed["role"]


def test_a_person_reads_what_was_done(operator: Operator, ana: App) -> None:  # noqa: ARG001 - there is a member
    assert operator.does(*REPLACE).startswith("ana@acme.com may take over their membership of acme\n")


def test_it_is_revoked_like_any_invitation(operator: Operator, ana: App) -> None:
    operator.does(*REPLACE)

    operator.does("invite", "revoke", ANA, "--tenant", "acme")

    slot = ana.invitations.get(parse_address(ANA), "acme")
    assert (slot.offer(), slot.sub) == (None, ANAS_SUB)
    assert operator.is_refused("invite", "revoke", ANA, "--tenant", "acme")[0] == 1


def test_who_is_no_member_cannot_be_replaced(operator: Operator, store: App) -> None:
    today = utc_now().date()
    invites(store, expires_on=today, today=today)

    assert operator.is_refused(*REPLACE) == (
        1,
        [f"error: {MemberNotFound.sentence} [member_not_found]", MemberNotFound.advice],
    )


@pytest.mark.parametrize("option", [("--role", "admin"), ("--locale", "de"), ("--note", "x")], ids=" ".join)
def test_what_a_replacement_leaves_as_it_is_cannot_be_given(operator: Operator, option: tuple[str, str]) -> None:
    result = operator.types(*REPLACE, *option)

    assert result.exit_code == 2
    assert "--replace leaves role, locale and note as they are" in result.stderr
