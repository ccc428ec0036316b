"""Fires a trigger as Cognito does: permission, five seconds, perhaps twice, and AWS's words for what goes wrong."""

import asyncio
import json
from dataclasses import dataclass
from urllib.parse import quote

from local.completion.permissions import may_invoke
from local.completion.pools import Pool
from local.completion.settings import Settings
from local.completion.wire import Answer, Inner, Json, Refused, as_refused

NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"
_SHOWN_AS = {"PreTokenGenerationConfig": "PreTokenGeneration"}


@dataclass(frozen=True, kw_only=True)
class Firing:
    """One event for one trigger; `trigger` is the key in LambdaConfig."""

    trigger: str
    source: str
    username: str
    client_id: str | None
    request: Json
    response: Json
    version: str = "1"


class Triggers:
    """Invokes the functions of a pool's LambdaConfig."""

    def __init__(self, inner: Inner, settings: Settings) -> None:
        self._inner, self._settings = inner, settings
        self._running: set[asyncio.Task[Answer]] = set()

    async def fire(self, pool: Pool, firing: Firing) -> Json | None:
        """Return the event's response as the function left it, or None if the pool has no such trigger.

        Raises Refused in the words of AWS's error tables
        (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-identity-pools-working-with-aws-lambda-triggers.html).
        """
        function = pool.function_of(firing.trigger)
        if not function:
            return None
        event = _event(pool, firing)
        name = _SHOWN_AS.get(firing.trigger, firing.trigger)
        await self.permitted(pool, firing.trigger)
        if self._settings.repeat_triggers:
            await self._answer(function, event, name)
        return _response(await self._answer(function, event, name), name)

    async def permitted(self, pool: Pool, trigger: str) -> None:
        """Check the function's resource policy; raises Refused as AWS does when Lambda denies Cognito."""
        function = pool.function_of(trigger)
        if not function:
            return
        path = f"/2015-03-31/functions/{quote(function, safe='')}/policy"
        answer = await self._inner.signed("lambda", "GET", path)
        policy = {} if answer.failed else json.loads(answer.json()["Policy"])
        if not may_invoke(policy, pool.arn):
            raise _not_invoked(_SHOWN_AS.get(trigger, trigger), "AccessDeniedException.")

    async def _answer(self, function: str, event: Json, name: str) -> Answer:
        # Not cancelled when Cognito stops waiting: Lambda runs the function to its end.
        running = asyncio.create_task(self._inner.invoke(function, event))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        done, _ = await asyncio.wait({running}, timeout=self._settings.trigger_limit_s)
        if not done:
            raise _not_invoked(name, "Socket timeout while invoking Lambda function.")
        return running.result()


def _event(pool: Pool, firing: Firing) -> Json:
    return {
        "version": firing.version,
        "region": pool.region,
        "userPoolId": pool.id,
        "userName": firing.username,
        "callerContext": {
            "awsSdkVersion": "aws-sdk-unknown-unknown",
            "clientId": firing.client_id or NO_CLIENT,
        },
        "triggerSource": firing.source,
        "request": firing.request,
        "response": firing.response,
    }


def _response(answer: Answer, name: str) -> Json:
    if answer.failed:
        raise _not_invoked(name, f"{as_refused(answer).code}.")
    payload = json.loads(answer.body or b"null")
    if answer.header(b"x-amz-function-error"):
        message = payload.get("errorMessage", "") if isinstance(payload, dict) else payload
        raise raised(name, str(message))
    response = payload.get("response") if isinstance(payload, dict) else None
    if not isinstance(response, dict):
        raise unrecognizable()
    return response


def raised(name: str, message: str) -> Refused:
    """Return what a client sees when a trigger's function raises; Cognito appends the full stop."""
    return Refused("UserLambdaValidationException", f"{name} failed with error {message}.")


def unrecognizable() -> Refused:
    """Return what a client sees when a function answers something that is no event."""
    return Refused("InvalidLambdaResponseException", "Unrecognizable lambda output")


def _not_invoked(name: str, why: str) -> Refused:
    return Refused("UnexpectedLambdaException", f"{name} invocation failed due to error {why}")
