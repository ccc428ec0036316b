"""The same event as Cognito may also send it: fields absent, null, empty or unknown, and other spellings of AWS's."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.conformance.contract import Schema, Source, canonical, definition, resolved

type Event = dict[str, Any]
type Path = tuple[str | int, ...]

_SAYS_WHAT_IT_IS = ("version", "triggerSource")
_EMPTY: dict[str, Any] = {"array": [], "boolean": False, "integer": 0, "object": {}, "string": ""}
_UNKNOWN = {"fieldOfTomorrow": {"nested": ["value", 1, None]}}


@dataclass(frozen=True, slots=True)
class Variant:
    """An event that Cognito may send in place of another.

    Args:
        name: what is different.
        event: the whole event.
        means_the_same: whether the function has to come to the same state with it.
    """

    name: str
    event: Event
    means_the_same: bool = False


def variants(base: Event, source: Source) -> Iterator[Variant]:
    """Yield every variant of an event of this source, none of them twice and none like the event itself."""
    seen = {canonical(base)}
    for variant in _all(base, source):
        if canonical(variant.event) not in seen:
            seen.add(canonical(variant.event))
            yield variant


def _all(base: Event, source: Source) -> Iterator[Variant]:
    yield Variant("version as a number", base | {"version": int(base["version"])}, means_the_same=True)
    for spelling in source.also:
        yield Variant(f"triggerSource {spelling}", base | {"triggerSource": spelling}, means_the_same=True)
    for path in _objects(base):
        held = _at(base, path)
        where = _shown(path) or "the event"
        yield Variant(f"unknown field in {where}", _with(base, path, held | _UNKNOWN), means_the_same=True)
    for path, schema in _fields(definition("Event"), base):
        yield from _of_field(base, path, schema)
    for path, schema in _fields(definition(source.request), base.get("request"), ("request",)):
        yield from _of_field(base, path, schema)
    yield from _responses(base, source)


def _of_field(base: Event, path: Path, schema: Schema) -> Iterator[Variant]:
    if path in {(name,) for name in _SAYS_WHAT_IT_IS}:
        return
    yield Variant(f"{_shown(path)} absent", _without(base, path))
    yield Variant(f"{_shown(path)} null", _with(base, path, None))
    for empty in _empties(schema):
        yield Variant(f"{_shown(path)} {empty!r}", _with(base, path, empty))


def _responses(base: Event, source: Source) -> Iterator[Variant]:
    """Yield what may stand where the response goes: Cognito presets its fields, in one way or another."""
    yield Variant("response []", base | {"response": []})
    presets: tuple[Any, ...] = (None, False, [], {})
    for empty in presets:
        preset = dict.fromkeys(definition(source.responses[base["version"]])["properties"], empty)
        yield Variant(f"response {preset!r}", base | {"response": preset})


def _fields(schema: Schema, value: object, path: Path = ()) -> Iterator[tuple[Path, Schema]]:
    """Yield the path and the schema of every field that can stand in a value, there or not."""
    if isinstance(value, list) and "items" in schema:
        for index, one in enumerate(value):
            yield from _fields(resolved(schema["items"]), one, (*path, index))
    if not isinstance(value, dict):
        return
    for name, stated in schema.get("properties", {}).items():
        field = resolved(stated)
        yield (*path, name), field
        yield from _fields(field, value.get(name), (*path, name))


def _objects(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every object in a value, its own first."""
    members: Iterator[tuple[str | int, Any]] = iter(())
    if isinstance(value, dict):
        yield path
        members = iter(value.items())
    elif isinstance(value, list):
        members = iter(enumerate(value))
    for name, one in members:
        yield from _objects(one, (*path, name))


def _empties(schema: Schema) -> list[Any]:
    types = schema["type"]
    return [_EMPTY[one] for one in ([types] if isinstance(types, str) else types) if one in _EMPTY]


def _at(event: Event, path: Path) -> Any:
    held: Any = event
    for name in path:
        held = held[name]
    return held


def _with(event: Event, path: Path, value: Any) -> Event:
    if not path:
        return dict(value)
    changed = deepcopy(event)
    _at(changed, path[:-1])[path[-1]] = value
    return changed


def _without(event: Event, path: Path) -> Event:
    changed = deepcopy(event)
    _at(changed, path[:-1]).pop(path[-1], None)
    return changed


def _shown(path: Path) -> str:
    return ".".join(map(str, path))
