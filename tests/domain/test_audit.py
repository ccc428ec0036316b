"""Audit entries: what ties one decision told twice together, and what never stands in them."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatehouse.domain.address import Address
from gatehouse.domain.audit import Action, Outcome, Party, PartyKind, dedupe_id
from tests.support import strategies
from tests.support.builders import NOW, an_occasion

SECOND = timedelta(seconds=1)


ACME, GLOBEX = Party(PartyKind.TENANT, "acme"), Party(PartyKind.TENANT, "globex")


def told(
    action: Action = Action.TOKEN_ISSUE, outcome: Outcome = Outcome.ALLOW, target: Party = ACME, **of_occasion: Any
) -> str:
    return dedupe_id(an_occasion(**{"user_name": "ana", "client_id": "web"} | of_occasion), action, outcome, target)


@pytest.mark.parametrize("later", [timedelta(), SECOND, 9.999 * SECOND])
def test_a_decision_told_again_within_ten_seconds_shares_its_id(later: timedelta) -> None:
    assert told(at=NOW) == told(at=NOW + later)


@pytest.mark.parametrize("later", [10 * SECOND, -0.001 * SECOND, timedelta(days=1)])
def test_one_told_in_other_ten_seconds_does_not(later: timedelta) -> None:
    assert told(at=NOW) != told(at=NOW + later)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"user_name": "ben"}, id="another user"),
        pytest.param({"source": "TokenGeneration_RefreshTokens"}, id="another trigger"),
        pytest.param({"client_id": "two-step"}, id="another client"),
        pytest.param({"action": Action.MEMBER_JOIN}, id="another action"),
        pytest.param({"outcome": Outcome.DENY}, id="another outcome"),
        pytest.param({"target": GLOBEX}, id="another target"),
    ],
)
def test_another_decision_has_an_id_of_its_own(other: dict[str, Any]) -> None:
    assert told() != told(**other)


def test_who_has_no_user_name_is_told_apart_by_who_asks() -> None:
    ana, ben = (Party(PartyKind.ADDRESS, f"{one}***@acme.com") for one in "ab")

    assert told(user_name="", actor=ana) == told(user_name="", actor=ana)
    assert told(user_name="", actor=ana) != told(user_name="", actor=ben)


@given(st.lists(st.tuples(*[st.text(st.characters(codec="utf-8", exclude_characters="\x1f"))] * 3), min_size=2))
def test_ids_are_shared_by_nothing_else(occasions: list[tuple[str, str, str]]) -> None:
    ids = {told(user_name=f"u{user}", source=source, client_id=client) for user, source, client in occasions}

    assert len(set(occasions)) == len(ids)


@given(st.text(), st.text(), st.text())
def test_an_id_is_26_characters_whatever_the_event_holds(user: str, source: str, client: str) -> None:
    assert len(told(user_name=user, source=source, client_id=client)) == 26


@given(strategies.addresses)
def test_a_party_never_holds_a_clear_address(address: Address) -> None:
    party = Party.of_address(address)

    assert party.kind is PartyKind.ADDRESS
    assert address.value not in party.id
    assert "***" in party.id


@pytest.mark.parametrize("action", Action)
def test_an_action_is_subject_and_verb(action: Action) -> None:
    subject, verb = action.split(":")

    assert subject.isidentifier()
    assert verb.isidentifier()
