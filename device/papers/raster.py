"""A paper as PWG raster (PWG 5102.4): dots of one bit, for printers that take no PDF."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

import segno

from device.papers.fonts import Face, runs
from device.papers.page import HEIGHT, WIDTH, Bar, Code, Mark, Page, Paper, Text, width

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw
    from PIL.ImageFont import FreeTypeFont

SYNC = b"RaS2"
MM_AN_INCH, POINTS_AN_INCH = 25.4, 72
A4_POINTS = (595, 842)
SIZE_NAME = b"iso_a4_210x297mm"
BLACK = 3
"""ColorSpace of black_1: a dot that is set is black."""
LONGEST_RUN, LONGEST_REPEAT = 128, 256


def raster(paper: Paper, dpi: int) -> bytes:
    """The document at so many dots an inch. Takes a second of one core, so in a thread. Raises fonts.NoFont."""
    return SYNC + b"".join(_header(dpi, len(paper.pages)) + _packed(_dots(page, dpi)) for page in paper.pages)


def _size(dpi: int) -> tuple[int, int]:
    return round(WIDTH / MM_AN_INCH * dpi), round(HEIGHT / MM_AN_INCH * dpi)


def _header(dpi: int, pages: int) -> bytes:
    """1796 octets; what is not named here is 0: one side, no cutting, the whole page."""
    across, down = _size(dpi)
    header = bytearray(1796)
    header[:9] = b"PwgRaster"
    header[1732 : 1732 + len(SIZE_NAME)] = SIZE_NAME
    for place, numbers in {
        276: (dpi, dpi),  # HWResolution
        340: (1,),  # NumCopies
        352: A4_POINTS,  # PageSize
        372: (across, down),  # Width, Height
        384: (1, 1, -(-across // 8)),  # BitsPerColor, BitsPerPixel, BytesPerLine
        400: (BLACK,),  # ColorSpace
        420: (1,),  # NumColors
        452: (pages, 1, 1),  # TotalPageCount, CrossFeedTransform, FeedTransform
        464: (0, 0, across, down),  # ImageBox
    }.items():
        struct.pack_into(f">{len(numbers)}I", header, place, *numbers)
    return bytes(header)


def _dots(page: Page, dpi: int) -> list[bytes]:
    """Rows of a page; 1 is black, the highest bit is left."""
    from PIL import Image, ImageDraw

    across, down = _size(dpi)
    image = Image.new("1", (across, down), 0)
    pen = ImageDraw.Draw(image)
    pen.fontmode = "1"
    for mark in page:
        _draw(pen, mark, dpi)
    octets, row = image.tobytes(), -(-across // 8)
    return [octets[at : at + row] for at in range(0, len(octets), row)]


def _draw(pen: ImageDraw, mark: Mark, dpi: int) -> None:
    dots = dpi / MM_AN_INCH
    match mark:
        case Bar():
            _fill(pen, mark.x * dots, mark.y * dots, mark.width * dots, mark.height * dots)
        case Code():
            squares = segno.make(mark.data, error="M", micro=False).matrix
            side = max(1, round(mark.side * dots / len(squares)))
            for row, line in enumerate(squares):
                for column, dark in enumerate(line):
                    if dark:
                        _fill(pen, round(mark.x * dots) + column * side, round(mark.y * dots) + row * side, side, side)
        case Text():
            x = mark.x
            for face, piece in runs(mark.text, mark.bold):
                font = _font(face, round(mark.size * dpi / POINTS_AN_INCH))
                pen.text((x * dots, mark.y * dots), piece, fill=1, font=font, anchor="ls")
                x += width(piece, mark.size)


def _fill(pen: ImageDraw, x: float, y: float, across: float, down: float) -> None:
    left, top = round(x), round(y)
    pen.rectangle((left, top, left + max(1, round(across)) - 1, top + max(1, round(down)) - 1), fill=1)


@lru_cache(maxsize=16)
def _font(face: Face, size: int) -> FreeTypeFont:
    from PIL import ImageFont

    return ImageFont.truetype(face.file, size, face.index)


def _packed(rows: list[bytes]) -> bytes:
    """Each row once with how often it comes, its octets as PackBits has them."""
    out = bytearray()
    for row, same in groupby(rows):
        count, packed = len(list(same)), _row(row)
        while count:
            again = min(count, LONGEST_REPEAT)
            out.append(again - 1)
            out += packed
            count -= again
    return bytes(out)


def _row(row: bytes) -> bytes:
    out, single = bytearray(), bytearray()
    for octet, count in _runs(row):
        if count == 1:
            single.append(octet)
            continue
        _flush(out, single)
        out += bytes((count - 1, octet))
    _flush(out, single)
    return bytes(out)


def _runs(row: bytes) -> Iterator[tuple[int, int]]:
    for octet, same in groupby(row):
        count = len(list(same))
        while count:
            yield octet, min(count, LONGEST_RUN)
            count -= min(count, LONGEST_RUN)


def _flush(out: bytearray, single: bytearray) -> None:
    """Octets that each come once: 257 - n says that n of them follow; one alone is a run of one."""
    while single:
        part = single[:LONGEST_RUN]
        out += bytes((257 - len(part),)) + part if len(part) > 1 else bytes((0, part[0]))
        del single[: len(part)]
