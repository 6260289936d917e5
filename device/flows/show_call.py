"""Keep a window's display showing what is wanted: sent on change, on the device's return, and before it goes dark."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from device.cell import Cell
from device.watch import Watch
from drivers.contract import DeviceFault, WindowDisplay

RENEW_SECONDS = 60.0
"""The card darkens itself after 120 s without news, so that a dead box's window shows no old number all day."""

SHOW_SECONDS = 2.0
SHOW_ATTEMPTS = 3


class DisplayKeeper:
    """The wish of one window and the display it is for. Only the newest wish is ever sent."""

    def __init__(self, cell: Cell[WindowDisplay], renew_seconds: float = RENEW_SECONDS) -> None:
        self._cell = cell
        self._renew_seconds = renew_seconds
        self._text = ""
        self._wish = 0
        self._granted = 0
        self._wake = asyncio.Event()
        self._answered = Watch()

    def want(self, text: str) -> int:
        """Wish for a text from now on; the number names this wish. The same text again is the same wish."""
        if text != self._text or self._wish == 0:
            self._text = text
            self._wish += 1
            self._wake.set()
        return self._wish

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
            while True:
                self._wake.clear()
                sent = await self._send() if self._wish else False
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._renew_seconds if sent else None):
                        await self._wake.wait()

    async def _send(self) -> bool:
        text, wish = self._text, self._wish
        try:
            await self._cell.do(lambda display, deadline: display.show(text, deadline), SHOW_SECONDS, SHOW_ATTEMPTS)
        except DeviceFault:
            return False
        self._granted = wish
        self._answered.changed()
        return True
