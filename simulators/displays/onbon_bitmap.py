"""The card's side of the Onbon bitmap dynamic area (led-displays.md §2): frames in, requests, answers out."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.displays import onbon
from simulators.displays.onbon import Error, Refusal

LARGEST = 1 << 17
PROTOCOL = 0xF0
PARAMETER = 18
"""Error: a screen parameter is wrong or out of range."""

_HEADER, _CRC = 16, 2


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``stay`` in 10 ms."""

    display_mode: int
    clear_mode: int
    speed: int
    stay: int
    repeat: int
    valid_length: int
    bitmap: bytes


@dataclass(frozen=True, slots=True)
class Area:
    """A dynamic area in dots; ``timeout`` in s."""

    number: int
    run_mode: int
    timeout: int
    play: int
    x: int
    y: int
    width: int
    height: int
    pages: tuple[Page, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """A2 00."""


@dataclass(frozen=True, slots=True)
class Update:
    """A7 00: show these areas."""

    areas: tuple[Area, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """A7 01: these areas, None: all."""

    areas: tuple[int, ...] | None


Request = Ping | Update | Delete


def parse(body: bytes, size: int) -> onbon.Frame | None:
    """What stood between A5 and 5A, unescaped, the CRC included; too short for a header it is noise."""
    if len(body) < _HEADER + _CRC:
        return None
    content, sent = body[:-_CRC], int.from_bytes(body[-_CRC:], "little")
    data = content[_HEADER:]
    fits = content[4] == PROTOCOL and len(data) == int.from_bytes(content[12:16], "little")
    return onbon.Frame(int.from_bytes(content[:2], "little"), data, fits and sent == onbon.crc16(content), size)


def wants_answer(frame: onbon.Frame) -> bool:
    """Whether it is for one card and asks for an answer."""
    return frame.destination != onbon.BROADCAST and frame.data[:1] == b"\x01"


class _Taker:
    """Takes fields from the front. Raises Refusal when there is nothing more to take."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def number(self, size: int = 1) -> int:
        return int.from_bytes(self.take(size), "little")

    def take(self, size: int) -> bytes:
        taken = self._data[self.at : self.at + size]
        if len(taken) < size:
            raise Refusal(Error.COMMAND)
        self.at += size
        return taken

    def rest(self) -> bytes:
        return self.take(len(self._data) - self.at)


def request(data: bytes, *, sixth: bool = False, sound_bytes: int = 1) -> Request:
    """What a frame's data asks for. Raises Refusal for what the card does not know or cannot read."""
    taker = _Taker(data)
    taker.take(1)
    match taker.number(), taker.number():
        case 0xA2, 0x00:
            return Ping()
        case 0xA7, 0x00:
            taker.take(2)
            return _sixth(taker, sound_bytes) if sixth else Update((_fifth(taker),))
        case 0xA7, 0x01:
            taker.take(2)
            count = taker.number()
            return Delete(None if count == 0xFF else tuple(taker.take(count)))
        case ((0xA2 | 0xA7), _):
            raise Refusal(Error.COMMAND)
    raise Refusal(Error.GROUP)


def _fifth(taker: _Taker) -> Area:
    length = taker.number(4)
    end = taker.at + length
    fields = _fields(taker)
    taker.take(1)
    pages = []
    for _ in range(taker.number(2)):
        page = _Taker(taker.take(taker.number(4)))
        look = _look(page)
        page.take(4)
        pages.append(Page(*look, bitmap=page.rest()))
    if taker.at != end:
        raise Refusal(Error.COMMAND)
    return Area(*fields, pages=tuple(pages))


def _sixth(taker: _Taker, sound_bytes: int) -> Update:
    """The manual does not say whether the two lengths count the bitmaps: every area is read by its own fields."""
    headed = []
    for _ in range(taker.number(2)):
        taker.take(4)
        fields = _fields(taker)
        flag, background, _transparency, unequal, sound = taker.take(5)
        if flag or background or unequal or sound:
            raise Refusal(Error.COMMAND)
        taker.take(sound_bytes + 5)
        looks = []
        for _ in range(taker.number(2)):
            taker.take(4)
            look = _look(taker)
            taker.take(9)
            looks.append((look, taker.number(4), taker.number(4)))
        headed.append((fields, looks))
    bitmaps = taker.rest()
    areas = []
    for fields, looks in headed:
        pages = [Page(*look, bitmap=bitmaps[offset : offset + length]) for look, offset, length in looks]
        areas.append(Area(*fields, pages=tuple(pages)))
    return Update(tuple(areas))


def _fields(taker: _Taker) -> tuple[int, int, int, int, int, int, int, int]:
    """Id, run mode, time-out, play, x, y, width, height. Raises Refusal for an area that is no bitmap area."""
    number, run_mode, timeout = taker.number(), taker.number(), taker.number(2)
    taker.take(1)
    taker.take(2 * taker.number(2))
    play = taker.number()
    taker.take(4)
    if taker.number() != 0x10:
        raise Refusal(Error.COMMAND)
    return number, run_mode, timeout, play, taker.number(2), taker.number(2), taker.number(2), taker.number(2)


def _look(taker: _Taker) -> tuple[int, int, int, int, int, int]:
    """Display mode, clear mode, speed, stay, repeat, valid length."""
    taker.take(1)
    return taker.number(), taker.number(), taker.number(), taker.number(2), taker.number(), taker.number(2)


def answer(address: int, error: int, *, device_type: int = 0xFFFE, wrong_checksum: bool = False) -> bytes:
    """A0 00 (obeyed) or A0 01 (refused) with its status bit and error."""
    refused = error != 0
    data = bytes((0, 0xA0, refused, refused, 0)) + error.to_bytes(2, "little") + bytes(2)
    header = onbon.HOST.to_bytes(2, "little") + address.to_bytes(2, "little") + bytes((PROTOCOL, 0))
    header += device_type.to_bytes(2, "little") + bytes(4) + len(data).to_bytes(4, "little")
    return onbon.framed(header + data, wrong_checksum)
