"""Which font draws which character on an A4 paper. Both forms of a paper use the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

_NOTO = "/usr/share/fonts/opentype/noto/NotoSansCJK-"


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a font file."""

    name: str
    file: str
    index: int


REGULAR = Face("regular", f"{_NOTO}Regular.ttc", 7)
BOLD = Face("bold", f"{_NOTO}Bold.ttc", 7)
"""Debian fonts-noto-cjk; index 7 is simplified Chinese whose ASCII is half as wide as its hanzi."""
RARE = (
    Face("hanazono-a", "/usr/share/fonts/truetype/hanazono/HanaMinA.ttf", 0),
    Face("hanazono-b", "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf", 0),
)
"""Debian fonts-hanazono: every ideograph, for the few rare ones that Noto lacks."""


class NoFont(Exception):
    """No font at hand draws a character of this paper; the message does not say which, it may be of a name."""


@cache
def _characters(face: Face) -> frozenset[int]:
    """What a face draws; nothing where it is not installed."""
    if not Path(face.file).exists():
        return frozenset()
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    with TTFont(face.file, fontNumber=face.index, lazy=True) as font:
        return frozenset(font.getBestCmap())


def runs(text: str, bold: bool) -> Iterator[tuple[Face, str]]:
    """Pieces of a line and the face of each. Raises NoFont."""
    for face, piece in groupby(text, lambda character: _face_of(character, bold)):
        yield face, "".join(piece)


@cache
def _face_of(character: str, bold: bool) -> Face:
    for face in (BOLD if bold else REGULAR, REGULAR, *RARE):
        if ord(character) in _characters(face):
            return face
    raise NoFont("no font draws a character of this paper → install fonts-noto-cjk and fonts-hanazono")
