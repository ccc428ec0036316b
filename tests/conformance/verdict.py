"""Whether what came of an invocation conforms to the contract."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from gatehouse.errors import OperatorRefusal, Refusal
from local.runtime import Outcome
from tests.conformance.contract import Source, canonical, problem_with

_ATTRIBUTE_OF_FLAG = {"autoVerifyEmail": "email", "autoVerifyPhone": "phone_number"}


class State(StrEnum):
    """What a function makes of an event."""

    ANSWERED = "answered"
    PASSED_THROUGH = "passed through"
    REFUSED = "refused"


class Nonconforming(Exception):
    """What came is not what Cognito takes; its text says what is wrong with it."""


def state_of(sent: Mapping[str, Any], outcome: Outcome, source: Source) -> State:
    """Return what became of an event.

    Raises:
        Nonconforming: if Cognito would not take it, or a person would read what is not meant for them.
    """
    if outcome.error is not None:
        return _refused(outcome.error, source)
    answer = outcome.answer
    if not isinstance(answer, dict):
        raise Nonconforming(f"returned {answer!r}, which is no event")
    changed = {name for name in {*sent, *answer} if _member(sent, name) != _member(answer, name)}
    if changed - {"response"}:
        raise Nonconforming(f"returned the event with {', '.join(sorted(changed - {'response'}))} changed")
    if not changed:
        return State.PASSED_THROUGH
    for problem in _problems(sent, answer.get("response"), source):
        raise Nonconforming(f"answered with a response that Cognito does not take: {problem}")
    return State.ANSWERED


def _refused(error: str, source: Source) -> State:
    if error not in _public_refusals():
        raise Nonconforming(f"raised {error!r}, which is no refusal")
    if not source.may_refuse:
        raise Nonconforming(f"refused with {error!r} what has already happened")
    return State.REFUSED


def _problems(sent: Mapping[str, Any], response: object, source: Source) -> Iterator[str]:
    """Yield what the schema says, and what no schema of a response can say: where it must fit the rest of the event."""
    problem = problem_with(response, source.responses[str(sent["version"])])
    if problem:
        yield problem
        return
    attributes = _mapping(_mapping(sent.get("request")).get("userAttributes"))
    flags = _mapping(response)
    for flag, attribute in _ATTRIBUTE_OF_FLAG.items():
        if flags.get(flag) is True and not attributes.get(attribute):
            yield f"{flag}: there is no {attribute} to verify"
    access = _mapping(_mapping(flags.get("claimsAndScopeOverrideDetails")).get("accessTokenGeneration"))
    audience = _mapping(access.get("claimsToAddOrOverride")).get("aud")
    if audience is not None and audience != _mapping(sent.get("callerContext")).get("clientId"):
        yield "aud: an access token's may be the app client's id alone"


@cache
def _public_refusals() -> frozenset[str]:
    return frozenset(f"{one.sentence} [{one.code}]" for one in _refusals(Refusal))


def _refusals(parent: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in parent.__subclasses__():
        if child is not OperatorRefusal:
            if "code" in vars(child):
                yield child
            yield from _refusals(child)


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _member(event: Mapping[str, Any], name: str) -> str | None:
    return canonical(event[name]) if name in event else None
