"""Lumen C-Power5200: a panel of up to eight windows, each with a text of its own colour and size."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from simulators.displays import cpower_frame as wire
from simulators.displays.dots import GREEN, RED, WHITE, YELLOW, Panel, write
from simulators.displays.kinds import Reply
from simulators.displays.text_panel import Letters, drawn, width
from simulators.line import SharedWire

_SIZES = (8, 12, 16, 24, 32, 40, 48, 56)
_NO_DATA = bytes(4)
"""Length, packet, last packet of an answer that has nothing to say."""


class CPowerCard:
    """A card with this ID; ``old``: its firmware answers with 68; ``framed``: how its answers lie on its line."""

    def __init__(
        self, card: int, panel: Panel, *, old: bool = False, framed: Callable[[bytes], bytes] = wire.escaped
    ) -> None:
        self._card = card
        self._panel = panel
        self._kind = 0x68 if old else 0xE8
        self._framed = framed
        self.on = True
        self._boxes: tuple[tuple[int, int, int, int], ...] = ((0, 0, panel.width, panel.height),)
        self._texts: dict[int, wire.PureText] = {}

    @property
    def seen(self) -> tuple[wire.PureText, ...]:
        """The windows that show something, while the LEDs are on."""
        if not self.on:
            return ()
        return tuple(text for _, text in sorted(self._texts.items()) if text.text.strip())

    @property
    def text(self) -> str:
        """What people read, window after window."""
        return " ".join(text.text.strip() for text in self.seen)

    @property
    def fits(self) -> bool:
        """Whether every window shows the whole of its text."""
        return all(self._holds(text) for text in self.seen)

    def meant(self, frame: wire.Frame) -> bool:
        """By its ID, or by every card's."""
        return frame.card in (self._card, wire.EVERY_CARD)

    def obey(self, frame: wire.Frame, _at: float, *, alone: bool, spoil: bool) -> Reply:  # noqa: ARG002 - all have it
        """A broken frame is refused, and so is what the card does not know."""
        result, data, wrote = 0, _NO_DATA, False
        if not frame.sound:
            result = wire.CHECKSUM
        elif frame.command == wire.EXTERNAL_CALL:
            try:
                wrote = self._do(wire.call(frame.data))
            except wire.Refusal as refusal:
                result = refusal.result
        elif frame.command == wire.POWER and frame.data:
            result, data = frame.mark, self._power(frame.data)
        elif frame.command == wire.RESTART:
            self._texts.clear()
            result, data = frame.mark, b"\x01"
        else:
            return Reply()
        said = wire.said(self._card, frame.command, result, data, kind=self._kind, wrong_checksum=spoil)
        return Reply(self._framed(said) if frame.wants_answer else b"", wrote, not frame.sound)

    def draw(self) -> Image.Image:
        """Which dots are lit."""
        lit = Image.new("P", (self._panel.width, self._panel.height))
        for text in self.seen:
            across = (0, 2, 1, 0)[text.align & 3]
            write(lit, self._box(text), drawn(_letters(text), _size(text)), across, 2)
        return lit

    def advance(self, _seconds: float) -> None:
        """A text stays until another comes."""

    def close(self) -> None:
        """Nothing runs here."""

    def _do(self, call: wire.Call) -> bool:
        """Obey; whether it was given something to show. Raises wire.Refusal."""
        match call:
            case wire.Split(boxes):
                self._boxes = boxes
                self._texts.clear()
            case wire.PureText():
                if call.window >= len(self._boxes):
                    raise wire.Refusal(wire.UNKNOWN)
                self._texts[call.window] = call
                return True
            case wire.StoredProgram():
                self._texts.clear()
        return False

    def _power(self, data: bytes) -> bytes:
        """Query (01) or set (00, on or off); what was asked, how it is, and for a query eight bytes of times: none."""
        if data[0] == 0 and len(data) > 1:
            self.on = data[1] == 1
            return bytes((0, self.on))
        return bytes((1, self.on)) + bytes(8)

    def _holds(self, text: wire.PureText) -> bool:
        left, top, right, bottom = self._box(text)
        return width(_letters(text), _size(text)) <= right - left and _size(text) <= bottom - top

    def _box(self, text: wire.PureText) -> tuple[int, int, int, int]:
        left, top, right, bottom = self._boxes[text.window]
        return left, top, min(right, self._panel.width), min(bottom, self._panel.height)


def _size(text: wire.PureText) -> int:
    return _SIZES[text.font & 7]


def _letters(text: wire.PureText) -> Letters:
    lights = (text.red > 127, text.green > 127, text.blue > 127)
    colour = {(True, False, False): RED, (False, True, False): GREEN, (True, True, False): YELLOW}.get(lights, WHITE)
    return tuple((char, colour) for char in text.text)


class CPowerCards:
    """The kind of these cards."""

    def __init__(self, old: bool = False) -> None:
        self._old = old

    def reader(self, _line: SharedWire) -> wire.FrameReader:
        """Their ear."""
        return wire.FrameReader()

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> CPowerCard:
        """One of them."""
        return CPowerCard(address, panel, old=self._old)


class CPowerNetworkCards:
    """The kind of these cards as they are reached over a network, with this id code."""

    def __init__(self, id_code: bytes = wire.ANY_ID) -> None:
        self._id_code = id_code

    def reader(self, _line: SharedWire) -> wire.NetworkReader:
        """Their ear."""
        return wire.NetworkReader(self._id_code)

    def display(self, address: int, panel: Panel, _changed: Callable[[], None]) -> CPowerCard:
        """One of them."""
        return CPowerCard(address, panel, framed=lambda body: wire.wrapped(body, self._id_code))
