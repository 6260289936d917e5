"""Reading a panel: dots that are Unifont's letters, sixteen high and in one line, are given back as text."""

from __future__ import annotations

from functools import cache

from PIL import Image

from simulators.glyphs import DISPLAY_DOTS, unifont_dots

_HALF = DISPLAY_DOTS // 2
_LIKELY = ((0x20, 0x7F), (0x3000, 0x3040), (0x4E00, 0xA000), (0x3400, 0x4DC0), (0xA0, 0x10000))
"""What people take two letters of the same form for, first first."""


def learn() -> None:
    """Learn every letter now, which takes a moment, and not while a card should answer."""
    _letters()


def read(lit: Image.Image) -> str | None:
    """The text on these dots (mode "P", 0 dark), without the blanks around it; None when it cannot be read."""
    dots = lit.point([255 * (level > 0) for level in range(256)], "1")
    box = dots.getbbox()
    if box is None:
        return ""
    left, top, right, bottom = box
    for row in range(max(0, bottom - DISPLAY_DOTS), top + 1):
        for start in range(max(0, left - DISPLAY_DOTS + 1), left + 1):
            text = _line(dots, start, row, right)
            if text is not None:
                return text
    return None


def _line(dots: Image.Image, start: int, row: int, right: int) -> str | None:
    """The letters from here to the last lit dot; None when one of them is none."""
    text, at = "", start
    while at < right:
        wide = _letters().get((DISPLAY_DOTS, _cell(dots, at, row, DISPLAY_DOTS)))
        narrow = _letters().get((_HALF, _cell(dots, at, row, _HALF)))
        if wide is None and narrow is None:
            return None
        text += wide if wide is not None else narrow or ""
        at += DISPLAY_DOTS if wide is not None else _HALF
    return text.strip()


def _cell(dots: Image.Image, left: int, top: int, width: int) -> bytes:
    return dots.crop((left, top, left + width, top + DISPLAY_DOTS)).tobytes()


def _in_the_middle(narrow: bytes) -> bytes:
    """A letter eight dots wide, in the middle of the sixteen that hosts give to all but ASCII."""
    return b"".join((row << 4).to_bytes(2, "big") for row in narrow)


@cache
def _letters() -> dict[tuple[int, bytes], str]:
    """Width and dots of every letter → the letter."""
    known: dict[tuple[int, bytes], str] = {(_HALF, bytes(DISPLAY_DOTS)): " "}
    for first, end in _LIKELY:
        for code in range(first, end):
            dots = unifont_dots(code)
            if dots and any(dots):
                known.setdefault((len(dots) // DISPLAY_DOTS * 8, dots), chr(code))
            if len(dots) == DISPLAY_DOTS and not known[_HALF, dots].isascii():
                known.setdefault((DISPLAY_DOTS, _in_the_middle(dots)), chr(code))
    return known
