"""An Alpha sign (led-displays.md §5): it keeps one text file a letter, in a memory that has to be divided first."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from simulators.displays.dots import Panel
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import LinePanel, red
from simulators.line import Line

ACK, NAK = 0x06, 0x15
GAP_SECONDS = 1.0
"""A pause so long inside a packet ends it."""
_SOH, _STX, _ETX, _EOT = 1, 2, 3, 4
_LARGEST = 2048
_LEAST_NOUGHTS = 5
"""By so many the sign finds the line's speed."""
_EVERYBODY = "00"
_MEMORY = re.compile(r"E\$((?:[ -~]A[UL][0-9A-F]{4}[0-9A-F]{4})+)")
_FILE = re.compile(r"([ -~])A[UL]([0-9A-F]{4})[0-9A-F]{4}")
_TEXT = re.compile(r'A([ -~])\x1b([ "&0])([ab])(.*)', re.DOTALL)

Bits = Literal["7E1", "8N1"]


@dataclass(frozen=True, slots=True)
class Frame:
    """One packet. ``sound``: every byte came with its parity, and the sum, where there is one, is right."""

    sign_type: str
    address: str
    command: str
    sound: bool
    size: int


class AlphaReader:
    """Packets: noughts, 01 … 04. On a line of seven bits a byte of wrong parity breaks its packet."""

    def __init__(self, bits: Bits) -> None:
        self._seven = bits == "7E1"
        self._heard: list[int] = []
        self._noughts = 0
        self._broken = False
        self._last = 0.0

    def feed(self, byte: int, at: float) -> Frame | None:
        """Take one byte."""
        if at - self._last > GAP_SECONDS:
            self._heard, self._noughts = [], 0
        self._last = at
        wrong = self._seven and bin(byte).count("1") % 2 == 1
        letter = byte & 0x7F if self._seven else byte
        if not self._heard:
            self._begin(letter)
            return None
        self._heard.append(letter)
        self._broken |= wrong
        if letter == _SOH or len(self._heard) > _LARGEST:
            self._heard, self._broken = [_SOH] if letter == _SOH else [], False
        if letter != _EOT:
            return None
        raw, size = self._heard, self._noughts + len(self._heard)
        self._heard, self._noughts = [], 0
        return _packet(raw, self._broken, size)

    def _begin(self, letter: int) -> None:
        if letter == _SOH and self._noughts >= _LEAST_NOUGHTS:
            self._heard, self._broken = [_SOH], False
        else:
            self._noughts = self._noughts + 1 if letter == 0 else 0


def _packet(raw: list[int], broken: bool, size: int) -> Frame | None:
    """What stands between 01 and 04; None where that is no packet at all."""
    if len(raw) < 7 or raw[4] != _STX:
        return None
    letters = "".join(map(chr, raw))
    body, sound = letters[5:-1], not broken
    if _ETX in raw[5:]:
        mark = raw.index(_ETX, 5)
        body, said = letters[5:mark], letters[mark + 1 : -1]
        sound &= said == format(sum(raw[4 : mark + 1]) & 0xFFFF, "04X")
    return Frame(letters[1], letters[2:4], body, sound, size)


class AlphaSign(LinePanel):
    """A sign with this address. ``answers``: whether it acknowledges."""

    def __init__(self, address: int, panel: Panel, answers: bool) -> None:
        super().__init__(panel)
        self._address = address
        self._answers = answers
        self._files: dict[str, int] = {}

    def meant(self, frame: Frame) -> bool:
        """By its address, in which ? stands for any digit, or by everybody's."""
        own = format(self._address, "02X")
        mine = all(said in (digit, "?") for said, digit in zip(frame.address, own, strict=True))
        return mine or frame.address == _EVERYBODY

    def obey(self, frame: Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """Nobody answers what was meant for everybody."""
        wrote = frame.sound and self._take(frame.command)
        done = wrote or (frame.sound and bool(self._divided(frame.command)))
        answer = bytes((0x07 if spoil else ACK if done else NAK,))
        heard = self._answers and frame.address != _EVERYBODY
        return Reply(answer if heard else b"", wrote=wrote, garbled=not frame.sound)

    def _take(self, command: str) -> bool:
        """Whether this was a text, and for a file that is there and large enough."""
        found = _TEXT.fullmatch(command)
        if found is None or len(found[4]) > self._files.get(found[1], -1):
            return False
        self.write(red(found[4]))
        return True

    def _divided(self, command: str) -> bool:
        """Whether this divided the memory; what was in it is lost."""
        found = _MEMORY.fullmatch(command)
        if found is None:
            return False
        self._files = {label: int(size, 16) for label, size in _FILE.findall(found[1])}
        self.write(())
        return True


class AlphaSigns:
    """The kind of these signs, on a line of ``bits``."""

    def __init__(self, bits: Bits = "7E1", answers: bool = True) -> None:
        self._bits: Bits = bits
        self._answers = answers

    def reader(self, _line: Line) -> AlphaReader:
        """Their ear."""
        return AlphaReader(self._bits)

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> AlphaSign:
        """One of them."""
        return AlphaSign(address, panel, self._answers)
