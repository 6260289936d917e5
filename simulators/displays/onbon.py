"""The card's side of the Onbon BX-4K/5K/6K protocol (led-displays.md §1): frames in, requests, answers out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

HEAD, END = 0xA5, 0x5A
_ESCAPED = {(0xA6, 0x02): 0xA5, (0xA6, 0x01): 0xA6, (0x5B, 0x02): 0x5A, (0x5B, 0x01): 0x5B}
_TO_ESCAPE = {plain: bytes(pair) for pair, plain in _ESCAPED.items()}

HOST = 0x8000
BROADCAST, WILDCARD = 0xFFFF, 0xFFFE
ANY_TYPE = 0xFE
PROTOCOL = 0x02

LARGEST = 4096
"""Bytes of a frame: a font card's receive buffer."""

_HEADER, _CRC, _AREA = 14, 2, 27


class Error(IntEnum):
    """Why a card says no."""

    NONE = 0
    GROUP = 1
    COMMAND = 2
    BUSY = 3
    MEMORY = 4
    CHECKSUM = 5
    NO_FONT = 12


class Refusal(Exception):
    """A request that the card does not obey."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.name)
        self.error = error


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between A5 and 5A, unescaped. ``size``: its bytes on the wire, leading A5s included."""

    destination: int
    data: bytes
    sound: bool
    size: int

    @property
    def wants_answer(self) -> bool:
        """Whether it is for one card and asks for an answer."""
        return self.destination != BROADCAST and len(self.data) > 2 and self.data[2] == 0x01


class FrameReader:
    """Bytes in, a frame out at its 5A. Anything before an A5 is noise.

    ``parse`` makes a frame of what stood between, its CRC included, and of its size on the wire.
    """

    def __init__(self, parse: Callable[[bytes, int], Frame | None] | None = None, largest: int = LARGEST) -> None:
        self._parse = parse or _frame
        self._largest = largest
        self._body: bytearray | None = None
        self._escape = 0
        self._size = 0

    def feed(self, byte: int) -> Frame | None:
        """Take one byte. A frame too short to have a header is noise."""
        if byte == HEAD:
            self._size = self._size + 1 if self._body is not None and not self._body else 1
            self._body, self._escape = bytearray(), 0
            return None
        if self._body is None:
            return None
        self._size += 1
        if byte == END:
            body, self._body = bytes(self._body), None
            return self._parse(body, self._size)
        if self._escape:
            # An unknown pair is left as it is: the checksum will tell.
            plain = _ESCAPED.get((self._escape, byte))
            self._body += bytes((plain,)) if plain is not None else bytes((self._escape, byte))
            self._escape = 0
        elif byte in (0xA6, 0x5B):
            self._escape = byte
        else:
            self._body.append(byte)
        if len(self._body) > self._largest:
            self._body = None
        return None


def _frame(body: bytes, size: int) -> Frame | None:
    if len(body) < _HEADER + _CRC:
        return None
    content, sent = body[:-_CRC], int.from_bytes(body[-_CRC:], "little")
    data = content[_HEADER:]
    fits = len(data) == int.from_bytes(content[12:14], "little")
    check_mode = content[8]
    right = {0: crc16(content), 1: sum(content) & 0xFFFF}.get(check_mode, sent)
    return Frame(int.from_bytes(content[:2], "little"), data, fits and sent == right, size)


@dataclass(frozen=True, slots=True)
class Ping:
    """A2 00."""


@dataclass(frozen=True, slots=True)
class Reset:
    """A2 01."""


@dataclass(frozen=True, slots=True)
class Status:
    """A1 02."""


@dataclass(frozen=True, slots=True)
class Clear:
    """A3 10."""


@dataclass(frozen=True, slots=True)
class Power:
    """A3 00: the LEDs on or off; what is shown stays in memory."""

    on: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A dynamic area as it is on the wire: x and width in the card's unit, ``timeout`` in s, ``stay`` in 0.5 s."""

    x: int
    y: int
    width: int
    height: int
    number: int
    line_spacing: int
    run_mode: int
    timeout: int
    align: int
    single_line: int
    new_line: int
    display_mode: int
    exit_mode: int
    speed: int
    stay: int
    text: str


@dataclass(frozen=True, slots=True)
class DynamicArea:
    """A3 06: delete these areas (None: all), then show those."""

    delete: tuple[int, ...] | None
    areas: tuple[Area, ...]


Request = Ping | Reset | Status | Clear | Power | DynamicArea


def request(data: bytes) -> Request:
    """What a frame's data asks for. Raises Refusal for what the card does not know or cannot read."""
    if len(data) < 5:
        raise Refusal(Error.COMMAND)
    payload = data[5:]
    match data[0], data[1]:
        case 0xA2, 0x00:
            return Ping()
        case 0xA2, 0x01:
            return Reset()
        case 0xA1, 0x02:
            return Status()
        case 0xA3, 0x10:
            return Clear()
        case 0xA3, 0x00 if payload:
            return Power(payload[0] == 0x01)
        case 0xA3, 0x06:
            return _dynamic(payload)
        case ((0xA1 | 0xA2 | 0xA3), _):
            raise Refusal(Error.COMMAND)
    raise Refusal(Error.GROUP)


def _dynamic(payload: bytes) -> DynamicArea:
    try:
        count = payload[0]
        delete = None if count == 0xFF else tuple(payload[1 : 1 + count])
        at = 1 if delete is None else 1 + count
        areas = []
        number, at = payload[at], at + 1
        for _ in range(number):
            length = int.from_bytes(payload[at : at + 2], "little")
            areas.append(_area(payload[at + 2 : at + 2 + length]))
            at += 2 + length
    except IndexError:
        raise Refusal(Error.COMMAND) from None
    return DynamicArea(delete, tuple(areas))


def _area(raw: bytes) -> Area:
    if len(raw) < _AREA:
        raise Refusal(Error.COMMAND)
    x, y, width, height = (int.from_bytes(raw[at : at + 2], "little") for at in (1, 3, 5, 7))
    text = raw[_AREA : _AREA + int.from_bytes(raw[23:27], "little")]
    return Area(
        x=x,
        y=y,
        width=width,
        height=height,
        number=raw[9],
        line_spacing=raw[10],
        run_mode=raw[11],
        timeout=int.from_bytes(raw[12:14], "little"),
        align=raw[16],
        single_line=raw[17],
        new_line=raw[18],
        display_mode=raw[19],
        exit_mode=raw[20],
        speed=raw[21],
        stay=raw[22],
        text=text.decode("gbk", "replace"),
    )


def answer(address: int, error: Error, *, wrong_checksum: bool = False) -> bytes:
    """A0 00 (obeyed) or A0 01 (refused) from this screen, and two reserved bytes, as in the maker's own example."""
    data = bytes((0xA0, error is not Error.NONE, error, 0, 0))
    header = HOST.to_bytes(2, "little") + address.to_bytes(2, "little") + bytes(6) + bytes((ANY_TYPE, PROTOCOL))
    content = header + len(data).to_bytes(2, "little") + data
    return framed(content, wrong_checksum)


def framed(content: bytes, wrong_checksum: bool = False) -> bytes:
    """Header and data as they go over the line."""
    crc = crc16(content) ^ (0x0101 if wrong_checksum else 0)
    body = content + crc.to_bytes(2, "little")
    return bytes((HEAD,)) * 8 + b"".join(_TO_ESCAPE.get(b, bytes((b,))) for b in body) + bytes((END,))


def crc16(data: bytes) -> int:
    """CRC-16/ARC: reflected 8005, begins with 0."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
