"""Lumen C-Power5200 cards: external calls over RS-232/485 (the maker's External Calls and Basic Protocol). Pure.

    A5 | 68 32 card command confirm | [length u16 low first, packet, last packet] data | sum u16 low first | AE
    A5 | E8 32 card command result  | …                                                                    answer

Only command 7B has length and packet numbers. The sum is of all bytes from 68 on, before escaping; between A5 and AE
the bytes A5, AE, AA are escaped. Firmware up to 3.2 answers with 68 in place of E8. The document says FF for the
confirm byte in one place; every working frame has 01 (an answer is wanted). On the network: cpower5200_network.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.contract import Garbled
from drivers.framing import Cut, sum16
from drivers.gbk import coded

START, END = 0xA5, 0xAE
REQUEST, ANSWER, CARD_TYPE = 0x68, 0xE8, 0x32
EVERY_CARD = 0xFF
CONFIRM = 0x01

EXTERNAL_CALL, RESTART, RESTART_APP, POWER = 0x7B, 0x2D, 0xFE, 0x76
SPLIT, STORED_PROGRAM, SAVE_OR_CLEAR, PURE_TEXT = 0x01, 0x06, 0x07, 0x12

FRAME_CAP = 2048
TEXT_CAP = 255
ANSWER_SIZE = 24
"""Bytes of the longest answer we ask for, to the power query; some of them may come escaped."""

SIZES = {8: 0, 12: 1, 16: 2, 24: 3, 32: 4, 40: 5, 48: 6, 56: 7}
"""Dots of a letter → its number in the font byte."""

_ESCAPES = {0xA5: b"\xaa\x05", 0xAE: b"\xaa\x0e", 0xAA: b"\xaa\x0a"}
_UNESCAPES = {escape: bytes((plain,)) for plain, escape in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Box:
    """A window of the panel, in dots."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class PureText:
    """One text for one window. ``stay`` in seconds; ``font`` bits 0-3 size, 4-6 style."""

    text: str
    window: int = 0
    effect: int = 0
    align: int = 0
    speed: int = 0
    stay: int = 3
    font: int = SIZES[16]
    red: int = 0xFF
    green: int = 0
    blue: int = 0


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame, unescaped and checked. ``mark``: confirm byte of a request, result of an answer."""

    kind: int
    card: int
    command: int
    mark: int
    data: bytes


def pure_text(card: int, text: PureText) -> bytes:
    """Sub-command 12. Raises ValueError when the text is too long."""
    data = coded(text.text)
    if len(data) > TEXT_CAP or b"\x00" in data:
        raise ValueError(f"{len(data)} bytes of text, a card is given at most {TEXT_CAP}, none of them 00")
    look = bytes((text.window, text.effect, text.align, text.speed)) + text.stay.to_bytes(2, "big")
    colour = bytes((text.font, text.red, text.green, text.blue))
    return external_call(card, bytes((PURE_TEXT,)) + look + colour + data + b"\x00")


def split_windows(card: int, boxes: tuple[Box, ...]) -> bytes:
    """Sub-command 01: these windows, numbered from 0, replace those there were."""
    places = b"".join(value.to_bytes(2, "big") for box in boxes for value in (box.x, box.y, box.width, box.height))
    return external_call(card, bytes((SPLIT, len(boxes))) + places)


def stored_program(card: int) -> bytes:
    """Sub-command 06: leave external calls, play what is stored."""
    return external_call(card, bytes((STORED_PROGRAM,)))


def save_or_clear(card: int, clear: bool) -> bytes:
    """Sub-command 07: keep what is shown over a power cut, or forget what was kept."""
    return external_call(card, bytes((SAVE_OR_CLEAR, clear, 0, 0)))


def external_call(card: int, content: bytes) -> bytes:
    """Command 7B in one packet."""
    return encode(Frame(REQUEST, card, EXTERNAL_CALL, CONFIRM, len(content).to_bytes(2, "little") + b"\0\0" + content))


def power_query(card: int) -> bytes:
    """Command 76: whether the LEDs are on."""
    return encode(Frame(REQUEST, card, POWER, CONFIRM, b"\x01"))


def power(card: int, on: bool) -> bytes:
    """Command 76: LEDs on or off."""
    return encode(Frame(REQUEST, card, POWER, CONFIRM, bytes((0, on)) + bytes(7)))


def restart(card: int) -> bytes:
    """Command 2D: as after a power cut."""
    return encode(Frame(REQUEST, card, RESTART, CONFIRM, b"\x00"))


def encode(frame: Frame) -> bytes:
    """Sum, escapes, start and end."""
    return bytes((START,)) + b"".join(_ESCAPES.get(byte, bytes((byte,))) for byte in bare(frame)) + bytes((END,))


def bare(frame: Frame) -> bytes:
    """From 68 to the sum, before escaping."""
    body = bytes((frame.kind, CARD_TYPE, frame.card, frame.command, frame.mark)) + frame.data
    return body + sum16(body).to_bytes(2, "little")


def scan(unread: bytes) -> Cut:
    """Frames lie between an A5 and the next AE; neither can stand inside one."""
    end = unread.find(END)
    start = unread.rfind(START, 0, end) if end >= 0 else unread.rfind(START)
    if start < 0:
        return Cut(len(unread) if end < 0 else end + 1, 0)
    return Cut(start, end + 1 - start if end >= 0 else 0)


def decode(frame: bytes) -> Frame:
    """What ``scan`` cut out, unescaped and checked. Raises Garbled."""
    return decode_bare(re.sub(rb"\xaa.?", _unescape, frame[1:-1], flags=re.DOTALL))


def decode_bare(body: bytes) -> Frame:
    """From 68 to the sum. Raises Garbled."""
    if len(body) < 7 or sum16(body[:-2]) != int.from_bytes(body[-2:], "little"):
        raise Garbled(f"display frame with a wrong sum: {body.hex(' ')}")
    if body[0] not in (REQUEST, ANSWER) or body[1] != CARD_TYPE:
        raise Garbled(f"no frame of this family: {body.hex(' ')}")
    return Frame(body[0], body[2], body[3], body[4], body[5:-2])


def _unescape(match: re.Match[bytes]) -> bytes:
    try:
        return _UNESCAPES[match[0]]
    except KeyError:
        raise Garbled(f"no escape: {match[0].hex(' ')}") from None
