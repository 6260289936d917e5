"""The entrance: a large screen that says what goes on, and a touch screen that answers questions."""

from __future__ import annotations

import asyncio

from device.api.entrance import EntranceCalls
from device.api.page import page
from device.api.query import QueryCalls
from device.clock import Clock
from device.flows.print_notice import NoticeDesk
from device.roles.box import Box, Role
from device.watch import Watch

MINUTE_MS = 60_000


def entrance(box: Box) -> Role:
    """The entrance's parts; none without ``[entrance]``."""
    settings = box.loaded.values.entrance
    role = Role()
    if settings is None:
        return role
    tick, printing = Watch(), Watch()
    printers = box.hardware.all_of("ticket_printer"), box.hardware.all_of("office_printer")
    for watch in (box.watch, tick, *(cell.watch for cells in printers for cell in cells)):
        watch.feeds(printing)
    calls = EntranceCalls(box, tick, settings.dwell_seconds)
    queries = QueryCalls(box, NoticeDesk(*printers), printing, settings.idle_seconds)
    role.routes = [
        page("/entrance", "entrance", box.mode),
        page("/query", "query", box.mode),
        *calls.routes(),
        *queries.routes(),
    ]
    role.long_lived["minutes of the entrance"] = Minutes(box.clock, tick).run
    return role


class Minutes:
    """Whoever shows the time is told of each new minute: hours end and seasons begin without a restart (R31)."""

    def __init__(self, clock: Clock, tick: Watch) -> None:
        self._clock = clock
        self._tick = tick

    async def run(self) -> None:
        """Long-lived."""
        while True:
            now = self._clock.local_time()
            await asyncio.sleep((MINUTE_MS - (now.second * 1000 + now.microsecond // 1000)) / 1000)
            self._tick.changed()
