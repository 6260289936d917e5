"""Onbon BX-5E/5Q and 6E/6Q: cards that are sent dots. What they say is read off the panel, as people read it."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image

from simulators.displays import onbon, onbon_bitmap
from simulators.displays.card import Card
from simulators.displays.dots import GREEN, RED, YELLOW, Panel
from simulators.displays.eyes import learn, read
from simulators.displays.kinds import Reply
from simulators.displays.onbon_bitmap import Area, Page
from simulators.line import SharedWire

UNREAD = "▒"
"""Stands for dots that are no letters."""


class BitmapReader:
    """A line's ear for these cards."""

    def __init__(self) -> None:
        self._reader = onbon.FrameReader(onbon_bitmap.parse, onbon_bitmap.LARGEST)

    def feed(self, byte: int, _at: float) -> onbon.Frame | None:
        """Take one byte."""
        return self._reader.feed(byte)


class BitmapCard:
    """A card with this screen number, of the fifth series or the ``sixth``."""

    def __init__(
        self, address: int, panel: Panel, changed: Callable[[], None], *, sixth: bool = False, sound_bytes: int = 1
    ) -> None:
        self._address = address
        self._panel = panel
        self._sixth = sixth
        self._sound_bytes = sound_bytes
        self._card: Card[Area] = Card(changed)
        self.advance = self._card.advance
        self.close = self._card.close

    @property
    def seen(self) -> tuple[Area, ...]:
        """The areas that are lit."""
        return self._card.areas

    @property
    def text(self) -> str:
        """What people read, the pages of each area one after the other."""
        read_pages = (read(self._lit(area, page)) for area in self._card.areas for page in area.pages)
        return "".join(UNREAD if text is None else text for text in read_pages)

    @property
    def fits(self) -> bool:
        """Whether every area lies on the panel and needs one page only."""
        return all(
            area.x + area.width <= self._panel.width
            and area.y + area.height <= self._panel.height
            and len(area.pages) == 1
            for area in self._card.areas
        )

    def meant(self, frame: onbon.Frame) -> bool:
        """By its number, or by one of the two that mean every card."""
        return frame.destination in (self._address, onbon.BROADCAST, onbon.WILDCARD)

    def obey(self, frame: onbon.Frame, at: float, *, alone: bool, spoil: bool) -> Reply:
        """A broken frame is refused, and so is what the card does not know or cannot show."""
        error, wrote = int(onbon.Error.CHECKSUM), False
        if frame.sound:
            try:
                wrote, error = self._do(frame.data, at), 0
            except onbon.Refusal as refusal:
                error = refusal.error
            except _NoBitmap:
                error = onbon_bitmap.PARAMETER
        answers = onbon_bitmap.wants_answer(frame) and (frame.destination != onbon.WILDCARD or alone)
        answer = onbon_bitmap.answer(self._address, error, wrong_checksum=spoil) if answers else b""
        return Reply(answer, wrote, not frame.sound)

    def draw(self) -> Image.Image:
        """Which dots are lit: each area's first page."""
        lit = Image.new("P", (self._panel.width, self._panel.height))
        for area in self._card.areas:
            lit.paste(self._lit(area, area.pages[0]), (area.x, area.y))
        return lit

    def _do(self, data: bytes, at: float) -> bool:
        """Obey; whether it was given something to show. Raises onbon.Refusal, _NoBitmap."""
        asked = onbon_bitmap.request(data, sixth=self._sixth, sound_bytes=self._sound_bytes)
        match asked:
            case onbon_bitmap.Update(areas):
                for area in areas:
                    if not area.pages:
                        raise _NoBitmap
                    for page in area.pages:
                        self._lit(area, page)
                self._card.change((), areas, at)
                return True
            case onbon_bitmap.Delete(numbers):
                self._card.change(numbers, (), at)
        return False

    def _lit(self, area: Area, page: Page) -> Image.Image:
        """Which dots of an area a page lights. Raises _NoBitmap when it has a wrong number of bytes."""
        row = -(-(area.x % 8 + area.width) // 8)
        bits = row * area.height
        lit = Image.new("P", (area.width, area.height))
        if len(page.bitmap) == bits:
            lit.paste(RED, mask=_mask(page.bitmap, row, area))
        elif len(page.bitmap) == bits * 2:
            red, green = _mask(page.bitmap[::2], row, area), _mask(page.bitmap[1::2], row, area)
            lit.paste(RED, mask=red)
            lit.paste(GREEN, mask=green)
            both = Image.new("1", red.size)
            both.paste(red, mask=green)
            lit.paste(YELLOW, mask=both)
        elif len(page.bitmap) == area.width * area.height * 2:
            lit.putdata([_colour(page.bitmap[at : at + 2]) for at in range(0, len(page.bitmap), 2)])
        else:
            raise _NoBitmap
        return lit


class _NoBitmap(Exception):
    """The bytes of a page are too few or too many for its area."""


def _mask(bits: bytes, row: int, area: Area) -> Image.Image:
    """The lit dots (0 on the wire), without what only fills whole bytes."""
    whole = Image.frombytes("1", (row * 8, area.height), bytes(byte ^ 0xFF for byte in bits))
    return whole.crop((area.x % 8, 0, area.x % 8 + area.width, area.height))


def _colour(dot: bytes) -> int:
    """RGB565 on a panel of red and green LEDs."""
    value = int.from_bytes(dot, "little")
    red, green = value >> 11 > 15, (value >> 5 & 0x3F) > 31
    return {(True, False): RED, (False, True): GREEN, (True, True): YELLOW}.get((red, green), 0)


class FifthCards:
    """The kind of the fifth series."""

    def reader(self, _line: SharedWire) -> BitmapReader:
        """Their ear."""
        learn()
        return BitmapReader()

    def display(self, address: int, panel: Panel, changed: Callable[[], None]) -> BitmapCard:
        """One of them."""
        return BitmapCard(address, panel, changed)


class SixthCards(FifthCards):
    """The kind of the sixth series; ``sound_bytes``: how many follow a sound flag of 00, an open question."""

    def __init__(self, sound_bytes: int = 1) -> None:
        self._sound_bytes = sound_bytes

    def display(self, address: int, panel: Panel, changed: Callable[[], None]) -> BitmapCard:
        """One of them."""
        return BitmapCard(address, panel, changed, sixth=True, sound_bytes=self._sound_bytes)
