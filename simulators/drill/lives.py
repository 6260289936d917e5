"""Processes that come back by themselves, as systemd would have them, and how each of their lives ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulators.demo.evidence import End
from simulators.demo.processes import Child

RESTART_SECONDS = 0.5
"""Between an end that nobody asked for and the next start (the units' RestartSec)."""

LOOK_SECONDS = 0.02

BUG = "Traceback (most recent call last)"
WORDS_KEPT = 3000


class Kept:
    """One process of the hall. ``ends`` tells how its lives ended, the last one included."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.ends: list[End] = []
        self.begun = asyncio.Event()
        """Set once it has been started."""
        self._asked = False
        self._may_run = asyncio.Event()
        self._may_run.set()
        self._down = asyncio.Event()
        self._down.set()

    @property
    def name(self) -> str:
        """The box's name, or "hall"."""
        return self.child.name

    async def keep(self) -> None:
        """Start it, and start it again whenever it has ended, until cancelled; stop it then."""
        try:
            while True:
                await self._may_run.wait()
                self._asked = False
                self._down.clear()
                await self.child.start()
                self.begun.set()
                self._note(await self.child.ended())
                self._down.set()
                await asyncio.sleep(RESTART_SECONDS)
        finally:
            if self.child.running:
                self._asked = True
                await self.child.stop()
                self._note(await self.child.ended())

    def _note(self, code: int) -> None:
        said = self.child.said()
        # A killed process may have died in the middle of a complaint: what it says counts however it ended.
        at = said.find(BUG)
        words = said[at:][:WORDS_KEPT] if at >= 0 else said[-WORDS_KEPT:]
        self.ends.append(End(self.name, code, self._asked, at >= 0, words))

    async def kill(self) -> None:
        """End it as a power cut would; it comes back by itself."""
        self._asked = True
        await self.child.kill()

    @asynccontextmanager
    async def away(self) -> AsyncIterator[None]:
        """Stop it; it stays away inside."""
        self._may_run.clear()
        try:
            while not self._down.is_set():  # it may just be starting
                self._asked = True
                await self.child.stop()
                await asyncio.sleep(LOOK_SECONDS)
            yield
        finally:
            self._may_run.set()
