"""Strip displays of one queue-system family (marzlia/HallQueFront: SLZCWndScreen.cpp, HardWareDef.h). Pure.

    A0 90 | address | command | length, high byte first | data | exclusive or of address … data      two-colour strip
    80 + address | C0 + ((address & C0) >> 2) | 44 | GBK text | 1A                                  single-colour strip

The source computes the length's bytes as /255 and %255, which is right below 255 only: data stays shorter than that.
The two-colour strip's answer begins A0 90 address and ends A5 AA; what may stand between is in no source.
"""

from __future__ import annotations

import re
from typing import Literal

from drivers.contract import Garbled
from drivers.framing import Cut, xor8
from drivers.gbk import letters

HEAD = b"\xa0\x90"
SUCCESS = b"\xa5\xaa"
SHOW, SHOW_STORED, SET_STORED = 0xA5, 0xA1, 0xA2
DATA_CAP = 254
ANSWER_CAP = 13
"""Longest answer looked for: head, address, up to eight bytes of whatever, A5 AA."""
ANSWER_SIZE = 5
FRAME_CAP = 64

Colour = Literal["red", "green", "yellow"]
COLOURS: dict[Colour, int] = {"red": 0, "green": 1, "yellow": 2}

SINGLE, SINGLE_END = 0x44, 0x1A

_ANSWER = re.compile(rb"\xa0\x90(?:(?!\xa0\x90).){1,9}?\xa5\xaa", re.DOTALL)


def show(address: int, text: str, colour: Colour) -> bytes:
    """Command A5. Raises ValueError when the text is too long for one frame."""
    return _request(address, SHOW, _coloured(text, colour))


def show_stored(address: int) -> bytes:
    """Command A1: what the strip was told to keep."""
    return _request(address, SHOW_STORED, b"")


def set_stored(address: int, text: str, colour: Colour) -> bytes:
    """Command A2: keep this text. Raises ValueError when it is too long for one frame."""
    return _request(address, SET_STORED, _coloured(text, colour))


def show_single(address: int, text: str) -> bytes:
    """The single-colour strip's only frame; neither checksum nor answer. Raises ValueError when it is too long."""
    head = bytes(((0x80 + address) & 0xFF, 0xC0 + ((address & 0xC0) >> 2), SINGLE))
    return head + _fitting(b"".join(letters(text))) + bytes((SINGLE_END,))


def scan(unread: bytes) -> Cut:
    """The next answer, whatever stands before it."""
    if found := _ANSWER.search(unread):
        return Cut(found.start(), found.end() - found.start())
    begun = unread.find(HEAD, max(0, len(unread) - ANSWER_CAP + 1))
    if begun < 0:
        begun = len(unread) - unread.endswith(HEAD[:1])
    return Cut(begun, 0)


def answered_by(frame: bytes) -> int:
    """The address of the strip that says it has obeyed. Raises Garbled."""
    if not frame.startswith(HEAD) or not frame.endswith(SUCCESS) or len(frame) < ANSWER_SIZE:
        raise Garbled(f"no answer: {frame.hex(' ')}")
    return frame[2]


def _request(address: int, command: int, data: bytes) -> bytes:
    body = bytes((address, command)) + len(data).to_bytes(2, "big") + data
    return HEAD + body + bytes((xor8(body),))


def _coloured(text: str, colour: Colour) -> bytes:
    return _fitting(b"".join(letter + bytes((COLOURS[colour],)) for letter in letters(text)))


def _fitting(data: bytes) -> bytes:
    if len(data) > DATA_CAP:
        raise ValueError(f"{len(data)} bytes of text, a strip takes {DATA_CAP}")
    return data
