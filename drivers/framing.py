"""Frames out of a stream, without any I/O: a bounded buffer, resynchronisation, checksums."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import xor


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the next frame lies: ``garbage`` bytes to drop, then ``frame`` bytes.

    (n, 0) drops and looks again; (0, 0) waits for more.
    """

    garbage: int
    frame: int


Scan = Callable[[bytes], Cut]
"""Looks at everything unread and says where the next frame lies. Pure; knows one protocol."""


class Framer:
    """Cuts frames from a stream. Never holds more than ``cap`` bytes; what is no frame is dropped and counted."""

    def __init__(self, scan: Scan, cap: int) -> None:
        self._scan = scan
        self._cap = cap
        self._unread = bytearray()
        self.garbled = 0
        """Bytes dropped because they belonged to no frame."""

    def __len__(self) -> int:
        return len(self._unread)

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that ``data`` completes, as they are found. Take them all before feeding again."""
        while data:
            room = self._cap - len(self._unread)
            self._unread += data[:room]
            data = data[room:]
            yield from self._cut()

    def forget(self) -> None:
        """Drop a frame begun, because its rest is not to be expected any more."""
        self.garbled += len(self._unread)
        self._unread.clear()

    def _cut(self) -> Iterator[bytes]:
        while self._unread:
            cut = self._scan(bytes(self._unread))
            self._drop(cut.garbage)
            if cut.frame:
                frame = bytes(self._unread[: cut.frame])
                del self._unread[: cut.frame]
                yield frame
            elif cut.garbage:
                continue
            elif len(self._unread) < self._cap:
                return
            else:  # a head that promises more than the cap is no head
                self._drop(1)

    def _drop(self, count: int) -> None:
        if count > 0:
            self.garbled += count
            del self._unread[:count]


def crc16_arc(data: bytes, initial: int = 0) -> int:
    """CRC-16/ARC: polynomial 8005 reflected, initial value 0, no final xor."""
    crc = initial
    for byte in data:
        crc = (crc >> 8) ^ _ARC[(crc ^ byte) & 0xFF]
    return crc


def sum8(data: bytes) -> int:
    """The low eight bits of the sum of all bytes."""
    return sum(data) & 0xFF


def crc16_modbus(data: bytes) -> int:
    """CRC-16/MODBUS: as ARC, initial value FFFF."""
    return crc16_arc(data, 0xFFFF)


def sum16(data: bytes) -> int:
    """The low sixteen bits of the sum of all bytes."""
    return sum(data) & 0xFFFF


def xor8(data: bytes) -> int:
    """All bytes exclusive-ored."""
    return reduce(xor, data, 0)


def _arc_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ 0xA001 if byte & 1 else byte >> 1
    return byte


_ARC = tuple(_arc_entry(byte) for byte in range(256))
