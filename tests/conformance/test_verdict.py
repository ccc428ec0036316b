"""The checker takes what Cognito takes, and nothing else."""

from typing import Any

import pytest

from local.runtime import Outcome
from tests.conformance.contract import source_named
from tests.conformance.stage import base_event
from tests.conformance.verdict import Nonconforming, State, state_of

HTML = "<p>Your code is {####}.</p>"
GROUPS = {"groupsToOverride": ["editors"], "iamRolesToOverride": [], "preferredRole": None}


def event_of(name: str) -> tuple[str, dict[str, Any]]:
    """Return a source and its event; the version may stand after a slash."""
    source, _, version = name.partition("/")
    return source, base_event(source_named(source), version or "1")


def judged(name: str, response: Any) -> State:
    """Return what the checker makes of a response to the source's event."""
    source, sent = event_of(name)
    return state_of(sent, Outcome(sent | {"response": response}, None, ""), source_named(source))


def v2(*, id_token: object = None, access_token: object = None, **more: Any) -> dict[str, Any]:
    tokens = {"idTokenGeneration": id_token, "accessTokenGeneration": access_token}
    return {"claimsAndScopeOverrideDetails": {name: one for name, one in tokens.items() if one is not None} | more}


def v1(**claims: Any) -> dict[str, Any]:
    return {"claimsOverrideDetails": {"claimsToAddOrOverride": claims}}


def added(**claims: Any) -> dict[str, Any]:
    return {"claimsToAddOrOverride": claims}


RIGHT = [
    ("PreSignUp_SignUp", {"autoConfirmUser": True, "autoVerifyEmail": True, "autoVerifyPhone": False}),
    ("TokenGeneration_Authentication/1", v1(tenant_id="acme")),
    ("TokenGeneration_Authentication/1", {"claimsOverrideDetails": {"groupOverrideDetails": GROUPS}}),
    ("TokenGeneration_Authentication/2", v2(id_token=added(tenants=["acme"], count=1, is_cut=True, more={"a": "b"}))),
    ("TokenGeneration_Authentication/2", v2(id_token={"claimsToSuppress": ["cognito:groups", "dev:name"]})),
    ("TokenGeneration_Authentication/3", v2(access_token={"scopesToAdd": ["acme/read"]}, groupOverrideDetails=None)),
    ("TokenGeneration_Authentication/2", v2(access_token=added(aud="4k2f9q7m1r8s3t6u5v0w1x2y3z"))),
    ("DefineAuthChallenge_Authentication", {"challengeName": None, "issueTokens": False, "failAuthentication": True}),
    (
        "CreateAuthChallenge_Authentication",
        {"publicChallengeParameters": {}, "privateChallengeParameters": {"answer": "1"}, "challengeMetadata": "1"},
    ),
    ("VerifyAuthChallengeResponse_Authentication", {"answerCorrect": False}),
    ("CustomMessage_SignUp", {"smsMessage": "{####}", "emailMessage": HTML, "emailSubject": "S" * 140}),
    ("CustomMessage_SignUp", {"smsMessage": None, "emailMessage": "Click {##here##}", "emailSubject": None}),
    ("CustomMessage_AdminCreateUser", {"emailMessage": f"{HTML} {{username}}"}),
    ("InboundFederation_ExternalProvider", {"userAttributesToMap": {"email": "a" * 2048}}),
]

