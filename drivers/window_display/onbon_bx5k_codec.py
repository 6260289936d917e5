"""Onbon BX-4K/5K/6K font cards: the text dynamic area (doc.onbonbx.com, BX-K protocol). Pure.

header 14 | data, framed as onbon_frame says
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import Garbled
from drivers.gbk import letters, plain
from drivers.window_display.onbon_frame import ACK, NACK, unwrap, wrap
from drivers.window_display.onbon_frame import HOST as HOST
from drivers.window_display.onbon_frame import WILDCARD as WILDCARD
from drivers.window_display.onbon_frame import Answer as Answer
from drivers.window_display.onbon_frame import Frame as Frame
from drivers.window_display.onbon_frame import scan as scan

FRAME_CAP = 2048
"""Longest frame kept, escaped. An answer has 26 bytes; a request of ours less than 600."""
HEADER_SIZE = 14
ACK_FRAME_SIZE = 8 + HEADER_SIZE + 5 + 2 + 1
TEXT_CAP = 255

PING = (0xA2, 0x00)
STATUS = (0xA1, 0x02)
CLEAR = (0xA3, 0x10)
DYNAMIC_AREA = (0xA3, 0x06)


@dataclass(frozen=True, slots=True)
class Area:
    """One text dynamic area; numbers as the wire has them (the unit of x and width is the device's setting)."""

    text: str
    area: int = 0
    x: int = 0
    y: int = 0
    width: int = 0
    height: int = 0
    line_spacing: int = 0
    run_mode: int = 0
    timeout_seconds: int = 0
    align: int = 0
    single_line: int = 1
    new_line: int = 1
    display_mode: int = 1
    exit_mode: int = 0
    speed: int = 0
    stay: int = 0


def request(command: tuple[int, int], address: int, device_type: int = 0xFE, respond: bool = True) -> bytes:
    """A request without parameters: PING, STATUS, CLEAR."""
    return encode(Frame(address, HOST, _head(command, respond)), device_type)


def show_area(area: Area, address: int, device_type: int = 0xFE, respond: bool = True) -> bytes:
    """A3 06 with one area, which replaces the area of the same id."""
    body = _area(area)
    data = _head(DYNAMIC_AREA, respond) + b"\x00\x01" + len(body).to_bytes(2, "little") + body
    return encode(Frame(address, HOST, data), device_type)


def delete_area(area: int, address: int, device_type: int = 0xFE, respond: bool = True) -> bytes:
    """A3 06 that deletes one area and sends none: what remains is what its time-out would have left."""
    data = _head(DYNAMIC_AREA, respond) + bytes((1, area, 0))
    return encode(Frame(address, HOST, data), device_type)


def encode(frame: Frame, device_type: int = 0xFE) -> bytes:
    """Header, CRC, escapes, start and end. Check mode 0 (CRC), display mode 0, protocol version 2."""
    addresses = frame.destination.to_bytes(2, "little") + frame.source.to_bytes(2, "little")
    fixed = bytes((0, 0, 0, 0, 0, 0, device_type, 2))
    body = addresses + fixed + len(frame.data).to_bytes(2, "little") + frame.data
    return wrap(body)


def decode(frame: bytes) -> Frame:
    """What ``scan`` cut out, unescaped and checked. Raises Garbled."""
    body = unwrap(frame)
    data = body[HEADER_SIZE:]
    if len(body) < HEADER_SIZE or int.from_bytes(body[12:14], "little") != len(data):
        raise Garbled(f"display frame with a wrong length: {frame.hex(' ')}")
    return Frame(int.from_bytes(body[0:2], "little"), int.from_bytes(body[2:4], "little"), data)


def answer(frame: Frame) -> Answer:
    """Group A0: command 00 accepted, 01 refused, then the error. Raises Garbled for any other."""
    if len(frame.data) < 3 or (frame.data[0], frame.data[1]) not in (ACK, NACK):
        raise Garbled(f"no answer: {frame.data.hex(' ')}")
    return Answer(frame.source, frame.data[1] == ACK[1], frame.data[2])


def encode_text(text: str) -> bytes:
    """GBK, at most TEXT_CAP bytes of whole characters; what GBK lacks becomes a visible □."""
    coded = bytearray()
    for letter in letters(plain(text)):
        if len(coded) + len(letter) > TEXT_CAP:
            break
        coded += letter
    return bytes(coded)


def _head(command: tuple[int, int], respond: bool) -> bytes:
    return bytes((*command, 1 if respond else 2, 0, 0))


def _area(area: Area) -> bytes:
    text = encode_text(area.text)
    place = b"".join(value.to_bytes(2, "little") for value in (area.x, area.y, area.width, area.height))
    mode = bytes((area.area, area.line_spacing, area.run_mode)) + area.timeout_seconds.to_bytes(2, "little")
    sound_and_extra = b"\x00\x00"
    look = bytes(
        (area.align, area.single_line, area.new_line, area.display_mode, area.exit_mode, area.speed, area.stay)
    )
    return b"\x00" + place + mode + sound_and_extra + look + len(text).to_bytes(4, "little") + text
