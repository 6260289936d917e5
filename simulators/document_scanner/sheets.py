"""Sheets of paper, and what the scanner's sensor sees of them."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import Image, ImageDraw

from simulators.document_scanner.documents import Wish
from simulators.glyphs import columns, printed

A4 = (2480, 3508)
"""In 1/300 inch."""
MARK = 100
"""Side of a square in the margin: a side shows as many as its number says."""
BUILT_IN = ("form", "blank")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. ``picture``: one of BUILT_IN, or the file that is on it. ``number`` from 1, for its marks."""

    picture: str
    number: int

    def __post_init__(self) -> None:
        if self.picture not in BUILT_IN and not Path(self.picture).is_file():
            raise ValueError(f"on a sheet may be {', '.join(BUILT_IN)}, or the picture of a file, not {self.picture}")

    def side(self, wish: Wish, *, back: bool = False) -> bytes:
        """One side as JPEG."""
        at_300 = (wish.left, wish.top, wish.left + wish.width, wish.top + wish.height)
        area = tuple(round(each * wish.dpi / 300) for each in at_300)
        number = self.number * 2 - (not back) if wish.duplex else self.number
        seen = _seen(self.picture, number, wish.dpi).crop((area[0], area[1], area[2], area[3]))
        if wish.mode != "RGB24":
            seen = seen.convert("L")
        if wish.mode == "BlackAndWhite1":
            seen = seen.point(lambda level: 255 * (level > 128))
        written = io.BytesIO()
        seen.save(written, "JPEG", quality=85, dpi=(wish.dpi, wish.dpi))
        return written.getvalue()


@lru_cache(maxsize=8)
def _seen(picture: str, number: int, dpi: int) -> Image.Image:
    """A whole A4 side. Beyond it lies the lid, which crop() leaves black: a real one is white."""
    size = (A4[0] * dpi // 300, A4[1] * dpi // 300)
    bed = Image.new("RGB", (size[0] * 2, size[1] * 2), "white")
    if picture not in BUILT_IN:
        with Image.open(picture) as file:
            bed.paste(file.convert("RGB").resize(size), (0, 0))
    elif picture == "form":
        _form(bed, size, number, dpi)
    return bed


def _form(bed: Image.Image, size: tuple[int, int], number: int, dpi: int) -> None:
    pen, unit = ImageDraw.Draw(bed), dpi / 300
    for mark in range(number):
        left = (200 + mark % 10 * MARK * 2) * unit
        top = (100 + mark // 10 * MARK * 2) * unit
        pen.rectangle((left, top, left + MARK * unit, top + MARK * unit), fill="black")
    across = 300 * unit
    for char in f"办事材料 第{number}页":
        letter = printed(char, columns(char) == 2, 4, 4, False)
        letter = letter.resize((max(1, int(letter.width * unit)), max(1, int(letter.height * unit))))
        bed.paste((0, 0, 0), (int(across), int(700 * unit)), letter)
        across += letter.width
    for line in range(12):
        top = (1000 + line * 180) * unit
        pen.line((300 * unit, top, size[0] - 300 * unit, top), fill=(60, 60, 60), width=max(1, int(4 * unit)))
