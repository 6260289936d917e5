"""Whose turn it is to talk on one line: first come, first served, and nobody is kept waiting by who does not answer."""

from __future__ import annotations

import asyncio
import heapq
from itertools import count


class Turns:
    """Hands the line from one to the next. ``due`` orders those who wait: a moment on the loop's clock."""

    def __init__(self) -> None:
        self._taken = False
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._arrivals = count()

    async def take(self, due: float) -> None:
        """Wait until the line is ours; ``give_back`` has to follow."""
        if not self._taken:
            self._taken = True
            return
        ours: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (due, next(self._arrivals), ours))
        try:
            await ours
        except asyncio.CancelledError:
            if ours.done() and not ours.cancelled():  # it was handed to us in this very moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """The next one's turn, if anybody waits."""
        while self._waiting:
            *_, theirs = heapq.heappop(self._waiting)
            if not theirs.done():
                theirs.set_result(None)
                return
        self._taken = False
