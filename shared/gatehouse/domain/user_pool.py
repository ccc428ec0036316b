"""A user pool as it stands: what can be read of it, of its app clients, and of the functions that it calls."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COGNITO = "cognito-idp.amazonaws.com"
_INVOKE = "lambda:InvokeFunction"
_COMPARISONS = ("ArnEquals", "ArnLike", "StringEquals", "StringLike")

# What an app client has that names none (API reference, CreateUserPoolClient, ExplicitAuthFlows).
_USUAL_FLOWS = frozenset({"ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"})
# The flows from before those names: beside them SRP and custom challenges are on, unless custom is to be the only one.
_OLD_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
_CUSTOM_ONLY = "CUSTOM_AUTH_FLOW_ONLY"
_BY_CHOICE = "ALLOW_USER_AUTH"
_WAYS_OF_FLOWS = {
    "ADMIN_NO_SRP_AUTH": {"password"},
    "ALLOW_ADMIN_USER_PASSWORD_AUTH": {"password"},
    "ALLOW_CUSTOM_AUTH": {"custom"},
    "ALLOW_REFRESH_TOKEN_AUTH": set[str](),
    "ALLOW_USER_AUTH": set[str](),
    "ALLOW_USER_PASSWORD_AUTH": {"password"},
    "ALLOW_USER_SRP_AUTH": {"srp"},
    "CUSTOM_AUTH_FLOW_ONLY": {"custom"},
    "USER_PASSWORD_AUTH": {"password"},
}
# Developer Guide, "Authentication with Amazon Cognito user pools", choice-based sign-in.
_WAYS_OF_FACTORS = {
    "EMAIL_OTP": {"otp"},
    "PASSWORD": {"password", "srp"},
    "SMS_OTP": {"otp"},
    "WEB_AUTHN": {"passkey"},
}
_LOGIN_PAGES = frozenset({"code", "implicit"})
_NATIVE = "COGNITO"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a key of `LambdaConfig` names: a function, and the version of its events where the key has one."""

    arn: str
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPool:
    """A user pool.

    Args:
        id: Cognito's id of it.
        arn: the same, as permissions name it.
        tier: its feature plan.
        triggers: what `LambdaConfig` names, by its keys.
        alias_attributes: what users may sign in by besides their name.
        is_case_sensitive: whether two spellings of a name are two users.
        verified_before_update: the attributes that change only when the new value is proven.
        sends_by_ses: whether its mail goes through SES.
        verifies_by_link: whether its mails ask for a click rather than a code.
        first_factors: what choice-based sign-in may begin with.
        signs_in_by: what users sign in by in place of a name, if anything.
        verifies: the attributes for which a code is asked at sign-up.
        takes_sign_ups: whether users may sign up by themselves.
        lets_clients_register: whether applications may make app clients by themselves.
    """

    id: str
    arn: str
    tier: str = "ESSENTIALS"
    triggers: Mapping[str, Trigger] = field(default_factory=dict)
    alias_attributes: frozenset[str] = frozenset()
    is_case_sensitive: bool = False
    verified_before_update: frozenset[str] = frozenset()
    sends_by_ses: bool = False
    verifies_by_link: bool = False
    first_factors: frozenset[str] = frozenset({"PASSWORD"})
    signs_in_by: frozenset[str] = frozenset({"email"})
    verifies: frozenset[str] = frozenset({"email"})
    takes_sign_ups: bool = True
    lets_clients_register: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveClient:
    """An app client as the user pool has it.

    Args:
        id: Cognito's id of it.
        name: what the pool calls it.
        flows: its `ExplicitAuthFlows`; empty for those that Cognito then takes.
        grants: its OAuth flows, as far as they are switched on.
        providers: its `SupportedIdentityProviders`; empty for the pool alone.
        writes: the attributes that its users may write, if they were named; else all standard ones, and no others.
        hides_users: whether its answers are the same for users that there are not.
        revokes_tokens: whether its refresh tokens can be revoked.
    """

    id: str
    name: str
    flows: frozenset[str] = frozenset()
    grants: frozenset[str] = frozenset()
    providers: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    hides_users: bool = True
    revokes_tokens: bool = True


