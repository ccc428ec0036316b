"""A tenant's seats: how many members and open invitations it may have, counted without a sweeper.

A pending invitation holds a seat until its last day is over. Nobody is there at midnight to give the seat back,
so the count of each coming day is kept, and whoever first finds days gone by takes them off: *folds* them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gatehouse.refusals.common import InvalidSeats

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

MOST_SEATS = 1_000_000


@dataclass(frozen=True, slots=True)
class Seats:
    """The seats of one tenant.

    Args:
        limit: how many there are; None for no limit.
        held: members and open invitations, the days before `folded` taken off.
        owners: active owners.
        folded: the UTC day up to which expired invitations have been taken off `held`.
        ending: for each day, how many pending invitations end with it.
    """

    limit: int | None
    held: int
    owners: int
    folded: date
    ending: Mapping[date, int]

    @property
    def invitations(self) -> int:
        """Return how many of those held are open invitations; the rest are members. Once folded, as of that day."""
        return sum(self.ending.values())

    def past(self, today: date) -> dict[date, int]:
        """Return the counts of the days that are over today and still in `held`."""
        return {day: count for day, count in sorted(self.ending.items()) if day < today}

    def folded_to(self, today: date) -> Seats:
        """Return the seats with everything that ended before today taken off; unchanged if that is done."""
        if self.folded >= today:
            return self
        past = self.past(today)
        return Seats(
            limit=self.limit,
            held=self.held - sum(past.values()),
            owners=self.owners,
            folded=today,
            ending={day: count for day, count in self.ending.items() if day not in past},
        )


def parse_seats(limit: int | None) -> int | None:
    """Return the limit if a tenant can have it.

    Raises:
        InvalidSeats: below 1, or above a million.
    """
    if limit is not None and not 1 <= limit <= MOST_SEATS:
        raise InvalidSeats
    return limit
