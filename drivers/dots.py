"""Text as black dots, for characters that a printer has no letter for. Pillow is imported at the first use only."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from drivers.gbk import columns

if TYPE_CHECKING:
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

CELL = 24
"""Dots of a hanzi, standard size; an ASCII letter is half as wide."""


class NoGlyph(Exception):
    """No font at hand draws this character."""


@dataclass(frozen=True, slots=True)
class Raster:
    """Rows of dots, ``width_bytes`` each; 1 is black, the highest bit is left."""

    width_bytes: int
    rows: int
    data: bytes


def raster(text: str, left: int, width: int, height: int, font: str = "") -> Raster:
    """Draw one line, ``left`` dots from the edge; ``width`` and ``height`` are times the standard size.

    ``font`` is a file asked before FONTS. Raises NoGlyph.
    """
    from PIL import Image, ImageDraw

    advance, scale = CELL // 2 * width, max(width, height)
    total = -(-(left + columns(text) * advance) // 8) * 8
    image = Image.new("1", (total, CELL * height), 0)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    x = left
    for character in text:
        # Drawn at the larger of both sizes: a letter blown up from 24 dots has steps that can be seen.
        glyph = Image.new("1", (CELL // 2 * scale * columns(character), CELL * scale), 0)
        pen = ImageDraw.Draw(glyph)
        pen.fontmode = "1"
        pen.text((0, (CELL - 3) * scale), character, fill=1, font=_font_for(character, font, scale), anchor="ls")
        image.paste(glyph.resize((advance * columns(character), CELL * height)), (x, 0))
        x += columns(character) * advance
    return Raster(total // 8, CELL * height, image.tobytes())


def _font_for(character: str, first: str, scale: int) -> FreeTypeFont:
    candidates = ((first, 0), *FONTS) if first else FONTS
    for file, index in candidates:
        if Path(file).exists():
            font = _load(file, index, (CELL - 2) * scale)
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
