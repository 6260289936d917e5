"""What is plugged in and is no serial line: USB printers and readers, keypads that type, PC/SC readers."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.contract import DeviceFault, Gone, Silent
from drivers.deadline import Deadline
from drivers.input_enrol import keypads_present
from drivers.input_node import Devices, why_not_here
from workshop.probe.finding import Device, Finding, Kind, Note
from workshop.probe.line import Place, Progress, probe_line
from workshop.probe.machine import Machine
from workshop.probe.together import together

if TYPE_CHECKING:
    from drivers.usb_pipes import UsbPresent

PRINTER_CLASS = 0x07
CARD_READERS = frozenset({(0x0400, 0xC35A), (0x2B8B, 0x2721)})
"""ID card readers by maker and product (protocols/idcard-sdt.md §1): by class, keyboards and mice would be some too."""
CARDS_SECONDS = 5.0


async def usb(machine: Machine, progress: Progress, backend: object = None) -> list[Finding]:
    """Printers by class, ID card readers by make; each is asked, unless another process has it."""
    try:
        from drivers.usb_pipes import UsbSettings, devices_present
        from drivers.usb_transport import UsbTransport

        present = await asyncio.to_thread(devices_present, backend)
    except ImportError:
        return [_unknown("usb", "usb:", Note("no-pyusb"))]
    except Gone as gone:
        return [_unknown("usb", "usb:", Note("closed", {"why": str(gone)}))]

    async def asked(device: UsbPresent) -> Finding:
        holder = machine.holder(str(machine.dev / device.node))
        if holder is not None:
            return Finding(device.port, "usb", "taken", holder=holder)
        settings = UsbSettings.of(device.port)
        return await probe_line(
            Place(device.port, "usb", lambda _baud: UsbTransport(settings, backend), None), progress
        )

    return await together([asked(device) for device in present if _may_be_asked(device)])


def _may_be_asked(device: UsbPresent) -> bool:
    return PRINTER_CLASS in device.classes or (device.vendor, device.product) in CARD_READERS


async def keypads(devices: Devices, *, at: Path | None = None) -> list[Finding]:
    """Everything that can type digits. It cannot be asked what it is: a keyboard looks the same.

    ``at``: the socket of the one simulated keypad that there is instead.
    """
    if at is None and (why := why_not_here()) is not None:
        return [_unknown("input", "input:", Note("closed", {"why": why}))]
    try:
        addresses = await asyncio.to_thread(partial(keypads_present, devices))
    except Gone as gone:
        return [_unknown("input", "input:", Note("closed", {"why": str(gone)}))]
    keypad = Device("usb-keypad", doubts=(Note("doubt-keyboard"), Note("doubt-keys"), Note("doubt-window")))
    if at is not None:
        addresses = [str(at)] if addresses else []
    return [
        Finding(f"input:{address}", "input", "present", (keypad,), simulated=at is not None) for address in addresses
    ]


async def card_readers() -> list[Finding]:
    """The readers that the PC/SC service knows."""
    try:
        from drivers.smart_card.pcsc_port import readers
    except ImportError:
        return [_unknown("cards", "pcsc:", Note("no-pyscard"))]
    try:
        names = await readers(Deadline.after(CARDS_SECONDS))
    except (Gone, Silent) as fault:
        return [_unknown("cards", "pcsc:", Note("no-pcscd", {"why": str(fault)}))]
    except DeviceFault as fault:
        return [_unknown("cards", "pcsc:", Note("closed", {"why": str(fault)}))]
    return [Finding(f"pcsc:{name}", "cards", "present", (Device("pcsc-reader"),)) for name in names]


def _unknown(kind: Kind, port: str, note: Note) -> Finding:
    return Finding(port, kind, "closed", notes=(note,))
