"""From commands to movements of paper: modes, the line being filled, and how far the motor turns for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import segno
from PIL import Image

from simulators.glyphs import PRINTER_DOTS
from simulators.printer import commands as c
from simulators.printer.paper import CUTTER_DOTS, WIDTH, Cell, Mark, Strip, qr_dots, raster_dots

LINE_DOTS = 30
"""Standard line spacing, 3.75 mm."""


@dataclass(frozen=True, slots=True)
class Motion:
    """A turn of the motor over ``rows`` dots, and what then is on the paper. ``cuts``: the cutter moves after it."""

    rows: int
    print: Callable[[Strip], None]
    cuts: bool = False


@dataclass(frozen=True, slots=True)
class _Modes:
    width: int = 1
    height: int = 1
    hanzi_width: int = 1
    hanzi_height: int = 1
    bold: bool = False
    align: int = 0
    spacing: int = LINE_DOTS


class Typesetter:
    """Fills the line, ``width`` dots, and says when paper has to move."""

    def __init__(self, width: int = WIDTH) -> None:
        self._width = width
        self.initialize()

    def initialize(self) -> None:
        """ESC @: standard modes, nothing in the line."""
        self._modes = _Modes()
        self.clear()

    def clear(self) -> None:
        """Forget the letters of the unfinished line."""
        self._cells: list[Cell] = []

    def take(self, command: c.Command) -> Iterator[Motion]:
        """The movements that this command asks for, in order."""
        match command:
            case c.Letter():
                yield from self._letter(command)
            case c.LineFeed():
                yield self._line()
            case c.Feed(lines):
                yield from self._rest()
                yield _feed(lines * self._modes.spacing)
            case c.FeedDots(dots):
                yield from self._rest()
                yield _feed(dots)
            case c.Raster():
                yield from self._image(raster_dots(command), Mark("image", "", 0))
            case c.QrCode(data):
                with suppress(segno.DataOverflowError):  # a code that cannot be is not printed
                    yield from self._image(qr_dots(command), Mark("qr", data.decode("utf-8", "replace"), 0))
            case c.Cut(_, feed):
                yield from self._rest()
                yield _feed(0 if feed is None else CUTTER_DOTS + feed, cuts=True)
            case _:
                self._set(command)

    def _set(self, command: c.Command) -> None:
        match command:
            case c.Initialize():
                self.initialize()
            case c.LetterSize(width, height):
                self._modes = replace(self._modes, width=width, height=height)
            case c.HanziSize(width, height):
                self._modes = replace(self._modes, hanzi_width=width, hanzi_height=height)
            case c.Bold(on):
                self._modes = replace(self._modes, bold=on)
            case c.Align(to):
                self._modes = replace(self._modes, align=to)
            case c.LineSpacing(dots):
                self._modes = replace(self._modes, spacing=LINE_DOTS if dots is None else dots)

    def _letter(self, letter: c.Letter) -> Iterator[Motion]:
        m = self._modes
        if letter.hanzi:
            # Whether GS ! scales hanzi differs from head to head; this one needs FS !, so who forgets it is seen.
            cell = Cell(letter.char, True, m.hanzi_width, m.hanzi_height, m.bold)
        else:
            cell = Cell(letter.char, False, m.width, m.height, m.bold)
        if sum(other.dots for other in self._cells) + cell.dots > self._width:
            yield self._line()
        self._cells.append(cell)

    def _line(self) -> Motion:
        cells, align = tuple(self._cells), self._modes.align
        rows = max([self._modes.spacing, *(PRINTER_DOTS * cell.height for cell in cells)])
        self.clear()
        return Motion(rows, lambda strip: strip.line(cells, align, rows))

    def _rest(self) -> Iterator[Motion]:
        if self._cells:
            yield self._line()

    def _image(self, dots: Image.Image, mark: Mark) -> Iterator[Motion]:
        yield from self._rest()
        align = self._modes.align
        yield Motion(dots.height, lambda strip: strip.image(dots, align, mark))


def _feed(rows: int, *, cuts: bool = False) -> Motion:
    return Motion(rows, lambda strip: strip.feed(rows), cuts)
