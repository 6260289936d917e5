"""Keep a window's display showing what is wanted.

It is sent on change, on the device's return, before the card goes dark, and when something else stands there. An alarm
stands over what is wanted: a call meanwhile is shown on the clerk's page alone, and here when the alarm is over.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from device.cell import Cell
from device.watch import Watch
from drivers.contract import FOREIGN_TEXT, LINK_LOST, DeviceFault, WindowDisplay

log = structlog.get_logger()

RENEW_SECONDS = 60.0
"""The card darkens itself after 120 s without news, so that a dead box's window shows no old number all day."""

SHOW_SECONDS = 2.0
SHOW_ATTEMPTS = 3

NOTED_SECONDS = 3600.0
"""Another program that goes on writing to a display is noted once in this time; the right text is sent each time."""


class DisplayKeeper:
    """The wish of one window and the display it is for. Only the newest wish is ever sent."""

    def __init__(self, cell: Cell[WindowDisplay], renew_seconds: float = RENEW_SECONDS) -> None:
        self._cell = cell
        self._renew_seconds = renew_seconds
        self._text = ""
        self._over: str | None = None
        self._sent: str | None = None
        self._wish = 0
        self._granted = 0
        self._wake = asyncio.Event()
        self._answered = Watch()
        self._foreign = False
        self._noted_until = 0.0

    @property
    def ascii_only(self) -> bool:
        """Whether the display can be given ASCII alone."""
        return self._cell.ascii_only

    def want(self, text: str) -> int:
        """Wish for a text from now on; the number names this wish. The same text again is the same wish."""
        if text != self._text or self._wish == 0:
            self._text = text
            self._wish += 1
            self._wake.set()
        return self._wish

    def stand_over(self, text: str | None) -> None:
        """Show this whatever is wished for, until None takes it back: then the newest wish stands there again."""
        if text != self._over:
            self._over = text
            self._wake.set()

    async def granted(self, wish: int, seconds: float) -> bool:
        """Whether the display has acknowledged this wish within ``seconds``; False when a newer one replaced it."""
        try:
            async with asyncio.timeout(seconds):
                with self._answered.watching() as answered:
                    while self._granted < wish:
                        await answered.wait()
                        answered.clear()
        except TimeoutError:
            return False
        return self._granted == wish

    async def run(self) -> None:
        """Send wishes to the display, for ever."""
        with self._cell.watch.watching() as self._wake:
            sent = False
            while True:
                self._wake.clear()
                stands = self._granted == self._wish and self._sent == self._due()
                if not (self._is_right_again() and stands):
                    sent = await self._send() if self._wish or self._over is not None or self._sent else False
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._renew_seconds if sent else None):
                        await self._wake.wait()

    def _is_right_again(self) -> bool:
        """Whether what woke us is only that the foreign text is gone, by our own sending."""
        stands = self._cell.state.reasons
        if LINK_LOST in stands:
            return False
        before, self._foreign = self._foreign, FOREIGN_TEXT in stands
        if self._foreign and not before:
            self._note()
        return before and not self._foreign

    def _note(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._noted_until:
            self._noted_until = now + NOTED_SECONDS
            log.warning("foreign text on a display", device=self._cell.name)

    def _due(self) -> str:
        return self._text if self._over is None else self._over

    async def _send(self) -> bool:
        over, text, wish = self._over, self._due(), self._wish
        try:
            await self._cell.do(lambda display, deadline: display.show(text, deadline), SHOW_SECONDS, SHOW_ATTEMPTS)
        except DeviceFault:
            return False
        self._sent = text
        if over is None:
            self._granted = wish
            self._answered.changed()
        return True
