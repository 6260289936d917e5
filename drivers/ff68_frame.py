"""Frames of the FF 68 … 16 family: callers and rating keypads on one RS-485 line. Pure.

FF 68 L L 68 | addr | cmd | data … | SUM | 16        L: bytes addr … last data; SUM: their sum, eight bits

Source: protocols/rating-keypads.md §2.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.framing import Cut, sum8

FRAME_CAP = 64
LENGTH_CAP = 32
"""Longest known L is 9. A noise byte must not make us wait for 255 bytes that nobody sends."""
_OVERHEAD = 7
_HEAD = b"\xff\x68"
_END = 0x16


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame; ``data`` holds raw values, not ASCII."""

    address: int
    command: int
    data: bytes = b""

    def encode(self) -> bytes:
        """The bytes on the wire."""
        body = bytes((self.address, self.command)) + self.data
        if len(body) > LENGTH_CAP:
            raise ValueError(f"{len(body)} bytes; a frame holds {LENGTH_CAP}")
        return _HEAD + bytes((len(body), len(body), 0x68)) + body + bytes((sum8(body), _END))


def scan(unread: bytes) -> Cut:
    """The first whole and right frame; else from where one may still grow.

    A head whose frame is not complete does not hide a whole frame behind it: real data never holds FF 68.
    """
    growing = -1
    start = unread.find(0xFF)
    while start >= 0:
        size = _size(unread[start:])
        if size > 0:
            return Cut(start, size)
        if size == 0 and growing < 0:
            growing = start
        start = unread.find(0xFF, start + 1)
    return Cut(len(unread) if growing < 0 else growing, 0)


def decode(frame: bytes) -> Frame:
    """What ``scan`` cut out; it is already checked."""
    return Frame(frame[5], frame[6], frame[7:-2])


def _size(unread: bytes) -> int:
    """Size of the right frame that begins here; 0 while it may still grow; -1 when there is none."""
    head = unread[:5]
    length = head[2] if len(head) > 2 else 2
    if head != bytes((0xFF, 0x68, length, length, 0x68))[: len(head)] or not 2 <= length <= LENGTH_CAP:
        return -1
    size = length + _OVERHEAD
    if len(unread) < size:
        return 0
    return size if unread[size - 2] == sum8(unread[5 : size - 2]) and unread[size - 1] == _END else -1
