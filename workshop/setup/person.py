"""Whoever sets the box up: at a terminal, or in a file of answers where nobody sits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeVar

from config.wording import say

T = TypeVar("T")

ROOM = "setup"


class NotAnswered(Exception):
    """A question that the answers do not answer. ``key``: what to write there."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class Person(Protocol):
    """Is told, and asked."""

    language: str

    def tell(self, key: str, **fields: object) -> None:
        """A sentence of the room *setup*."""

    async def ask(self, key: str, **fields: object) -> str:
        """A line; "" when nothing was typed. Raises NotAnswered where nobody sits."""

    async def unless_skipped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """What ``work`` gives; None when the person presses Enter first."""


class AtTerminal:
    """``write`` and ``read`` are the terminal's; ``read`` blocks."""

    def __init__(self, language: str, write: Callable[[str], None], read: Callable[[], str]) -> None:
        self.language = language
        self._write = write
        self._read = read
        self._reading: asyncio.Future[str] | None = None

    def tell(self, key: str, **fields: object) -> None:
        """Write it."""
        self._write(say(ROOM, key, self.language, **fields))

    async def ask(self, key: str, **fields: object) -> str:
        """Write it, and read a line."""
        self.tell(key, **fields)
        return (await self._line()).strip()

    async def unless_skipped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Whichever comes first; a line that nobody has typed yet stays to be read for the next question."""
        task, line = asyncio.ensure_future(work), self._line()
        either: list[asyncio.Future[Any]] = [task, line]
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        self._reading = None
        return None

    def _line(self) -> asyncio.Future[str]:
        """The line that is being read: a thread that reads a terminal cannot be called back."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.get_running_loop().run_in_executor(None, self._read)
        return self._reading


class Nobody:
    """Only the answers speak."""

    def __init__(self, language: str, write: Callable[[str], None]) -> None:
        self.language = language
        self._write = write

    def tell(self, key: str, **fields: object) -> None:
        """Write it."""
        self._write(say(ROOM, key, self.language, **fields))

    async def ask(self, key: str, **fields: object) -> str:  # noqa: ARG002 - nobody hears it
        """Raises NotAnswered."""
        raise NotAnswered(key)

    async def unless_skipped(self, work: Coroutine[Any, Any, T]) -> T | None:
        """Nobody presses anything."""
        work.close()
        return None
