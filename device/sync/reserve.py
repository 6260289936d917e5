"""A number from the hall, or none in time."""

from __future__ import annotations

from device.sync.link import Link
from hall.contract import Reserve, Reserved


class Reserver:
    """Asks the hall for numbers."""

    def __init__(self, link: Link) -> None:
        """Take the way to the hall."""

    async def reserve(self, wanted: Reserve, limit_s: float = 0.7) -> Reserved | None:
        """A number, or None after at most ``limit_s``; at once when the hall is known to be down."""
        raise NotImplementedError
