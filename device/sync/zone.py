"""Which windows this box calls for: its own, and those of its zone while the hall leases the zone to it.

| the lease                          | its windows                                                               |
|------------------------------------|---------------------------------------------------------------------------|
| granted, and long enough to finish | called for                                                                |
| another box's, or about to end     | silent here: better late by another than twice at a time                  |
| granted, but the hall is out of    | nothing is begun: what could not be told spoken would be spoken twice     |
| reach                              |                                                                           |
| not asked yet since the start      | nothing is called for, own windows neither: some may be of a zone         |
| the hall knows no zones            | own windows are called for                                                |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog

from config.once import Once
from device.clock import Clock
from device.sync.calls import HallRefused, HallUnreachable, post
from device.sync.desired import Desired
from device.sync.link import Link
from device.watch import Watch
from hall.contract import AskZone, WindowState, ZoneLease

log = structlog.get_logger()

RENEW_S = 5.0
NO_ZONE_S = 60.0
"""A box that is in no zone looks this often whether it is in one by now."""

LIMIT_S = 3.0
MARGIN_MS = 1_000
"""The clocks of two machines part by less than this within a lease."""


class Zone:
    """The lease, and the windows that are seen through it. ``watch`` changes when other windows may be called for."""

    def __init__(self, link: Link, desired: Desired, clock: Clock, able: Callable[[], bool]) -> None:
        self.watch = Watch()
        self._link = link
        self._desired = desired
        self._clock = clock
        self._able = able
        self._lease: ZoneLease | None = None
        self._until_ms = 0
        self._confirmed = False
        """The hall has answered the last asking."""
        self._turn = asyncio.Lock()
        self._refused = Once()
        self._untold: dict[int, str] = {}
        """Spoken here, and the hall has not answered it yet."""
        self._here: dict[int, str] = {}
        """By window, what was spoken here last: it goes on standing here, another language may still be to come."""
        self.ask_again = Watch()
        """To be changed when the hall should be asked now."""
        desired.watch.feeds(self.watch)

    def own(self, own: Mapping[int, WindowState | None]) -> dict[int, WindowState | None]:
        """Those of this box's windows that belong to no zone."""
        left = {*own} if self._lease is None else {*self._lease.left}
        return {number: state for number, state in own.items() if number not in left}

    def leased(self, own: Mapping[int, WindowState | None], sentence_s: float) -> dict[int, WindowState | None]:
        """The zone's windows, when a sentence of this length would end within the lease.

        A call that another box has spoken does not stand; of its own ones the announcer knows.
        """
        lease = self._lease
        if lease is None or not self._confirmed or self._left_ms() < sentence_s * 1000:
            return {}
        elsewhere = {number: key for number, key in lease.spoken.items() if self._here.get(number) != key}
        states = {number: own.get(number, self._desired.windows.get(number)) for number in lease.windows}
        return {number: None if _key(state) == elsewhere.get(number, "") else state for number, state in states.items()}

    def spoken_elsewhere(self, window: int) -> str:
        """The call that was spoken last for a window of the zone, by whichever box; "" for none that is known."""
        return self._lease.spoken.get(window, "") if self._lease is not None else ""

    def spoken(self, window: int, key: str) -> None:
        """A call has been spoken here: the hall is told at once."""
        if self._lease is not None and window in self._lease.windows:
            self._untold[window] = self._here[window] = key
            self.ask_again.changed()

    async def confirm(self) -> None:
        """Ask before a sentence: what a box that is cut off has spoken cannot be told, and would be spoken again."""
        if self._confirmed and self._left_ms():
            await self._ask()

    async def run(self) -> None:
        """Ask and ask again, for ever."""
        with self.ask_again.watching() as stirred:
            while True:
                await self._link.up()
                stirred.clear()
                await self._ask()
                in_zone = self._lease is None or self._lease.windows
                with suppress(TimeoutError):
                    async with asyncio.timeout(RENEW_S if in_zone else NO_ZONE_S):
                        await stirred.wait()

    def _left_ms(self) -> int:
        """What is left of the lease, by this box's clock; 0 when it holds none."""
        return max(0, self._until_ms - self._clock.mono_ms())

    async def _ask(self) -> None:
        async with self._turn:
            self._confirmed = await self._is_answered()
        self.watch.changed()

    async def _is_answered(self) -> bool:
        asked_ms, told, able = self._clock.mono_ms(), dict(self._untold), self._able()
        ask = AskZone(
            boot=self._clock.boot_id, mono_ms=asked_ms, wants=able, holds=able and self._left_ms() > 0, spoken=told
        )
        try:
            lease = await post(self._link.client, "/device/zone", ask, ZoneLease, LIMIT_S)
        except HallUnreachable:
            return False  # the lease goes on until it ends; whether the hall is there, others find out
        except HallRefused as refused:
            if refused.status != 404:
                if self._refused.begins(str(refused)):
                    log.warning("zone refused", why=str(refused))
                return False
            lease = ZoneLease(granted=False)
        if self._refused.ends():
            log.info("zone answered again")
        self._take(lease, asked_ms)
        self._untold = {window: key for window, key in self._untold.items() if told.get(window) != key}
        return True

    def _take(self, lease: ZoneLease, asked_ms: int) -> None:
        before = self._lease
        if before is None or before.granted != lease.granted:
            log.info("zone", granted=lease.granted, windows=lease.windows)
        self._lease = lease
        self._until_ms = asked_ms + lease.lease_ms - MARGIN_MS if lease.granted else 0


def _key(state: WindowState | None) -> str | None:
    """The call that stands, as Held has it; None when none does."""
    if state is None or state.held is None or state.phase != "called":
        return None
    return f"{state.held.call}/{state.held.calls}"
