"""What a box knows of itself, its lines and its devices when a technician asks: all that its advice rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from drivers.contract import Reason

Fault = Literal["", "gone", "silent", "garbled", "refused"]
Carries = Literal["serial", "network", "usb", "input", "cards", "sound", "camera", "scanner", "printer"]
"""What kind of place a port is: where the cable ends that a person can touch."""
Seen = Literal["", "yes", "dark", "elsewhere", "both"]
"""What a person saw who looked at a test: as it should be; nothing; at another device; there as well."""


@dataclass(frozen=True, slots=True)
class LastCheck:
    """How the last check of a device ended, in device.checkup's words. ``seen`` and ``at``: the person's own.

    ``reasons``: keywords that this work alone brought up: the device's own state does not carry them.
    """

    level: str
    outcome: str
    reasons: tuple[str, ...] = ()
    fault: Fault = ""
    seen: Seen = ""
    at: str = ""
    """``elsewhere`` and ``both``: the device at which the test stood."""


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """One device. ``fault``: what it was lost by, "" while it is there.

    ``askable``: it answers when it is asked; a keypad that speaks only when it is pressed, and a display that never
    does, are not. ``heard``: it has said something since its line was opened.
    """

    name: str
    family: str
    model: str
    line: str
    port: str
    address: int | None = None
    window: int | None = None
    accepting: bool = True
    reasons: frozenset[Reason] = frozenset()
    fault: Fault = ""
    askable: bool = True
    heard: bool = True
    check: LastCheck | None = None

    @property
    def lost(self) -> bool:
        """Whether nobody reaches it."""
        return any(reason.keyword == "link-lost" for reason in self.reasons)


@dataclass(frozen=True, slots=True)
class LineHeard:
    """What came from a line's devices while one of them was missed.

    ``answers``: frames by the address that they name; ``noise``: bytes of no frame; ``asked``: questions by the
    address that they were for; ``broken``: those of them after which bytes of no frame came.
    """

    answers: Mapping[int, int] = field(default_factory=dict)
    noise: int = 0
    asked: Mapping[int, int] = field(default_factory=dict)
    broken: Mapping[int, int] = field(default_factory=dict)

    def garbles(self, address: int | None) -> bool:
        """Whether what answers there is broken, again and again: half of an answer when a plug is pulled is not."""
        broken = 0 if address is None else self.broken.get(address, 0)
        return broken > 1 and address is not None and 2 * broken >= self.asked.get(address, 0)


NOTHING_HEARD = LineHeard()


@dataclass(frozen=True, slots=True)
class KnownLine:
    """One line. ``found``: a silent device's model answers at this address, which no device of the settings has."""

    name: str
    port: str
    carries: Carries
    baud: int = 9600
    heard: LineHeard = NOTHING_HEARD
    found: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the hall has, by name: who shows and who speaks the calls of which window, the other kiosks."""

    boards: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    voices: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    kiosks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownBox:
    """A whole box. ``refusal``: why the hall or this box refuses to talk. ``off_ms``: this clock minus the hall's.

    ``certificate_days``, ``pairing_days``: left to what the hall, and what clerks' own PCs see; None: there is none.

    ``hall`` none: the box runs for maintenance alone, and talks to nobody.
    """

    box: str
    devices: tuple[KnownDevice, ...] = ()
    lines: tuple[KnownLine, ...] = ()
    windows: tuple[int, ...] = ()
    kiosk: bool = False
    url: str = ""
    hall: Literal["up", "reached", "down", "none"] = "up"
    refusal: str = ""
    recovering: bool = False
    off_ms: int | None = None
    clock_off: bool = False
    stopped: str = ""
    free_bytes: int | None = None
    certificate_days: int | None = None
    pairing_days: int | None = None
    band_locked: bool = False
    beside: Beside = Beside()

    def line_of(self, device: KnownDevice) -> KnownLine:
        """The line that a device hangs on."""
        return next(line for line in self.lines if line.name == device.line)

    def on(self, line: str) -> tuple[KnownDevice, ...]:
        """All devices of a line."""
        return tuple(device for device in self.devices if device.line == line)
