"""DynamoDB's wire form of values, both ways, and a reader that names what is wrong with an item.

boto3 has a serializer, but only boto3 can use it, and the store is to work over any transport.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gatehouse.errors import UnreadableRecord

if TYPE_CHECKING:
    from collections.abc import Mapping

type Wire = dict[str, dict[str, Any]]
type Value = str | int | frozenset[str] | None


def to_wire(values: Mapping[str, Value]) -> Wire:
    """Return an item, key or set of expression values on the wire; what is None or an empty set is left out."""
    return {name: _value(value) for name, value in values.items() if value is not None and value != frozenset()}


def _value(value: str | int | frozenset[str]) -> dict[str, Any]:
    if isinstance(value, frozenset):
        return {"SS": sorted(value)}
    return {"N": str(value)} if isinstance(value, int) else {"S": value}


class Record:
    """Reads one item from the wire; whatever is missing or of another type is named in an `UnreadableRecord`.

    Items are ours, but the console lets anyone write anything into them.
    """

    def __init__(self, kind: str, item: Mapping[str, Mapping[str, Any]]) -> None:
        self._kind = kind
        self._item = item

    def text(self, name: str) -> str:
        """Return a string that is there and not empty."""
        value = self._item.get(name, {}).get("S")
        if not isinstance(value, str) or not value:
            raise self.unreadable(name)
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a string, or None where there is none."""
        return self.text(name) if name in self._item else None

    def texts(self, name: str) -> frozenset[str]:
        """Return a set of strings; an empty one where there is none."""
        if name not in self._item:
            return frozenset()
        values = self._item[name].get("SS")
        if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
            raise self.unreadable(name)
        return frozenset(values)

    def number(self, name: str) -> int:
        """Return a whole number that is there."""
        try:
            return int(self._item.get(name, {})["N"])
        except (KeyError, TypeError, ValueError):
            raise self.unreadable(name) from None

    def optional_number(self, name: str) -> int | None:
        """Return a whole number, or None where there is none."""
        return self.number(name) if name in self._item else None

    def choice[E: StrEnum](self, name: str, choices: type[E]) -> E:
        """Return one of the choices."""
        try:
            return choices(self.text(name))
        except ValueError:
            raise self.unreadable(name) from None

    def day(self, name: str) -> date:
        """Return a day in the one spelling that conditions compare as text, YYYY-MM-DD, with a day after it."""
        text = self.text(name)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise self.unreadable(name) from None
        if day.isoformat() != text or day == date.max:
            raise self.unreadable(name)
        return day

    def moment(self, name: str) -> datetime:
        """Return an ISO 8601 moment that says its offset, in UTC."""
        try:
            at = datetime.fromisoformat(self.text(name))
            if at.tzinfo is not None:
                return at.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
        raise self.unreadable(name)

    def unreadable(self, name: str) -> UnreadableRecord:
        """Return the error that names an attribute which cannot be read, and where it is."""
        key = [str(self._item.get(part, {}).get("S", "?")) for part in ("PK", "SK")]
        return UnreadableRecord(self._kind, name, " ".join(key))

    def names(self) -> list[str]:
        """Return the names of all attributes."""
        return list(self._item)
