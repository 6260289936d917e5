"""A full disk drops nothing: whoever must write waits until it can."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from device.journal import JournalStopped

T = TypeVar("T")

RETRY_SECONDS = 1.0


async def until_written(write: Callable[[], Awaitable[T]]) -> T:
    """Try ``write`` again and again until the journal takes it."""
    while True:
        try:
            return await write()
        except JournalStopped:
            await asyncio.sleep(RETRY_SECONDS)
