"""The variants of an event are all of them, each once, and each still of the same source."""

from copy import deepcopy
from typing import Any

import pytest

from tests.conformance.contract import canonical, source_named
from tests.conformance.stage import base_event
from tests.conformance.variants import Event, variants

SIGN_UP = source_named("PreSignUp_SignUp")
VERIFY = source_named("VerifyAuthChallengeResponse_Authentication")
TOKENS = source_named("TokenGeneration_Authentication")


def named(name: str, base: Event) -> Event:
    source = source_named(base["triggerSource"])
    (found,) = [variant.event for variant in variants(base, source) if variant.name == name]
    return found


@pytest.mark.parametrize("version", TOKENS.responses)
def test_no_variant_is_there_twice_or_like_the_event_itself(version: str) -> None:
    base = base_event(TOKENS, version)
    before = deepcopy(base)

    made = [canonical(variant.event) for variant in variants(base, TOKENS)]

    assert len(made) > 50
    assert len({*made, canonical(base)}) == len(made) + 1
    assert before == base


def test_a_variant_stays_of_its_version_and_its_source() -> None:
    made = [variant.event for variant in variants(base_event(VERIFY, "1"), VERIFY)]

    assert {str(event["version"]) for event in made} == {"1"}
    assert {event["triggerSource"] for event in made} == {VERIFY.name, *VERIFY.also}
    assert 1 in [event["version"] for event in made]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("request.clientMetadata null", None),
        ("request.clientMetadata {}", {}),
        ("request.clientMetadata absent", "absent"),
        ("request.validationData {}", {}),
        ("request.userAttributes.email ''", ""),
        ("request.userAttributes.phone_number null", None),
        ("callerContext.clientId absent", "absent"),
    ],
)
def test_every_field_comes_absent_null_and_empty(name: str, expected: Any) -> None:
    changed: Any = named(name, base_event(SIGN_UP, "1"))

    *parents, field = name.split(" ", maxsplit=1)[0].split(".")
    for parent in parents:
        changed = changed[parent]

    assert expected == changed.get(field, "absent")


def test_a_field_comes_in_every_type_that_cognito_has_been_seen_to_send() -> None:
    base = base_event(TOKENS, "2")

    made = [variant.event["request"] for variant in variants(base, TOKENS) if "preferredRole" in variant.name]

    assert [request["groupConfiguration"].get("preferredRole", "absent") for request in made] == [
        "absent",
        None,
        "",
        [],
    ]


def test_a_response_comes_preset_in_every_way() -> None:
    base = base_event(TOKENS, "2")

    made = [variant.event.get("response", "absent") for variant in variants(base, TOKENS)]

    presets: list[Any] = [{"claimsAndScopeOverrideDetails": None}, {"claimsAndScopeOverrideDetails": []}, []]
    assert all(preset in made for preset in [*presets, None, "absent"])


def test_a_field_of_tomorrow_comes_at_every_level() -> None:
    base = base_event(TOKENS, "2")

    where = [
        variant.name.removeprefix("unknown field in ")
        for variant in variants(base, TOKENS)
        if variant.name.startswith("unknown field in ")
    ]

    assert where == [
        *("the event", "callerContext", "request", "request.userAttributes", "request.groupConfiguration", "response")
    ]
