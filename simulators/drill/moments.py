"""What has just happened in the hall, for a fault that waits for its moment."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from contextlib import suppress

from simulators.demo.props import Event
from simulators.demo.tables import PAD_BIT
from simulators.drill.settings import Size, number_of

JUST_SECONDS = 0.15

Where = str
"""A box."""


class Moments:
    """Steps of the way of a ticket, as they are seen from outside, each at its box.

    | moment | seen                                          |
    |--------|-----------------------------------------------|
    | touch  | a visitor's touch is on its way to the kiosk  |
    | byte   | the first byte of a slip has reached the head |
    | slip   | a slip has fallen                             |
    | press  | a clerk's press is on its way to the counter  |
    | call   | … and it calls somebody                       |
    | shown  | a display shows something else                |
    | lit    | a rating keypad is lit up, or goes dark       |
    | grade  | a grade was pressed, and acknowledged or not  |
    """

    def __init__(self, size: Size) -> None:
        self._size = size
        self._waiting: defaultdict[tuple[str, Where], list[asyncio.Event]] = defaultdict(list)
        self._last: dict[tuple[str, Where], float] = {}

    def tell(self, moment: str, box: Where) -> None:
        """It has happened."""
        self._last[moment, box] = time.monotonic()
        for key in ((moment, box), (moment, "")):
            for waiting in self._waiting.pop(key, []):
                waiting.set()

    def just(self, moment: str, box: Where) -> bool:
        """Whether it has just happened at this box."""
        return time.monotonic() - self._last.get((moment, box), 0.0) < JUST_SECONDS

    async def wait(self, moment: str, box: Where, limit: float) -> bool:
        """Wait for the next one at this box ("" for any), at most ``limit`` seconds; whether it came."""
        came = asyncio.Event()
        self._waiting[moment, box].append(came)
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await came.wait()
        return came.is_set()

    def hear(self, line: str, event: Event) -> None:
        """Take a simulator's event."""
        kind = event["event"]
        moment = "grade" if kind == "pressed" and int(event["address"]) > PAD_BIT else kind
        if moment in {"byte", "slip", "shown", "lit", "grade"}:
            self.tell(moment, self._box_of(line))

    def _box_of(self, line: str) -> str:
        names = self._size.kiosk_names if line.startswith("printer") else self._size.counter_names
        return names[number_of(line) - 1]


KIOSK_MOMENTS = ("touch", "byte", "slip")
COUNTER_MOMENTS = ("press", "shown", "lit", "grade")
HALL_MOMENTS = ("touch", "press")
