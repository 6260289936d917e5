"""Tells systemd that the hall goes on, for as long as it truly does.

| what            | how it is known to go on                                    | fed no more after          |
|-----------------|-------------------------------------------------------------|----------------------------|
| the event loop  | this very task has its turn                                 | the manager's own limit    |
| the writer      | its thread, which waits for the disk, answers a question    | PATIENCE of that limit     |
| the hall's work | every task that is to last still runs                       | at once                    |

The limit is WatchdogSec= of the unit. A hall that is fed no more is ended with SIGABRT, on which Python writes down
where each thread stood, and started anew in a new term: what was answered is on the disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import structlog

from config.notify import Notify
from hall.hall import Hall

log = structlog.get_logger("hall.watchdog")

PATIENCE = 0.5
TURNS = 6
"""How often it looks within the limit: two looks that come late are no hang."""
UNWATCHED_S = 5.0
"""Between two looks where only the status is told."""


class Starting(Protocol):
    """A server, as far as it says that it answers."""

    listening: asyncio.Event


class Watchdog:
    """Feeds the manager; ``run`` and ``ask_writer`` last as long as the hall. ``lasting``: tasks that have to run."""

    def __init__(self, notify: Notify, hall: Hall, lasting: Sequence[asyncio.Task[Any]]) -> None:
        self._notify = notify
        self._hall = hall
        self._lasting = tuple(lasting)
        self._limit = notify.watchdog_s
        self._asked: float | None = None
        """When the writer was asked that has not answered yet."""
        self._held = ""

    async def run(self, server: Starting) -> None:
        """Say when the server answers; then look and tell, for ever."""
        await server.listening.wait()
        self._notify.ready()
        while True:
            self._look()
            await asyncio.sleep(self._pause)

    async def ask_writer(self) -> None:
        """Let its thread have a turn, again and again, for ever."""
        while True:
            self._asked = asyncio.get_running_loop().time()
            await self._hall.writer.answers()
            self._asked = None
            await asyncio.sleep(self._pause)

    def stopping(self) -> None:
        """It ends as it was told."""
        self._notify.stopping()

    @property
    def _pause(self) -> float:
        return self._limit / TURNS if self._limit else UNWATCHED_S

    def _look(self) -> None:
        why = self._why_not() if self._limit else ""
        if why and why != self._held:
            log.error("watchdog is not fed", waits_for=why)
        self._held = why
        self._notify.status(f"stuck: {why}" if why else self._status())
        if self._limit and not why:
            self._notify.feed()

    def _why_not(self) -> str:
        """What does not go on; "" when all does."""
        if self._asked is not None and asyncio.get_running_loop().time() - self._asked > self._limit * PATIENCE:
            return "writer"
        return next((task.get_name() for task in self._lasting if task.done()), "")

    def _status(self) -> str:
        recovering = self._hall.recovery is not None
        return f"{self._hall.business_date}, term {self._hall.term.n}" + (", recovering" if recovering else "")
