"""The journal's writer without its thread, for tests on virtual time: a thread would let virtual time run away."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from device.watch import Watch
from device.writer import Commit, Writer

T = TypeVar("T")


class InlineWriter(Writer):
    def __init__(
        self, commit: Commit, probe: Callable[[], None], settled: Watch, stopping: Watch, now_ms: Callable[[], int]
    ) -> None:
        self.stopped = self._failing = None
        self._commit = commit
        self._settled = settled
        self._stopping = stopping
        self._now_ms = now_ms
        self._waiting = 0
        self._loop = asyncio.get_running_loop()

    def submit(self, work: Callable[[], T]) -> asyncio.Future[T]:
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting += 1
        settled = self._transact([(work, future)])
        self._loop.call_soon(self._settle, settled, self._failing)
        return future

    async def close(self) -> None:
        await asyncio.sleep(0)  # all has been written; let it be told
