"""Whether a PNG is whole, and how large (ISO/IEC 15948). What is checked: every chunk's CRC, every row of pixels."""

from __future__ import annotations

import struct
import zlib

from drivers.contract import Garbled
from drivers.document_scanner.measure import Measure, measured

SIGNATURE = b"\x89PNG\r\n\x1a\n"
METRE = 1
"""The only unit that a pHYs chunk may name."""
INCH_METRES = 0.0254
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Colour type → values a pixel."""
BITS = (1, 2, 4, 8, 16)


def measure(data: bytes) -> Measure:
    """Size and dpi of a whole PNG. Raises Garbled for anything else, interlaced ones too, which no scanner makes."""
    if not data.startswith(SIGNATURE):
        raise Garbled("no PNG")
    size: tuple[int, int] | None = None
    rows, dpi, at = _Rows(0), None, len(SIGNATURE)
    while True:
        kind, body, at = _chunk(data, at)
        if kind == b"IHDR" and size is None:
            *size_, bits, colour, _, _, interlaced = struct.unpack(">2I5B", body.ljust(13, b"\0")[:13])
            if interlaced or bits not in BITS or colour not in CHANNELS:
                raise Garbled("a PNG that no scanner makes")
            size = (size_[0], size_[1])
            measured(*size, None)
            rows = _Rows(size[1] * (1 + (size[0] * bits * CHANNELS[colour] + 7) // 8))
        elif size is None:
            raise Garbled("a PNG without its header")
        elif kind == b"pHYs":
            dpi = _dpi(body)
        elif kind == b"IDAT":
            rows.feed(body)
        elif kind == b"IEND":
            break
    if at != len(data) or not rows.whole:
        raise Garbled("a PNG that is not whole")
    return measured(*size, dpi)


def _chunk(data: bytes, at: int) -> tuple[bytes, bytes, int]:
    """Kind and body of the chunk at ``at``, and where the next one begins."""
    end = at + 12
    if end <= len(data):
        end += int.from_bytes(data[at : at + 4], "big")
    if end > len(data):
        raise Garbled("a PNG that is not whole")
    if zlib.crc32(data[at + 4 : end - 4]) != int.from_bytes(data[end - 4 : end], "big"):
        raise Garbled("a PNG with a wrong CRC")
    return data[at + 4 : at + 8], data[at + 8 : end - 4], end


def _dpi(body: bytes) -> float | None:
    if len(body) != 9:
        return None
    x, y, unit = struct.unpack(">2IB", body)
    return round(x * INCH_METRES, 2) if x and x == y and unit == METRE else None


class _Rows:
    """Counts the bytes of rows without keeping them."""

    def __init__(self, count: int) -> None:
        self._missing = count
        self._stream = zlib.decompressobj()

    @property
    def whole(self) -> bool:
        """Whether exactly all have come and the stream has ended."""
        return self._missing == 0 and self._stream.eof

    def feed(self, data: bytes) -> None:
        """Take one IDAT's bytes. Raises Garbled; more rows than announced are not unpacked."""
        try:
            while data and not self._stream.eof:
                self._missing -= len(self._stream.decompress(data, 1 << 16))
                if self._missing < 0:
                    break
                data = self._stream.unconsumed_tail
        except zlib.error:
            raise Garbled("a PNG whose rows cannot be unpacked") from None
        if self._missing < 0:
            raise Garbled("a PNG with more rows than it says")
