"""The tables of rules have a place for every reason by which anybody is refused, and only one."""

from collections.abc import Iterator

import pytest

from gatehouse.domain.audit import Reason
from gatehouse.domain.rules import RULES, Part, Rule, Verdict, judged, not_asked
from gatehouse.domain.sighted import Seen, Sighted
from gatehouse_cli.meanings import REASONS
from tests.support.builders import ANA, NOW
from tests.support.scenes import SCENES

SEEN = Seen(at=NOW, attributes={"email": ANA}, sighted=Sighted())
# What no rule of these four parts refuses by: the custom challenge, and what could not be decided at all.
ELSEWHERE = {Reason.CHALLENGE_NOT_OFFERED, Reason.CHALLENGE_NOT_BEGUN, Reason.ANSWER_NOT_EXPECTED, Reason.FAULT}
PARTS = {
    "inbound_federation": (Part.FEDERATION,),
    "pre_sign_up": (Part.SIGN_UP,),
    "post_confirmation": (Part.JOIN,),
    "pre_token_generation": (Part.JOIN, Part.TOKEN),
}


def by(reason: Reason, part: Part) -> list[Rule]:
    return [rule for rule in RULES[part] if reason in rule.reasons]


def refusing() -> Iterator[tuple[str, Reason]]:
    """Yield every refusal of a trigger that has a sample event."""
    for function, case in SCENES:
        if function in PARTS and case in set(Reason) and REASONS[Reason(case)].refusal:
            yield function, Reason(case)


@pytest.mark.parametrize("part", Part)
def test_a_reason_stands_in_no_more_than_one_rule_of_a_part(part: Part) -> None:
    assert [reason for reason in Reason if len(by(reason, part)) > 1] == []


@pytest.mark.parametrize(("function", "reason"), sorted(set(refusing())))
def test_what_a_trigger_refuses_by_stands_in_a_rule_of_its_parts(function: str, reason: Reason) -> None:
    assert [rule for part in PARTS[function] for rule in by(reason, part)]


def test_every_reason_that_refuses_stands_in_some_rule() -> None:
    refusing_reasons = {reason for reason, meaning in REASONS.items() if meaning.refusal} - ELSEWHERE

    assert refusing_reasons <= {reason for rules in RULES.values() for rule in rules for reason in rule.reasons}


@pytest.mark.parametrize("part", Part)
def test_the_rules_of_a_part_have_names_of_their_own_and_say_what_they_ask(part: Part) -> None:
    names = [rule.name for rule in RULES[part]]

    assert len(names) == len(set(names))
    assert all(rule.asks for rule in RULES[part])


def test_what_comes_after_a_refusal_is_not_asked() -> None:
    told = judged(Part.SIGN_UP, SEEN, stopped_by=Reason.ADDRESS_NOT_SUPPORTED)

    assert [one.verdict for one in told[:2]] == [Verdict.REFUSES, Verdict.NOT_ASKED]
    assert {one.verdict for one in told[1:]} == {Verdict.NOT_ASKED}
    assert [one.reason for one in told if one.reason] == [Reason.ADDRESS_NOT_SUPPORTED]


def test_what_nothing_was_read_for_is_not_asked_and_saw_nothing() -> None:
    told = judged(Part.TOKEN, SEEN)

    assert {(one.verdict, one.saw) for one in told[1:]} == {(Verdict.NOT_ASKED, "")}


def test_a_part_that_is_not_come_to_has_all_its_rules() -> None:
    assert [one.rule for one in not_asked(Part.JOIN)] == list(RULES[Part.JOIN])
    assert {one.verdict for one in not_asked(Part.JOIN)} == {Verdict.NOT_ASKED}