@dataclass(frozen=True, slots=True)
class LiveFunction:
    """A function of the stack: its settings and who may call it; None for what could not be read."""

    settings: Mapping[str, str] | None = None
    policy: Mapping[str, Any] | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class LiveProfile:
    """A user as the pool has them: Cognito's name of the profile, and its attributes as triggers are shown them."""

    user_name: str
    attributes: Mapping[str, str]


def ways_offered(client: LiveClient, first_factors: Iterable[str] = tuple(_WAYS_OF_FACTORS)) -> frozenset[str]:
    """Return the ways in that an app client offers.

    Args:
        client: the app client.
        first_factors: of its user pool; all that there are, if they are not known.
    """
    flows = client.flows or _USUAL_FLOWS
    ways = {way for flow in flows for way in _WAYS_OF_FLOWS.get(flow, ())}
    if flows & _OLD_FLOWS and _CUSTOM_ONLY not in flows:
        ways |= {"custom", "srp"}
    if _BY_CHOICE in flows:
        ways |= {way for factor in first_factors for way in _WAYS_OF_FACTORS.get(factor, ())}
    if client.grants & _LOGIN_PAGES:
        providers = client.providers or {_NATIVE}
        ways |= {f"provider:{name}" for name in providers - {_NATIVE}}
        ways |= {"password", "srp"} if _NATIVE in providers else set()
    return frozenset(ways)


def unknown_flows(client: LiveClient) -> frozenset[str]:
    """Return the flows of which nobody can say what way in they are, such as token exchange."""
    return client.flows - _WAYS_OF_FLOWS.keys()


def may_call(policy: Mapping[str, Any], pool_arn: str) -> bool:
    """Tell whether a function's policy lets Cognito call it for this user pool."""
    effects = {one.get("Effect") for one in _about_calls(policy) if _applies(one, pool_arn)}
    return "Allow" in effects and "Deny" not in effects


def is_open(policy: Mapping[str, Any], pool_arn: str) -> bool:
    """Tell whether a function's policy lets Cognito call it for other user pools than this one."""
    allowed = (one for one in _about_calls(policy) if one.get("Effect") == "Allow")
    return any(_patterns(one, "aws:sourcearn") != [pool_arn] for one in allowed)


def _about_calls(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the statements about Cognito calling the function."""
    for statement in _listed(policy.get("Statement")):
        principal = statement.get("Principal")
        who = _listed(principal.get("Service")) if isinstance(principal, dict) else _listed(principal)
        if {_COGNITO, "*"} & {*who} and any(_is_like(_INVOKE, one) for one in _listed(statement.get("Action"))):
            yield statement


def _applies(statement: Mapping[str, Any], pool_arn: str) -> bool:
    """Tell whether a statement's conditions hold for a user pool; a test that is not known holds for none."""
    told = {"aws:sourcearn": pool_arn, "aws:sourceaccount": pool_arn.split(":")[4]}
    tests = [
        (operator in _COMPARISONS, told.get(key.lower(), ""), _listed(patterns))
        for operator, keys in (statement.get("Condition") or {}).items()
        for key, patterns in keys.items()
    ]
    return all(is_known and any(_is_like(value, one) for one in patterns) for is_known, value, patterns in tests)


def _patterns(statement: Mapping[str, Any], wanted: str) -> list[Any]:
    """Return what the conditions compare a key with; IAM's keys are not case-sensitive."""
    tests = (statement.get("Condition") or {}).values()
    return [one for keys in tests for key, values in keys.items() if key.lower() == wanted for one in _listed(values)]


def _is_like(value: str, pattern: str) -> bool:
    """Compare as IAM does, with `*` and `?` (IAM User Guide, "Condition operators")."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), value, re.DOTALL) is not None


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