WRONG = {
    "an extra key": ("PreSignUp_SignUp", {"autoConfirmUser": True, "autoApprove": True}, "autoApprove"),
    "a string for a boolean": ("PreSignUp_SignUp", {"autoConfirmUser": "true"}, "autoConfirmUser"),
    "a flag without its attribute": ("PreSignUp_SignUp", {"autoVerifyPhone": True}, "no phone_number"),
    "no object at all": ("PreSignUp_SignUp", None, "None is not of type"),
    "an answer that nobody reads": ("PostAuthentication_Authentication", {"ok": True}, "'ok' was unexpected"),
    "a list in V1": ("TokenGeneration_Authentication/1", v1(tenants=["acme"]), "tenants"),
    "V2's container in V1": ("TokenGeneration_Authentication/1", v2(), "claimsAndScopeOverrideDetails"),
    "V1's container in V2": ("TokenGeneration_Authentication/2", v1(), "claimsOverrideDetails"),
    "null for a claim": ("TokenGeneration_Authentication/2", v2(id_token=added(a=None)), "claimsToAddOrOverride.a"),
    "groups beside a token's claims": ("TokenGeneration_Authentication/2", v2(id_token=GROUPS), "idTokenGeneration"),
    "groups that are no list": (
        "TokenGeneration_Authentication/2",
        v2(groupOverrideDetails={"groupsToOverride": "editors"}),
        "groupsToOverride",
    ),
    "an object for an e-mail's flag": (
        "TokenGeneration_Authentication/2",
        v2(id_token=added(email_verified={"is": True})),
        "email_verified",
    ),
    "a reserved claim": ("TokenGeneration_Authentication/1", v1(sub="1"), "sub"),
    "one of Cognito's own": ("TokenGeneration_Authentication/2", v2(id_token=added(**{"cognito:x": "1"})), "cognito:x"),
    "a developer's": ("TokenGeneration_Authentication/2", v2(id_token=added(**{"dev:x": "1"})), "dev:x"),
    "the ID token's audience": ("TokenGeneration_Authentication/2", v2(id_token=added(aud="1")), "aud"),
    "an access token's own": ("TokenGeneration_Authentication/3", v2(access_token=added(username="ana")), "username"),
    "another client's audience": ("TokenGeneration_Authentication/3", v2(access_token=added(aud="other")), "aud"),
    "a suppressed subject": (
        "TokenGeneration_Authentication/2",
        v2(access_token={"claimsToSuppress": ["sub"]}),
        "claimsToSuppress",
    ),
    "a space in a scope": (
        "TokenGeneration_Authentication/2",
        v2(access_token={"scopesToAdd": ["acme/read acme/write"]}),
        "scopesToAdd",
    ),
    "both ends at once": (
        "DefineAuthChallenge_Authentication",
        {"issueTokens": True, "failAuthentication": True},
        "should not be valid",
    ),
    "a number for a parameter": (
        "CreateAuthChallenge_Authentication",
        {"publicChallengeParameters": {"left": 3}, "privateChallengeParameters": {}},
        "left",
    ),
    "no verdict": ("VerifyAuthChallengeResponse_Authentication", {"answerCorrect": None}, "answerCorrect"),
    "an SMS of 141 characters": ("CustomMessage_SignUp", {"smsMessage": "{####}" + "a" * 135}, "too long"),
    "an SMS without the code": ("CustomMessage_SignUp", {"smsMessage": "Welcome to Acme"}, "smsMessage"),
    "a mail without the code": ("CustomMessage_SignUp", {"emailMessage": "Welcome to Acme"}, "emailMessage"),
    "a mail of 20,001 characters": ("CustomMessage_SignUp", {"emailMessage": HTML + "a" * 20_000}, "too long"),
    "a mail with a control character": ("CustomMessage_SignUp", {"emailMessage": HTML + "\a"}, "emailMessage"),
    "a subject of 141 characters": ("CustomMessage_SignUp", {"emailSubject": "S" * 141}, "too long"),
    "a first password without a name": ("CustomMessage_AdminCreateUser", {"emailMessage": HTML}, "username"),
    "a number in a map": (
        "InboundFederation_ExternalProvider",
        {"userAttributesToMap": {"exp": 1795395600}},
        "userAttributesToMap.exp",
    ),
    "an attribute of 2,049 characters": (
        "InboundFederation_ExternalProvider",
        {"userAttributesToMap": {"email": "a" * 2049}},
        "too long",
    ),
}


@pytest.mark.parametrize(("name", "response"), RIGHT)
def test_what_cognito_takes_is_an_answer(name: str, response: object) -> None:
    assert judged(name, response) is State.ANSWERED


@pytest.mark.parametrize(("name", "response", "said"), WRONG.values(), ids=WRONG)
def test_what_cognito_does_not_take_is_named(name: str, response: object, said: str) -> None:
    with pytest.raises(Nonconforming) as raised:
        judged(name, response)

    assert said in str(raised.value)


def test_an_event_that_came_back_as_it_was_has_passed_through() -> None:
    assert judged("PreSignUp_SignUp", {}) is State.PASSED_THROUGH


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"userName": "somebody else"}, "userName"),
        ({"version": 1}, "version"),
        ({"request": {}}, "request"),
        ({"note": "made by us"}, "note"),
    ],
)
def test_an_event_that_came_back_changed_does_not_conform(changes: dict[str, Any], named: str) -> None:
    source, sent = event_of("PreSignUp_SignUp")

    with pytest.raises(Nonconforming, match=f"with {named} changed"):
        state_of(sent, Outcome(sent | changes, None, ""), source_named(source))


def test_an_event_that_came_back_with_less_does_not_conform() -> None:
    source, sent = event_of("PreSignUp_SignUp")
    less = {name: value for name, value in sent.items() if name != "region"}

    with pytest.raises(Nonconforming, match="with region changed"):
        state_of(sent, Outcome(less, None, ""), source_named(source))


@pytest.mark.parametrize("answer", [None, "done", []])
def test_what_is_no_event_does_not_conform(answer: object) -> None:
    source, sent = event_of("PreSignUp_SignUp")

    with pytest.raises(Nonconforming, match="which is no event"):
        state_of(sent, Outcome(answer, None, ""), source_named(source))


def test_a_gate_may_refuse_in_the_products_own_words() -> None:
    source, sent = event_of("PreSignUp_SignUp")
    refusal = "You have not been invited to this application [not_invited]"

    assert state_of(sent, Outcome(None, refusal, ""), source_named(source)) is State.REFUSED


@pytest.mark.parametrize(
    "error",
    [
        "Something went wrong on our side, please try again, reference 1 [fault]",
        "'NoneType' object has no attribute 'get'",
        "There is no tenant with this id [tenant_not_found]",
        "RequestId: 1 Error: Runtime exited with error: exit status 1",
        "",
    ],
    ids=["a fault", "internals", "what operators read", "a crash", "nothing"],
)
def test_any_other_error_does_not_conform(error: str) -> None:
    source, sent = event_of("PreSignUp_SignUp")

    with pytest.raises(Nonconforming, match="which is no refusal"):
        state_of(sent, Outcome(None, error, ""), source_named(source))


def test_what_follows_a_fact_may_not_refuse() -> None:
    source, sent = event_of("PostConfirmation_ConfirmSignUp")
    refusal = "You have not been invited to this application [not_invited]"

    with pytest.raises(Nonconforming, match="what has already happened"):
        state_of(sent, Outcome(None, refusal, ""), source_named(source))
