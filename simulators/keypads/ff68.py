"""The devices' side of the FF 68 … 16 frames (rating-keypads.md §2)."""

from __future__ import annotations

from dataclasses import dataclass

KEYS = {"start": 0x0A, "wait": 0x0B, "call": 0x0C, "recall": 0x0D, "cancel": 0x0E, "function": 0x0F}
KEYPAD_BIT = 0x80

PRESS, GRADE = 0x01, 0x11
"""cmd of a caller's keys (the source never looks at it) and of a keypad's grade."""
_SHOW, _ALARM, _RECEIVED = 0x02, 0x03, 0x01
_SEPARATOR = 0x0A
_MARK, _END = 0x68, 0x16


@dataclass(frozen=True, slots=True)
class Received:
    """The host has a keypad's grade: ``68 02 02 68 addr 01 SUM 16``, without the FF."""

    address: int


@dataclass(frozen=True, slots=True)
class ShowNumber:
    """Show these digits on a caller, and how many wait (None: not said)."""

    address: int
    digits: str
    waiting: int | None


@dataclass(frozen=True, slots=True)
class Tell:
    """Whether the last press worked."""

    address: int
    success: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """A caller's alarm."""

    address: int


@dataclass(frozen=True, slots=True)
class Stars:
    """Light so many stars of a keypad; 0 is dark."""

    address: int
    stars: int


@dataclass(frozen=True, slots=True)
class Echo:
    """A caller's own frame come back: its press has arrived."""

    address: int
    body: bytes


Message = Received | ShowNumber | Tell | Alarm | Stars | Echo


def press(address: int, digits: str, key: str, *, wrong_checksum: bool = False) -> bytes:
    """A caller's key with the digits typed before it."""
    return _frame(bytes((address, PRESS, *map(int, digits), KEYS[key])), wrong_checksum)


def grade(address: int, value: int, *, wrong_checksum: bool = False) -> bytes:
    """A keypad's grade, 0 bad … 4 best."""
    return _frame(bytes((address, GRADE, value)), wrong_checksum)


def _frame(body: bytes, wrong_checksum: bool) -> bytes:
    checksum = (sum(body) + wrong_checksum) & 0xFF
    return bytes((0xFF, _MARK, len(body), len(body), _MARK)) + body + bytes((checksum, _END))


class FrameReader:
    """Bytes in, a body (address, cmd, data) out. Frames are found by 68 L L 68 and L: any byte may be FF or 16."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, byte: int) -> tuple[bytes, bool] | None:
        """Take one byte; a body and whether it came behind an FF, once sum and end are right."""
        self._held.append(byte)
        while self._held:
            found = self._look()
            if found is not None:
                return found
            if self._plausible():
                return None
            del self._held[0]
        return None

    def _look(self) -> tuple[bytes, bool] | None:
        lead = self._held[0] == 0xFF
        held = self._held[lead:]
        if len(held) < 4 or len(held) < held[1] + 6:
            return None
        body = bytes(held[4:-2])
        if not _begins(held) or held[-1] != _END or held[-2] != sum(body) & 0xFF:
            return None
        self._held.clear()
        return body, lead

    def _plausible(self) -> bool:
        """Whether what is held may still become a frame."""
        held = self._held[self._held[0] == 0xFF :]
        return _begins(held) and (len(held) < 4 or len(held) < held[1] + 6)


def _begins(held: bytearray) -> bool:
    if held and held[0] != _MARK:
        return False
    if len(held) > 1 and held[1] < 2:
        return False
    return (len(held) < 3 or held[2] == held[1]) and (len(held) < 4 or held[3] == _MARK)


def message(body: bytes, lead: bool) -> Message | None:
    """What the host says with this body. None for what no device of the family knows."""
    address, cmd, data = body[0], body[1], body[2:]
    if not lead:
        return Received(address) if cmd == _RECEIVED and address & KEYPAD_BIT and not data else None
    if address & KEYPAD_BIT:
        return Stars(address, data[0]) if cmd == _SHOW and len(data) == 1 else None
    match cmd, len(data):
        case 0x02, 1:
            return Tell(address, data[0] == 1) if data[0] < 2 else _number(address, data)
        case 0x02, n if n:
            return _number(address, data)
        case 0x03, 0:
            return Alarm(address)
        case 0x01, n if n:
            return Echo(address, body)
    return None


def _number(address: int, data: bytes) -> ShowNumber:
    digits, separator, waiting = data.partition(bytes((_SEPARATOR,)))
    return ShowNumber(address, _digits(digits), int(_digits(waiting)) if separator and waiting else None)


def _digits(raw: bytes) -> str:
    return "".join(str(value % 10) for value in raw)
