"""Which of SANE's scanners is meant: by what stays when it is plugged in again (protocols/document-scanners.md §3)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from drivers.contract import CompletionCode, Gone, Refused, Remedy
from drivers.document_scanner.sane_codec import Found, chosen, usb_address

USB_DEVICES = Path("/sys/bus/usb/devices")
FORM = "sane:MAKER MODEL, with @1-2.3 (its USB socket) or #SERIAL where there are several; or a name of scanimage -L"


@dataclass(frozen=True, slots=True)
class SanePlace:
    """``device``: its name with SANE, where that is fixed; else maker and model, and what tells two of them apart."""

    device: str = ""
    name: str = ""
    socket: str = ""
    serial: str = ""

    @classmethod
    def of(cls, text: str) -> SanePlace:
        """From what stands behind ``sane:``. Raises ValueError, "what → remedy"."""
        if ":" in text:
            if usb_address(text) is not None:
                raise ValueError(f"{text} changes when the scanner is plugged in again → give {FORM}")
            return cls(device=text)
        text, _, serial = text.partition("#")
        name, _, socket = text.partition("@")
        if not name.strip():
            raise ValueError(f"sane:{text} names no scanner → give {FORM}")
        return cls("", name.strip(), socket.strip(), serial.strip())

    def choose(self, devices: Sequence[Found]) -> str:
        """The device's name with SANE at this moment. Raises Gone when there is none, Refused when several could be."""
        fitting = [one for one in chosen(devices, self.name) if self._fits(one)]
        if not fitting:
            there = ", ".join(one.name for one in devices) or "none"
            raise Gone(f"there is no scanner {self.name}; there are: {there}")
        if len(fitting) > 1:
            what = f"several scanners are called {self.name}: {', '.join(one.device for one in fitting)}"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        return fitting[0].device

    def _fits(self, one: Found) -> bool:
        if not (self.socket or self.serial):
            return True
        folder = _usb_folder(one.usb_address)
        if folder is None:
            return False
        return (not self.socket or folder.name == self.socket) and (
            not self.serial or _read(folder / "serial") == self.serial
        )


def plugged_in(device: str) -> bool | None:
    """Whether a USB scanner is still where its name with SANE says; None when it is no USB scanner."""
    address = usb_address(device)
    return None if address is None else _usb_folder(address) is not None


def _usb_folder(address: tuple[int, int] | None) -> Path | None:
    """Where the kernel tells of the USB device at this bus and number."""
    if address is None or not USB_DEVICES.is_dir():
        return None
    wanted = [str(number) for number in address]
    for folder in sorted(USB_DEVICES.iterdir()):
        if [_read(folder / "busnum"), _read(folder / "devnum")] == wanted:
            return folder
    return None


def _read(file: Path) -> str:
    with suppress(OSError):
        return file.read_text(encoding="utf-8", errors="replace").strip()
    return ""
