"""ULIDs (github.com/ulid/spec): ids that sort as text by the millisecond they are of.

Written out here because the library for it takes longer to load than all of our own code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_TIME_BYTES = 6
_HIGHEST_SHIFT = 125


def ulid(at: datetime, tail: bytes) -> str:
    """Return the ULID of a moment.

    Args:
        at: its millisecond counts.
        tail: the other ten bytes: random ones, or what tells the same thing apart each time.
    """
    milliseconds = int(at.timestamp() * 1000)
    number = int.from_bytes(milliseconds.to_bytes(_TIME_BYTES, "big") + tail, "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(_HIGHEST_SHIFT, -1, -5))
