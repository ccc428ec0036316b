"""A user as the triggers show them to the use cases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.domain.audit import Occasion, Party, PartyKind

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRequest:
    """A user of the pool, as a trigger's event shows them.

    Args:
        sub: Cognito's immutable id of the user.
        attributes: the profile's.
        occasion: the trigger's call.
    """

    sub: str
    attributes: Mapping[str, str]
    occasion: Occasion

    @property
    def party(self) -> Party:
        """Return the user as a party of an audit entry."""
        return Party(PartyKind.USER, self.sub)
