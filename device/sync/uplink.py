"""Facts on their way to the hall: in batches, in order, from the first one that it has not stored."""

from __future__ import annotations

from device.clock import Clock
from device.journal import Journal
from device.supervise import Backoff
from device.sync.link import Link


class Uplink:
    """Sends what the journal has and the hall has not; woken by new facts and by a welcome."""

    def __init__(self, link: Link, journal: Journal, clock: Clock, backoff: Backoff | None = None) -> None:
        """Take all that is needed; nothing runs before ``run``."""

    async def run(self) -> None:
        """Long-lived: send facts as they come."""
