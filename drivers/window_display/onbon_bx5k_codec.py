"""Onbon BX-4K/5K/6K font cards: frames of the text dynamic area (doc.onbonbx.com, BX-K protocol). Pure.

    8 x A5 | header 14 | data | CRC-16/ARC, low byte first | 5A        all little-endian, CRC over header + data

Between the A5 run and the 5A the bytes A5, A6, 5A, 5B are escaped, the CRC's included.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.contract import Garbled
from drivers.framing import Cut, crc16_arc
from drivers.gbk import plain

HOST = 0x8000
BROADCAST, WILDCARD = 0xFFFF, 0xFFFE
START, END = 0xA5, 0x5A
FRAME_CAP = 2048
"""Longest frame kept, escaped. An answer has 26 bytes; a request of ours less than 600."""
HEADER_SIZE = 14
ACK_FRAME_SIZE = 8 + HEADER_SIZE + 5 + 2 + 1
TEXT_CAP = 255

PING = (0xA2, 0x00)
STATUS = (0xA1, 0x02)
CLEAR = (0xA3, 0x10)
DYNAMIC_AREA = (0xA3, 0x06)
ACK = (0xA0, 0x00)
NACK = (0xA0, 0x01)

_ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_UNESCAPES = {escape: bytes((plain,)) for plain, escape in _ESCAPES.items()}


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


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame, unescaped and checked."""

    destination: int
    source: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card says to a request; ``error`` 0 with ``accepted``, else see ERRORS in the driver."""

    address: int
    accepted: bool
    error: int


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
    body += crc16_arc(body).to_bytes(2, "little")
    escaped = b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in body)
    return bytes((START,)) * 8 + escaped + bytes((END,))


def scan(unread: bytes) -> Cut:
    """Frames lie between a run of A5 and the next 5A; neither can stand inside one."""
    start = unread.find(START)
    if start != 0:
        return Cut(len(unread) if start < 0 else start, 0)
    end = unread.find(END)
    if end < 0:
        late = unread.rfind(START)
        begun = len(unread[: late + 1].rstrip(b"\xa5"))
        return Cut(begun, 0) if begun else Cut(0, 0)
    begun = len(unread[: unread.rfind(START, 0, end) + 1].rstrip(b"\xa5"))
    return Cut(begun, end + 1 - begun)


def decode(frame: bytes) -> Frame:
    """What ``scan`` cut out, unescaped and checked. Raises Garbled."""
    escaped = frame.lstrip(b"\xa5")[:-1]
    body = re.sub(rb"[\xa6\x5b].?", _unescape, escaped, flags=re.DOTALL)
    if len(body) < HEADER_SIZE + 2 or crc16_arc(body[:-2]) != int.from_bytes(body[-2:], "little"):
        raise Garbled(f"display frame with a wrong checksum: {frame.hex(' ')}")
    data = body[HEADER_SIZE:-2]
    if int.from_bytes(body[12:14], "little") != len(data):
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
    for character in plain(text):
        letter = _letter(character)
        if len(coded) + len(letter) > TEXT_CAP:
            break
        coded += letter
    return bytes(coded)


def _letter(character: str) -> bytes:
    try:
        return character.encode("gbk")
    except UnicodeEncodeError:
        return "□".encode("gbk")


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


def _unescape(match: re.Match[bytes]) -> bytes:
    try:
        return _UNESCAPES[match[0]]
    except KeyError:
        raise Garbled(f"no escape: {match[0].hex(' ')}") from None
