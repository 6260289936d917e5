"""Onbon BX-4K/5K/6K: cards with fonts of their own, and areas that vanish by themselves."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from simulators.displays import onbon
from simulators.displays.card import Card
from simulators.displays.dots import Panel, fits, lit_areas, plain
from simulators.displays.kinds import Reply
from simulators.line import SharedWire


class FontReader:
    """A line's ear for these cards."""

    def __init__(self) -> None:
        self._reader = onbon.FrameReader()

    def feed(self, byte: int, _at: float) -> onbon.Frame | None:
        """Take one byte."""
        return self._reader.feed(byte)


class FontCard:
    """A card with this screen number."""

    def __init__(self, address: int, panel: Panel, changed: Callable[[], None]) -> None:
        self._address = address
        self._panel = panel
        self._card: Card[onbon.Area] = Card(changed)
        self.advance = self._card.advance
        self.close = self._card.close

    @property
    def seen(self) -> tuple[onbon.Area, ...]:
        """The areas that are lit."""
        return self._card.areas

    @property
    def text(self) -> str:
        """What people read."""
        return " ".join(plain(area.text) for area in self._card.areas)

    @property
    def fits(self) -> bool:
        """Whether every area shows the whole of its text."""
        return all(fits(self._panel, area) for area in self._card.areas)

    def meant(self, frame: onbon.Frame) -> bool:
        """By its number, or by one of the two that mean every card."""
        return frame.destination in (self._address, onbon.BROADCAST, onbon.WILDCARD)

    def obey(self, frame: onbon.Frame, at: float, *, alone: bool, spoil: bool) -> Reply:
        """A broken frame is refused, and so is what the card does not know."""
        error, wrote = onbon.Error.CHECKSUM, False
        if frame.sound:
            try:
                wrote, error = self._do(onbon.request(frame.data), at), onbon.Error.NONE
            except onbon.Refusal as refusal:
                error = refusal.error
        # A wildcard is for point to point: answered by several, the answers would destroy each other.
        answers = frame.wants_answer and (frame.destination != onbon.WILDCARD or alone)
        answer = onbon.answer(self._address, error, wrong_checksum=spoil) if answers else b""
        return Reply(answer, wrote, not frame.sound)

    def draw(self) -> Image.Image:
        """Which dots are lit."""
        return lit_areas(self._panel, self._card.areas)

    def _do(self, request: onbon.Request, at: float) -> bool:
        """Obey; whether it was given something to show. Raises onbon.Refusal."""
        match request:
            case onbon.Status():
                raise onbon.Refusal(onbon.Error.COMMAND)  # the layout of its answer is in no source we have
            case onbon.Clear() | onbon.Reset():
                self._card.clear()
            case onbon.Power(on):
                self._card.on = on
            case onbon.DynamicArea(delete, areas):
                self._card.change(delete, areas, at)
                return bool(areas)
        return False


class FontCards:
    """The kind of these cards."""

    def reader(self, _line: SharedWire) -> FontReader:
        """Their ear."""
        return FontReader()

    def display(self, address: int, panel: Panel, changed: Callable[[], None]) -> FontCard:
        """One of them."""
        return FontCard(address, panel, changed)
