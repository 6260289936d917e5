"""Processes that come back by themselves, as systemd would have them, and how each of their lives ended."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from simulators.demo.evidence import End
from simulators.demo.processes import Child

RESTART_SECONDS = 0.5
"""Between an end that nobody asked for and the next start (the units' RestartSec)."""

LOOK_SECONDS = 0.02

WORDS_KEPT = 1500

_COMPLAINT = re.compile(r"Traceback \(most recent call last\):\n(?:[ \t][^\n]*\n|\n)*([^\n]*)")
_CANCELLED = "asyncio.exceptions.CancelledError"
"""What a web server says of the calls that it leaves unanswered when it stops: no error of the program."""


def complaint(said: str) -> str:
    """The first error of the program in what a process said; "" for none."""
    for found in _COMPLAINT.finditer(said):
        if not found[1].startswith(_CANCELLED):
            return found[0]
    return ""


def end_of(child: Child, code: int, *, asked: bool) -> End:
    """How a child has ended. Whoever was killed may have complained before."""
    said = child.said()
    bug = complaint(said)
    return End(child.name, code, asked, bool(bug), (bug or said)[-WORDS_KEPT:])


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
        self.ends.append(end_of(self.child, code, asked=self._asked))

    def lives(self) -> list[End]:
        """How its lives ended; of one that still runs, whether it has complained (0: nobody has ended it yet)."""
        return [*self.ends, *([end_of(self.child, 0, asked=True)] if self.child.running else [])]

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
