"""What is explained is what the trigger then decides, in every scene, and nothing is written by it."""

from dataclasses import replace
from itertools import product

import pytest

from gatehouse.domain.audit import Action, Entry, Outcome, Reason
from gatehouse.domain.membership import MemberStatus
from gatehouse.domain.role import Role
from gatehouse.domain.rules import Part
from gatehouse.errors import Refusal
from gatehouse.services.explain import Explanation
from tests.support.builders import ANA, TODAY
from tests.support.explained import confirmation_explained, rehearsed, sign_up_explained, stopped, token_explained
from tests.support.functions import Context, handler_of, sample_event
from tests.support.scenes import SCENES
from tests.support.stage import membership
from tests.support.stores import app_for, entries
from tests.support.tables import Store

# What cannot be asked: a machine's token is nobody's, and what follows a password set anew decides nothing.
NOT_ASKED = {
    ("pre_token_generation", "machine_tenant"),
    ("pre_token_generation", "machine_without_tenant"),
    ("pre_token_generation", "tenant_not_found"),
    ("post_confirmation", "passed_through"),
    ("post_confirmation", "password_reset"),
}
JOINS = (Action.MEMBER_JOIN, Action.MEMBER_ASK, Action.MEMBER_TAKE_OVER)
EXPLAINED = {
    "post_confirmation": confirmation_explained,
    "pre_sign_up": sign_up_explained,
    "pre_token_generation": token_explained,
}
# Every so many of the pairs of one case's scene with another case's event, spread over all of them.
STRIDE = 41


def cases(*functions: str) -> list[tuple[str, str]]:
    return [one for one in SCENES if one[0] in functions and one not in NOT_ASKED]


def pairs() -> list[tuple[str, str, str]]:
    every = [
        (function, scene, event)
        for function in EXPLAINED
        for (_, scene), (_, event) in product(cases(function), repeat=2)
        if scene != event
    ]
    return every[::STRIDE]


def staged(store: Store, function: str, case: str) -> Store:
    """Set a scene's stage, and return the store with the scene's settings."""
    scene, tables = SCENES[function, case], store.settings
    settings = replace(scene.settings, table_name=tables.table_name, audit_table_name=tables.audit_table_name)
    stage = Store(store.aws, settings, store.clock, app_for(store.aws, store.clock, settings))
    scene.arrange(stage.app)
    store.clock.advance(seconds=1)
    return stage


def explained_then_handled(
    stage: Store, function: str, event: str
) -> tuple[Explanation, dict[Action, Entry], Refusal | None]:
    """Explain an event, which must write nothing, and let the trigger decide it; return what both said."""
    before = stage.snapshot()
    explained = EXPLAINED[function](rehearsed(stage.aws, stage.clock, stage.settings), sample_event(function, event))
    assert before == stage.snapshot()
    return explained, *handled(stage, function, event)


def handled(stage: Store, function: str, event: str) -> tuple[dict[Action, Entry], Refusal | None]:
    """Let the trigger decide; return what it recorded, by its action, and what it raised."""
    known, refusal = {entry.id for entry in entries(stage.app, TODAY, "acme", "globex")}, None
    try:
        handler_of(function)(sample_event(function, event), Context(), stage.app)
    except Refusal as raised:
        refusal = raised
    told = entries(stage.app, TODAY, "acme", "globex")
    return {entry.action: entry for entry in told if entry.id not in known}, refusal


def assert_equal(function: str, explained: Explanation, recorded: dict[Action, Entry], refusal: Refusal | None) -> None:
    """Hold an explanation against what the trigger did: outcome, reason, what the person reads, and the join."""
    joined = next((recorded[one] for one in JOINS if one in recorded), None)
    if joined is not None:
        assert joined.reason == explained.join
    if function == "post_confirmation":
        return
    decided = recorded[Action.USER_SIGN_UP if function == "pre_sign_up" else Action.TOKEN_ISSUE]
    ends = stopped(explained)
    assert (decided.outcome, decided.reason) == (explained.outcome, explained.reason)
    assert str(refusal) == str(explained.refusal)
    assert (explained.reason in [reason for _, reason in ends]) is (refusal is not None)
    if joined is not None and joined.outcome is Outcome.DENY:
        assert joined.reason in [reason for _, reason in ends]
    assert all(one.saw for one in explained.judgements if one.reason)


