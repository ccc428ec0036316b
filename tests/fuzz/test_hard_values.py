"""Values of 131,072 characters, deep nesting, lone surrogates, control characters: what each function makes of them."""

from functools import cache
from typing import Any

import pytest

from tests.fuzz.hard_values import LONGEST, Named, nested_lists, nested_objects
from tests.fuzz.mutations import Mutation
from tests.fuzz.runs import Run, Stage
from tests.fuzz.steps import ATTRIBUTES, METADATA, Place, Step
from tests.fuzz.world import NEWCOMER
from tests.support.builders import ANA, MAILED_TOKEN, SHOWN_TOKEN
from tests.support.functions import TRIGGER_FOLDERS
from tests.support.stage import FEDERATED_NAME, PROVIDER

TEXTS = [
    pytest.param(Named("LONG", lambda: "x" * LONGEST), id="131,072 characters"),
    pytest.param(Named("LONG_WIDE", lambda: "\U0001f511" * LONGEST), id="131,072 characters of four bytes"),
    pytest.param(Named("LONG_BRACKETS", lambda: "[" * LONGEST), id="131,072 brackets"),
    pytest.param("\ud800", id="a lone surrogate"),
    pytest.param("\udc00\ud800", id="surrogates the wrong way round"),
    pytest.param("\0", id="a NUL"),
    pytest.param("\x1b[31m\r\n", id="control characters"),
    pytest.param("\N{KELVIN SIGN}", id="the Kelvin sign"),
    pytest.param("\N{RIGHT-TO-LEFT OVERRIDE}", id="from right to left"),
]
NO_TEXTS = [
    pytest.param(Named("NESTED_LISTS", nested_lists), id="lists in lists"),
    pytest.param(Named("NESTED_OBJECTS", nested_objects), id="objects in objects"),
    pytest.param(Named("LONG_LIST", lambda: ["x"] * 10_000), id="10,000 values"),
    pytest.param(Named("LONG_OBJECT", lambda: dict.fromkeys(map(str, range(10_000)))), id="10,000 names"),
    pytest.param(7, id="a number"),
    pytest.param(True, id="true"),
]
# An event of each function that is decided in full.
CASES = {
    "custom_auth_challenge": "challenge_not_offered",
    "custom_message": "sign_up",
    "inbound_federation": "provider_mapped",
    "post_authentication": "authenticated",
    "post_confirmation": "joined",
    "pre_authentication": "passed_through",
    "pre_sign_up": "invited",
    "pre_token_generation": "default_tenant",
}
NOT_READ: tuple[Place, ...] = (
    ("fromTheFuture",),
    ("request", "fromTheFuture"),
    ("request", "validationData"),
    (*ATTRIBUTES, "custom:tenant_id"),
    (*METADATA, "fromTheFuture"),
)


@cache
def stage_of(function: str) -> Stage:
    return Stage(function)


def run_with(function: str, *steps: tuple[Place, object], case: str = "") -> Run:
    """Give a function a sample event with some values put into their places."""
    mutation = Mutation(case or CASES[function], tuple(Step(place, value) for place, value in steps))
    return stage_of(function).run(mutation.event(function), mutation.event(function))


def outcome(run: Run) -> tuple[object, ...]:
    """Return what came of an event, but for ids that are new each time."""
    written = [(one.operation, one.table, one.key[0]) for one in run.written]
    return type(run.error), getattr(run.error, "reason", None), run.response, written, run.failures


def refused(run: Run) -> tuple[object, object]:
    """Return the code that the person sees and the reason that operators see."""
    return getattr(run.error, "code", None), getattr(run.error, "reason", None)


def claims(run: Run) -> Any:
    """Return what the access token claims."""
    assert isinstance(run.response, dict)
    return run.response["claimsAndScopeOverrideDetails"]["accessTokenGeneration"]["claimsToAddOrOverride"]


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
def test_what_is_not_read_changes_nothing(function: str, value: object) -> None:
    as_it_is = run_with(function)
    with_more = run_with(function, *((place, value) for place in NOT_READ))

    assert outcome(as_it_is) == outcome(with_more)


@pytest.mark.parametrize("value", TEXTS)
@pytest.mark.parametrize("function", TRIGGER_FOLDERS)
def test_a_source_that_nobody_knows_is_not_logged(function: str, value: object) -> None:
    run = run_with(function, (("triggerSource",), value))

    assert "unknown" in run.logged.splitlines()
    assert not run.failures


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("custom_auth_challenge", (None, None)),
        ("custom_message", (None, None)),
        ("inbound_federation", ("not_invited", "provider_not_mapped")),
        ("post_authentication", (None, None)),
        ("post_confirmation", (None, None)),
        ("pre_authentication", (None, None)),
        ("pre_sign_up", ("address_not_supported", "address_not_supported")),
        ("pre_token_generation", (None, None)),
    ],
)
def test_what_is_no_event_brings_nobody_in(
    function: str, expected: tuple[str | None, str | None], value: object
) -> None:
    run = run_with(function, ((), value))

    assert expected == refused(run)
    assert run.answer is (None if run.error else run.event)
    assert not run.puts("")


