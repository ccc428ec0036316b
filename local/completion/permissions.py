"""Whether a function's resource policy lets a user pool invoke it.

AWS refuses an invocation that no statement allows
(https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html); the emulator never asks.
"""

from fnmatch import fnmatchcase
from typing import Any

_PRINCIPAL = "cognito-idp.amazonaws.com"
_ACTION = "lambda:invokefunction"
_OPERATORS = {"arnlike", "arnequals", "stringlike", "stringequals"}


def may_invoke(policy: dict[str, Any], pool_arn: str) -> bool:
    """Tell whether a policy document allows the pool with this ARN to invoke the function."""
    statements = [item for item in _listed(policy.get("Statement")) if _applies(item, pool_arn)]
    effects = {item.get("Effect") for item in statements}
    return "Allow" in effects and "Deny" not in effects


def _applies(statement: dict[str, Any], pool_arn: str) -> bool:
    principal = statement.get("Principal")
    services = _listed(principal.get("Service")) if isinstance(principal, dict) else _listed(principal)
    if not {_PRINCIPAL, "*"} & set(services):
        return False
    if not any(fnmatchcase(_ACTION, str(action).lower()) for action in _listed(statement.get("Action"))):
        return False
    conditions = statement.get("Condition") or {}
    return all(_holds(operator, keys, pool_arn) for operator, keys in conditions.items())


def _holds(operator: str, keys: dict[str, Any], pool_arn: str) -> bool:
    known = {"aws:sourcearn": pool_arn, "aws:sourceaccount": pool_arn.split(":")[4]}
    if operator.lower().removesuffix("ifexists") not in _OPERATORS:
        return False
    return all(
        any(fnmatchcase(known.get(key.lower(), ""), str(pattern)) for pattern in _listed(patterns))
        for key, patterns in keys.items()
    )


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
