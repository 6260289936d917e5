"""Bulk pipes of a USB device: found by VID:PID or class and port, endpoints by descriptor, never by number.

| port of the settings      | device                                                                      |
|---------------------------|-----------------------------------------------------------------------------|
| usb:0400:c35a             | the one device of this maker and product                                    |
| usb:0400:c35a@1-2.3       | the one in socket 2.3 of bus 1, as the kernel writes it: tells twins apart  |
| usb:class-07              | the one with an interface of this class (07: printers); @… as above         |

One OUT and one IN pipe: a write is one transfer. Two of each (the original security module of ID card readers): the
first seven bytes of a message go through the first pipe, the rest through the second, and come back so
(protocols/idcard-sdt.md §1).

Proven on a back-end of pyusb made for the tests (tests/drivers/usb_bench.py), not yet on a kernel's USB.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import usb.core  # type: ignore[import-untyped]
import usb.util  # type: ignore[import-untyped]

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline

UNREAD_CAP = 65_536
"""Bytes kept for a driver that does not read; older ones are dropped."""
HEAD_SIZE = 7
SLICE_MS = 200
"""How long a read waits before it looks whether the port is to be closed."""
REST_MS = 100
"""How long the second IN pipe may pause inside a message."""
RESIDUE_MS = 1

_PORT = re.compile(r"usb:(?:([0-9a-f]{4}):([0-9a-f]{4})|class-([0-9a-f]{2}))(?:@(\d+-\d+(?:\.\d+)*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UsbSettings:
    """Which device: VID:PID or an interface class, and its socket where there may be two."""

    vendor: int | None = None
    product: int | None = None
    interface_class: int | None = None
    socket: str = ""

    @classmethod
    def of(cls, port: str) -> UsbSettings:
        """From the settings' own form. Raises ValueError, "what → remedy"."""
        match = _PORT.fullmatch(port)
        if match is None:
            raise ValueError(
                f"{port} names no USB device → give usb:0400:c35a or usb:class-07, with @1-2.3 for a socket"
            )
        vendor, product, interface_class = (int(part, 16) if part else None for part in match.groups()[:3])
        return cls(vendor, product, interface_class, match[4] or "")

    def __str__(self) -> str:
        at = f"@{self.socket}" if self.socket else ""
        if self.vendor is None:
            return f"usb:class-{self.interface_class:02x}{at}"
        return f"usb:{self.vendor:04x}:{self.product:04x}{at}"


class UsbTransport:
    """One USB device (drivers.contract.Transport). A thread owns it from its opening to its release."""

    def __init__(self, settings: UsbSettings, backend: Any = None) -> None:
        self._settings = settings
        self._backend = backend
        self._session: _Session | None = None
        self._unread = bytearray()
        self._heard = asyncio.Event()
        self._gone = Gone(f"{settings} is not open")
        self._turn = asyncio.Lock()

    async def open(self, deadline: Deadline) -> None:
        """Find and claim the device. Raises Gone (missing, taken, one of several), Silent past the deadline."""
        await self.close()
        self._unread.clear()
        self._heard.clear()
        session = _Session(self._settings, self._backend, self)
        session.start()
        try:
            async with deadline.limit(f"{self._settings} does not open"):
                await session.opened
        except BaseException:
            session.stopping.set()
            raise
        self._session = session

    async def write(self, data: bytes, deadline: Deadline) -> None:
        """Hand all of ``data`` to the device. Raises Gone, Silent; their ``sent`` is False when no byte has left."""
        session = self._session
        if session is None:
            gone = Gone(str(self._gone))
            gone.sent = False
            raise gone
        async with deadline.limit(f"{self._settings} takes no bytes"):
            await asyncio.to_thread(session.write, data, _milliseconds(deadline))

    async def read(self, deadline: Deadline | None) -> bytes:
        """At least one byte. None waits for ever. Raises Gone, Silent."""
        while not self._unread:
            if self._session is None:
                raise self._gone
            self._heard.clear()
            if deadline is None:
                await self._heard.wait()
            else:
                async with deadline.limit(f"{self._settings}: no byte came"):
                    await self._heard.wait()
        return self.discard()

    def discard(self) -> bytes:
        """Take and return what has arrived unread; never waits."""
        data = bytes(self._unread)
        self._unread.clear()
        return data

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
        session = self._session
        if session is not None:
            self.lose(session, Gone(f"{self._settings} is closed"))
            await session.released.wait()

    def hear(self, session: _Session, data: bytes) -> None:
        """Bytes came from the device."""
        if session is self._session or self._session is None:  # the first may come before open has returned
            self._unread += data
            del self._unread[:-UNREAD_CAP]
            self._heard.set()

    def lose(self, session: _Session, gone: Gone) -> None:
        """The device is no more."""
        session.stopping.set()
        if session is self._session:
            self._session, self._gone = None, gone
            self._heard.set()


class _Session:
    """One opening of the device, in a thread of its own; what it hears goes back to the event loop."""

    def __init__(self, settings: UsbSettings, backend: Any, owner: UsbTransport) -> None:
        self._settings = settings
        self._backend = backend
        self._owner = owner
        self._loop = asyncio.get_running_loop()
        self._pipes: _Pipes | None = None
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
            fault: Gone | Silent = Silent(f"{self._settings} takes no bytes")
            fault.sent = sent > 0
            raise fault from None
        except usb.core.USBError as failure:
            fault = Gone(f"{self._settings}: {failure.strerror}")
            fault.sent = sent > 0
            raise fault from None

    def _run(self) -> None:
        try:
            self._pipes = pipes = _claim(self._settings, self._backend)
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