@pytest.mark.parametrize("value", TEXTS)
def test_a_user_is_known_by_the_sub_as_it_is(value: object) -> None:
    sub = value.make() if isinstance(value, Named) else value
    confirmed = run_with("post_confirmation", ((*ATTRIBUTES, "sub"), value))
    issued = run_with("pre_token_generation", ((*ATTRIBUTES, "sub"), value))

    for run in (confirmed, issued):
        assert [(f"USER#{sub}", "MEMBERSHIP#acme")] == run.puts("MEMBERSHIP#")
        assert not run.failures


@pytest.mark.parametrize("value", TEXTS)
def test_a_hard_token_is_a_wrong_one(value: object) -> None:
    run = run_with("pre_sign_up", ((*METADATA, "invitation"), value))

    assert refused(run) == ("not_invited", "token_wrong")
    assert not run.puts("ADMISSION#")


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(SHOWN_TOKEN + "\n", id="a newline behind"),
        pytest.param(" " + SHOWN_TOKEN, id="a space before"),
        pytest.param(SHOWN_TOKEN.upper(), id="in capital letters"),
        pytest.param(SHOWN_TOKEN.lower(), id="in small letters"),
        pytest.param(SHOWN_TOKEN.replace("s", "\N{LATIN SMALL LETTER LONG S}"), id="the long s"),
        pytest.param(SHOWN_TOKEN.replace("K", "\N{KELVIN SIGN}"), id="the Kelvin sign"),
        pytest.param(SHOWN_TOKEN.replace(".", "\N{FULLWIDTH FULL STOP}"), id="a fullwidth full stop"),
        pytest.param(SHOWN_TOKEN + "\0", id="a NUL behind"),
        pytest.param(SHOWN_TOKEN + "\ud800", id="a lone surrogate behind"),
        pytest.param(SHOWN_TOKEN + "x" * LONGEST, id="131,072 characters behind"),
        pytest.param(SHOWN_TOKEN + "." + MAILED_TOKEN, id="both tokens"),
        pytest.param(SHOWN_TOKEN[:-1], id="a character short"),
    ],
)
def test_a_token_is_taken_as_it_is(token: str) -> None:
    run = run_with("pre_sign_up", ((*METADATA, "invitation"), token))

    assert refused(run) == ("not_invited", "token_wrong")


@pytest.mark.parametrize("value", NO_TEXTS)
def test_what_is_no_text_is_no_token(value: object) -> None:
    run = run_with("pre_sign_up", ((*METADATA, "invitation"), value))

    assert refused(run) == ("not_invited", "token_missing")


@pytest.mark.parametrize("value", NO_TEXTS)
def test_what_holds_no_attributes_names_no_address(value: object) -> None:
    run = run_with("pre_sign_up", (ATTRIBUTES, value), ((*ATTRIBUTES, "email"), value))

    assert refused(run) == ("address_not_supported", "address_not_supported")


@pytest.mark.parametrize("key", ["tenant_id", "accept_tenant_id"])
@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_a_hard_tenant_is_not_to_be_had(value: object, key: str) -> None:
    run = run_with("pre_token_generation", ((*METADATA, key), value))

    assert refused(run) == ("not_a_member", "not_a_member")
    assert not run.has_responded


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_identities_that_cannot_be_read_prove_nothing_and_take_nothing_away(value: object) -> None:
    place = (*ATTRIBUTES, "identities")
    is_newcomer = ((*ATTRIBUTES, "sub"), NEWCOMER)
    is_brought = ((("userName",), FEDERATED_NAME), ((*ATTRIBUTES, "cognito:user_status"), "EXTERNAL_PROVIDER"))
    member = run_with("pre_token_generation", (place, value))
    newcomer = run_with("pre_token_generation", (place, value), is_newcomer)
    brought = run_with("pre_token_generation", (place, value), is_newcomer, *is_brought)

    assert claims(member)["tenant_id"] == "acme"
    for run in (newcomer, brought):
        assert claims(run) == {"tenants": []}
        assert not run.puts("MEMBERSHIP#")


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_identities_that_cannot_be_read_admit_nobody(value: object) -> None:
    run = run_with("pre_sign_up", ((*ATTRIBUTES, "identities"), value))

    assert refused(run) == ("not_invited", "provider_not_mapped")
    assert not run.puts("ADMISSION#")


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_groups_that_are_none_are_no_groups(value: object) -> None:
    place = ("request", "groupConfiguration")
    names = ("groupsToOverride", "iamRolesToOverride")
    run = run_with("pre_token_generation", *(((*place, name), value) for name in names))

    assert isinstance(run.response, dict)
    kept = run.response["claimsAndScopeOverrideDetails"]["groupOverrideDetails"]
    texts = value.make() if isinstance(value, Named) and value.name == "LONG_LIST" else []
    assert [texts, texts] == [kept[name] for name in names]


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_a_placeholder_that_is_none_leaves_the_message_to_cognito(value: object) -> None:
    run = run_with("custom_message", (("request", "codeParameter"), value))

    assert run.answer is run.event
    assert not run.has_responded


