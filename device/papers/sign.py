"""A sign for the wall (指示牌): few words, as large as they fit, and where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from config.wording import say
from device.papers.layout import MARGIN, Composer
from device.papers.page import MM_A_POINT, WIDTH, Paper, Text, width

ARROWS = {"none": "", "left": "←", "right": "→", "ahead": "↑"}
LARGEST, SMALLEST = 110.0, 14.0


@dataclass(frozen=True, slots=True)
class Sign:
    """``title`` may have several lines; ``english`` stands smaller below, ``note`` at the foot."""

    title: str
    english: str = ""
    note: str = ""
    arrow: Literal["none", "left", "right", "ahead"] = "none"


def lay_out(sign: Sign) -> Paper:
    """The paper. Raises ValueError for a sign that says nothing, or whose words do not fit in one line each."""
    if not sign.title.strip():
        raise ValueError("a sign without a title → say what it points to")
    sheet = Composer(say("paper", "sign_title"), sign.note, numbered=False)
    y = 55.0
    if sign.arrow != "none":
        y = _centred(sheet, ARROWS[sign.arrow], 150.0, y + 20.0) + 10.0
    for line in sign.title.split("\n"):
        size = _fitting(line, LARGEST)
        y = _centred(sheet, line, size, y + size * MM_A_POINT) + 4.0
    for line in sign.english.split("\n") if sign.english else ():
        size = _fitting(line, LARGEST / 3)
        y = _centred(sheet, line, size, y + size * MM_A_POINT) + 2.0
    return sheet.paper()


def _fitting(line: str, largest: float) -> float:
    size = min(largest, (WIDTH - 2 * MARGIN) / max(width(line, 1.0), 0.001))
    if size < SMALLEST:
        raise ValueError(f"{line!r} is too long for a sign → break it into lines")
    return size


def _centred(sheet: Composer, text: str, size: float, base_line: float) -> float:
    """Where the line ends below."""
    sheet.mark(Text((WIDTH - width(text, size)) / 2, base_line, size, text, True))
    return base_line + size * MM_A_POINT * 0.3
