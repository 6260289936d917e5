"""A display of a maker who has published nothing (led-displays.md §8): a made-up frame, and whatever sum it may have.

    7E | address | 31 | length, 2 bytes, high first | GBK text | sum of address … text | 7F       a request
    7E | address | B1 | sum of address, B1 | 7F                                                   its answer

A sum of two bytes has its low byte first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import xor

from simulators.displays.dots import Panel
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import LinePanel, red
from simulators.line import Line

_BEGIN, _SHOW, _SHOWN, _END = 0x7E, 0x31, 0xB1, 0x7F
_HEAD = 5
_LARGEST = 260
_PAUSE_SECONDS = 0.05
"""A frame that pauses so long has lost its rest."""


def _reflected(data: bytes, value: int) -> int:
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ (0xA001 if value & 1 else 0)
    return value


SUMS: dict[str, Callable[[bytes], bytes]] = {
    "none": lambda _: b"",
    "sum8": lambda data: bytes((sum(data) % 256,)),
    "sum16": lambda data: (sum(data) % 65_536).to_bytes(2, "little"),
    "xor": lambda data: bytes((reduce(xor, data, 0),)),
    "crc-arc": lambda data: _reflected(data, 0).to_bytes(2, "little"),
    "crc-modbus": lambda data: _reflected(data, 0xFFFF).to_bytes(2, "little"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """One request; ``sound``: its sum and its end are right."""

    address: int
    command: int
    text: bytes
    sound: bool
    size: int


class NamelessReader:
    """Frames by their length."""

    def __init__(self, checksum: str) -> None:
        self._sum = SUMS[checksum]
        self._bytes = bytearray()
        self._last = 0.0

    def feed(self, byte: int, at: float) -> Frame | None:
        """Take one byte."""
        if at - self._last > _PAUSE_SECONDS:
            self._bytes.clear()
        self._last = at
        if self._bytes or byte == _BEGIN:
            self._bytes.append(byte)
        raw = bytes(self._bytes)
        if len(raw) < _HEAD:
            return None
        content = raw[1 : _HEAD + int.from_bytes(raw[3:5], "big")]
        right = self._sum(content) + bytes((_END,))
        size = _HEAD + int.from_bytes(raw[3:5], "big") + len(right)
        if len(raw) < size <= _LARGEST:
            return None
        self._bytes.clear()
        return Frame(raw[1], raw[2], content[4:], raw[1 + len(content) :] == right, len(raw))


class NamelessDisplay(LinePanel):
    """A display with this address."""

    def __init__(self, address: int, panel: Panel, checksum: str, answers: bool) -> None:
        super().__init__(panel)
        self._address = address
        self._sum = SUMS[checksum]
        self._answers = answers

    def meant(self, frame: Frame) -> bool:
        """By its address."""
        return frame.address == self._address

    def obey(self, frame: Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """A broken frame has no answer."""
        if not frame.sound or frame.command != _SHOW:
            return Reply(garbled=True)
        self.write(red(frame.text.decode("gbk", "replace")))
        content = bytes((self._address, _SHOWN))
        answer = bytes((_BEGIN,)) + content + self._sum(content) + bytes((_END ^ spoil,))
        return Reply(answer if self._answers else b"", wrote=True)


class NamelessDisplays:
    """The kind of these displays: which sum they use, and whether they answer."""

    def __init__(self, checksum: str = "sum16", answers: bool = True) -> None:
        self._checksum = checksum
        self._answers = answers

    def reader(self, _line: Line) -> NamelessReader:
        """Their ear."""
        return NamelessReader(self._checksum)

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> NamelessDisplay:
        """One of them."""
        return NamelessDisplay(address, panel, self._checksum, self._answers)
