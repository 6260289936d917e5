"""The picture of a panel: red dots on black, as a person in the hall sees them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw, ImageFilter

from simulators.displays.onbon import Area
from simulators.glyphs import DISPLAY_DOTS, shown

DOT = 6
"""Pixels a dot."""
FRAME = 12
"""Pixels of black frame around the dots."""

_BLACK, _UNLIT = (12, 11, 12), (44, 20, 20)
_COLOURS = {1: (255, 58, 36), 2: (74, 235, 88), 3: (255, 190, 40), 4: (240, 240, 235)}
RED, GREEN, YELLOW, WHITE = 1, 2, 3, 4
_CODE = re.compile(r"\\(?:C([1-3])|FO\d{3}|n)")
_TOP_BIT = 0x8000


@dataclass(frozen=True, slots=True)
class Panel:
    """How many dots, and in which unit X and width come: the documents say 8 dots, captures from the field 1."""

    width: int
    height: int
    unit: int

    def box(self, area: Area) -> tuple[int, int, int, int]:
        """An area's left, top, right, bottom in dots, inside the panel."""
        left, width = self._dots(area.x), self._dots(area.width)
        return left, area.y, min(left + width, self.width), min(area.y + area.height, self.height)

    def _dots(self, value: int) -> int:
        return value & ~_TOP_BIT if value & _TOP_BIT else value * self.unit


def plain(text: str) -> str:
    """The text as read by people: without colour and font codes."""
    return _CODE.sub("", text)


def fits(panel: Panel, area: Area) -> bool:
    """Whether the whole text is to be seen at once."""
    left, top, right, bottom = panel.box(area)
    return sum(shown(char).width for char in plain(area.text)) <= right - left and bottom - top >= DISPLAY_DOTS


def picture(panel: Panel, areas: Iterable[Area]) -> Image.Image:
    """The panel with these areas lit."""
    return seen(lit_areas(panel, areas))


def lit_areas(panel: Panel, areas: Iterable[Area]) -> Image.Image:
    """Which dots are lit in which colour: mode "P", 0 dark."""
    lit = Image.new("P", (panel.width, panel.height))
    for area in areas:
        place = (area.align & 3, area.align >> 2 & 3)
        write(lit, panel.box(area), [(shown(char), colour) for char, colour in _letters(area.text)], *place)
    return lit


def seen(lit: Image.Image) -> Image.Image:
    """What people see of a panel with these dots lit."""
    large = lit.resize((lit.width * DOT, lit.height * DOT), Image.Resampling.NEAREST)
    dots = _pattern(lit.width, lit.height, _UNLIT)
    for number, colour in _COLOURS.items():
        here = large.point([255 * (value == number) for value in range(256)], "1")
        dots = Image.composite(_pattern(lit.width, lit.height, colour), dots, here)
    glow = Image.composite(dots, Image.new("RGB", dots.size), large.point([255 * (v > 0) for v in range(256)], "1"))
    dots = ImageChops.add(dots, glow.filter(ImageFilter.GaussianBlur(DOT * 0.8)))
    framed = Image.new("RGB", (dots.width + 2 * FRAME, dots.height + 2 * FRAME), _BLACK)
    framed.paste(dots, (FRAME, FRAME))
    return framed


def save(image: Image.Image, path: Path) -> None:
    """Write a PNG so that a reader never sees half of one."""
    fresh = path.with_name(f".{path.name}.new")
    image.save(fresh, "PNG", compress_level=1)
    fresh.replace(path)


def write(
    lit: Image.Image,
    box: tuple[int, int, int, int],
    letters: Sequence[tuple[Image.Image, int]],
    across: int = 0,
    down: int = 0,
) -> None:
    """Light letters with their colours in a box (left, top, right, bottom); 0 begins, 1 ends, 2 in the middle."""
    left, top, right, bottom = box
    if right <= left or bottom <= top:
        return
    free = right - left - sum(letter.width for letter, _ in letters)
    # What is too long runs or turns pages on a real card; the picture is of its first moment, from the left.
    place = max((0, free, free // 2, 0)[across], 0)
    canvas = Image.new("P", (right - left, bottom - top))
    tall = max((letter.height for letter, _ in letters), default=DISPLAY_DOTS)
    high = max(bottom - top - tall, 0)
    fall = (0, high, high // 2, 0)[down]
    for letter, colour in letters:
        canvas.paste(colour, (place, fall), letter)
        place += letter.width
    lit.paste(canvas, (left, top))


def _letters(text: str) -> list[tuple[str, int]]:
    letters, colour, at = [], RED, 0
    while at < len(text):
        if code := _CODE.match(text, at):
            colour = int(code[1] or colour)
            at = code.end()
            continue
        letters.append((text[at], colour))
        at += 1
    return letters


@cache
def _pattern(width: int, height: int, colour: tuple[int, int, int]) -> Image.Image:
    """A panel with every dot in one colour. Drawn four times larger: round dots stay round."""
    side = DOT * 4
    dot = Image.new("RGB", (side, side), _BLACK)
    ImageDraw.Draw(dot).ellipse((3, 3, side - 4, side - 4), colour)
    small = dot.resize((DOT, DOT), Image.Resampling.LANCZOS)
    panel = Image.new("RGB", (width * DOT, height * DOT))
    for x in range(width):
        panel.paste(small, (x * DOT, 0))
    row = panel.crop((0, 0, panel.width, DOT))
    for y in range(1, height):
        panel.paste(row, (0, y * DOT))
    return panel
