"""Usernames in one spelling, for pools that do not tell upper from lower case, as AWS makes them.

The emulator always does. Only operations that AWS leaves unauthenticated are changed: an administrator's call is
signed, and so passed on as it was typed.
"""

from local.completion.pools import Pools
from local.completion.wire import Json, Request

OPERATIONS = frozenset(
    {
        "ConfirmForgotPassword",
        "ConfirmSignUp",
        "ForgotPassword",
        "InitiateAuth",
        "ResendConfirmationCode",
        "RespondToAuthChallenge",
        "SignUp",
    }
)
_PARAMETERS = ("AuthParameters", "ChallengeResponses")


async def folded(request: Request, pools: Pools) -> Request:
    """Return the request with its username in lower case, if its pool takes the cases for one.

    A name that a client secret's hash was made over stays as it is, or the hash would no longer fit.
    """
    data = request.data
    pool = await pools.of(data)
    parameters = {name: data[name] for name in _PARAMETERS if isinstance(data.get(name), dict)}
    has_hash = "SecretHash" in data or any("SECRET_HASH" in one for one in parameters.values())
    if pool.is_case_sensitive or has_hash:
        return request
    changes: Json = {name: one | _lowered(one, "USERNAME") for name, one in parameters.items()}
    changes |= _lowered(data, "Username")
    if isinstance(data.get("UserAttributes"), list):
        changes["UserAttributes"] = [
            one | _lowered(one, "Value") if one.get("Name") == "email" else one for one in data["UserAttributes"]
        ]
    return request.changed(**changes)


def _lowered(content: Json, name: str) -> Json:
    value = content.get(name)
    return {name: value.lower()} if isinstance(value, str) else {}
