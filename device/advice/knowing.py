"""Reads what a running box knows of itself, for its advice."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, Literal

from msgspec import UNSET, UnsetType

from config.box import BoxSettings, Device, Line, port_of
from config.loader import Loaded
from config.ports import CAMERA, CARDS, DATAGRAMS, ESCL, FOLDER, INPUT, IPP, NETWORK, SANE, SOUND, USB
from device.advice.known import (
    Beside,
    Carries,
    Fault,
    KnownBox,
    KnownDevice,
    KnownLine,
    LastCheck,
    Seen,
)
from device.advice.of_a_device import NO_FAULT
from device.advice.watching import LineWatch
from device.cell import Cell
from device.checkup import Checkup
from device.clock import Clock
from device.hardware import Hardware
from device.journal import Journal
from device.sync.link import Link
from drivers.contract import LINK_LOST, STATUS_UNKNOWN, DeviceFault, Garbled, Gone, Silent
from hall.contract import Welcome

KINDS: tuple[Fault, ...] = ("gone", "silent", "garbled", "refused")
SPEAKS_BY_ITSELF = frozenset({"caller", "rating_keypad", "access_keypad"})
"""Families that nobody can ask: they say something when a key is pressed."""

_CARRIES: tuple[tuple[tuple[str, ...], Carries], ...] = (
    ((NETWORK, DATAGRAMS), "network"),
    ((USB,), "usb"),
    ((INPUT,), "input"),
    ((CARDS,), "cards"),
    ((SOUND,), "sound"),
    ((CAMERA, FOLDER), "camera"),
    ((SANE, *ESCL), "scanner"),
    (IPP, "printer"),
)


class LastChecks:
    """The last check of each device that went further than asking it, until the next one; kept in memory."""

    def __init__(self) -> None:
        self._last: dict[str, LastCheck] = {}

    def checked(self, cell: Cell[Any], checkup: Checkup) -> None:
        """A check has ended. What a person saw at an earlier one stands no longer.

        A fault that the device's own state tells of is its state's matter: it goes when the device says so.
        """
        told = {*checkup.reasons} - NO_FAULT
        fresh = tuple(sorted(told - cell.state.keywords()))
        outcome = "" if told and not fresh else checkup.outcome.value
        kind = checkup.fault.partition(":")[0]
        fault: Fault = next((each for each in KINDS if each == kind), "")
        self._last[cell.name] = LastCheck(checkup.level, outcome, fresh, fault)

    def saw(self, device: str, seen: Seen, at: str = "") -> None:
        """A person looked at its test; ``at``: the device at which it stood instead, or as well."""
        last = self._last.get(device) or LastCheck("external", "look")
        self._last[device] = LastCheck(last.level, last.outcome, last.reasons, last.fault, seen, at)

    def of(self, device: str) -> LastCheck | None:
        """The last one; None where there was none."""
        return self._last.get(device)


class Knowing:
    """What one box knows, read anew each time. ``journal``, ``link`` None: it has none just now."""

    def __init__(
        self,
        loaded: Loaded[BoxSettings],
        hardware: Hardware,
        clock: Clock,
        journal: Journal | None,
        link: Link | None,
        checks: LastChecks,
        lines: LineWatch,
    ) -> None:
        self._loaded = loaded
        self._hardware = hardware
        self._clock = clock
        self._journal = journal
        self._link = link
        self._checks = checks
        self._lines = lines

    def box(self, certificate_days: int | None = None, pairing_days: int | None = None) -> KnownBox:
        """All of it, as it stands."""
        values, clock, journal, link = self._loaded.values, self._clock, self._journal, self._link
        offset = clock.offset_ms
        return KnownBox(
            box=values.box.name,
            devices=tuple(self._device(device) for device in values.device),
            lines=tuple(self._line(line) for line in values.line),
            windows=tuple(window.number for window in values.window),
            kiosk=values.kiosk is not None,
            url=values.hall.url,
            hall=_hall(link),
            refusal=link.refusal if link is not None else "",
            recovering=bool(link and link.welcome and link.welcome.recovering),
            off_ms=None if offset is None else -offset,
            clock_off=clock.trust() == "off",
            stopped=(journal.stopped or "") if journal is not None else "",
            free_bytes=_free_bytes(self._loaded.beside(values.box.data)),
            certificate_days=certificate_days,
            pairing_days=pairing_days,
            band_locked=journal is not None and journal.band_locked,
            beside=_beside(link.welcome if link is not None else None),
        )

    def _device(self, device: Device) -> KnownDevice:
        cell = next(cell for cell in self._hardware.cells if cell.name == device.name)
        line = next(line for line in self._loaded.values.line if line.name == device.line)
        return known_device(cell, device, port_of(self._loaded, line), self._checks.of(device.name))

    def _line(self, line: Line) -> KnownLine:
        port = port_of(self._loaded, line)
        return KnownLine(
            line.name, port, carries(port), line.baud, self._lines.heard(line.name), self._lines.found(line.name)
        )


def known_device(cell: Cell[Any], device: Device, port: str, check: LastCheck | None = None) -> KnownDevice:
    """One device as its cell has it now."""
    unknown = STATUS_UNKNOWN in cell.state.reasons
    lost = LINK_LOST in cell.state.reasons
    return KnownDevice(
        name=cell.name,
        family=cell.family,
        model=cell.model,
        line=device.line,
        port=port,
        address=device.address,
        window=cell.window,
        accepting=cell.state.accepting,
        reasons=cell.state.reasons,
        fault=_kind(cell.fault) if lost else "",
        askable=cell.family not in SPEAKS_BY_ITSELF and not (cell.family == "window_display" and unknown),
        heard=not unknown and not lost,
        check=check,
    )


def _hall(link: Link | None) -> Literal["up", "reached", "down", "none"]:
    if link is None:
        return "none"
    return "up" if link.hall == "up" else "reached" if link.reached_hall else "down"


def _free_bytes(folder: Path) -> int | None:
    """Of the disk that the data is on; None where nobody can look."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return None


def _beside(welcome: Welcome | None) -> Beside:
    """As the hall told it at the newest welcome, of this start or an earlier one."""
    told = welcome.beside if welcome is not None else UNSET
    if isinstance(told, UnsetType):
        return Beside()
    boards = {number: tuple(names) for number, names in told.boards.items()}
    return Beside(boards, {number: tuple(names) for number, names in told.voices.items()}, tuple(told.kiosks))


def carries(port: str) -> Carries:
    """What kind of place a port is."""
    return next((kind for begins, kind in _CARRIES if port.startswith(begins)), "serial")


def _kind(fault: DeviceFault | None) -> Fault:
    match fault:
        case Gone():
            return "gone"
        case Silent():
            return "silent"
        case Garbled():
            return "garbled"
        case None:
            return ""
    return "refused"
