"""What scanimage says: its list of devices, its exit codes, the words of SANE's statuses (scanimage(1), sane.h).

| status | becomes |
|---|---|
| 1 unsupported | Refused, unsupported_command |
| 2 cancelled (at the device) | NotScanned: scan-canceled |
| 3 device busy | NotScanned: scanner-busy |
| 4 invalid argument | Gone while opening: such a device is not there; else Refused, invalid_data |
| 5 end of file before a page | Garbled |
| 6 jammed | NotScanned: feeder-jam |
| 7 no documents | NotScanned: feeder-empty |
| 8 cover open | NotScanned: scanner-cover-open |
| 9 I/O error | Refused, hardware_error, reset; Gone while opening |
| 10 out of memory | Refused, internal_error |
| 11 access denied | NotScanned: access-denied |
| ended by a signal | Garbled: the back-end crashed |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from drivers.contract import CompletionCode, DeviceFault, Garbled, Gone, Refused, Remedy
from drivers.contract.document_scanner import access_denied, busy, canceled, cover_open, feeder_empty, feeder_jam

LIST_FORMAT = "%d|%v|%m|%t%n"
CRASHED = 128
"""A shell's exit code for a signal begins above this; a child's own is negative."""
SIMULATING = ("test", "pnm")
"""Back-ends that come with SANE and have no hardware."""
_ADDRESS = re.compile(r"libusb:(\d{3}):(\d{3})")


class Status(IntEnum):
    """SANE_Status (sane.h); a failed scan is scanimage's exit code."""

    GOOD = 0
    UNSUPPORTED = 1
    CANCELLED = 2
    DEVICE_BUSY = 3
    INVAL = 4
    EOF = 5
    JAMMED = 6
    NO_DOCS = 7
    COVER_OPEN = 8
    IO_ERROR = 9
    NO_MEM = 10
    ACCESS_DENIED = 11


WORDS = {
    "Operation not supported": Status.UNSUPPORTED,
    "Operation was canceled": Status.CANCELLED,
    "Operation was cancelled": Status.CANCELLED,
    "Device busy": Status.DEVICE_BUSY,
    "Invalid argument": Status.INVAL,
    "End of file reached": Status.EOF,
    "Document feeder jammed": Status.JAMMED,
    "Document feeder out of documents": Status.NO_DOCS,
    "Scanner cover is open": Status.COVER_OPEN,
    "Error during device I/O": Status.IO_ERROR,
    "Out of memory": Status.NO_MEM,
    "Access to resource has been denied": Status.ACCESS_DENIED,
}
"""sane_strstatus. A device that cannot be opened is exit code 1 whatever the status: only the words say which."""


@dataclass(frozen=True, slots=True)
class Found:
    """A device as scanimage lists it. ``device`` names it until it is plugged in again."""

    device: str
    vendor: str
    model: str
    kind: str

    @property
    def name(self) -> str:
        """What stays: its maker and model."""
        return f"{self.vendor} {self.model}"

    @property
    def usb_address(self) -> tuple[int, int] | None:
        """Bus and device number, for a device reached by libusb."""
        return usb_address(self.device)

    @property
    def simulated(self) -> bool:
        """Whether a back-end without hardware has it, perhaps on another computer (``net:HOST:test:0``)."""
        return self.device.rpartition(":")[0].rpartition(":")[2] in SIMULATING


def found(text: str) -> list[Found]:
    """The list that LIST_FORMAT gave; lines of another form are passed over."""
    split = (line.split("|") for line in text.splitlines())
    return [Found(*(part.strip() for part in parts)) for parts in split if len(parts) == 4 and parts[0]]


def usb_address(device: str) -> tuple[int, int] | None:
    """Bus and device number in a device's name; such a name does not stay when it is plugged in again."""
    match = _ADDRESS.search(device)
    return (int(match[1]), int(match[2])) if match else None


def opening_fault(code: int, said: str) -> DeviceFault:
    """Why a device could not be opened."""
    status = spoken(said) or (Status(code) if code in (*Status,) and code > 1 else None)
    match status:
        case None | Status.INVAL | Status.IO_ERROR | Status.EOF | Status.CANCELLED:
            return Gone(last_line(said) or "scanimage cannot open it") if not crashed(code) else scan_fault(code, said)
        case _:
            return scan_fault(status, said)


def scan_fault(code: int, said: str) -> DeviceFault:
    """What a scan's exit code, not 0, means."""
    what = last_line(said)
    refused = {
        Status.UNSUPPORTED: (CompletionCode.UNSUPPORTED_COMMAND, Remedy.CONFIGURATION),
        Status.INVAL: (CompletionCode.INVALID_DATA, Remedy.CONFIGURATION),
        Status.IO_ERROR: (CompletionCode.HARDWARE_ERROR, Remedy.RESET),
        Status.NO_MEM: (CompletionCode.INTERNAL_ERROR, Remedy.NONE),
    }
    reasons = {
        Status.CANCELLED: canceled(),
        Status.DEVICE_BUSY: busy(what or "another program uses the scanner"),
        Status.JAMMED: feeder_jam(),
        Status.NO_DOCS: feeder_empty(),
        Status.COVER_OPEN: cover_open(),
        Status.ACCESS_DENIED: access_denied(what or "access denied"),
    }
    status = Status(code) if code in (*Status,) else None
    if status in reasons:
        return reasons[status]
    if status in refused:
        return Refused(what or status.name.lower(), *refused[status])
    if crashed(code):
        return Garbled(f"the back-end crashed ({code}): {what}")
    return Garbled(f"scanimage ended with {code}: {what}")


def crashed(code: int) -> bool:
    """Whether a signal ended it."""
    return code < 0 or code > CRASHED


def spoken(said: str) -> Status | None:
    """The status whose words were said last."""
    places = {said.rfind(words): status for words, status in WORDS.items()}
    last = max(places)
    return places[last] if last >= 0 else None


def last_line(said: str) -> str:
    """The last thing that scanimage itself said, without its own name; of a status rather than of a signal."""
    lines = [line.strip() for line in re.split(r"[\r\n]+", said) if line.startswith("scanimage: ")]
    telling = [line for line in lines if any(words in line for words in WORDS)] or lines
    return telling[-1].removeprefix("scanimage: ")[:200] if telling else ""


def chosen(devices: Sequence[Found], name: str) -> Sequence[Found]:
    """Those whose maker and model begin so, or whose model does; simulated ones go by their device name alone."""
    wanted = name.lower()
    real = [one for one in devices if not one.simulated]
    exact = [one for one in real if wanted in (one.name.lower(), one.model.lower())]
    return exact or [one for one in real if one.name.lower().startswith(wanted) or one.model.lower().startswith(wanted)]
