"""A condition of DynamoDB, answered for a row that is only thought of.

DynamoDB answers every condition of a row that it has. This is for the one row that a rehearsal may not write (see
`store/rehearsal.py`), in the words that conditions of a tenant's seats are written in, and no others.
"""

from __future__ import annotations

import operator
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    type Row = Mapping[str, Mapping[str, Any]]

_WORD = re.compile(r"\s*(<>|<=|>=|[=<>()]|[:#]?[A-Za-z_][A-Za-z0-9_]*)")
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class UnknownCondition(Exception):
    """A condition is written in words that are not known here: a bug, and nothing is decided."""


def holds(condition: str, row: Row, values: Row) -> bool:
    """Tell whether a row meets a condition: comparisons, whether an attribute is there, AND, OR, NOT, parentheses.

    What compares an attribute that is not there does not hold (DynamoDB Developer Guide, "Condition and filter
    expressions, operators, and functions").

    Raises:
        UnknownCondition: for anything else.
    """
    words = _words(condition)
    met = _either(words, row, values)
    if words:
        raise UnknownCondition(condition)
    return met


def _words(condition: str) -> list[str]:
    words, at = [], 0
    while at < len(condition):
        found = _WORD.match(condition, at)
        if found is None:
            raise UnknownCondition(condition)
        words.append(found[1])
        at = found.end()
    return words


def _either(words: list[str], row: Row, values: Row) -> bool:
    met = _both(words, row, values)
    while words[:1] == ["OR"]:
        words.pop(0)
        met = _both(words, row, values) or met
    return met


def _both(words: list[str], row: Row, values: Row) -> bool:
    met = _one(words, row, values)
    while words[:1] == ["AND"]:
        words.pop(0)
        met = _one(words, row, values) and met
    return met


def _one(words: list[str], row: Row, values: Row) -> bool:
    word = _next(words)
    if word == "NOT":
        return not _one(words, row, values)
    if word == "(":
        met = _either(words, row, values)
        _expect(words, ")")
        return met
    if word in ("attribute_exists", "attribute_not_exists"):
        _expect(words, "(")
        is_there = _next(words) in row
        _expect(words, ")")
        return is_there is (word == "attribute_exists")
    compare = _COMPARISONS.get(_next(words))
    if compare is None:
        raise UnknownCondition(word)
    one, other = _operand(word, row, values), _operand(_next(words), row, values)
    return one is not None and other is not None and type(one) is type(other) and compare(one, other)


def _operand(word: str, row: Row, values: Row) -> str | Decimal | None:
    found = (values if word.startswith(":") else row).get(word)
    if found is None:
        return None
    if "N" in found:
        return Decimal(found["N"])
    if "S" in found:
        return str(found["S"])
    raise UnknownCondition(word)


def _next(words: list[str]) -> str:
    if not words:
        raise UnknownCondition
    return words.pop(0)


def _expect(words: list[str], wanted: str) -> None:
    if _next(words) != wanted:
        raise UnknownCondition(wanted)