@pytest.mark.parametrize("value", TEXTS + NO_TEXTS)
def test_a_hard_provider_brings_nobody(value: object) -> None:
    run = run_with("inbound_federation", (("request", "providerName"), value))

    assert refused(run) == ("not_invited", "provider_not_mapped")
    assert not run.puts("FEDERATION")


@pytest.mark.parametrize("value", TEXTS)
def test_a_provider_speaks_for_no_hard_address(value: object) -> None:
    run = run_with(
        "inbound_federation",
        (("request", "providerName"), PROVIDER),
        (("request", "attributes"), {}),
        (("request", "attributes", "idToken", "email"), value),
    )

    assert refused(run) == ("not_invited", "address_not_supported")
    assert not run.puts("FEDERATION")


@pytest.mark.parametrize("value", NO_TEXTS)
def test_an_address_that_is_no_text_is_not_asserted_and_not_noted(value: object) -> None:
    run = run_with(
        "inbound_federation",
        (("request", "providerName"), PROVIDER),
        (("request", "attributes"), {}),
        (("request", "attributes", "idToken", "email"), value),
    )

    (noted,) = [one.row for one in run.written if one.key[1] == "FEDERATION"]
    assert run.error is None
    assert "address" not in noted


@pytest.mark.parametrize(
    ("email", "noted"),
    [
        pytest.param(ANA.upper(), ANA, id="in capital letters"),
        pytest.param("ana+office@ACME.com", "ana+office@acme.com", id="with a plus"),
        pytest.param("a.n.a@acme.com", "a.n.a@acme.com", id="with dots"),
    ],
)
def test_a_provider_speaks_for_an_address_as_itself(email: str, noted: str) -> None:
    run = run_with(
        "inbound_federation",
        (("request", "providerName"), PROVIDER),
        (("request", "attributes"), {"idToken": {"email": email}}),
    )

    assert [noted] == [one.row["address"]["S"] for one in run.written if one.key[1] == "FEDERATION"]


@pytest.mark.parametrize(
    ("email", "reason"),
    [
        pytest.param("ana@\N{CYRILLIC SMALL LETTER A}cme.com", "address_not_supported", id="a Cyrillic a"),
        pytest.param("ana@acme\N{FULLWIDTH FULL STOP}com", "address_not_supported", id="a fullwidth full stop"),
        pytest.param("ana@acme.com\n", "address_not_supported", id="a newline behind"),
        pytest.param("ana@acme.com.", "address_not_supported", id="a dot behind"),
        pytest.param("ana@xn--cme-5cd.com", "domain_not_mapped", id="the xn-- form of a homoglyph"),
        pytest.param("ana@mail.acme.com", "domain_not_mapped", id="a domain below"),
        pytest.param("ana@evil-acme.com", "domain_not_mapped", id="a longer domain"),
        pytest.param("ana@com", "address_not_supported", id="a domain above"),
        pytest.param("+491511234567", "domain_not_mapped", id="a phone"),
    ],
)
def test_a_provider_speaks_for_no_domain_like_its_own(email: str, reason: str) -> None:
    run = run_with(
        "inbound_federation",
        (("request", "providerName"), PROVIDER),
        (("request", "attributes"), {"idToken": {"email": email}}),
    )

    assert ("not_invited", reason) == refused(run)


@pytest.mark.parametrize("user_name", [FEDERATED_NAME, FEDERATED_NAME.upper(), FEDERATED_NAME.lower()])
def test_a_providers_profile_is_known_by_its_name_in_any_case(user_name: str) -> None:
    run = run_with("pre_sign_up", (("userName",), user_name), case="invited_by_provider")

    assert run.error is None


@pytest.mark.parametrize(
    "user_name",
    [
        pytest.param(FEDERATED_NAME.replace("k", "\N{KELVIN SIGN}"), id="the Kelvin sign for k"),
        pytest.param(FEDERATED_NAME.replace("i", "\N{LATIN SMALL LETTER DOTLESS I}"), id="the dotless i"),
        pytest.param(FEDERATED_NAME.replace("i", "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"), id="the I with a dot"),
        pytest.param(FEDERATED_NAME.replace("p", "\N{FULLWIDTH LATIN SMALL LETTER P}"), id="a fullwidth letter"),
        pytest.param(FEDERATED_NAME.replace("c", "\N{CYRILLIC SMALL LETTER ES}"), id="a Cyrillic c"),
        pytest.param(f"{FEDERATED_NAME}\n", id="a newline behind"),
        pytest.param(f" {FEDERATED_NAME}", id="a space before"),
        pytest.param(f"{FEDERATED_NAME}\0", id="a NUL behind"),
        pytest.param(f"{FEDERATED_NAME}\ud800", id="a lone surrogate behind"),
        pytest.param(FEDERATED_NAME * 4_000, id="116,000 characters"),
    ],
)
def test_a_profile_is_not_taken_for_one_whose_name_is_like_its_own(user_name: str) -> None:
    run = run_with("pre_sign_up", (("userName",), user_name), case="invited_by_provider")

    assert refused(run) == ("not_invited", "provider_not_mapped")
