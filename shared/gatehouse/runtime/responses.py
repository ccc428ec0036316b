"""What goes back to Cognito: whole responses, in the one shape that it takes, made of values."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gatehouse.domain.address import AddressKind
from gatehouse.runtime.cognito import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gatehouse.domain.claims import Claims
    from gatehouse.domain.message import Message

type Response = dict[str, Any]

# What a token's claims may never be, by the Developer Guide's "Pre token generation Lambda trigger"; besides these,
# whatever begins with `cognito:`, and with `dev:`, which may only be left out.
_RESERVED = frozenset(
    {
        "acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat",
        "identities", "iss", "jti", "nbf", "nonce", "origin_jti", "sub", "token_use", "username", "version",
    }
)  # fmt: skip
_RESERVED_BEGINNINGS = ("cognito:", "dev:")


def admission(verified: AddressKind | None) -> Response:
    """Return pre sign-up's response: the profile confirmed at once if its address is proven, or in its own time."""
    return {
        "autoConfirmUser": verified is not None,
        "autoVerifyEmail": verified is AddressKind.EMAIL,
        "autoVerifyPhone": verified is AddressKind.PHONE,
    }


def tokens(version: str, claims: Claims, groups: object, scopes: Iterable[str] = ()) -> Response:
    """Return pre token generation's response in the shape of the event's own version.

    V1_0 knows strings only, and the ID token only. `groupOverrideDetails` replaces what is there, so what is there is
    copied into it; without it the groups are left alone.

    Args:
        version: of the event, `1`, `2` or `3`; what is none of them is taken for the newest.
        claims: for ID and access token alike; names that Cognito keeps for itself are left out.
        groups: the request's `groupConfiguration`, whatever it is.
        scopes: to be added to the access token, from V2_0 on. One with a space in it would be two, and is left out.
    """
    added = {name: value for name, value in claims.items() if not _is_reserved(name)}
    if version == "1":
        coerced = {name: value if isinstance(value, str) else json.dumps(value) for name, value in added.items()}
        return {"claimsOverrideDetails": {"claimsToAddOrOverride": coerced} | _kept_groups(groups)}
    access: dict[str, Any] = {"claimsToAddOrOverride": added}
    to_add = [scope for scope in scopes if scope and not any(map(str.isspace, scope))]
    if to_add:
        access["scopesToAdd"] = to_add
    return {
        "claimsAndScopeOverrideDetails": {
            "idTokenGeneration": {"claimsToAddOrOverride": dict(added)},
            "accessTokenGeneration": access,
        }
        | _kept_groups(groups)
    }


def message(composed: Message, *, with_mail: bool) -> Response:
    """Return custom message's response.

    Without mail where the pool does not send by SES: its fields make every sign-up fail there (Developer Guide,
    "Custom message Lambda trigger").
    """
    return {
        "smsMessage": composed.sms,
        "emailMessage": composed.html if with_mail else None,
        "emailSubject": composed.subject if with_mail else None,
    }


def no_more_challenges() -> Response:
    """Return define's response that ends the sign-in without tokens."""
    return {"challengeName": None, "issueTokens": False, "failAuthentication": True}


def challenge(public: Mapping[str, str], private: Mapping[str, str], metadata: str) -> Response:
    """Return create's response. Cognito takes strings only, and gives all but `public` to triggers alone."""
    return {
        "publicChallengeParameters": dict(public),
        "privateChallengeParameters": dict(private),
        "challengeMetadata": metadata,
    }


def answer(*, is_correct: bool) -> Response:
    """Return verify's response."""
    return {"answerCorrect": is_correct}


def federated_attributes() -> Response:
    """Return inbound federation's response that changes nothing; of a map with anything in it, the rest is dropped."""
    return {"userAttributesToMap": {}}


def _is_reserved(name: str) -> bool:
    return name in _RESERVED or name.startswith(_RESERVED_BEGINNINGS)


def _kept_groups(configured: object) -> Response:
    if not isinstance(configured, dict):
        return {}
    # The guide's schema has the preferred role as a string, two of its examples as a list.
    preferred = configured.get("preferredRole")
    kept = {
        "groupsToOverride": texts(configured.get("groupsToOverride")),
        "iamRolesToOverride": texts(configured.get("iamRolesToOverride")),
        "preferredRole": next(iter(texts(preferred if isinstance(preferred, list) else [preferred])), None),
    }
    return {"groupOverrideDetails": kept}
