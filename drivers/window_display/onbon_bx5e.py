"""A window display with an Onbon BX-5E, 5Q, 6E or 6Q card: text drawn here, so that any character shows.

A text wider than its area is cut into pages, which the card shows in turn. Every area is sent with the card's own
time-out, so that a window whose box has died goes dark; who drives the display sends the text again in time.

| the card says | reason |
|---|---|
| A0 00, status bit 0 clear | none: it has obeyed |
| A0 01, error 5 | none: the verb is Garbled, our bytes came wrong |
| A0 01, another error | none: the verb is Refused, see onbon_errors |
| nothing | Silent |
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from drivers.contract import Completion, CompletionCode, Refused, Remedy, State, Transport
from drivers.deadline import Deadline
from drivers.dots import NoGlyph, Raster, panel
from drivers.gbk import columns, plain
from drivers.window_display import onbon_bitmap
from drivers.window_display import onbon_bx5e_codec as codec
from drivers.window_display.onbon_card import OnbonCard

PAGES_CAP = 16
LOOP_THEN_VANISH = 2


@dataclass(frozen=True, slots=True)
class OnbonBitmapSettings:
    """Options of one display. x, y, width, height and ``letter`` (a hanzi's height) in dots.

    ``series`` 5 or 6 chooses the layout. For 6, the manual leaves open: ``sound``, the bytes after a sound flag of 00,
    in hex; ``lengths``, whether the lengths of area and page count their bitmaps. ``dots``: what the panel is made of;
    ``lit``: the bit of a dot that is on. ``play``: 0 beside the card's programs, 1 alone, 2 after them. ``font``: a
    file asked first. ``timeout_seconds``: the card goes dark by itself. ``answer_ms``: the card's own time.
    """

    address: int
    x: int = 0
    y: int = 0
    width: int = 64
    height: int = 16
    area: int = 0
    series: Literal[5, 6] = 5
    dots: onbon_bitmap.Dots = "one-colour"
    colour: onbon_bitmap.Colour = "red"
    lit: Literal[0, 1] = 0
    letter: int = 16
    align: Literal["left", "centre", "right"] = "centre"
    play: Literal[0, 1, 2] = 0
    page_seconds: int = 3
    timeout_seconds: int = 120
    device_type: int = codec.ANY_TYPE
    answer_ms: int = 300
    font: str = ""
    sound: str = "00"
    lengths: Literal["parameters", "bitmaps"] = "parameters"

    def __post_init__(self) -> None:
        if not 1 <= self.address <= codec.WILDCARD:
            raise ValueError(f"address = {self.address} → give the screen number set on the card, 1 to 65534")
        if not (1 <= self.width <= 4096 and 1 <= self.height <= 1024 and 0 <= self.x < 4096 and 0 <= self.y < 4096):
            raise ValueError("the area is empty or off every panel → give x, y, width, height in dots")
        if not 8 <= self.letter <= self.height or self.letter > self.width:
            raise ValueError(f"letter = {self.letter} → give 8 dots or more, and no more than height and width")
        if (
            not 1 <= self.timeout_seconds <= 3600
            or not 10 <= self.answer_ms <= 5000
            or not 1 <= self.page_seconds <= 60
        ):
            raise ValueError("a time is off → timeout_seconds 1 to 3600, answer_ms 10 to 5000, page_seconds 1 to 60")
        if not 0 <= self.area <= 31 or not 0 <= self.device_type <= 0xFFFF:
            raise ValueError("area or device_type is off → area 0 to 3 (series 6: to 31), device_type 0 to 65535")
        if self.series == 5 and self.area > 3:
            raise ValueError(f"area = {self.area} → give 0 to 3, series 5 has no more")
        _sound(self.sound)


class OnbonBx5e:
    """A drivers.contract.WindowDisplay."""

    Settings = OnbonBitmapSettings
    family = "window_display"
    poll_seconds = 0.0

    def __init__(self, settings: OnbonBitmapSettings, transport: Transport) -> None:
        self._settings = settings
        self._transport = transport
        ping = codec.ping(settings.address, settings.device_type)
        self._card = OnbonCard(settings.address, settings.answer_ms, ping, transport, codec)

    async def open(self, deadline: Deadline) -> State:
        """Open the line and ping the card. Raises Gone, Silent, Garbled, Refused."""
        return await self._card.open(deadline)

    async def poll(self, deadline: Deadline) -> State:
        """Ping (A2 00). Raises Gone, Silent, Garbled, Refused."""
        return await self._card.ping(deadline)

    async def show(self, text: str, deadline: Deadline) -> Completion:
        """Replace what is shown; an empty text deletes the area. Raises one of the four.

        Garbled also when the card got our bytes wrong; Refused with remedy none when it is busy: send again. Refused
        when no font draws a character, and when the text needs more pages or more time on the line than there are.
        """
        settings = self._settings
        if text:
            request = self._request(text)
        else:
            request = codec.delete_areas((settings.area,), settings.address, settings.device_type)
        if self._transport.wire_time(len(request)) > deadline.left():
            what = f"display {settings.address}: {len(request)} bytes take too long; raise the line's speed"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        await self._card.ask(request, deadline)
        return Completion(CompletionCode.SUCCESS, True, "acknowledged")

    async def close(self) -> None:
        """Release the line."""
        await self._card.close()

    def _request(self, text: str) -> bytes:
        settings = self._settings
        pages = list(_pages(plain(text), settings.width // (settings.letter // 2)))
        if len(pages) > PAGES_CAP:
            what = f"display {settings.address}: the text needs {len(pages)} pages; make the area wider"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION)
        stay = settings.page_seconds * 100
        area = codec.Area(
            pages=tuple(codec.Page(self._drawn(page), stay=stay, valid_length=settings.width) for page in pages),
            x=settings.x,
            y=settings.y,
            width=settings.width,
            height=settings.height,
            area=settings.area,
            run_mode=LOOP_THEN_VANISH,
            timeout_seconds=settings.timeout_seconds,
            play=settings.play,
        )
        if settings.series == 5:
            return codec.show_area(area, settings.address, settings.device_type)
        sixth = codec.Sixth(_sound(settings.sound), settings.lengths == "bitmaps")
        return codec.show_area_6(area, sixth, settings.address, settings.device_type)

    def _drawn(self, text: str) -> bytes:
        settings = self._settings
        try:
            dots = _dots(text, settings)
        except NoGlyph as lack:
            what = f"display {settings.address}: {lack}; install fonts-noto-cjk or name a font in its options"
            raise Refused(what, CompletionCode.INVALID_DATA, Remedy.CONFIGURATION) from lack
        if settings.dots == "rgb565":
            return onbon_bitmap.rgb565(dots, settings.width, settings.colour)
        if settings.dots == "two-colour":
            return onbon_bitmap.two_colour(dots, settings.colour, settings.lit)
        return onbon_bitmap.one_colour(dots, settings.lit)


def _pages(text: str, room: int) -> Iterator[str]:
    """The text in pieces of at most ``room`` half hanzi, whole characters each."""
    page = ""
    for character in text:
        if page and columns(page + character) > room:
            yield page
            page = ""
        page += character
    yield page


def _dots(text: str, settings: OnbonBitmapSettings) -> Raster:
    """The area's dots; for bits, from the whole byte that its left edge lies in."""
    free = settings.width - columns(text) * (settings.letter // 2)
    left = {"left": 0, "centre": free // 2, "right": free}[settings.align]
    edge = 0 if settings.dots == "rgb565" else settings.x % 8
    top = (settings.height - settings.letter) // 2
    return panel(text, (edge + settings.width, settings.height), (edge + left, top), settings.letter, settings.font)


def _sound(written: str) -> bytes:
    try:
        return bytes.fromhex(written)
    except ValueError:
        raise ValueError(f"sound = {written!r} → give bytes in hex, such as 00, or nothing") from None
