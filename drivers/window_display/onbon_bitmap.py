"""Dots as an Onbon card's dynamic area takes them (5th and 6th dynamic area manuals, appendix 2). Pure.

5E, 6E: one bit a dot, the highest is leftmost, rows left to right; 0 is lit. Two colours: the red byte, then the green
byte of the same eight dots. What lies outside of the area in its first and last byte is sent as not lit.
5Q, 6Q: sixteen bits a dot, red 5, green 6, blue 5, low byte first as every number of this protocol.
"""

from __future__ import annotations

from typing import Literal

from drivers.dots import Raster

Dots = Literal["one-colour", "two-colour", "rgb565"]
Colour = Literal["red", "green", "yellow"]

_RGB565: dict[Colour, int] = {"red": 0xF800, "green": 0x07E0, "yellow": 0xFFE0}


def one_colour(dots: Raster, lit: Literal[0, 1] = 0) -> bytes:
    """One bit a dot."""
    return dots.data if lit else bytes(byte ^ 0xFF for byte in dots.data)


def two_colour(dots: Raster, colour: Colour, lit: Literal[0, 1] = 0) -> bytes:
    """Red byte, green byte, for each eight dots."""
    on = one_colour(dots, lit)
    off = one_colour(Raster(dots.width_bytes, dots.rows, bytes(len(dots.data))), lit)
    red = off if colour == "green" else on
    green = off if colour == "red" else on
    return b"".join(bytes(pair) for pair in zip(red, green, strict=True))


def rgb565(dots: Raster, width: int, colour: Colour) -> bytes:
    """Two bytes a dot, for exactly ``width`` dots a row."""
    on, off = _RGB565[colour].to_bytes(2, "little"), b"\0\0"
    rows = (dots.data[at : at + dots.width_bytes] for at in range(0, len(dots.data), dots.width_bytes))
    return b"".join(on if row[x // 8] << x % 8 & 0x80 else off for row in rows for x in range(width))
