"""What the printer says about itself (ticket-printers.md §1–§3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Paper = Literal["ok", "low", "out"]


@dataclass(frozen=True, slots=True)
class Head:
    """How a maker built it: many have no near-end sensor, some set one bit where the manual sets two."""

    near_end_sensor: bool = True
    paired_bits: bool = True


@dataclass(frozen=True, slots=True)
class Condition:
    """How the printer is."""

    paper: Paper = "ok"
    cover_open: bool = False
    cutter_jam: bool = False
    head_hot: bool = False
    mechanical: bool = False
    unrecoverable: bool = False
    waiting: bool = False
    """Off-line until somebody presses the feed button."""
    drawer_high: bool = False
    slip_in_mouth: bool = False
    head: Head = Head()

    @property
    def error(self) -> bool:
        """Whether DLE EOT 3 has something to say."""
        return self.cutter_jam or self.head_hot or self.mechanical or self.unrecoverable

    @property
    def offline(self) -> bool:
        """Whether printing stands still."""
        return self.paper == "out" or self.cover_open or self.error or self.waiting

    @property
    def near_end(self) -> bool:
        """What the near-end sensor sees, where there is one."""
        return self.paper != "ok" and self.head.near_end_sensor


def real_time(n: int, now: Condition) -> bytes:
    """DLE EOT n, n 1–5: one byte, bits 1 and 4 fixed. 5 is each maker's own; here bit 2, a slip lies in the mouth."""
    end = now.paper == "out"
    near, out = (0x0C, 0x60) if now.head.paired_bits else (0x08, 0x20)
    bits = {
        1: 0x04 * now.drawer_high | 0x08 * now.offline | 0x20 * now.waiting,
        2: 0x04 * now.cover_open | 0x20 * end | 0x40 * now.error,
        3: 0x04 * now.mechanical | 0x08 * now.cutter_jam | 0x20 * now.unrecoverable | 0x40 * now.head_hot,
        4: near * now.near_end | out * end,
        5: 0x04 * now.slip_in_mouth,
    }
    return bytes((0x12 | bits[n],))


def automatic(now: Condition) -> bytes:
    """The four bytes of automatic status back."""
    first = 0x10 | 0x04 * now.drawer_high | 0x08 * now.offline | 0x20 * now.cover_open
    second = 0x01 * now.waiting | 0x04 * now.mechanical | 0x08 * now.cutter_jam
    second |= 0x20 * now.unrecoverable | 0x40 * now.head_hot
    third = 0x03 * now.near_end | 0x0C * (now.paper == "out")
    return bytes((first, second, third, 0))


def paper_sensor(n: int, now: Condition) -> bytes:
    """GS r 1 (roll sensors) or 2 (drawer)."""
    return automatic(now)[2:3] if n == 1 else bytes((0x01 * now.drawer_high,))


def print_complete(ident: bytes) -> bytes:
    """GS ( H function 48: everything before this id is on paper."""
    return b"\x37\x22" + ident + b"\x00"


GOING_OFFLINE = b"\x37\x23\x40\x00"
"""GS ( H function 49; the causes are not told apart."""

XON, XOFF = b"\x11", b"\x13"
CLEARED = b"\x37\x25\x00"

_INFO = {1: b"\x20", 2: b"\x03", 3: b"\x01"}
_INFO_TEXT = {65: "1.00", 66: "YICHUANG", 67: "SIMULATED-80", 68: "000000", 69: "CHINA GB18030"}


def info(n: int) -> bytes:
    """GS I n; nothing for an n it does not know."""
    return info_text(_INFO_TEXT[n]) if n in _INFO_TEXT else _INFO.get(n, b"")


def info_text(text: str) -> bytes:
    """GS I from 65 on: a text."""
    return b"\x5f" + text.encode("ascii") + b"\x00"
