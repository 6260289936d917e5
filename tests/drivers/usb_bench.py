"""A back-end of pyusb with devices made for the tests: descriptors, sockets, pipes; they are plugged and unplugged."""

from __future__ import annotations

import errno
import queue
import threading
import time
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend  # type: ignore[import-untyped]
import usb.core  # type: ignore[import-untyped]

from simulators.id_card_reader.module import Module
from simulators.id_card_reader.sdt import RequestReader

BULK, INTERRUPT = 2, 3
HID = 3
PACKET = 64


@dataclass(eq=False)
class Gadget:
    """One device. ``endpoints`` by interface: addresses, 0x80 and above come in; ``obey``: takes a transfer."""

    socket: str
    vendor: int = 0x0400
    product: int = 0xC35A
    interface_class: int = 0xFF
    endpoints: tuple[tuple[int, ...], ...] = ((0x82, 0x01),)
    kinds: dict[int, int] = field(default_factory=dict)
    obey: Callable[[int, bytes], None] = lambda _pipe, _data: None
    plugged: bool = True
    held: bool = False
    kernel_driver: bool = False
    busy: bool = False
    transfers: list[tuple[int, bytes]] = field(default_factory=list)
    pipes: dict[int, queue.Queue[bytes]] = field(default_factory=dict)
    answer: Callable[[int, int], bytes | None] = lambda _request, _index: None
    """To a class request; None: it stalls, as a device does that knows it not."""
    asked: list[tuple[int, int]] = field(default_factory=list)
    cut_after: int | None = None
    """Bytes that still pass, either way, before it is unplugged."""
    halted: set[int] = field(default_factory=set)
    claimed: list[int] = field(default_factory=list)
    protocols: tuple[int, ...] = (0,)
    """Of its interfaces; the last one's holds for those after it."""
    handles: int = 0
    unplugged: threading.Event = field(default_factory=threading.Event)

    def say(self, pipe: int, data: bytes) -> None:
        """One transfer to the host, in packets; HID reports are filled up."""
        if self.interface_class == HID:
            data = data.ljust(-(-len(data) // PACKET) * PACKET, b"\0")
        for at in range(0, len(data), PACKET):
            self.pipes[pipe].put(data[at : at + PACKET])

    def passing(self, data: bytes) -> bytes:
        """What of it gets through."""
        if self.cut_after is None:
            return data
        data = data[: self.cut_after]
        self.cut_after -= len(data)
        return data

    def unplug(self) -> None:
        self.plugged = False
        self.unplugged.set()

    def replug(self) -> None:
        self.plugged, self.cut_after = True, None
        for pipe in self.pipes.values():
            while not pipe.empty():
                pipe.get_nowait()
        self.unplugged = threading.Event()


class Bench(usb.backend.IBackend):  # type: ignore[misc]
    """What is plugged in."""

    def __init__(self, *gadgets: Gadget) -> None:
        self.gadgets = gadgets
        for gadget in gadgets:
            gadget.pipes = {e: queue.Queue() for pipes in gadget.endpoints for e in pipes if e & 0x80}

    def enumerate_devices(self) -> Iterator[Gadget]:
        return (gadget for gadget in self.gadgets if gadget.plugged)

    def get_device_descriptor(self, dev: Gadget) -> SimpleNamespace:
        bus, ports = dev.socket.split("-")
        numbers = tuple(map(int, ports.split(".")))
        fixed: dict[str, Any] = {"bLength": 18, "bDescriptorType": 1, "bcdUSB": 0x200, "bDeviceClass": 0}
        fixed |= {"bDeviceSubClass": 0, "bDeviceProtocol": 0, "bMaxPacketSize0": 64, "bcdDevice": 1}
        fixed |= {"iManufacturer": 0, "iProduct": 0, "iSerialNumber": 0, "bNumConfigurations": 1, "address": 1}
        place = {"bus": int(bus), "port_number": numbers[-1], "port_numbers": numbers, "speed": 2}
        return SimpleNamespace(idVendor=dev.vendor, idProduct=dev.product, **fixed, **place)

    def get_configuration_descriptor(self, dev: Gadget, config: int) -> SimpleNamespace:
        if config:
            raise IndexError
        fixed = {"bLength": 9, "bDescriptorType": 2, "wTotalLength": 32, "bConfigurationValue": 1, "iConfiguration": 0}
        more = {"bmAttributes": 0x80, "bMaxPower": 50, "extra_descriptors": []}
        return SimpleNamespace(bNumInterfaces=len(dev.endpoints), **fixed, **more)

    def get_interface_descriptor(self, dev: Gadget, intf: int, alt: int, config: int) -> SimpleNamespace:
        if alt or config or intf >= len(dev.endpoints):
            raise IndexError
        fixed = {"bLength": 9, "bDescriptorType": 4, "bAlternateSetting": 0, "iInterface": 0, "extra_descriptors": []}
        protocol = dev.protocols[min(intf, len(dev.protocols) - 1)]
        kind = {"bInterfaceClass": dev.interface_class, "bInterfaceSubClass": 0, "bInterfaceProtocol": protocol}
        return SimpleNamespace(bInterfaceNumber=intf, bNumEndpoints=len(dev.endpoints[intf]), **fixed, **kind)

    def get_endpoint_descriptor(self, dev: Gadget, ep: int, intf: int, alt: int, config: int) -> SimpleNamespace:
        address = dev.endpoints[intf][ep]
        fixed = {"bLength": 7, "bDescriptorType": 5, "bInterval": 0, "bRefresh": 0, "bSynchAddress": 0}
        return SimpleNamespace(
            bEndpointAddress=address,
            bmAttributes=dev.kinds.get(address, INTERRUPT if dev.interface_class == HID else BULK),
            wMaxPacketSize=PACKET,
            extra_descriptors=[],
            **fixed,
        )

    def open_device(self, dev: Gadget) -> Gadget:
        dev.handles += 1
        return dev

    def close_device(self, dev_handle: Gadget) -> None:
        dev_handle.handles -= 1

    def get_configuration(self, dev_handle: Gadget) -> int:
        return 1

    def is_kernel_driver_active(self, dev_handle: Gadget, intf: int) -> bool:
        return dev_handle.kernel_driver

    def detach_kernel_driver(self, dev_handle: Gadget, intf: int) -> None:
        dev_handle.kernel_driver = False

    def attach_kernel_driver(self, dev_handle: Gadget, intf: int) -> None:
        dev_handle.kernel_driver = True

    def claim_interface(self, dev_handle: Gadget, intf: int) -> None:
        if (dev_handle.busy and not dev_handle.claimed) or dev_handle.kernel_driver:
            raise usb.core.USBError("Resource busy", -6, errno.EBUSY)
        dev_handle.busy = True
        dev_handle.claimed.append(intf)

    def release_interface(self, dev_handle: Gadget, intf: int) -> None:
        dev_handle.claimed.remove(intf)
        dev_handle.busy = bool(dev_handle.claimed)

    def clear_halt(self, dev_handle: Gadget, ep: int) -> None:
        dev_handle.halted.discard(ep)

    def ctrl_transfer(
        self, dev_handle: Gadget, kind: int, request: int, value: int, index: int, data: array[int], timeout: int
    ) -> int:
        _there(dev_handle)
        assert (kind, value) == (0xA1, 0)
        dev_handle.asked.append((request, index))
        answer = dev_handle.answer(request, index)
        if answer is None:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        told = answer[: len(data)]
        data[: len(told)] = array("B", told)
        return len(told)

    def bulk_write(self, dev_handle: Gadget, ep: int, intf: int, data: array[int], timeout: int) -> int:
        _there(dev_handle)
        if dev_handle.held:
            dev_handle.unplugged.wait(timeout / 1000)
            _there(dev_handle)
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        if ep in dev_handle.halted:
            raise usb.core.USBError("Pipe error", -9, errno.EPIPE)
        sent = dev_handle.passing(data.tobytes())
        dev_handle.transfers.append((ep, sent))
        dev_handle.obey(ep, sent)
        if len(sent) < len(data):
            dev_handle.unplug()
            _there(dev_handle)
        return len(data)

    def bulk_read(self, dev_handle: Gadget, ep: int, intf: int, buff: array[int], timeout: int) -> int:
        until = time.monotonic() + timeout / 1000
        while True:
            _there(dev_handle)
            try:
                packet = dev_handle.pipes[ep].get(timeout=0.005)
            except queue.Empty:
                if time.monotonic() >= until:
                    raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT) from None
                continue
            if len(dev_handle.passing(packet)) < len(packet):  # a packet that is not whole is none
                dev_handle.unplug()
                _there(dev_handle)
            buff[: len(packet)] = array("B", packet)
            return len(packet)

    def intr_write(self, dev_handle: Gadget, ep: int, intf: int, data: array[int], timeout: int) -> int:
        assert len(data) == PACKET, "an HID report has its full length"
        return self.bulk_write(dev_handle, ep, intf, data, timeout)

    def intr_read(self, dev_handle: Gadget, ep: int, intf: int, buff: array[int], timeout: int) -> int:
        return self.bulk_read(dev_handle, ep, intf, buff, timeout)


def _there(gadget: Gadget) -> None:
    if not gadget.plugged:
        raise usb.core.USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)


class CardReader:
    """The simulated security module behind a gadget's pipes; it takes no time."""

    def __init__(self, gadget: Gadget, *, lost_preamble: int = 0) -> None:
        self.gadget = gadget
        self.module = Module(0)
        self.silent = False
        self.at_read: Callable[[], None] = lambda: None
        self._lost = lost_preamble
        self._requests = RequestReader()
        gadget.obey = self._hear

    def _hear(self, _pipe: int, data: bytes) -> None:
        for byte in data:
            request = self._requests.feed(byte)
            if request is not None and not self.silent:
                self._say(self.module.answer(request)[self._lost :])

    def _say(self, answer: bytes) -> None:
        (pipes,) = (pipes for pipes in self.gadget.endpoints if min(pipes) < 0x80)
        ways_in = sorted(pipe for pipe in pipes if pipe >= 0x80)
        if len(answer) > 1000:
            self.at_read()
        if len(ways_in) == 1:
            self.gadget.say(ways_in[0], answer)
        else:
            self.gadget.say(ways_in[0], answer[:7])
            self.gadget.say(ways_in[1], answer[7:])
