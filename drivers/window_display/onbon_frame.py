"""What every Onbon card's frames share (doc.onbonbx.com: BX-K protocol, 5th and 6th dynamic area). Pure.

    8 x A5 | header and data | CRC-16/ARC, low byte first | 5A

Between the A5 run and the 5A the bytes A5, A6, 5A, 5B are escaped, the CRC's included. Lengths and CRC are of the
bytes before escaping. All numbers are little-endian.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from drivers.contract import Garbled
from drivers.framing import Cut, crc16_arc

HOST = 0x8000
BROADCAST, WILDCARD = 0xFFFF, 0xFFFE
START, END = 0xA5, 0x5A

ACK = (0xA0, 0x00)
NACK = (0xA0, 0x01)

_ESCAPES = {0xA5: b"\xa6\x02", 0xA6: b"\xa6\x01", 0x5A: b"\x5b\x02", 0x5B: b"\x5b\x01"}
_UNESCAPES = {escape: bytes((plain,)) for plain, escape in _ESCAPES.items()}


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole frame, unescaped and checked."""

    destination: int
    source: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a card says to a request; ``error`` 0 with ``accepted``, else see onbon_errors."""

    address: int
    accepted: bool
    error: int


def wrap(body: bytes) -> bytes:
    """A header and its data as they go over the line: CRC, escapes, start and end."""
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


def unwrap(frame: bytes) -> bytes:
    """Header and data of what ``scan`` cut out, unescaped and checked. Raises Garbled."""
    escaped = frame.lstrip(b"\xa5")[:-1]
    body = re.sub(rb"[\xa6\x5b].?", _unescape, escaped, flags=re.DOTALL)
    if len(body) < 2 or crc16_arc(body[:-2]) != int.from_bytes(body[-2:], "little"):
        raise Garbled(f"display frame with a wrong checksum: {frame.hex(' ')}")
    return body[:-2]


def _unescape(match: re.Match[bytes]) -> bytes:
    try:
        return _UNESCAPES[match[0]]
    except KeyError:
        raise Garbled(f"no escape: {match[0].hex(' ')}") from None
