"""Puts the emulator's own words for a failed trigger, where it fires one itself, into AWS's."""

import ast
import re

from local.completion.invoke import raised, unrecognizable
from local.completion.wire import Answer, Refused

_CHALLENGE = re.compile(r"(Define|Create|Verify)AuthChallenge\w* returned ")


def as_aws(answer: Answer, trigger: str | None = None) -> Answer:
    """Return an answer that is none of these errors as it is; raises Refused for one that is.

    `trigger` names the one that a bare error text must come from; the challenge triggers name themselves.
    """
    content = answer.json()
    message = str(content.get("message", ""))
    if not answer.failed or content.get("__type") not in (
        "UserLambdaValidationException",
        "InvalidLambdaResponseException",
    ):
        return answer
    if _CHALLENGE.match(message):
        name, _, what = message.partition(" returned ")
        if not what.startswith("error: "):
            raise unrecognizable()
        raise _raised(name, what.removeprefix("error: "))
    if trigger and message.startswith("{"):
        raise _raised(trigger, message)
    return answer


def _raised(name: str, text: str) -> Refused:
    try:
        content = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        content = text
    return raised(name, str(content.get("errorMessage", "")) if isinstance(content, dict) else text)
