"""The newest state that a box pushes to one of its pages, kept as that page keeps it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from simulators.client import BoxClient, CallFailed

State = dict[str, Any]

REOPEN_SECONDS = 0.1


class Mirror:
    """Follows one SSE path through restarts of its box. ``state`` is None while the box is away."""

    def __init__(self, box: BoxClient, path: str) -> None:
        self._box = box
        self._path = path
        self._change = asyncio.Event()
        self.state: State | None = None

    async def follow(self) -> None:
        """Follow until cancelled."""
        while True:
            with suppress(CallFailed):
                async for state in self._box.states(self._path):
                    self._put(state)
            self._put(None)
            await asyncio.sleep(REOPEN_SECONDS)

    def _put(self, state: State | None) -> None:
        self.state = state
        self._change.set()
        self._change = asyncio.Event()

    async def until(self, holds: Callable[[State], bool], limit: float) -> bool:
        """Wait until the box is there and this holds of its state, at most ``limit`` seconds; whether it does."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self.state is None or not holds(self.state):
                    await self._change.wait()
        return self.state is not None and holds(self.state)

    async def change(self, limit: float) -> None:
        """Wait for any change, at most ``limit`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                await self._change.wait()
