"""A number from the hall, or none in time."""

from __future__ import annotations

import asyncio

import structlog

from config.once import Once
from device.sync.link import HallRefused, HallUnreachable, Link
from hall.contract import Reserve, Reserved

log = structlog.get_logger()

LIMIT_S = 0.7
"""Design §4: no answer in 700 ms and the kiosk takes a number of its own band."""


class Reserver:
    """Asks the hall for numbers.

    | the hall                          | answer                                                            |
    |-----------------------------------|-------------------------------------------------------------------|
    | answers in time                   | its number                                                        |
    | answers later, or not             | None at the limit; a number it may have drawn stays unused there  |
    | is known to be down               | None at once, and the link tries again behind the citizen's back  |
    | refuses (mode, service)           | None: the band serves, the log says why                           |
    | is recovering                     | None at once: it does not know yet which numbers it has given     |
    | has another past of this ticket   | None, and this journal ends: the link's fork                      |
    | has begun another life meanwhile  | None: its database may be one that never gave this number         |
    | has just been lost, not yet tried | waits for the link, within the limit                              |
    """

    def __init__(self, link: Link) -> None:
        self._link = link
        self._refused = Once()

    async def reserve(self, wanted: Reserve, limit_s: float = LIMIT_S) -> Reserved | None:
        """A number, or None after at most ``limit_s``, connecting included."""
        link = self._link
        if not link.reached_hall and link.known_down:
            link.knock()
            return None
        if link.reached_hall and link.welcome is not None and link.welcome.recovering:
            return None
        ends = asyncio.get_running_loop().time() + limit_s
        try:
            async with asyncio.timeout_at(ends):
                await link.reached()
            left_s = max(0.0, ends - asyncio.get_running_loop().time())
            reserved = await link.post("/device/reserve", wanted, Reserved, left_s)
        except TimeoutError:
            return None
        except HallUnreachable:
            link.known_down = True  # the next citizen need not wait for what this one has waited for
            return None
        except HallRefused as refused:
            if self._refused.begins(refused.reason or "refused"):
                log.warning("no number from the hall", ticket=wanted.ticket, why=str(refused))
            if refused.reason == "forked":
                await link.fork()
            return None
        if self._refused.ends():
            log.info("numbers from the hall again")
        return reserved if link.welcome is not None and reserved.term == link.welcome.term else None
