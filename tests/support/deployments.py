"""Deployments as `gatehouse doctor` reads them: one with nothing wrong, and ways to spoil it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from gatehouse.domain.diagnosis import FUNCTION_OF, FUNCTIONS, Seen
from gatehouse.domain.user_pool import LiveClient, LiveFunction, Trigger, UserPool
from tests.support.builders import CLIENT_ID, a_client

POOL = "eu-west-1_Ab12Cd34E"
POOL_ARN = f"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/{POOL}"
OTHER_POOL_ARN = POOL_ARN.replace("Ab12", "Zz99")
ARNS = {name: f"arn:aws:lambda:eu-west-1:111122223333:function:gatehouse-{name}:live" for name in FUNCTIONS}
ELSEWHERE = "arn:aws:lambda:eu-west-1:111122223333:function:other"
VERSIONS = {"InboundFederation": "V1_0", "PreTokenGenerationConfig": "V2_0"}
TRIGGERS = {key: Trigger(ARNS[name], VERSIONS.get(key)) for key, name in FUNCTION_OF.items()}
MACHINE = a_client(ways=frozenset(), tenant_id="acme", name="batch")


def a_policy(*arns: str, **overrides: Any) -> dict[str, Any]:
    condition: dict[str, Any] = {"StringEquals": {"AWS:SourceAccount": "111122223333"}}
    if arns:
        condition["ArnLike"] = {"AWS:SourceArn": arns[0] if len(arns) == 1 else [*arns]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cognito-idp.amazonaws.com"},
        "Action": "lambda:InvokeFunction",
        "Condition": condition,
    }
    return {"Statement": [statement | overrides]}


def a_pool(**overrides: Any) -> UserPool:
    pool = UserPool(id=POOL, arn=POOL_ARN, triggers=TRIGGERS, verified_before_update=frozenset({"email"}))
    return replace(pool, **overrides)


def a_live_client(*flows: str, **overrides: Any) -> LiveClient:
    usual = ("ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH")
    return replace(LiveClient(id=CLIENT_ID, name="web", flows=frozenset(flows or usual)), **overrides)


def functions(
    changed: str = "", policy: Mapping[str, Any] | None = None, variables: Mapping[str, str] | None = None
) -> dict[str, LiveFunction]:
    """Return all functions, one of them with another policy or other settings."""
    sound = {name: LiveFunction({}, a_policy(POOL_ARN)) for name in FUNCTIONS}
    if changed:
        sound[changed] = LiveFunction(variables or {}, a_policy(POOL_ARN) if policy is None else policy)
    return sound


def seen(**overrides: Any) -> Seen:
    """Return a deployment with nothing wrong, but for what is overridden."""
    sound = Seen(
        expected=ARNS,
        pool=a_pool(),
        client_ids=frozenset({CLIENT_ID}),
        clients=(a_live_client(),),
        declared=(a_client(),),
        functions=functions(),
    )
    return replace(sound, **overrides)


def with_pool(**overrides: Any) -> Seen:
    return seen(pool=a_pool(**overrides))


def with_client(*flows: str, **overrides: Any) -> Seen:
    return seen(clients=(a_live_client(*flows, **overrides),))


def with_triggers(**changes: Trigger | None) -> Seen:
    triggers = {key: trigger for key, trigger in (TRIGGERS | changes).items() if trigger is not None}
    return with_pool(triggers=triggers)


def with_row(*live_flows: str, **row: Any) -> Seen:
    return seen(clients=(a_live_client(*live_flows),), declared=(a_client(**row),))
