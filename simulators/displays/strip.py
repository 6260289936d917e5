"""Strips of the A0 90 family (led-displays.md §4): the two-colour strip, which answers, and the single-colour strip."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import xor

from simulators.displays.dots import GREEN, RED, YELLOW, Panel
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import Letters, LinePanel, red
from simulators.line import SharedWire

SHOW, SHOW_STORED, SET_STORED = 0xA5, 0xA1, 0xA2
_COLOURS = {0: RED, 1: GREEN, 2: YELLOW}
_HEAD = b"\xa0\x90"
_LARGEST = 256
_PAUSE_SECONDS = 0.05
"""A frame that pauses so long has lost its rest."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: two-colour, or ``single``. ``sound``: its sum is right."""

    address: int
    command: int
    data: bytes
    sound: bool
    size: int
    single: bool = False


class StripReader:
    """Finds both kinds of frame in what passes on the line."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._last = 0.0

    def feed(self, byte: int, at: float) -> Frame | None:
        """Take one byte."""
        if at - self._last > _PAUSE_SECONDS:
            self._bytes.clear()
        self._last = at
        self._bytes.append(byte)
        while self._bytes and not self._begins():
            del self._bytes[0]
        frame = self._double() if self._bytes[:1] == _HEAD[:1] and self._bytes[:2] == _HEAD else self._single()
        if frame is not None or len(self._bytes) > _LARGEST + 8:
            self._bytes.clear()
        return frame

    def _begins(self) -> bool:
        """Whether these bytes may be the beginning of a frame."""
        first = bytes(self._bytes[:3])
        if _HEAD.startswith(first[:2]) or first[:2] == _HEAD:
            return True
        marks = bytes((first[0], _second(first[0]), 0x44))
        return marks.startswith(first)

    def _double(self) -> Frame | None:
        """A whole A0 90 frame. The length's high byte counts 255s: the family's own arithmetic."""
        raw = bytes(self._bytes)
        if len(raw) < 6 or len(raw) < 7 + raw[4] * 255 + raw[5]:
            return None
        content, sent = raw[2:-1], raw[-1]
        return Frame(raw[2], raw[3], raw[6:-1], reduce(xor, content) == sent, len(raw))

    def _single(self) -> Frame | None:
        raw = bytes(self._bytes)
        if len(raw) < 4 or raw[-1] != 0x1A:
            return None
        return Frame(raw[0] - 0x80 & 0xFF, 0x44, raw[3:-1], True, len(raw), single=True)


def _second(first: int) -> int:
    """The second byte that goes with a single-colour frame's first."""
    return 0xC0 + ((first - 0x80 & 0xC0) >> 2)


def coloured(data: bytes) -> Letters | None:
    """Characters and their colours; None when the bytes are no such thing."""
    letters, at = [], 0
    while at < len(data):
        long = 1 if data[at] < 0x80 else 2
        raw = data[at : at + long + 1]
        if len(raw) < long + 1 or raw[-1] not in _COLOURS:
            return None
        char = raw[:-1].decode("gbk", "replace")
        letters.append((char, _COLOURS[raw[-1]]))
        at += long + 1
    return tuple(letters)


def answer(address: int, *, wrong_checksum: bool = False) -> bytes:
    """Obeyed. What may stand before A5 AA is in no source: nothing here."""
    return _HEAD + bytes((address, 0xA5, 0xAB if wrong_checksum else 0xAA))


class TwoColourStrip(LinePanel):
    """A strip with this address that knows the A0 90 frame."""

    def __init__(self, address: int, panel: Panel) -> None:
        super().__init__(panel)
        self._address = address
        self._stored: Letters = ()

    def meant(self, frame: Frame) -> bool:
        """By its address."""
        return not frame.single and frame.address == self._address

    def obey(self, frame: Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """A broken frame, or one that cannot be read, has no answer."""
        letters = coloured(frame.data)
        if not frame.sound or letters is None:
            return Reply(garbled=True)
        match frame.command:
            case 0xA5:
                self.write(letters)
            case 0xA1:
                self.write(self._stored)
            case 0xA2:
                self._stored = letters
            case _:
                return Reply()
        return Reply(answer(self._address, wrong_checksum=spoil), wrote=frame.command != SET_STORED)


class SingleColourStrip(LinePanel):
    """A strip with this address that knows the D … 1A frame, and never answers."""

    def __init__(self, address: int, panel: Panel) -> None:
        super().__init__(panel)
        self._address = address

    def meant(self, frame: Frame) -> bool:
        """By its address."""
        return frame.single and frame.address == self._address

    def obey(self, frame: Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """Show it, whatever it is: there is no sum."""
        self.write(red(frame.data.decode("gbk", "replace")))
        return Reply(wrote=True)


class TwoColourStrips:
    """The kind of two-colour strips."""

    def reader(self, _line: SharedWire) -> StripReader:
        """Their ear."""
        return StripReader()

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> TwoColourStrip:
        """One of them."""
        return TwoColourStrip(address, panel)


class SingleColourStrips:
    """The kind of single-colour strips."""

    def reader(self, _line: SharedWire) -> StripReader:
        """Their ear."""
        return StripReader()

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> SingleColourStrip:
        """One of them."""
        return SingleColourStrip(address, panel)
