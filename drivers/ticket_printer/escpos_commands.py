"""ESC/POS commands that not every head has: each is a setting, none is taken for granted. Pure bytes.

What all of them share is in escpos_codec.py. Source: protocols/ticket-printers.md §3–§5.
"""

from __future__ import annotations

from drivers.dots import Raster
from drivers.ticket_printer.escpos_codec import harmless

FIRMWARE, MAKER, MODEL, SERIAL = 65, 66, 67, 68
"""The n of GS I that is answered with a text."""

CUT_FULL_AT_ONCE = b"\x1dV\x00"
CUT_PARTIAL_AT_ONCE = b"\x1dV\x01"
BLACK_MARK = b"\x1d\x0c"
"""GS FF: feed to the next black mark of marked paper."""
PRINT_GRAPHICS = b"\x1d(L\x02\x0002"
GRAPHICS_CAP = 0xFFFF - 10
"""Bytes of dots that one GS ( L can store: its length has two bytes."""


def info_request(n: int) -> bytes:
    """GS I n. Answered in its turn: 1 to 3 by one byte, from 65 on by a text."""
    return bytes((0x1D, 0x49, n))


def drawer_request() -> bytes:
    """GS r 2: bit 0 of the answer is the drawer's line."""
    return b"\x1dr\x02"


def offline_notice(kind: int) -> bytes:
    """GS ( H fn 49: 0 off, 1 say when going off-line, 2 with its causes."""
    return b"\x1d(H\x03\x0010" + bytes((kind,))


def graphics(image: Raster) -> bytes:
    """GS ( L fn 112 and fn 50: store dots and print them, for heads that have no GS v 0."""
    stored = b"0p0\x01\x011" + (image.width_bytes * 8).to_bytes(2, "little") + image.rows.to_bytes(2, "little")
    stored += harmless(image).data
    return b"\x1d(L" + len(stored).to_bytes(2, "little") + stored + PRINT_GRAPHICS


def hanzi_double(on: bool) -> bytes:
    """FS W: hanzi twice as wide and high, where FS ! is not known."""
    return bytes((0x1C, 0x57, on))


def code_system(n: int) -> bytes:
    """FS C: which Chinese character codes come; what ``n`` means is the maker's."""
    return bytes((0x1C, 0x43, n))


def drawer_pulse(pin: int, on_ms: int, off_ms: int) -> bytes:
    """ESC p: a pulse on the drawer's line (``pin`` 0 or 1), which external bells hang on. Steps of 2 ms up to 510."""
    return bytes((0x1B, 0x70, pin, on_ms // 2, off_ms // 2))


def buzz(times: int, length: int) -> bytes:
    """ESC B of clones: ``times`` (1 to 9) of ``length`` (1 to 9) times 50 to 100 ms each."""
    return bytes((0x1B, 0x42, times, length))
