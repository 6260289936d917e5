"""The paper: as wide as the head, growing downwards, with what stands on it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import segno
from PIL import Image

from simulators.glyphs import PRINTER_DOTS, printed
from simulators.printer.commands import QrCode, Raster

WIDTHS = {80: 576, 58: 384}
"""Dots that the head reaches, 72 and 48 mm, on rolls of 80 and of 58 mm."""
WIDTH = WIDTHS[80]
DOTS_A_MM = 8
_MARGINS = {WIDTHS[80]: 32, WIDTHS[58]: 40}
"""On either side of what the head reaches."""

CUTTER_DOTS = 96
"""From the head up to the cutter, 12 mm: what a cut without feeding leaves behind, and every slip's blank beginning."""

PAPER, INK = (250, 249, 244), (38, 36, 40)

_GROW = 1024


@dataclass(frozen=True, slots=True)
class Cell:
    """One letter of a line, as the modes of its moment make it."""

    char: str
    wide: bool
    width: int
    height: int
    bold: bool

    @property
    def dots(self) -> int:
        """Its width."""
        return PRINTER_DOTS * (2 if self.wide else 1) * self.width // 2


@dataclass(frozen=True, slots=True)
class Mark:
    """Something printed, and the row below it. ``large``: a text of double width and height."""

    kind: Literal["text", "qr", "image"]
    text: str
    bottom: int
    large: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """Paper that has left the printer. ``whole`` when no part of what was printed stayed behind."""

    picture: Image.Image
    marks: tuple[Mark, ...]
    whole: bool


class Strip:
    """The paper in the printer since the last cut."""

    def __init__(self, width: int = WIDTH) -> None:
        self.width = width
        self._dots = Image.new("1", (width, _GROW))
        self.rows = CUTTER_DOTS
        self.marks: list[Mark] = []

    def line(self, cells: tuple[Cell, ...], align: int, rows: int) -> None:
        """Print letters standing on one base line, then feed up to ``rows``."""
        height = max((PRINTER_DOTS * cell.height for cell in cells), default=0)
        self._make_room(max(rows, height))
        left = self._left(sum(cell.dots for cell in cells), align)
        for cell in cells:
            letter = printed(cell.char, cell.wide, cell.width, cell.height, cell.bold)
            self._dots.paste(letter, (left, self.rows + height - letter.height))
            left += cell.dots
        self.rows += max(rows, height)
        text = "".join(cell.char for cell in cells).strip()
        if text:
            large = all(cell.width > 1 and cell.height > 1 for cell in cells if cell.char != " ")
            self.marks.append(Mark("text", text, self.rows, large))

    def feed(self, rows: int) -> None:
        """Move without printing."""
        self._make_room(rows)
        self.rows += rows

    def image(self, dots: Image.Image, align: int, mark: Mark) -> None:
        """Print dots; what is wider than the head is lost."""
        self._make_room(dots.height)
        self._dots.paste(dots, (self._left(dots.width, align), self.rows))
        self.rows += dots.height
        self.marks.append(replace(mark, bottom=self.rows))

    def cut(self) -> Piece:
        """Cut at the cutter: what has not passed it stays, and begins the next slip."""
        at = max(self.rows - CUTTER_DOTS, 0)
        left = [replace(m, bottom=m.bottom - at) for m in self.marks if m.bottom > at]
        piece = Piece(picture(self._dots, at), tuple(m for m in self.marks if m.bottom <= at), not left)
        rest = self._dots.crop((0, at, self.width, at + _GROW))
        self._dots, self.rows, self.marks = rest, CUTTER_DOTS, left
        return piece

    def tear(self) -> Piece:
        """Take out everything up to the head: paper that ended, or an unfinished slip pulled off."""
        piece = Piece(picture(self._dots, self.rows), tuple(self.marks), False)
        self._dots, self.rows, self.marks = Image.new("1", (self.width, _GROW)), CUTTER_DOTS, []
        return piece

    def picture(self) -> Image.Image:
        """The paper as far as it has come out."""
        return picture(self._dots, self.rows)

    def _left(self, width: int, align: int) -> int:
        return max((0, (self.width - width) // 2, self.width - width)[align], 0)

    def _make_room(self, rows: int) -> None:
        if (needed := self.rows + rows) > self._dots.height:
            self._dots = self._dots.crop((0, 0, self.width, needed + _GROW))


def raster_dots(raster: Raster) -> Image.Image:
    """The dots of GS v 0, doubled as its mode says."""
    dots = Image.frombytes("1", (raster.width_bytes * 8, raster.rows), raster.data)
    return dots.resize((dots.width * (1 + (raster.mode & 1)), dots.height * (1 + (raster.mode >> 1))))


def qr_dots(code: QrCode) -> Image.Image:
    """The dots of a QR code as the printer's own font of squares gives it: no quiet zone, that is the paper's."""
    matrix = segno.make_qr(code.data, error=code.level, mode="byte", boost_error=False).matrix
    side = len(matrix)
    dots = Image.new("1", (side, side))
    dots.putdata([255 * module for row in matrix for module in row])
    return dots.resize((side * code.module,) * 2, Image.Resampling.NEAREST)


def picture(dots: Image.Image, rows: int) -> Image.Image:
    """Dots as they look: dark on warm white, with the margins that the head does not reach."""
    margin = _MARGINS[dots.width]
    paper = Image.new("P", (dots.width + 2 * margin, max(rows, 1)))
    paper.putpalette([*PAPER, *INK])
    paper.paste(1, (margin, 0), dots.crop((0, 0, dots.width, max(rows, 1))))
    return paper


def save(image: Image.Image, path: Path) -> None:
    """Write a PNG so that a reader never sees half of one."""
    fresh = path.with_name(f".{path.name}.new")
    image.save(fresh, "PNG", compress_level=1, bits=1 if image.mode == "P" else 8)
    fresh.replace(path)
