"""What a printer makes of a document: how many sheets it is; the dots of PWG raster (PWG 5102.4)."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass

SYNC = b"RaS2"
HEADER = 1796
_PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")


@dataclass(frozen=True, slots=True)
class RasterPage:
    """One page of one bit a dot, 1 is black; ``points`` is the size of its sheet in 1/72 inch."""

    width: int
    height: int
    dpi: tuple[int, int]
    points: tuple[int, int]
    size_name: str
    rows: bytes


def sheets(kind: str, document: bytes) -> int:
    """Pages of a document. Raises ValueError for one that is none of its kind."""
    if kind == "image/pwg-raster":
        return len(raster(document))
    if not document.startswith(b"%PDF-") or b"%%EOF" not in document[-1024:]:
        raise ValueError("no whole PDF")
    return max(1, len(_PAGE.findall(document)))


def raster(document: bytes) -> list[RasterPage]:
    """The pages of PWG raster. Raises ValueError."""
    if not document.startswith(SYNC):
        raise ValueError("no PWG raster")
    place, pages = len(SYNC), []
    while place < len(document):
        header = document[place : place + HEADER]
        if len(header) < HEADER or not header.startswith(b"PwgRaster\0"):
            raise ValueError("no page header where one must be")
        width, height = struct.unpack_from(">II", header, 372)
        bits, pixel, line = struct.unpack_from(">III", header, 384)
        order, space = struct.unpack_from(">II", header, 396)
        if (bits, pixel, order, space) != (1, 1, 0, 3) or line != -(-width // 8):
            raise ValueError("dots of another kind than black_1")
        try:
            rows, place = _rows(document, place + HEADER, height, line)
        except IndexError:
            raise ValueError("the page ends too early") from None
        dpi = struct.unpack_from(">II", header, 276)
        points = struct.unpack_from(">II", header, 352)
        name = header[1732:1796].rstrip(b"\0").decode("ascii")
        pages.append(RasterPage(width, height, dpi, points, name, rows))
    return pages


def _rows(document: bytes, place: int, height: int, line: int) -> tuple[bytes, int]:
    rows = bytearray()
    while len(rows) < height * line:
        again, row = document[place] + 1, bytearray()
        place += 1
        while len(row) < line:
            count = document[place]
            if count < 128:
                row += document[place + 1 : place + 2] * (count + 1)
                place += 2
            else:
                row += document[place + 1 : place + 258 - count]
                place += 258 - count
        if len(row) != line:
            raise ValueError("a row of another length")
        rows += row * again
    if len(rows) != height * line:
        raise ValueError("more rows than the page has")
    return bytes(rows), place
