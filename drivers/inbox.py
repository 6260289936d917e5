"""Bytes that have arrived and nobody has read yet, and who waits for them."""

from __future__ import annotations

import asyncio

from drivers.contract import Gone
from drivers.deadline import Deadline


class Inbox:
    """The reading side of a transport. ``cap``: bytes kept for a driver that does not read; older ones are dropped."""

    def __init__(self, gone: Gone, cap: int) -> None:
        self._cap = cap
        self._unread = bytearray()
        self._heard = asyncio.Event()
        self._gone: Gone | None = gone

    @property
    def gone(self) -> Gone | None:
        """Why nothing more comes; None while the transport is open."""
        return self._gone

    def empty(self) -> None:
        """Forget what an earlier opening left."""
        self._unread.clear()
        self._heard.clear()

    def open(self) -> None:
        """From now on bytes may come."""
        self._gone = None

    def take(self, data: bytes) -> None:
        """Bytes have come; none wakes nobody."""
        self._unread += data
        del self._unread[: -self._cap]
        if self._unread:
            self._heard.set()

    def lose(self, gone: Gone) -> None:
        """Nothing more comes: who waits is told why."""
        self._gone = gone
        self._heard.set()

    async def read(self, deadline: Deadline | None, silent: str) -> bytes:
        """At least one byte. None waits for ever. Raises Gone, Silent (``silent`` says what did not come)."""
        while not self._unread:
            if self._gone is not None:
                raise self._gone
            self._heard.clear()
            if deadline is None:
                await self._heard.wait()
            else:
                async with deadline.limit(silent):
                    await self._heard.wait()
        return self.discard()

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""
        data = bytes(self._unread)
        self._unread.clear()
        return data
