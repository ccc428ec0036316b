"""Attaching a user pool that was there before: the whole request that keeps its settings, and what differs after.

UpdateUserPool resets what a request leaves out (API reference, UpdateUserPool), so everything that DescribeUserPool
says is sent back with it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gatehouse.domain.diagnosis import FUNCTION_OF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

type Settings = Mapping[str, Any]

# All that DescribeUserPool may answer, by what UpdateUserPool does with it; a test compares the three with botocore.
SENT = frozenset(
    {
        "AccountRecoverySetting",
        "AcrConfiguration",
        "AdminCreateUserConfig",
        "AutoVerifiedAttributes",
        "DeletionProtection",
        "DeviceConfiguration",
        "EmailConfiguration",
        "EmailVerificationMessage",
        "EmailVerificationSubject",
        "IssuerConfiguration",
        "KeyConfiguration",
        "LambdaConfig",
        "MfaConfiguration",
        "Policies",
        "SmsAuthenticationMessage",
        "SmsConfiguration",
        "SmsVerificationMessage",
        "UserAttributeUpdateSettings",
        "UserPoolAddOns",
        "UserPoolTags",
        "UserPoolTier",
        "VerificationMessageTemplate",
    }
)
# The API reference says so of the first; the name, which a request calls PoolName, has no default to go back to.
KEPT_IF_LEFT_OUT = frozenset({"DcrConfiguration", "Name"})
READ_ONLY = frozenset(
    {
        "AliasAttributes",
        "Arn",
        "CreationDate",
        "CustomDomain",
        "Domain",
        "EmailConfigurationFailure",
        "EstimatedNumberOfUsers",
        "Id",
        "LastModifiedDate",
        "SchemaAttributes",
        "SmsConfigurationFailure",
        "Status",
        "UsernameAttributes",
        "UsernameConfiguration",
    }
)
_MOVING = frozenset(
    {"EmailConfigurationFailure", "EstimatedNumberOfUsers", "LastModifiedDate", "SmsConfigurationFailure"}
)

TOKENS, OLD_TOKENS = "PreTokenGenerationConfig", "PreTokenGeneration"
_FEDERATION = "InboundFederation"
_FOR_PEOPLE, _FOR_MACHINES, _FIRST = "V2_0", "V3_0", "V1_0"
_ADDRESS = re.compile(r"[^\s<>/@\"]+@[^\s<>/@\"]+")
_KEYS = (*FUNCTION_OF, OLD_TOKENS)


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a setting, with what it says before and after; None for nothing.

    Args:
        setting: a key of `LambdaConfig`, or a parameter of the stack.
        change: `set`, `replace`, `remove` or `keep`.
        before: what it says now.
        after: what it will say.
        is_of_others: whether it ends what somebody else's function does.
    """

    setting: str
    change: str
    before: str | None
    after: str | None
    is_of_others: bool = False


def unknown_settings(pool: Settings) -> list[str]:
    """Return what a pool has that nobody here knows how to keep: a newer SDK reads more than this was written for."""
    return sorted(pool.keys() - SENT - KEPT_IF_LEFT_OUT - READ_ONLY - {"ResponseMetadata"})


def update_request(pool: Settings, triggers: Settings) -> dict[str, Any]:
    """Return the UpdateUserPool request that changes a pool's triggers and nothing else.

    What is empty is left out: it is the default, and some of it may not be sent (a `DeviceConfiguration` without a
    field switches device remembering on, a text has a least length).
    """
    kept = _full(_without_old_expiry({name: pool[name] for name in sorted(SENT & pool.keys())}))
    request: dict[str, Any] = {"UserPoolId": pool["Id"]} | kept | {"LambdaConfig": dict(triggers)}
    return request


def attached(config: Settings, arns: Mapping[str, str], *, for_machines: bool, keep: Iterable[str] = ()) -> Settings:
    """Return a `LambdaConfig` with the stack's functions in it and everything else as it was.

    The old key of pre token generation goes: Cognito refuses it beside the new one unless both name one function
    (API reference, LambdaConfigType, PreTokenGeneration).

    Args:
        config: as the pool has it.
        arns: of the functions, by the names that the stack's outputs begin with.
        for_machines: whether machines' tokens are customised too, which takes `V3_0`.
        keep: the keys to leave as they are.
    """
    kept = frozenset(keep)
    found = {key: value for key, value in config.items() if value and (key != OLD_TOKENS or TOKENS in kept)}
    for key, name in FUNCTION_OF.items():
        if key in kept or name not in arns:
            continue
        if key == TOKENS:
            had = version_of(config.get(TOKENS)) if arn_of(config.get(TOKENS)) == arns[name] else None
            version = _FOR_MACHINES if for_machines or had == _FOR_MACHINES else _FOR_PEOPLE
            found[key] = {"LambdaArn": arns[name], "LambdaVersion": version}
        elif key == _FEDERATION:
            found[key] = {"LambdaArn": arns[name], "LambdaVersion": _FIRST}
        else:
            found[key] = arns[name]
    return found


def detached(config: Settings, earlier: Settings, was_set: Settings) -> Settings:
    """Return a `LambdaConfig` in which each key that attaching set is as it was before; one changed since stays.

    Args:
        config: as the pool has it now.
        earlier: as the pool had it before it was attached.
        was_set: as attaching left it.
    """
    found = dict(config)
    for key in FUNCTION_OF:
        if key not in was_set or was_set[key] == earlier.get(key) or arn_of(config.get(key)) != arn_of(was_set[key]):
            continue
        del found[key]
        if key == TOKENS:
            found.pop(OLD_TOKENS, None)
            found |= {one: earlier[one] for one in (TOKENS, OLD_TOKENS) if earlier.get(one)}
        elif earlier.get(key):
            found[key] = earlier[key]
    return _without_double(found)


