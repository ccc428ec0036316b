"""One change to an event: what stands at a place is replaced by a value, or taken out."""

from dataclasses import dataclass

type Place = tuple[str | int, ...]

ATTRIBUTES: Place = ("request", "userAttributes")
METADATA: Place = ("request", "clientMetadata")


@dataclass(frozen=True)
class Step:
    """A place in an event, and what is to stand there."""

    place: Place
    value: object
