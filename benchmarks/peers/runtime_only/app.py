"""The runtime alone: the event goes back as it came."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return the event."""
    return event
