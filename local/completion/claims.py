"""What a PreTokenGeneration response does to a token's claims; pure.

The rules are those of https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
"""

from typing import Any, Literal

type Claims = dict[str, Any]
type Use = Literal["id", "access"]

_RESERVED = frozenset(
    [
        "acr",
        "amr",
        "at_hash",
        "auth_time",
        "azp",
        "exp",
        "iat",
        "iss",
        "jti",
        "nbf",
        "nonce",
        "origin_jti",
        "token_use",
        "sub",
        "identities",
    ]
)
_RESERVED_IN_ACCESS = frozenset(["username", "client_id", "event_id", "device_key", "version"])
_SUPPRESSIBLE = frozenset({"cognito:groups", "cognito:roles", "cognito:preferred_role"})
_PLAIN_IN_ID = frozenset({"phone_number_verified", "email_verified", "updated_at", "address"})


def changed(claims: Claims, use: Use, version: str, details: Claims, client_id: str | None) -> Claims:
    """Return the claims of an ID or access token as a response of version "1", "2" or "3" changes them.

    `details` is claimsOverrideDetails, or claimsAndScopeOverrideDetails. What AWS reserves is left alone.
    """
    claims = dict(claims)
    _override_groups(claims, use, details)
    if version == "1":
        if use == "id":
            _apply(claims, use, _strings_only(details), client_id)
        return claims
    section = details.get(f"{use}TokenGeneration") or {}
    _apply(claims, use, section, client_id)
    if use == "access":
        claims["scope"] = _scopes(str(claims.get("scope", "")), section)
    return claims


def _apply(claims: Claims, use: Use, section: Claims, client_id: str | None) -> None:
    suppressed = [str(name) for name in section.get("claimsToSuppress") or []]
    for name, value in (section.get("claimsToAddOrOverride") or {}).items():
        if _may_set(use, name, value, client_id):
            claims[name] = value
    for name in suppressed:
        if name in _SUPPRESSIBLE or not _reserved(use, name):
            claims.pop(name, None)


def _may_set(use: Use, name: str, value: Any, client_id: str | None) -> bool:
    if use == "access" and name == "aud":
        return bool(value == client_id)
    if use == "id" and name in _PLAIN_IN_ID and isinstance(value, dict | list):
        return False
    return not _reserved(use, name) and not name.startswith("dev:")


def _reserved(use: Use, name: str) -> bool:
    own = {"aud"} if use == "id" else _RESERVED_IN_ACCESS
    return name in _RESERVED or name in own or name.startswith("cognito:")


def _strings_only(section: Claims) -> Claims:
    added = section.get("claimsToAddOrOverride") or {}
    return section | {"claimsToAddOrOverride": {name: value for name, value in added.items() if isinstance(value, str)}}


def _scopes(scope: str, section: Claims) -> str:
    suppressed = section.get("scopesToSuppress") or []
    kept = [item for item in scope.split() if item not in suppressed]
    added = [item for item in section.get("scopesToAdd") or [] if " " not in item and item not in suppressed]
    return " ".join(dict.fromkeys([*kept, *added]))


def _override_groups(claims: Claims, use: Use, details: Claims) -> None:
    if "groupOverrideDetails" not in details:
        return
    override = details["groupOverrideDetails"] or {}
    found = {"cognito:groups": override.get("groupsToOverride")}
    if use == "id":
        found["cognito:roles"] = override.get("iamRolesToOverride")
        found["cognito:preferred_role"] = override.get("preferredRole")
    for name, value in found.items():
        claims.pop(name, None)
        if value:
            claims[name] = value
