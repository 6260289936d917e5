"""A USB device as a transport: a thread of its own reads, so that the event loop never waits for libusb.

How a device is named, found and talked to stands in usb_pipes.py.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import usb.core  # type: ignore[import-untyped]

from drivers.contract import Gone, PortQuestion, Silent
from drivers.deadline import Deadline
from drivers.inbox import Inbox
from drivers.usb_pipes import Pipes, UsbSettings, claim

__all__ = ["UsbSettings", "UsbTransport"]

UNREAD_CAP = 65_536
"""Bytes kept for a driver that does not read; older ones are dropped."""


class UsbTransport:
    """One USB device (drivers.contract.Transport). A thread owns it from its opening to its release."""

    def __init__(self, settings: UsbSettings, backend: Any = None) -> None:
        self._settings = settings
        self._backend = backend
        self._session: _Session | None = None
        self._latest: _Session | None = None
        """The same, or one that was lost and may still be releasing the device."""
        self._inbox = Inbox(Gone(f"{settings} is not open"), UNREAD_CAP)
        self._turn = asyncio.Lock()

    async def open(self, deadline: Deadline) -> None:
        """Find and claim the device. Raises Gone (missing, taken, one of several), Silent past the deadline."""
        async with deadline.limit(f"{self._settings} is not released"):
            await self.close()
        self._inbox.empty()
        self._latest = session = _Session(self._settings, self._backend, self)
        session.start()
        try:
            async with deadline.limit(f"{self._settings} does not open"):
                await session.opened
        except BaseException:
            session.stopping.set()
            raise
        self._session = session
        self._inbox.open()

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the device. Raises Gone, Silent; their ``sent`` is False when no byte has left."""
        session = self._session
        if session is None:
            gone = Gone(str(self._inbox.gone))
            gone.sent = False
            raise gone
        async with deadline.limit(f"{self._settings} takes no bytes"):
            await asyncio.to_thread(session.write, data, _milliseconds(deadline))

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. None waits for ever. Raises Gone, Silent."""
        return await self._inbox.read(deadline, f"{self._settings}: no byte came")

    async def ask_port(self, question: PortQuestion, deadline: Deadline) -> bytes:
        """What a printer answers beside its pipes, b"" for nothing (contract.AskablePort). Raises Gone, Silent."""
        session = self._session
        if session is None:
            raise Gone(str(self._inbox.gone))
        async with deadline.limit(f"{self._settings} does not answer {question.name}"):
            return await asyncio.to_thread(session.ask, question, _milliseconds(deadline))

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""
        return self._inbox.discard()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """The right to talk."""
        async with self._turn:
            yield

    def wire_time(self, count: int) -> float:  # noqa: ARG002 - USB is faster than any device on it
        """No time worth counting."""
        return 0.0

    async def close(self) -> None:
        """Release the device, within a read's slice; a waiting read ends with Gone."""
        if self._latest is not None:
            self.lose(self._latest, Gone(f"{self._settings} is closed"))
            await self._latest.released.wait()

    def hear(self, session: _Session, data: bytes) -> None:
        """Bytes came from the device."""
        if session is self._session or self._session is None:  # the first may come before open has returned
            self._inbox.take(data)

    def lose(self, session: _Session, gone: Gone) -> None:
        """The device is no more."""
        session.stopping.set()
        if session is self._session:
            self._session = None
            self._inbox.lose(gone)


class _Session:
    """One opening of the device, in a thread of its own; what it hears goes back to the event loop."""

    def __init__(self, settings: UsbSettings, backend: Any, owner: UsbTransport) -> None:
        self._settings = settings
        self._backend = backend
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._pipes: Pipes | None = None
        self.opened: asyncio.Future[None] = self._loop.create_future()
        self.released = asyncio.Event()
        self.stopping = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, name=str(self._settings), daemon=True).start()

    def write(self, data: bytes, milliseconds: int) -> None:
        """Blocks, for no longer than that. Raises Gone, Silent."""
        if self._pipes is None:
            raise Gone(f"{self._settings} is closed")
        sent = 0
        try:
            for part, pipe in self._pipes.parts(data):
                sent += (count := self._pipes.write(pipe, part, milliseconds))
                if count < len(part):
                    raise Silent(f"{self._settings} takes no more bytes")
        except usb.core.USBTimeoutError:
            fault = Silent(f"{self._settings} takes no bytes")
            fault.sent = sent > 0
            raise fault from None
        except usb.core.USBError as failure:  # how much of this transfer has gone before, nobody can tell
            raise Gone(f"{self._settings}: {failure.strerror}") from None

    def ask(self, question: PortQuestion, milliseconds: int) -> bytes:
        """Blocks, for no longer than that. Raises Gone, Silent."""
        if self._pipes is None:
            raise Gone(f"{self._settings} is closed")
        try:
            return self._pipes.ask(question, milliseconds)
        except usb.core.USBTimeoutError:
            raise Silent(f"{self._settings} does not answer {question.name}") from None
        except usb.core.USBError as failure:
            raise Gone(f"{self._settings}: {failure.strerror}") from None

    def _run(self) -> None:
        try:
            self._pipes = pipes = claim(self._settings, self._backend)
        except Gone as gone:
            self._tell(self._not_opened, gone)
            self._tell(self.released.set)
            return
        self._tell(self._is_open)
        try:
            while not self.stopping.is_set():
                if data := pipes.read(self.stopping):
                    self._tell(self._owner.hear, self, data)
        except usb.core.USBError as failure:
            self._tell(self._owner.lose, self, Gone(f"{self._settings}: {failure.strerror}"))
        finally:
            self._pipes = None
            pipes.release()
            self._tell(self.released.set)

    def _tell(self, what: Any, *arguments: Any) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to be told
            self._loop.call_soon_threadsafe(what, *arguments)

    def _is_open(self) -> None:
        if not self.opened.done():
            self.opened.set_result(None)

    def _not_opened(self, gone: Gone) -> None:
        if not self.opened.done():
            self.opened.set_exception(gone)


def _milliseconds(deadline: Deadline) -> int:
    """Nine tenths of what is left, so that libusb itself says what has gone; at least 1: it takes 0 for ever."""
    return max(1, int(deadline.left() * 900))
