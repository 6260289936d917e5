"""Customer displays with two lines of twenty ASCII letters, in CD5220 or Epson mode. Pure; nothing ever comes back.

    |                       | CD5220              | Epson                             |
    | initialize, clear     | 1B 40, 0C           | the same                          |
    | brightness 1 to 4     | 1B 2A n             | 1F 58 n                           |
    | cursor off or on      | 1B 5F n             | 1F 43 n                           |
    | upper or lower line   | 1B 51 41|42 text 0D | 1F 24 1 line, then the letters    |

Sources: Epson P07303 manual p. 20, LCDproc's serialPOS (CD5220); posx XP8200 manual p. 12, Epson DM-D110 (Epson mode).
After 1B 51 only 0C or 18 lead back to other commands, so an opening begins with 0C.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut

COLUMNS = 20
LINES = 2
FRAME_CAP = 64

Mode = Literal["cd5220", "epson"]


@dataclass(frozen=True, slots=True)
class Initialize:
    """As after power-on."""


@dataclass(frozen=True, slots=True)
class Clear:
    """Both lines dark; ends the writing of lines."""


@dataclass(frozen=True, slots=True)
class Brightness:
    """1 to 4."""

    level: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """Whether the cursor is seen."""

    on: bool


@dataclass(frozen=True, slots=True)
class Line:
    """The letters of line 1 or 2; in Epson mode there are twenty of them."""

    number: int
    text: str


Command = Initialize | Clear | Brightness | Cursor | Line

_COMMANDS: dict[Mode, re.Pattern[bytes]] = {
    "cd5220": re.compile(rb"\x1b@|\x0c|\x1b\*[\x01-\x04]|\x1b_[\x00\x01]|\x1bQ[AB][ -~]{0,20}\r"),
    "epson": re.compile(rb"\x1b@|\x0c|\x1fX[\x01-\x04]|\x1fC[\x00\x01]|\x1f\$\x01[\x01\x02][ -~]{20}"),
}
_LEADS: dict[Mode, bytes] = {"cd5220": b"\x1b", "epson": b"\x1b\x1f"}


def lines(text: str) -> tuple[str, str]:
    """Up to forty letters on two lines, parted at a blank where that is possible, filled up to twenty each."""
    parted = text.rfind(" ", 0, COLUMNS + 1) if len(text) > COLUMNS else -1
    if parted > 0 and len(text) - parted - 1 <= COLUMNS:
        return text[:parted].ljust(COLUMNS), text[parted + 1 :].ljust(COLUMNS)
    return text[:COLUMNS].ljust(COLUMNS), text[COLUMNS:].ljust(COLUMNS)


def encode(command: Command, mode: Mode) -> bytes:
    """The command's bytes. Raises ValueError for a line that is none."""
    epson = mode == "epson"
    match command:
        case Initialize():
            return b"\x1b@"
        case Clear():
            return b"\x0c"
        case Brightness(level):
            return (b"\x1fX" if epson else b"\x1b*") + bytes((level,))
        case Cursor(on):
            return (b"\x1fC" if epson else b"\x1b_") + bytes((on,))
        case Line(number, text):
            return _line(number, text, epson)


def scan(mode: Mode, unread: bytes) -> Cut:
    """The next of these commands, for who reads along; what a display may be told beside them is passed over."""
    if found := _COMMANDS[mode].search(unread):
        return Cut(found.start(), found.end() - found.start())
    begun = max(unread.rfind(lead) for lead in _LEADS[mode])
    if begun < 0 or len(unread) - begun >= FRAME_CAP - 1:
        return Cut(len(unread), 0)
    return Cut(begun, 0)


def decode(frame: bytes, mode: Mode) -> Command:
    """What ``scan`` cut out. Raises Garbled."""
    if _COMMANDS[mode].fullmatch(frame) is None:
        raise Garbled(f"no command: {frame.hex(' ')}")
    if frame == b"\x0c":
        return Clear()
    match frame[1]:
        case 0x40:
            return Initialize()
        case 0x2A | 0x58:
            return Brightness(frame[2])
        case 0x5F | 0x43:
            return Cursor(frame[2] == 1)
        case 0x51:
            return Line(1 if frame[2:3] == b"A" else 2, frame[3:-1].decode("ascii"))
        case _:
            return Line(frame[3], frame[4:].decode("ascii"))


def _line(number: int, text: str, epson: bool) -> bytes:
    letters = text.encode("ascii")
    if len(letters) > COLUMNS or (epson and len(letters) != COLUMNS) or any(not 0x20 <= b <= 0x7E for b in letters):
        raise ValueError(f"{len(letters)} letters are no line of {COLUMNS}")
    if epson:
        return bytes((0x1F, 0x24, 1, number)) + letters
    return b"\x1bQ" + (b"A" if number == 1 else b"B") + letters + b"\r"
