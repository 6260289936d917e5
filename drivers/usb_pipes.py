"""The pipes of a USB device: found by VID:PID or class and port, endpoints by descriptor, never by number.

| port of the settings      | device                                                                      |
|---------------------------|-----------------------------------------------------------------------------|
| usb:0400:c35a             | the one device of this maker and product                                    |
| usb:0400:c35a@1-2.3       | the one in socket 2.3 of bus 1, as the kernel writes it: tells twins apart  |
| usb:class-07              | the one with an interface of this class (07: printers); @… as above         |

One OUT and one IN pipe: a write is one transfer. Two of each (the original security module of ID card readers): the
first seven bytes of a message go through the first pipe, the rest through the second, and come back so. An HID device
(class 03) takes and gives reports, filled up with 00 (protocols/idcard-sdt.md §1).

A printer (class 07) is a stream of bytes both ways: a short or an empty packet means nothing. Beside its pipes it
answers the two questions of its class. The kernel's own driver (usblp) is sent away and let back in at the end.

Proven on a back-end of pyusb made for the tests (tests/drivers/usb_bench.py), not yet on a kernel's USB.
"""

from __future__ import annotations

import errno
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import usb.core  # type: ignore[import-untyped]
import usb.util  # type: ignore[import-untyped]

from drivers.contract import Gone, PortQuestion

HID = 0x03
PRINTER = 0x07
IPP_OVER_USB = 4
"""An interface protocol of printers: HTTP, no stream that a ticket printer's commands could go through."""
CLASS_REQUEST = 0xA1
"""bmRequestType: to the host, of the class, for the interface."""
DEVICE_ID_CAP = 1024
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


@dataclass(frozen=True, slots=True)
class UsbPresent:
    """A device that is plugged in. ``port`` as in the settings; ``node``: its file below /dev."""

    port: str
    vendor: int
    product: int
    classes: frozenset[int]
    """Of its interfaces."""
    node: str


def devices_present(backend: Any = None) -> list[UsbPresent]:
    """All devices, by socket; none is opened. Raises Gone where libusb is missing."""
    try:
        found = [_present(device) for device in usb.core.find(find_all=True, backend=backend)]
    except usb.core.NoBackendError:
        raise Gone("libusb is not installed (Debian: libusb-1.0-0)") from None
    except usb.core.USBError as failure:
        raise Gone(f"USB: {failure.strerror}") from failure
    return sorted(found, key=lambda device: device.port.rpartition("@")[2])


def _present(device: Any) -> UsbPresent:
    port = f"usb:{device.idVendor:04x}:{device.idProduct:04x}@{_socket(device)}"
    classes = frozenset(interface.bInterfaceClass for configuration in device for interface in configuration)
    node = f"bus/usb/{device.bus:03d}/{device.address:03d}"
    return UsbPresent(port, device.idVendor, device.idProduct, classes, node)


