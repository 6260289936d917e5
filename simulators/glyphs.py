"""Letters as dots: what the fonts in a printer's and in a display card's memory would give."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

_NOTO = {
    False: Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"),
    True: Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Bold.ttc"),
}
_NOTO_MONO_SC = 7
"""The face of the collection whose ASCII is half as wide as its hanzi."""
_NOTO_BASELINE = 0.88

_UNIFONT = Path("/usr/share/unifont/unifont.hex")

PRINTER_DOTS = 24
DISPLAY_DOTS = 16


def columns(char: str) -> int:
    """How many half-width columns a character takes."""
    return 2 if unicodedata.east_asian_width(char) in "WF" or ord(char) >= 0x2E80 else 1


@lru_cache(maxsize=4096)
def printed(char: str, wide: bool, width: int, height: int, bold: bool) -> Image.Image:
    """A printer's letter: 12 (``wide``: 24) by 24 dots, times ``width`` and ``height``. Mode "1"."""
    cell = (PRINTER_DOTS * (2 if wide else 1) * width // 2, PRINTER_DOTS * height)
    if not _NOTO[bold].exists():
        return _letter(char, wide).resize(cell).convert("1", dither=Image.Dither.NONE)
    # Drawn at the larger of both sizes and then pressed: a doubled letter comes out smooth, as heads smooth it.
    side = PRINTER_DOTS * max(width, height)
    drawn = Image.new("L", (side if wide else side // 2, side))
    ImageDraw.Draw(drawn).text((0, side * _NOTO_BASELINE), char, 255, _noto(bold, side), anchor="ls")
    return drawn.resize(cell).point(lambda level: 255 * (level > 100), mode="1")


@lru_cache(maxsize=4096)
def shown(char: str) -> Image.Image:
    """A display card's letter: 8 or 16 by 16 dots. Mode "1"."""
    return _letter(char, columns(char) == 2).convert("1", dither=Image.Dither.NONE)


def unifont_dots(code: int) -> bytes:
    """Rows of a character's 8 or 16 by 16 dots; nothing where Unifont lacks it or is not installed."""
    return bytes.fromhex(_unifont().get(f"{code:04X}", ""))


@cache
def _noto(bold: bool, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_NOTO[bold], size, index=_NOTO_MONO_SC)


def _letter(char: str, wide: bool) -> Image.Image:
    """16 dots high from Unifont; where it is not installed, from whatever Pillow can draw."""
    cell = (DISPLAY_DOTS if wide else DISPLAY_DOTS // 2, DISPLAY_DOTS)
    if dots := _unifont().get(f"{ord(char):04X}"):
        own = Image.frombytes("1", (len(dots) // 4, DISPLAY_DOTS), bytes.fromhex(dots))
        return own.convert("L").crop((0, 0, *cell))
    drawn = Image.new("L", cell)
    if _NOTO[False].exists():
        place = (0, DISPLAY_DOTS * _NOTO_BASELINE)
        ImageDraw.Draw(drawn).text(place, char, 255, _noto(False, DISPLAY_DOTS), anchor="ls")
    else:
        ImageDraw.Draw(drawn).text((0, 0), char, 255, ImageFont.load_default(DISPLAY_DOTS - 3))
    return drawn.point(lambda level: 255 * (level > 110))


@cache
def _unifont() -> dict[str, str]:
    if not _UNIFONT.exists():
        return {}
    return dict(line.split(":") for line in _UNIFONT.read_text(encoding="ascii").splitlines())
