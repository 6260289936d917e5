"""Whether a JPEG is whole, and how large (ITU-T T.81, JFIF 1.02).

Sequential images with one scan only, which is what scanners and cameras send: of others it cannot be told here.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from drivers.contract import Garbled
from drivers.document_scanner.measure import Measure, measured

SOI, EOI = b"\xff\xd8", b"\xff\xd9"
SEQUENTIAL = (0xC0, 0xC1)
SOS, APP0 = 0xDA, 0xE0
OTHER_FRAMES = frozenset(range(0xC2, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Progressive, lossless, arithmetic, hierarchical. C4, C8 and CC are no frames."""
FILL = 0xFF
STUFFED = frozenset({0x00, *range(0xD0, 0xD8)})
"""What may follow FF between the coded pixels: a stuffed zero, a restart marker."""
CM_IN_INCH = 2.54
BEYOND = b"\xff\x00" * 16
"""Ones that are no code. A decoder looks some bits ahead, so that a whole image needs a few; one that lacks more of its
pixels than these can stand for runs out of bytes. Were the end marker left in place, libjpeg would fill up with grey
and say nothing.
"""


def measure(data: bytes) -> Measure:
    """Size and dpi of a whole JPEG. Raises Garbled for anything else."""
    if not data.startswith(SOI):
        raise Garbled("no JPEG")
    size, dpi = None, None
    for kind, body, end in _segments(data):
        if kind in SEQUENTIAL and len(body) >= 6:
            height, width = struct.unpack_from(">2H", body, 1)
            size = measured(width, height, None)
        elif kind in OTHER_FRAMES:
            raise Garbled("a JPEG of a kind that no scanner and no camera sends")
        elif kind == APP0 and body.startswith(b"JFIF\0") and len(body) >= 12:
            dpi = _density(*struct.unpack_from(">B2H", body, 7))
        elif kind == SOS:
            if size is None:
                raise Garbled("a JPEG without its frame")
            _check_pixels(data, end, size)
            return measured(size.width, size.height, dpi)
    raise Garbled("a JPEG that is not whole")


def _segments(data: bytes) -> Iterator[tuple[int, bytes, int]]:
    """Marker, body and end of each segment up to the pixels."""
    at = len(SOI)
    while at + 4 <= len(data):
        marker, kind, length = struct.unpack_from(">2BH", data, at)
        if marker == kind == FILL:
            at += 1
            continue
        end = at + 2 + length
        if marker != FILL or length < 2 or end > len(data):
            break
        yield kind, data[at + 4 : end], end
        at = end


def _density(unit: int, x: int, y: int) -> float | None:
    """Unit 1: per inch; 2: per cm; 0: a ratio only."""
    if unit not in (1, 2) or not x or x != y:
        return None
    return float(x) if unit == 1 else round(x * CM_IN_INCH, 2)


def _check_pixels(data: bytes, begin: int, size: Measure) -> None:
    """Raises Garbled unless the pixels that begin there are all there, and nothing but padding behind them."""
    end = begin
    while (end := data.find(b"\xff", end)) >= 0 and data[end + 1 : end + 2] and data[end + 1] in STUFFED | {FILL}:
        end += 1 if data[end + 1] == FILL else 2
    if end < 0 or data[end : end + 2] != EOI or data[end + 2 :].strip(b"\0\xff"):
        raise Garbled("a JPEG that is not whole")
    from PIL import Image  # here: who measures no picture needs no Pillow

    try:
        with Image.open(io.BytesIO(data[:end] + BEYOND), formats=["JPEG"]) as image:
            image.draft("L", (max(1, size.width // 8), max(1, size.height // 8)))  # every code is read all the same
            image.load()
    except (OSError, SyntaxError, ValueError):
        raise Garbled("a JPEG whose pixels are not whole") from None