@pytest.mark.parametrize(("function", "case"), cases(*EXPLAINED))
def test_a_decision_is_explained_as_the_trigger_takes_it(store: Store, function: str, case: str) -> None:
    stage = staged(store, function, case)

    explained, recorded, refusal = explained_then_handled(stage, function, case)

    assert case in (explained.reason, explained.join)
    assert case in {entry.reason for entry in recorded.values()}
    assert_equal(function, explained, recorded, refusal)


@pytest.mark.parametrize(("function", "scene", "event"), pairs())
def test_so_is_an_event_in_the_scene_of_another(store: Store, function: str, scene: str, event: str) -> None:
    stage = staged(store, function, scene)

    explained, recorded, refusal = explained_then_handled(stage, function, event)

    assert_equal(function, explained, recorded, refusal)


@pytest.mark.parametrize(("function", "case"), cases("inbound_federation"))
def test_what_an_identity_provider_brings_is_explained_as_inbound_federation_decides_it(
    store: Store, function: str, case: str
) -> None:
    stage, before = staged(store, function, case), store.snapshot()
    request = sample_event(function, case)["request"]
    said = [value for answer in request["attributes"].values() for value in answer.values() if "@" in value]
    signing_up = sample_event("pre_sign_up", "taken_by_provider")
    signing_up["request"]["userAttributes"]["email"] = said[0] if said else ANA

    explained = sign_up_explained(
        rehearsed(stage.aws, stage.clock, stage.settings), signing_up, provider=request["providerName"]
    )
    after = stage.snapshot()
    recorded, refusal = handled(stage, function, case)

    assert before == after
    assert case == recorded[Action.USER_FEDERATE].reason
    assert (("federation: provider", case) in stopped(explained)) is (refusal is not None)
    if refusal is not None:
        assert (explained.reason, str(explained.refusal)) == (refusal.reason, str(refusal))


def test_an_operators_approval_is_waited_for(store: Store) -> None:
    stage = staged(store, "post_confirmation", "waits_for_approval")
    asked = sample_event("pre_sign_up", "taken_by_domain")

    signing_up = sign_up_explained(rehearsed(stage.aws, stage.clock, stage.settings), asked)
    confirmed = confirmation_explained(
        rehearsed(stage.aws, stage.clock, stage.settings), sample_event("post_confirmation", "waits_for_approval")
    )

    assert (signing_up.reason, signing_up.needs_approval) == (Reason.TAKEN_BY_DOMAIN, True)
    assert (confirmed.join, confirmed.tenant_id) == (Reason.WAITS_FOR_APPROVAL, None)
    assert stopped(confirmed) == [("join: approval", Reason.WAITS_FOR_APPROVAL)]


@pytest.mark.parametrize(
    ("status", "outcome"), [(MemberStatus.ACTIVE, Outcome.ALLOW), (MemberStatus.SUSPENDED, Outcome.DENY)]
)
def test_a_membership_that_is_taken_over_is_shown_as_it_is(
    store: Store, status: MemberStatus, outcome: Outcome
) -> None:
    stage = staged(store, "pre_token_generation", "replaced")
    [before] = stage.app.members.of_tenant("acme")
    membership(stage.app, replace(before, status=status, role=Role.VIEWER))

    explained, recorded, refusal = explained_then_handled(stage, "pre_token_generation", "replaced")

    assert_equal("pre_token_generation", explained, recorded, refusal)
    assert (explained.join, explained.outcome) == (Reason.REPLACED, outcome)
    saw = {one.rule.name: one.saw for one in explained.judgements if one.part is Part.TOKEN}
    assert (saw["membership"], saw["member"]) == ("acme as viewer; default acme", f"acme: {status}")
