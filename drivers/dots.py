"""Text as black or lit dots, for characters that a device has no letter for. Pillow is imported at the first use."""

from __future__ import annotations

import mmap
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.gbk import columns

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageFont import FreeTypeFont

FONTS: tuple[tuple[str, int], ...] = (
    (
        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
        7,
    ),  # Debian fonts-noto-cjk; index 7 is simplified Chinese whose ASCII is half as wide and fits its cell
    ("/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", 0),  # Debian fonts-hanazono: rare characters of names
    ("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc", 0),
    ("/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf", 0),
)
"""File and index of the fonts that are asked in turn for each character."""

UNIFONT = Path("/usr/share/unifont/unifont.hex")
"""Debian unifont: letters made for 16 dots, which outlines thinned to 16 dots are not (components.md §6)."""
UNIFONT_DOTS = 16

CELL = 24
"""Dots of a hanzi, standard size; an ASCII letter is half as wide."""


class NoGlyph(Exception):
    """No font at hand draws this character."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Rows of dots, ``width_bytes`` each; 1 is black or lit, the highest bit is left."""

    width_bytes: int
    rows: int
    data: bytes


def raster(text: str, left: int, width: int, height: int, font: str = "") -> Raster:
    """Draw one line, ``left`` dots from the edge; ``width`` and ``height`` are times the standard size.

    ``font`` is a file asked before FONTS. Raises NoGlyph.
    """
    from PIL import Image

    advance, scale = CELL // 2 * width, max(width, height)
    total = -(-(left + columns(text) * advance) // 8) * 8
    image = Image.new("1", (total, CELL * height), 0)
    x = left
    for character in text:
        # Drawn at the larger of both sizes: a letter blown up from 24 dots has steps that can be seen.
        glyph = _outline(character, CELL * scale, font)
        image.paste(glyph.resize((advance * columns(character), CELL * height)), (x, 0))
        x += columns(character) * advance
    return Raster(total // 8, CELL * height, image.tobytes())


def panel(text: str, size: tuple[int, int], place: tuple[int, int], cell: int, font: str = "") -> Raster:
    """One line of letters ``cell`` dots high on a panel of ``size``; its left upper corner is ``place``.

    The rows are as many whole bytes as ``size`` needs; what is outside of it stays dark. Raises NoGlyph.
    """
    from PIL import Image

    width, height = size
    inside = Image.new("1", size, 0)
    x, y = place
    for character in text:
        inside.paste(_glyph(character, cell, font), (x, y))
        x += columns(character) * (cell // 2)
    total = -(-width // 8) * 8
    image = Image.new("1", (total, height), 0)
    image.paste(inside, (0, 0))
    return Raster(total // 8, height, image.tobytes())


@lru_cache(maxsize=512)
def _glyph(character: str, cell: int, font: str) -> Image:
    """A letter ``cell`` dots high. Sixteen dots are Unifont's, where it has the character and no font is wished."""
    from PIL import Image

    dots = _unifont(character) if cell == UNIFONT_DOTS and not font else b""
    if not dots:
        return _outline(character, cell, font)
    own = Image.frombytes("1", (len(dots) // UNIFONT_DOTS * 8, UNIFONT_DOTS), dots)
    glyph = Image.new("1", (cell // 2 * columns(character), cell), 0)
    glyph.paste(own, ((glyph.width - own.width) // 2, 0))
    return glyph


def _outline(character: str, cell: int, font: str) -> Image:
    from PIL import Image, ImageDraw

    glyph = Image.new("1", (cell // 2 * columns(character), cell), 0)
    pen = ImageDraw.Draw(glyph)
    pen.fontmode = "1"
    pen.text((0, cell - cell // 8), character, fill=1, font=_font_for(character, font, cell), anchor="ls")
    return glyph


def _unifont(character: str) -> bytes:
    """Eight or sixteen by sixteen dots; nothing where Unifont is not installed or lacks the character."""
    if not UNIFONT.exists():
        return b""
    with UNIFONT.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as lines:
        return _looked_up(lines, ord(character))


def _looked_up(lines: mmap.mmap, wanted: int) -> bytes:
    """The dots of this code in lines "code:dots", which stand in order of their codes: some letters of 60,000."""
    low, high = 0, len(lines)
    while low < high:
        begin = lines.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = lines.find(b"\n", begin)
        code, _, dots = lines[begin : end if end >= 0 else len(lines)].partition(b":")
        if int(code, 16) == wanted:
            return bytes.fromhex(dots.decode("ascii"))
        if int(code, 16) < wanted:
            low = begin + len(code) + len(dots) + 2
        else:
            high = begin
    return b""


def _font_for(character: str, first: str, cell: int) -> FreeTypeFont:
    candidates = ((first, 0), *FONTS) if first else FONTS
    for file, index in candidates:
        if Path(file).exists():
            font = _load(file, index, cell - max(1, cell // 12))
            if character.isspace() or _draws(font, character):
                return font
    raise NoGlyph(f"no font draws {character!r} (U+{ord(character):04X})")


def _draws(font: FreeTypeFont, character: str) -> bool:
    """Whether the font has this character: what it lacks it draws like a code point that no font has."""
    return bytes(font.getmask(character, "1")) != bytes(font.getmask("\U0010fffe", "1"))


@lru_cache(maxsize=16)
def _load(file: str, index: int, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(file, size, index)
