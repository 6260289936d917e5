"""Onbon BX-5E/5Q/6E/6Q: the bitmap dynamic area (maker's 5th and 6th 动态区域用户手册). Pure.

    header 16 | data, framed as onbon_frame says
    header: to u16 | from u16 | F0 | 00 | device type u16 | 4 x 00 | data length u32
    request: 01 answer wanted | group | command | …
    answer:  00 | group | command | status u16 (bit 0: refused) | error u16 | length u16 | …

The sixth manual leaves open which sound bytes remain when no sound is sent, and whether the lengths of area and page
count the bitmaps, which it moves behind all parameters: both are for the caller to say (Sixth).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from drivers.contract import Garbled
from drivers.window_display.onbon_frame import ACK, NACK, unwrap, wrap
from drivers.window_display.onbon_frame import HOST as HOST
from drivers.window_display.onbon_frame import WILDCARD as WILDCARD
from drivers.window_display.onbon_frame import Answer as Answer
from drivers.window_display.onbon_frame import Frame as Frame
from drivers.window_display.onbon_frame import scan as scan

FRAME_CAP = 2048
"""Longest frame kept, escaped: only answers are looked for."""
HEADER_SIZE = 16
ACK_FRAME_SIZE = 8 + HEADER_SIZE + 9 + 2 + 1
ANY_TYPE = 0xFFFE
PROTOCOL = 0xF0
BITMAP_AREA = 0x10
TRANSPARENCY = 101
"""What the maker's own examples send where no background is used."""

PING = (0xA2, 0x00)
UPDATE_AREA = (0xA7, 0x00)
DELETE_AREA = (0xA7, 0x01)


@dataclass(frozen=True, slots=True)
class Page:
    """One bitmap and how it is shown; ``stay`` in 10 ms."""

    bitmap: bytes
    display_mode: int = 1
    clear_mode: int = 0
    speed: int = 0
    stay: int = 500
    repeat: int = 1
    valid_length: int = 0


@dataclass(frozen=True, slots=True)
class Area:
    """A dynamic area of one or more pages, in dots; shown beside every program of the card."""

    pages: tuple[Page, ...]
    x: int
    y: int
    width: int
    height: int
    area: int = 0
    run_mode: int = 0
    timeout_seconds: int = 0
    play: int = 0


@dataclass(frozen=True, slots=True)
class Sixth:
    """What the sixth series wants otherwise. ``sound``: the bytes after a sound flag of 00."""

    sound: bytes = b"\x00"
    lengths_count_bitmaps: bool = False


def ping(address: int, device_type: int = ANY_TYPE) -> bytes:
    """A2 00."""
    return _request(PING, b"\0\0", address, device_type)


def show_area(area: Area, address: int, device_type: int = ANY_TYPE) -> bytes:
    """A7 00 as the fifth series wants it: each bitmap behind its page's parameters."""
    pages = [_page(page) + bytes(4) + page.bitmap for page in area.pages]
    body = _area(area) + b"\x00" + _number(len(pages)) + b"".join(_long(len(page)) + page for page in pages)
    return _request(UPDATE_AREA, b"\0\0" + _long(len(body)) + body, address, device_type)


def show_area_6(area: Area, sixth: Sixth, address: int, device_type: int = ANY_TYPE) -> bytes:
    """A7 00 as the sixth series wants it: all bitmaps behind all parameters."""
    bitmaps = b"".join(page.bitmap for page in area.pages)
    counted = sixth.lengths_count_bitmaps
    head = _area(area) + bytes((0, 0, TRANSPARENCY, 0, 0)) + sixth.sound + bytes(5) + _number(len(area.pages))
    body, offset = head, 0
    for page in area.pages:
        parameters = _page(page) + bytes(9) + _long(offset) + _long(len(page.bitmap))
        body += _long(len(parameters) + counted * len(page.bitmap)) + parameters
        offset += len(page.bitmap)
    length = _long(len(body) + counted * len(bitmaps))
    return _request(UPDATE_AREA, b"\0\0" + _number(1) + length + body + bitmaps, address, device_type)


def delete_areas(areas: Sequence[int] | None, address: int, device_type: int = ANY_TYPE) -> bytes:
    """A7 01: these areas, None: all."""
    which = b"\xff" if areas is None else bytes((len(areas), *areas))
    return _request(DELETE_AREA, b"\0\0" + which, address, device_type)


def encode(frame: Frame, device_type: int = ANY_TYPE) -> bytes:
    """Header, CRC, escapes, start and end."""
    header = _number(frame.destination) + _number(frame.source) + bytes((PROTOCOL, 0)) + _number(device_type)
    return wrap(header + bytes(4) + _long(len(frame.data)) + frame.data)


def decode(frame: bytes) -> Frame:
    """What ``scan`` cut out, unescaped and checked. Raises Garbled."""
    body = unwrap(frame)
    data = body[HEADER_SIZE:]
    if len(body) < HEADER_SIZE or body[4] != PROTOCOL or int.from_bytes(body[12:16], "little") != len(data):
        raise Garbled(f"display frame with a wrong header: {frame[:64].hex(' ')}")
    return Frame(int.from_bytes(body[0:2], "little"), int.from_bytes(body[2:4], "little"), data)


def answer(frame: Frame) -> Answer:
    """Group A0: command 00 accepted, 01 refused, then status and error. Raises Garbled for any other."""
    data = frame.data
    if len(data) < 7 or data[0] or (data[1], data[2]) not in (ACK, NACK):
        raise Garbled(f"no answer: {data[:64].hex(' ')}")
    accepted = data[2] == ACK[1] and not data[3] & 1
    return Answer(frame.source, accepted, int.from_bytes(data[5:7], "little"))


def _request(command: tuple[int, int], data: bytes, address: int, device_type: int) -> bytes:
    return encode(Frame(address, HOST, bytes((1, *command)) + data), device_type)


def _area(area: Area) -> bytes:
    """From the area's id to its frame flag's place; the same in both series."""
    beside_every_program = b"\x01\x00\x00"
    mode = bytes((area.area, area.run_mode)) + _number(area.timeout_seconds) + beside_every_program
    place = b"".join(map(_number, (area.x, area.y, area.width, area.height)))
    return mode + bytes((area.play, 0, 0, 0, 0, BITMAP_AREA)) + place


def _page(page: Page) -> bytes:
    mode = bytes((0, page.display_mode, page.clear_mode, page.speed)) + _number(page.stay)
    return mode + bytes((page.repeat,)) + _number(page.valid_length)


def _number(value: int) -> bytes:
    return value.to_bytes(2, "little")


def _long(value: int) -> bytes:
    return value.to_bytes(4, "little")
