"""Invariants 8 and 11: an answer in time whatever hangs, and no event that is too strange."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatehouse.aws import Aws
from gatehouse.aws.deadline import Deadline
from gatehouse.domain.audit import Outcome
from gatehouse.errors import AwsError, Fault, NotInvited, Refusal
from gatehouse.runtime.cognito import Decision, trigger
from gatehouse.runtime.events.post_authentication import PostAuthenticationEvent
from gatehouse.runtime.wiring import TRIGGER_SECONDS, App
from tests.support.builders import TODAY, an_event, user_attributes
from tests.support.doubles import FailingAws, HangingAws
from tests.support.functions import GATES, TRIGGER_FOLDERS, VIEWS, Context, handler_of, sample_cases, sample_event
from tests.support.scenes import SCENES
from tests.support.stores import TestClock, app_for, entries, log_lines

COGNITO_ALLOWS_US_SECONDS = 4.0
FOLLOWERS = sorted(VIEWS.keys() - GATES)
USUAL = {
    "custom_auth_challenge": "challenge_not_offered",
    "custom_message": "sign_up",
    "inbound_federation": "provider_mapped",
    "post_authentication": "authenticated",
    "post_confirmation": "joined",
    "pre_authentication": "domain_not_mapped",
    "pre_sign_up": "invited",
    "pre_token_generation": "accepted_tenant",
}
# A challenge is refused whatever the store says.
CLOSED_BY_THE_STORE = sorted(GATES - {"custom_auth_challenge"})
# What these are asked names nobody, so they refuse it.
NEED_A_GROUND = ("inbound_federation", "pre_sign_up")
NO_TOKENS = {"challengeName": None, "issueTokens": False, "failAuthentication": True}


def test_every_function_has_a_view() -> None:
    assert sorted(VIEWS) == TRIGGER_FOLDERS


@pytest.mark.invariant(8)
@pytest.mark.parametrize("function", CLOSED_BY_THE_STORE)
def test_a_gate_is_closed_in_time_though_dynamodb_hangs(function: str, clock: TestClock) -> None:
    deadline = Deadline(TRIGGER_SECONDS, clock.monotonic)
    app = app_for(HangingAws(clock, deadline), clock, deadline=deadline)
    started = clock.monotonic()

    with pytest.raises(Fault):
        handler_of(function)(sample_event(function, USUAL[function]), Context(), app)

    assert clock.monotonic() - started < COGNITO_ALLOWS_US_SECONDS


@pytest.mark.invariant(8)
@pytest.mark.parametrize("function", sorted({*FOLLOWERS, "custom_auth_challenge"} - {"custom_message"}))
def test_what_needs_no_answer_of_the_store_answers_in_time_and_logs_its_entry(function: str, clock: TestClock) -> None:
    deadline = Deadline(TRIGGER_SECONDS, clock.monotonic)
    app = app_for(HangingAws(clock, deadline), clock, deadline=deadline)
    event = sample_event(function, USUAL[function])
    started = clock.monotonic()

    answer = handler_of(function)(event, Context(), app)

    assert answer is event
    assert clock.monotonic() - started < COGNITO_ALLOWS_US_SECONDS
    assert "audit_entry_unwritten" in [line.get("message") for line in log_lines(app)]
    assert function != "custom_auth_challenge" or event["response"] == NO_TOKENS


@pytest.mark.invariant(8)
@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
@pytest.mark.parametrize(
    "code", ["ProvisionedThroughputExceededException", "InternalServerError", "ResourceNotFoundException"]
)
def test_a_store_that_throttles_fails_or_is_not_there_closes_gates_alone(
    function: str, code: str, aws: Aws, clock: TestClock
) -> None:
    app = app_for(FailingAws(aws, lambda _operation, _payload: AwsError(code, "words")), clock)
    event = sample_event(function, USUAL[function])

    if function in CLOSED_BY_THE_STORE:
        with pytest.raises(Fault, match=r"reference .* \[fault\]$"):
            handler_of(function)(event, Context(), app)
    else:
        assert handler_of(function)(event, Context(), app) is event
    assert "words" not in str(log_lines(app))


@pytest.mark.invariant(8)
def test_a_join_that_failed_is_made_up_for_by_the_first_token(aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    SCENES["post_confirmation", "joined"].arrange(app)
    broken = app_for(FailingAws(aws, lambda _operation, _payload: AwsError("InternalServerError")), clock)
    handler_of("post_confirmation")(sample_event("post_confirmation", "joined"), Context(), broken)

    event = an_event("TokenGeneration_Authentication", {"userAttributes": user_attributes()}, version="2")
    handler_of("pre_token_generation")(event, Context(), app)

    claims = event["response"]["claimsAndScopeOverrideDetails"]["idTokenGeneration"]["claimsToAddOrOverride"]
    assert claims["tenant_id"] == "acme"
    assert "joined" in [entry.reason for entry in entries(app, TODAY, "acme") if entry.outcome is Outcome.ALLOW]


@pytest.mark.usefixtures("own_telemetry")
def test_a_setting_that_is_missing_closes_a_gate(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GATEHOUSE_TABLE_NAME", raising=False)

    with pytest.raises(Fault):
        handler_of("pre_sign_up")(sample_event("pre_sign_up", "invited"), Context())

    assert '"error_type": "SettingMissing"' in capsys.readouterr().out


@pytest.mark.invariant(7)
@pytest.mark.invariant(8)
@pytest.mark.parametrize("function", sorted({*TRIGGER_FOLDERS} - {"custom_message", "pre_authentication"}))
def test_a_store_whose_answers_make_no_sense_closes_gates_and_leaves_an_entry(function: str, clock: TestClock) -> None:
    app = app_for(_SenselessAws(), clock)
    event = sample_event(function, USUAL[function])

    if function in CLOSED_BY_THE_STORE:
        with pytest.raises(Fault):
            handler_of(function)(event, Context(), app)
    else:
        assert handler_of(function)(event, Context(), app) is event

    assert "audit_entry_unwritten" in [line.get("message") for line in log_lines(app)]


class _SenselessAws:
    """Answers, but nothing that was asked for; and takes no write."""

    def call(self, service: str, operation: str, payload: Any) -> dict[str, Any]:
        if operation in ("PutItem", "TransactWriteItems"):
            raise KeyError(operation)
        return {}


@pytest.mark.invariant(8)
def test_a_refusal_never_leaves_what_follows_a_fact(app: App) -> None:
    @trigger
    def refusing(event: PostAuthenticationEvent, app: App) -> Decision:  # noqa: ARG001 - as every handler
        raise NotInvited

    event = sample_event("post_authentication", "authenticated")

    assert refusing(event, Context(), app) is event


STRANGE_REQUESTS: list[Any] = [None, [], {}, "text", 7, {"userAttributes": None}, {"userAttributes": []}]


@pytest.mark.invariant(11)
@pytest.mark.parametrize("request_", STRANGE_REQUESTS, ids=repr)
@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
def test_a_request_of_no_known_shape_never_widens(function: str, request_: Any, aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    event = an_event(SCENE_SOURCES[function], request_)
    before = copy.deepcopy(event)

    if function in NEED_A_GROUND:
        with pytest.raises(Refusal):
            handler_of(function)(event, Context(), app)
    else:
        assert handler_of(function)(event, Context(), app) is event
    assert before | ({"response": NO_TOKENS} if function == "custom_auth_challenge" else {}) == event


SCENE_SOURCES = {function: sample_event(function, case)["triggerSource"] for function, case in USUAL.items()}


@pytest.mark.invariant(11)
@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
@pytest.mark.parametrize("raw", [None, [], "text", {}], ids=repr)
def test_what_is_no_event_at_all_admits_nobody(function: str, raw: Any, aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)

    if function in NEED_A_GROUND:
        with pytest.raises(Refusal):
            handler_of(function)(raw, Context(), app)
    else:
        assert raw == handler_of(function)(raw, Context(), app)


@pytest.mark.invariant(11)
@pytest.mark.parametrize("function", FOLLOWERS)
def test_an_unknown_source_of_what_follows_a_fact_is_returned_unchanged(
    function: str, aws: Aws, clock: TestClock
) -> None:
    app = app_for(aws, clock)
    event = an_event("Something_FromTheFuture", {"userAttributes": user_attributes()}, response={"kept": True})
    before = copy.deepcopy(event)

    answer = handler_of(function)(event, Context(), app)

    assert answer is event
    assert before == event
    assert not entries(app, TODAY)


@pytest.mark.invariant(11)
@pytest.mark.parametrize("function", ["pre_sign_up", "pre_token_generation"])
@pytest.mark.parametrize("preset", [None, [], {}, {"claimsAndScopeOverrideDetails": []}, "missing"], ids=repr)
def test_a_response_is_assigned_whatever_was_preset(function: str, preset: Any, aws: Aws, clock: TestClock) -> None:
    app = app_for(aws, clock)
    SCENES[function, USUAL[function]].arrange(app)
    event = sample_event(function, USUAL[function]) | {"response": preset}
    if preset == "missing":
        del event["response"]

    handler_of(function)(event, Context(), app)

    assert isinstance(event["response"], dict)
    assert event["response"] != preset


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=8), inner, max_size=2),
    max_leaves=6,
)
_CASES = [(function, case) for function in TRIGGER_FOLDERS for case in sample_cases(function)]


@pytest.mark.invariant(1)
@pytest.mark.invariant(11)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=st.sampled_from(_CASES), path=st.lists(st.integers(0, 9), min_size=1, max_size=4), value=_JSON)
def test_a_mutated_event_is_answered_refused_or_masked(
    clock: TestClock, case: tuple[str, str], path: list[int], value: Any
) -> None:
    """The store is empty, so nobody may be admitted and no token may name a tenant."""
    app = app_for(_EmptyAws(), clock)
    function, name = case
    event = _mutated(sample_event(function, name), path, value)

    try:
        answer = handler_of(function)(event, Context(), app)
    except (Refusal, Fault):
        return

    assert function not in NEED_A_GROUND
    assert answer is event
    assert "tenant_id" not in str(answer.get("response"))


class _EmptyAws:
    """A store with nothing in it that takes every write."""

    def call(self, service: str, operation: str, payload: Any) -> dict[str, Any]:
        answers: dict[str, dict[str, Any]] = {"Query": {"Items": []}, "BatchGetItem": {"Responses": {}}}
        return answers.get(operation, {})


def _mutated(event: dict[str, Any], path: list[int], value: Any) -> dict[str, Any]:
    """Replace, remove or add one value somewhere in the event."""
    at: Any = event
    for step in path:
        keys = sorted(at) if isinstance(at, dict) else []
        if not keys:
            break
        key = keys[step % len(keys)]
        if isinstance(at[key], dict) and step != path[-1]:
            at = at[key]
        elif value is None and step % 2:
            del at[key]
        else:
            at[key] = value
            break
    return event


@pytest.mark.invariant(1)
def test_the_empty_store_admits_nobody() -> None:
    app = app_for(_EmptyAws(), TestClock())

    with pytest.raises(NotInvited):
        handler_of("pre_sign_up")(sample_event("pre_sign_up", "invited"), Context(), app)