class Pipes:
    """The claimed interface of a device. ``driver_taken``: the kernel's own driver had it and gets it back."""

    def __init__(self, device: Any, interface: Any, driver_taken: bool = False) -> None:
        self._device = device
        self._number = interface.bInterfaceNumber
        self._alternate = interface.bAlternateSetting
        self._is_printer = interface.bInterfaceClass == PRINTER
        self._driver_taken = driver_taken
        self._reports = interface.bInterfaceClass == HID
        self._out = _pipes(interface, usb.util.ENDPOINT_OUT)
        self._in = _pipes(interface, usb.util.ENDPOINT_IN)
        self._headed = len(self._out) > 1 and len(self._in) > 1

    def parts(self, data: bytes) -> Iterator[tuple[bytes, Any]]:
        """The transfers that a message is."""
        if self._reports:
            size = self._out[0].wMaxPacketSize
            yield from ((data[at : at + size].ljust(size, b"\0"), self._out[0]) for at in range(0, len(data), size))
        elif self._headed and len(data) > HEAD_SIZE:
            yield data[:HEAD_SIZE], self._out[0]
            yield data[HEAD_SIZE:], self._out[1]
        else:
            yield data, self._out[0]

    def write(self, pipe: Any, data: bytes, milliseconds: int) -> int:
        """One transfer; the bytes that have gone."""
        try:
            return int(self._device.write(pipe.bEndpointAddress, data, milliseconds))
        except usb.core.USBError as failure:
            if failure.errno == errno.EPIPE:
                self.unhalt(pipe.bEndpointAddress)
            raise

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

    def ask(self, question: PortQuestion, milliseconds: int) -> bytes:
        """A printer's answer beside its pipes; b"" from what is none, or knows no such question. Raises USBError."""
        if not self._is_printer:
            return b""
        device_id = question is PortQuestion.DEVICE_ID
        index = self._number << 8 | self._alternate if device_id else self._number
        size = DEVICE_ID_CAP if device_id else 1
        with _lent(self._device, self._number, index & 0xFF) as lent:
            if not lent:
                return b""
            try:
                answer = self._device.ctrl_transfer(CLASS_REQUEST, question.value, 0, index, size, milliseconds)
            except usb.core.USBError as failure:
                if failure.errno != errno.EPIPE:
                    raise
                return b""
            return bytes(answer)

    def unhalt(self, pipe: int) -> None:
        """A pipe that the device has halted works again after the next opening. Never raises."""
        with suppress(usb.core.USBError, NotImplementedError):
            self._device.clear_halt(pipe)

    def release(self) -> None:
        """Give the device back. Never raises: it may be unplugged."""
        _give_back(self._device, self._number if self._driver_taken else None)

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
        except usb.core.USBError as failure:
            if failure.errno == errno.EPIPE:
                self.unhalt(pipe.bEndpointAddress)
            raise


def claim(settings: UsbSettings, backend: Any) -> Pipes:
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
    """The interface to talk to: both ways before one that only takes, bulk before HID; None when there is none."""
    takes = [
        interface
        for configuration in device
        for interface in configuration
        if settings.interface_class in (None, interface.bInterfaceClass)
        and _pipes(interface, usb.util.ENDPOINT_OUT)
        and (interface.bInterfaceClass, interface.bInterfaceProtocol) != (PRINTER, IPP_OVER_USB)
    ]
    takes.sort(key=lambda i: (not _pipes(i, usb.util.ENDPOINT_IN), i.bInterfaceClass == HID))
    return takes[0] if takes else None


def _claimed(device: Any, interface: Any) -> Pipes:
    number = interface.bInterfaceNumber
    taken = False
    try:
        with suppress(NotImplementedError):
            if device.is_kernel_driver_active(number):
                device.detach_kernel_driver(number)
                taken = True
        usb.util.claim_interface(device, number)
        if interface.bAlternateSetting:
            device.set_interface_altsetting(number, interface.bAlternateSetting)
    except usb.core.USBError:
        _give_back(device, number if taken else None)
        raise
    return Pipes(device, interface, taken)


def _give_back(device: Any, number: int | None) -> None:
    """Release; ``number``: of the interface that the kernel's driver gets back. Never raises."""
    with suppress(usb.core.USBError, NotImplementedError):
        if number is not None:
            usb.util.release_interface(device, number)
            device.attach_kernel_driver(number)
    with suppress(usb.core.USBError):
        usb.util.dispose_resources(device)


@contextmanager
def _lent(device: Any, ours: int, claimed: int) -> Iterator[bool]:
    """Pyusb claims the interface that a class request's low byte names, which for GET_DEVICE_ID is none: the alternate.

    False where that one belongs to another driver.
    """
    if claimed == ours:
        yield True
        return
    with suppress(NotImplementedError):
        if device.is_kernel_driver_active(claimed):
            yield False
            return
    try:
        yield True
    finally:
        with suppress(usb.core.USBError):
            usb.util.release_interface(device, claimed)


def _pipes(interface: Any, way: int) -> list[Any]:
    """The pipes one way, in the descriptor's order: bulk, and interrupt for HID."""
    kind = usb.util.ENDPOINT_TYPE_INTR if interface.bInterfaceClass == HID else usb.util.ENDPOINT_TYPE_BULK
    return [
        endpoint
        for endpoint in interface
        if usb.util.endpoint_type(endpoint.bmAttributes) == kind
        and usb.util.endpoint_direction(endpoint.bEndpointAddress) == way
    ]