class _Pipes:
    """The claimed interface of a device."""

    def __init__(self, device: Any, interface: Any) -> None:
        self._device = device
        ways = {
            way: [e for e in interface if _is_bulk(e, way)] for way in (usb.util.ENDPOINT_OUT, usb.util.ENDPOINT_IN)
        }
        self._out, self._in = ways[usb.util.ENDPOINT_OUT], ways[usb.util.ENDPOINT_IN]
        self._headed = len(self._out) > 1 and len(self._in) > 1

    def parts(self, data: bytes) -> Iterator[tuple[bytes, Any]]:
        """The transfers that a message is."""
        if self._headed and len(data) > HEAD_SIZE:
            yield data[:HEAD_SIZE], self._out[0]
            yield data[HEAD_SIZE:], self._out[1]
        else:
            yield data, self._out[0]

    def write(self, pipe: Any, data: bytes, milliseconds: int) -> int:
        """One transfer; the bytes that have gone."""
        return int(self._device.write(pipe.bEndpointAddress, data, milliseconds))

    def read(self, stopping: threading.Event) -> bytes:
        """What comes within a slice of time; a message in two pipes whole."""
        if not self._in:
            stopping.wait()
            return b""
        head = self._packet(self._in[0], SLICE_MS)
        if not self._headed:
            return head
        if not head:  # what an earlier message left in the second pipe would spoil the next
            return self._packet(self._in[1], RESIDUE_MS)
        return head + b"".join(self._rest())

    def release(self) -> None:
        """Give the device back. Never raises: it may be unplugged."""
        with suppress(usb.core.USBError):
            usb.util.dispose_resources(self._device)

    def _rest(self) -> Iterator[bytes]:
        """Packets of the second IN pipe, until a short one ends the transfer."""
        size = self._in[1].wMaxPacketSize
        while True:
            packet = self._packet(self._in[1], REST_MS)
            yield packet
            if len(packet) < size:
                return

    def _packet(self, pipe: Any, milliseconds: int) -> bytes:
        try:
            return bytes(self._device.read(pipe.bEndpointAddress, pipe.wMaxPacketSize, milliseconds))
        except usb.core.USBTimeoutError:
            return b""


def _claim(settings: UsbSettings, backend: Any) -> _Pipes:
    """The one device meant, its interface claimed. Raises Gone."""
    try:
        found = [pair for device in _devices(settings, backend) if (pair := (device, _interface(device, settings)))[1]]
        if not found:
            raise Gone(f"{settings}: no such device")
        if len(found) > 1:
            names = ", ".join(f"{settings}@{_socket(device)}" for device, _ in found)
            raise Gone(f"{settings} is more than one device: name one of {names}")
        device, interface = found[0]
        return _claimed(device, interface)
    except usb.core.NoBackendError:
        raise Gone(f"{settings}: libusb is not installed (Debian: libusb-1.0-0)") from None
    except usb.core.USBError as failure:
        raise Gone(f"{settings}: {failure.strerror}") from failure


def _devices(settings: UsbSettings, backend: Any) -> Iterator[Any]:
    identity = {} if settings.vendor is None else {"idVendor": settings.vendor, "idProduct": settings.product}
    for device in usb.core.find(find_all=True, backend=backend, **identity):
        if settings.socket in ("", _socket(device)):
            yield device


def _socket(device: Any) -> str:
    return f"{device.bus}-{'.'.join(map(str, device.port_numbers or ()))}"


def _interface(device: Any, settings: UsbSettings) -> Any:
    """The interface with bulk pipes, one with both ways before one that only takes; None when there is none."""
    wanted = settings.interface_class
    takes = [
        interface
        for configuration in device
        for interface in configuration
        if wanted in (None, interface.bInterfaceClass) and any(_is_bulk(e, usb.util.ENDPOINT_OUT) for e in interface)
    ]
    both = [interface for interface in takes if any(_is_bulk(e, usb.util.ENDPOINT_IN) for e in interface)]
    return next(iter(both or takes), None)


def _claimed(device: Any, interface: Any) -> _Pipes:
    number = interface.bInterfaceNumber
    try:
        with suppress(NotImplementedError):
            if device.is_kernel_driver_active(number):
                device.detach_kernel_driver(number)
        usb.util.claim_interface(device, number)
        if interface.bAlternateSetting:
            device.set_interface_altsetting(number, interface.bAlternateSetting)
    except usb.core.USBError:
        usb.util.dispose_resources(device)
        raise
    return _Pipes(device, interface)


def _is_bulk(endpoint: Any, way: int) -> bool:
    bulk = usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
    return bool(bulk and usb.util.endpoint_direction(endpoint.bEndpointAddress) == way)


def _milliseconds(deadline: Deadline) -> int:
    """What is left, a little less so that libusb itself says what has gone; at least 1: it takes 0 for ever."""
    return max(1, int(deadline.left() * 1000) - 20)
