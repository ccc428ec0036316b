"""Responses are whole, in the one shape that Cognito takes, and say nothing that it keeps for itself."""

from typing import Any

import pytest

from gatehouse.domain.address import AddressKind
from gatehouse.domain.claims import Claims
from gatehouse.domain.message import Message
from gatehouse.runtime import responses

CLAIMS: Claims = {"tenant_id": "acme", "tenants": ["acme", "globex"], "tenants_truncated": True}
GROUPS = {"groupsToOverride": ["editors"], "iamRolesToOverride": ["arn:role"], "preferredRole": "arn:role"}
# The Developer Guide's table of claims that a pre token generation trigger can neither add nor change.
KEPT_BY_COGNITO = [
    "acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "cognito:groups", "cognito:username", "dev:x",
    "device_key", "event_id", "exp", "iat", "identities", "iss", "jti", "nbf", "nonce", "origin_jti", "sub",
    "token_use", "username", "version",
]  # fmt: skip


def test_version_1_has_strings_in_the_id_token_alone() -> None:
    response = responses.tokens("1", CLAIMS, None)

    assert response == {
        "claimsOverrideDetails": {
            "claimsToAddOrOverride": {
                "tenant_id": "acme",
                "tenants": '["acme", "globex"]',
                "tenants_truncated": "true",
            }
        }
    }


@pytest.mark.parametrize("version", ["2", "3", "4", ""])
def test_later_versions_have_typed_values_in_both_tokens(version: str) -> None:
    response = responses.tokens(version, CLAIMS, None)

    both = {"claimsToAddOrOverride": CLAIMS}
    assert response == {"claimsAndScopeOverrideDetails": {"idTokenGeneration": both, "accessTokenGeneration": both}}


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize("name", KEPT_BY_COGNITO)
def test_a_claim_that_cognito_keeps_for_itself_is_left_out(version: str, name: str) -> None:
    response = responses.tokens(version, {name: "mine", "tenant_id": "acme"}, None)

    assert name not in str(response)
    assert "acme" in str(response)


@pytest.mark.parametrize("version", ["1", "2", "3"])
@pytest.mark.parametrize(
    ("configured", "kept"),
    [
        pytest.param(GROUPS, GROUPS, id="all there"),
        pytest.param(GROUPS | {"preferredRole": ["arn:role", "arn:other"]}, GROUPS, id="preferred role as a list"),
        pytest.param(
            {"groupsToOverride": None},
            {"groupsToOverride": [], "iamRolesToOverride": [], "preferredRole": None},
            id="null and missing",
        ),
        pytest.param(
            {"groupsToOverride": ["a", 7, None], "iamRolesToOverride": "text", "preferredRole": {}},
            {"groupsToOverride": ["a"], "iamRolesToOverride": [], "preferredRole": None},
            id="of other types",
        ),
    ],
)
def test_groups_are_copied_because_what_is_returned_replaces_them(
    version: str, configured: dict[str, Any], kept: dict[str, Any]
) -> None:
    (details,) = responses.tokens(version, CLAIMS, configured).values()

    assert details["groupOverrideDetails"] == kept


@pytest.mark.parametrize("configured", [None, [], "text", 7], ids=repr)
def test_groups_that_are_not_told_are_left_alone(configured: object) -> None:
    (details,) = responses.tokens("2", CLAIMS, configured).values()

    assert "groupOverrideDetails" not in details


def test_a_scope_that_would_be_two_is_left_out() -> None:
    (details,) = responses.tokens("2", CLAIMS, None, ["a/b", "two words", "tab\there", "", "c"]).values()

    assert details["accessTokenGeneration"]["scopesToAdd"] == ["a/b", "c"]
    assert "scopesToAdd" not in details["idTokenGeneration"]


def test_the_two_tokens_do_not_share_their_claims() -> None:
    (details,) = responses.tokens("2", CLAIMS, None).values()

    details["idTokenGeneration"]["claimsToAddOrOverride"]["tenant_id"] = "changed"

    assert details["accessTokenGeneration"]["claimsToAddOrOverride"]["tenant_id"] == "acme"


@pytest.mark.parametrize(
    ("verified", "flags"),
    [(None, (False, False, False)), (AddressKind.EMAIL, (True, True, False)), (AddressKind.PHONE, (True, False, True))],
)
def test_an_admission_sets_every_flag(verified: AddressKind | None, flags: tuple[bool, bool, bool]) -> None:
    response = responses.admission(verified)

    assert tuple(response.values()) == flags
    assert list(response) == ["autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone"]


def test_a_pool_that_does_not_send_by_ses_gets_no_mail_fields() -> None:
    composed = Message(sms="the code is {####}", subject="code", html="<p>{####}</p>", text="{####}")

    with_mail = responses.message(composed, with_mail=True)
    without = responses.message(composed, with_mail=False)

    assert with_mail == {"smsMessage": composed.sms, "emailMessage": composed.html, "emailSubject": "code"}
    assert without == {"smsMessage": composed.sms, "emailMessage": None, "emailSubject": None}
