"""The contract of Cognito's triggers, as `contract.json` states it: what a source brings, what its answer may hold."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

type Schema = Mapping[str, Any]

_FILE = Path(__file__).with_name("contract.json")
_POINTER = "#/$defs/"


@dataclass(frozen=True, slots=True)
class Source:
    """One value of `triggerSource`.

    Args:
        name: the value.
        trigger: the key of the pool's LambdaConfig that it is sent for.
        function: the folder of the function that serves it; None if none does, by decision.
        decision: the page that says why none does.
        may_refuse: whether an error is an answer, rather than a failure of what has already happened.
        also: other spellings of the value, which AWS's own pages have.
        request: the definition of its request.
        responses: the definition of its response, by the event's version.
    """

    name: str
    trigger: str
    function: str | None
    may_refuse: bool
    request: str
    responses: Mapping[str, str]
    also: tuple[str, ...] = ()
    decision: str | None = None


@cache
def sources() -> tuple[Source, ...]:
    """Return every source that Cognito is known to send."""
    stated = _contract()["sources"]
    return tuple(Source(name=name, **one | {"also": tuple(one.get("also", ()))}) for name, one in stated.items())


def source_named(name: str) -> Source:
    """Return one source."""
    return next(one for one in sources() if one.name == name)


def definition(name: str) -> Schema:
    """Return what the contract says of a request, a response or a part of one."""
    schema: Schema = _contract()["$defs"][name]
    return schema


def resolved(schema: Schema) -> Schema:
    """Return a schema, or the definition that it refers to."""
    return definition(schema["$ref"].removeprefix(_POINTER)) if "$ref" in schema else schema


def problem_with(value: object, name: str) -> str | None:
    """Say where a value is not what a definition says; None if it is."""
    errors = sorted(_validator(name).iter_errors(value), key=lambda error: error.json_path)
    return "; ".join(f"{error.json_path} {error.message}" for error in errors) or None


def canonical(value: object) -> str:
    """Return the JSON by which two values are one to Cognito: in Python 1 is also True, and in JSON it is not."""
    return json.dumps(value, sort_keys=True)


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({"$ref": f"{_POINTER}{name}", "$defs": _contract()["$defs"]})


@cache
def _contract() -> Any:
    return json.loads(_FILE.read_text(encoding="utf-8"))