def trigger_changes(before: Settings, after: Settings, arns: Iterable[str]) -> list[Change]:
    """Return what becomes of each trigger; of those that stay, only somebody else's are told of.

    Args:
        before: the pool's `LambdaConfig`.
        after: what it will be.
        arns: of the stack's functions, whichever alias or version they name.
    """
    ours = {_function(arn) for arn in arns}
    before = _without_double(before)
    keys = (*_KEYS, *sorted({*before, *after} - {*_KEYS}))
    return [one for key in keys if (one := _trigger_change(key, before.get(key), after.get(key), ours))]


def names_any(config: Settings, arns: Iterable[str]) -> bool:
    """Tell whether a `LambdaConfig` names any of these functions."""
    ours = {_function(arn) for arn in arns}
    return any(_function(arn_of(value)) in ours for value in config.values())


def differences(before: Settings, after: Settings) -> list[str]:
    """Return what differs between two answers of DescribeUserPool, a line for each setting, moving ones apart."""
    was, now = dict(_leaves(_comparable(before))), dict(_leaves(_comparable(after)))
    return [
        f"{path}: was {was.get(path, 'unset')}, is {now.get(path, 'unset')}"
        for path in sorted(was.keys() | now.keys())
        if was.get(path) != now.get(path)
    ]


def sender_of(pool: Settings) -> str:
    """Return the stack's `SesIdentityArn` for a pool: from where it sends, or empty if mails must not be worded.

    They must not be where Cognito sends by itself (API reference, VerificationMessageTemplateType, EmailMessage), nor
    where a mail asks for a click, because ours have a place for a code alone. The parameter takes an address; where
    the pool names a whole domain, its `From` has one.
    """
    email = pool.get("EmailConfiguration") or {}
    template = pool.get("VerificationMessageTemplate") or {}
    prefix, _, identity = (email.get("SourceArn") or "").partition(":identity/")
    if email.get("EmailSendingAccount") != "DEVELOPER" or template.get("DefaultEmailOption") == "CONFIRM_WITH_LINK":
        return ""
    if "@" in identity:
        return f"{prefix}:identity/{identity}"
    address = _ADDRESS.search(email.get("From") or "")
    return f"{prefix}:identity/{address[0] if address else f'no-reply@{identity}'}"


def arn_of(value: Any) -> str | None:
    """Return the ARN that a key of `LambdaConfig` names, or None."""
    return (value.get("LambdaArn") if isinstance(value, dict) else value) or None


def version_of(value: Any) -> str | None:
    """Return the version of the events that a key of `LambdaConfig` asks for, or None where it has none."""
    return value.get("LambdaVersion") if isinstance(value, dict) else None


def _trigger_change(key: str, before: Any, after: Any, ours: set[str | None]) -> Change | None:
    was, becomes = _words(before), _words(after)
    is_of_others = was is not None and _function(arn_of(before)) not in ours
    if was == becomes:
        return Change(key, "keep", was, becomes) if is_of_others else None
    word = "set" if was is None else "remove" if becomes is None else "replace"
    return Change(key, word, was, becomes, is_of_others)


def _words(value: Any) -> str | None:
    arn, version = arn_of(value), version_of(value)
    return f"{arn} {version}" if arn and version else arn


def _function(arn: str | None) -> str | None:
    """Return a function's ARN without its alias or version (`arn:aws:lambda:<region>:<account>:function:<name>`)."""
    return None if arn is None else ":".join(arn.split(":")[:7])


def _without_double(config: Settings) -> dict[str, Any]:
    """Return a `LambdaConfig` without the old key of pre token generation where the new one says the same."""
    found = {key: value for key, value in config.items() if value}
    if arn_of(found.get(TOKENS)) == found.get(OLD_TOKENS):
        found.pop(OLD_TOKENS, None)
    return found


def _without_old_expiry(pool: Settings) -> dict[str, Any]:
    """Return settings without `UnusedAccountValidityDays` where `TemporaryPasswordValidityDays` has taken its place.

    DescribeUserPool answers both, and UpdateUserPool refuses both: "Please use TemporaryPasswordValidityDays in
    PasswordPolicy instead of UnusedAccountValidityDays".
    """
    policy = (pool.get("Policies") or {}).get("PasswordPolicy") or {}
    users = pool.get("AdminCreateUserConfig")
    if not users or policy.get("TemporaryPasswordValidityDays") is None:
        return dict(pool)
    kept = {name: value for name, value in users.items() if name != "UnusedAccountValidityDays"}
    return {**pool, "AdminCreateUserConfig": kept}


def _comparable(pool: Settings) -> dict[str, Any]:
    found = _without_old_expiry({name: value for name, value in pool.items() if name not in _MOVING})
    config = _without_double(found.get("LambdaConfig") or {})
    if OLD_TOKENS in config and TOKENS not in config:
        config[TOKENS] = {"LambdaArn": config.pop(OLD_TOKENS), "LambdaVersion": _FIRST}
    return found | {"LambdaConfig": config}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield each setting that says something, by its path; a list is one setting, in no order."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        if value:
            yield path, ", ".join(sorted(json.dumps(one, sort_keys=True, default=str) for one in value))
    elif value not in (None, ""):
        yield path, json.dumps(value, default=str)


def _full(value: Any) -> Any:
    """Return a value without the empty texts, lists and objects in it."""
    if isinstance(value, dict):
        return {name: one for name, inner in value.items() if (one := _full(inner)) not in (None, "", [], {})}
    return [_full(one) for one in value] if isinstance(value, list) else value
