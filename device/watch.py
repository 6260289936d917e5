"""Tell any number of waiters that something changed, without keeping what changed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """Many changes before a look are one change: waiters read the state itself, never a queue of it."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()
        self._fed: list[Watch] = []

    def changed(self) -> None:
        """Wake everybody who watches."""
        for waiter in self._waiters:
            waiter.set()
        for watch in self._fed:
            watch.changed()

    def feeds(self, other: Watch) -> None:
        """Let every change here count as one there, for good. Watches must not feed in a ring."""
        self._fed.append(other)

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """An event that is set at each change; the watcher clears it before it looks."""
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        try:
            yield waiter
        finally:
            self._waiters.discard(waiter)
