"""Serial ports on the event loop: no thread, no polling, so that an idle line wakes nobody.

pyserial opens and sets the port; reading and writing is the loop's (add_reader, add_writer on the descriptor).
"""

from __future__ import annotations

import asyncio
import os
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial

import serial

from drivers.contract import Gone, Silent, Transport
from drivers.deadline import Deadline

UNREAD_CAP = 65_536
"""Bytes kept for a driver that does not read; older ones are dropped, as a UART's own buffer would."""
READ_SIZE = 4096

_FAILURES = (OSError, termios.error, ValueError)
"""pyserial's own exception is an OSError; termios.error is not. ValueError: a baud rate the port cannot do."""


def transport_for(port: str, baud: int) -> Callable[[], Transport]:
    """What makes the transport of a port: ``usb:…``, or the path of a serial port.

    Raises ValueError, "what → remedy", for an address that cannot be one.
    """
    if port.startswith("usb:"):
        from drivers.usb_transport import UsbSettings, UsbTransport  # here: a box without USB devices needs no pyusb

        return partial(UsbTransport, UsbSettings.of(port))
    return partial(SerialTransport, Settings(port, baud))


@dataclass(frozen=True, slots=True)
class Settings:
    """``port``: a device path, best one of /dev/serial/by-path. ``baud``: 8N1, bits per second."""

    port: str
    baud: int = 9600


class SerialTransport:
    """One serial port (drivers.contract.Transport), opened for ourselves alone."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._serial: serial.Serial | None = None
        self._fd = -1
        self._unread = bytearray()
        self._gone = Gone(f"{settings.port} is not open")
        self._readable: asyncio.Future[None] | None = None
        self._writable: asyncio.Future[None] | None = None
        self._turn = asyncio.Lock()

    async def open(self, deadline: Deadline) -> None:
        """Open the port. Raises Gone when it is missing, taken or cannot be set so; Silent past the deadline."""
        await self.close()
        if not deadline.left():
            raise Silent(f"no time left to open {self._settings.port}")
        port = serial.Serial()
        port.port, port.baudrate, port.exclusive = self._settings.port, self._settings.baud, True
        try:
            port.open()
            fd = port.fileno()
            os.set_blocking(fd, False)
            _wait_for_a_byte(fd)
        except _FAILURES as failure:
            _shut(port)
            raise Gone(f"{self._settings.port}: {failure}") from failure
        self._serial, self._fd = port, fd
        self._unread.clear()
        asyncio.get_running_loop().add_reader(fd, self._on_readable)

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

    def wire_time(self, count: int) -> float:
        """Seconds that ``count`` bytes take: ten bits each (8N1)."""
        return count * 10 / self._settings.baud

    async def close(self) -> None:
        """Release the port; a waiting read ends with Gone."""
        self._lose(Gone(f"{self._settings.port} is closed"))

    def _on_readable(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError as failure:
            self._lose(Gone(f"{self._settings.port}: {failure}"))
            return
        if not data:
            self._lose(Gone(f"{self._settings.port} was unplugged"))
            return
        self._unread += data
        del self._unread[:-UNREAD_CAP]
        _wake(self._readable)

    def _write_some(self, data: memoryview) -> int:
        if self._fd < 0:
            raise self._gone
        try:
            return os.write(self._fd, data)
        except BlockingIOError:
            return 0
        except OSError as failure:
            gone = Gone(f"{self._settings.port}: {failure}")
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
        async with deadline.limit(f"{self._settings.port}: {what}"):
            await event

    def _lose(self, gone: Gone) -> None:
        if self._serial is None:
            return
        loop = asyncio.get_running_loop()
        loop.remove_reader(self._fd)
        loop.remove_writer(self._fd)
        port, self._serial, self._fd, self._gone = self._serial, None, -1, gone
        _shut(port)
        _wake(self._readable)
        _wake(self._writable)


def _wait_for_a_byte(fd: int) -> None:
    """VMIN 1: pyserial's VMIN 0 makes "nothing there" and "unplugged" both read as zero bytes."""
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN], attributes[6][termios.VTIME] = 1, 0
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


def _shut(port: serial.Serial) -> None:
    # Unsent bytes go first: closing a port whose other end holds it off may else block for 30 s (tty closing_wait).
    steps: tuple[Callable[[], None], ...] = (port.reset_output_buffer, port.close)
    for step in steps:
        with suppress(*_FAILURES):
            step()


def _wake(event: asyncio.Future[None] | None) -> None:
    if event is not None and not event.done():
        event.set_result(None)
