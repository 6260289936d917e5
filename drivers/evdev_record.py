"""Event records of Linux input devices, and the keys of a keypad in them. Pure.

s64 seconds | s64 microseconds | u16 type | u16 code | s32 value        24 bytes, the layout of 64-bit Linux

Source: linux/input.h; protocols/rating-keypads.md §1, §4.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from drivers.framing import Cut

SIZE = 24
CAP = 4 * SIZE
EV_SYN, EV_KEY, EV_MSC, EV_SW = 0x00, 0x01, 0x04, 0x05
SYN_REPORT, SYN_DROPPED = 0, 3
UP, DOWN, HELD = 0, 1, 2
"""Values of EV_KEY. HELD is the kernel's auto-repeat."""
SW_HEADPHONE_INSERT = 2
"""Code of EV_SW: 1 when a headphone is in the jack (linux/input-event-codes.h)."""

KEYPAD_COLUMN = {
    "0": 82,
    "1": 79,
    "2": 80,
    "3": 81,
    "4": 75,
    "5": 76,
    "6": 77,
    "7": 71,
    "8": 72,
    "9": 73,
    ".": 83,
    "enter": 96,
    "+": 78,
    "-": 74,
    "*": 55,
    "/": 98,
    "=": 117,
    ",": 121,
    "backspace": 14,
    "tab": 15,
    "esc": 1,
    "space": 57,
}
"""Name of a key → its code on a keypad, whatever NumLock says: KP1 is KP1, never End."""
TOP_ROW = {"1": 2, "2": 3, "3": 4, "4": 5, "5": 6, "6": 7, "7": 8, "8": 9, "9": 10, "0": 11, ".": 52, "enter": 28}
"""The same keys where a keypad says them as the letters' part of a keyboard does."""
DIGIT_ONE = frozenset({KEYPAD_COLUMN["1"], TOP_ROW["1"]})
"""What has one of these can type digits: a keypad, not a mouse and not a row of media keys."""
FIRST_BUTTON = 0x100
"""Codes from here are buttons of mice and joysticks; below are keys."""

_NAMES = {code: name for column in (KEYPAD_COLUMN, TOP_ROW) for name, code in column.items()}
_LAYOUT = struct.Struct("<qqHHi")
_LAST_CODE = {
    0x00: 0x0F,
    0x01: 0x2FF,
    0x02: 0x0F,
    0x03: 0x3F,
    0x04: 0x07,
    0x05: 0x10,
    0x11: 0x0F,
    0x12: 0x07,
    0x14: 0x01,
}
"""Every type that a keypad may send (input-event-codes.h), with its largest code."""
_MICROSECONDS = 1_000_000
_LAST_SECOND = 1 << 33
"""In the year 2242."""


@dataclass(frozen=True, slots=True)
class Record:
    """One event. ``seconds`` is the sender's wall clock: nothing may hang on it."""

    seconds: int
    microseconds: int
    type: int
    code: int
    value: int

    def encode(self) -> bytes:
        """Its 24 bytes."""
        return _LAYOUT.pack(self.seconds, self.microseconds, self.type, self.code, self.value)


def decode(record: bytes) -> Record:
    """What ``scan`` cut out; it is already checked."""
    return Record(*_LAYOUT.unpack(record))


def scan(unread: bytes) -> Cut:
    """The first 24 bytes that can be a record: the kernel gives nothing else, a socket may have begun in the middle."""
    for start in range(len(unread)):
        rest = unread[start : start + SIZE]
        if len(rest) < SIZE:
            return Cut(start, 0)
        if _plausible(decode(rest)):
            return Cut(start, SIZE)
    return Cut(len(unread), 0)


def name_of(code: int) -> str | None:
    """The key's name in either column; None for NumLock and all that no keypad needs."""
    return _NAMES.get(code)


def pressed(record: Record) -> str | None:
    """The key that this record presses; None for releases, auto-repeat, scan codes and keys without a name."""
    return name_of(record.code) if record.type == EV_KEY and record.value == DOWN else None


def headphone(record: Record) -> bool | None:
    """Whether this record says that a headphone is in the jack, or that none is; None: it says nothing of one."""
    if (record.type, record.code) != (EV_SW, SW_HEADPHONE_INSERT):
        return None
    return bool(record.value)


def _plausible(record: Record) -> bool:
    if not 0 <= record.seconds < _LAST_SECOND or not 0 <= record.microseconds < _MICROSECONDS:
        return False
    if record.code > _LAST_CODE.get(record.type, -1):
        return False
    return record.type != EV_KEY or (record.code > 0 and record.value in (UP, DOWN, HELD))
