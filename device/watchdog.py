"""Tells systemd that this box goes on, for as long as it truly does.

| what                 | how it is known to go on                                     | fed no more after       |
|----------------------|--------------------------------------------------------------|-------------------------|
| the event loop       | this very task has its turn                                  | the manager's own limit |
| the journal's writer | its thread answers a write of nothing (also when the disk is | PATIENCE of that limit  |
|                      | full: then it answers that)                                  |                         |
| the flows            | every long-lived child of the box is still running           | at once                 |
| a driver             | what it does now is not past its deadline                    | PATIENCE of that limit  |
| a driver's thread    | it returns from its call                                     | THREADS of that limit   |

The limit is WatchdogSec= of the unit. A box that is fed no more is ended with SIGABRT, on which Python writes down
where each thread stood, and started anew: what is in the journal has happened, what is not has not.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from config.notify import Notify

log = structlog.get_logger()

PATIENCE = 0.5
THREADS = 10.0
"""A thread that does not return takes one device with it, a restart all of them for some seconds: not every minute."""
TURNS = 6
"""How often it looks within the limit: two looks that come late are no hang."""
UNWATCHED_S = 5.0
"""Between two looks where only the status is told."""


class Answering(Protocol):
    """A journal, as far as the watchdog asks it."""

    async def answers(self) -> None:
        """Returns when the writer thread has had its turn."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What has to go on in a box.

    ``stuck(patience_s, threads_s)`` names a driver that does not return; ``ended()`` a child that should run.
    """

    journal: Answering
    stuck: Callable[[float, float], str]
    ended: Callable[[], str]
    status: Callable[[], str]


class Watchdog:
    """Feeds the manager; both of its tasks run for as long as the box lives. Without a manager nobody is told."""

    def __init__(self, notify: Notify, watched: Watched) -> None:
        self._notify = notify
        self._watched = watched
        self._limit = notify.watchdog_s
        self._asked: float | None = None
        """When the journal was asked that has not answered yet."""
        self._held = ""

    async def run(self) -> None:
        """Look and tell, for ever."""
        while True:
            self._look()
            await asyncio.sleep(self._pause)

    async def ask_journal(self) -> None:
        """Let its writer thread have a turn, again and again, for ever."""
        while True:
            self._asked = asyncio.get_running_loop().time()
            await self._watched.journal.answers()
            self._asked = None
            await asyncio.sleep(self._pause)

    @property
    def _pause(self) -> float:
        return self._limit / TURNS if self._limit else UNWATCHED_S

    def _look(self) -> None:
        why = self._why_not() if self._limit else ""
        if why and why != self._held:
            log.error("watchdog is not fed", waits_for=why)
        self._held = why
        self._notify.status(f"stuck: {why}" if why else self._watched.status())
        if self._limit and not why:
            self._notify.feed()

    def _why_not(self) -> str:
        """What does not go on; "" when all does."""
        patience = self._limit * PATIENCE
        if self._asked is not None and asyncio.get_running_loop().time() - self._asked > patience:
            return "journal"
        return self._watched.ended() or self._watched.stuck(patience, self._limit * THREADS)
