"""Bytes through one non-blocking descriptor on the event loop: no thread, no polling, an idle line wakes nobody.

What serial ports and connections share: reading and writing is the loop's (add_reader, add_writer).
"""

from __future__ import annotations

import asyncio
import os
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline

UNREAD_CAP = 65_536
"""Bytes kept for a driver that does not read; older ones are dropped, as a UART's own buffer would."""
READ_SIZE = 4096


class DescriptorTransport(ABC):
    """One port by its descriptor (drivers.contract.Transport); how it is opened and how fast it is, its heirs know.

    ``ended`` says what it means when nothing is left to read; with datagrams it means nothing: one may be empty.
    """

    nothing_is_the_end: ClassVar[bool] = True

    def __init__(self, name: str, ended: str) -> None:
        self._name = name
        self._ended = ended
        self._fd = -1
        self._shut: Callable[[], None] | None = None
        self._unread = bytearray()
        self._gone = Gone(f"{name} is not open")
        self._readable: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()

    @abstractmethod
    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone, Silent; leaves nothing behind when it fails."""

    @abstractmethod
    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take on the line; 0.0 where the line has no speed of its own."""

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the line. Raises Gone, Silent; their ``sent`` is False when no byte has left."""
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self._write_some(rest) :]
                if rest:
                    await self._until_writable(deadline)
            except (Gone, Silent) as fault:
                fault.sent = len(rest) < len(data)
                raise

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. None waits for ever. Raises Gone (unplugged, closed), Silent."""
        while not self._unread:
            if self._fd < 0:
                raise self._gone
            self._readable = asyncio.get_running_loop().create_future()
            await self._until(self._readable, deadline, "no byte came")
        return self.discard()

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""
        if self._fd >= 0:
            self._on_readable()
        data = bytes(self._unread)
        self._unread.clear()
        return data

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to talk."""
        async with self._turn:
            yield

    async def close(self) -> None:
        """Release the port; a waiting read ends with Gone."""
        self._lose(Gone(f"{self._name} is closed"))

    def _attach(self, fd: int, shut: Callable[[], None]) -> None:
        """From here on bytes come and go through ``fd``; ``shut`` releases it and never raises."""
        self._fd, self._shut = fd, shut
        self._unread.clear()
        asyncio.get_running_loop().add_reader(fd, self._on_readable)

    def _on_readable(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError as failure:
            self._lose(Gone(f"{self._name}: {failure}"))
            return
        if not data and self.nothing_is_the_end:
            self._lose(Gone(f"{self._name} {self._ended}"))
            return
        self._unread += data
        del self._unread[:-UNREAD_CAP]
        if data:
            _wake(self._readable)

    def _write_some(self, data: memoryview) -> int:
        if self._fd < 0:
            raise self._gone
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as failure:
            gone = Gone(f"{self._name}: {failure}")
            self._lose(gone)
            raise gone from failure

    async def _until_writable(self, deadline: Deadline) -> None:
        loop, fd = asyncio.get_running_loop(), self._fd
        self._writable = loop.create_future()
        loop.add_writer(fd, _wake, self._writable)
        try:
            await self._until(self._writable, deadline, "the line takes no more bytes")
        finally:
            if self._fd == fd:
                loop.remove_writer(fd)
        if self._fd < 0:
            raise self._gone

    async def _until(self, event: asyncio.Future[None], deadline: Deadline | None, what: str) -> None:
        if deadline is None:
            await event
            return
        async with deadline.limit(f"{self._name}: {what}"):
            await event

    def _lose(self, gone: Gone) -> None:
        if self._shut is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        shut, self._shut, self._fd, self._gone = self._shut, None, -1, gone
        shut()
        _wake(self._readable)
        _wake(self._writable)


def _wake(event: asyncio.Future[None] | None) -> None:
    if event is not None and not event.done():
        event.set_result(None)
