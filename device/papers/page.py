"""Marks on A4 pages. Millimetres from the left upper corner; a letter's size in points."""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 210.0, 297.0
MM_A_POINT = 25.4 / 72
ASCII_EM = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """One line; ``y`` is its base line."""

    x: float
    y: float
    size: float
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A black rectangle: a rule, an arrow's shaft."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code of this text, its quiet zone not counted."""

    x: float
    y: float
    side: float
    data: str


Mark = Text | Bar | Code
Page = tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """``name`` is what kind of paper it is, for the printer's panel; no person's."""

    name: str
    pages: tuple[Page, ...]


def width(text: str, size: float) -> float:
    """Millimetres that a line takes: ASCII is half as wide as everything else (Noto Sans Mono CJK SC)."""
    ems = sum(ASCII_EM if character.isascii() else 1.0 for character in text)
    return ems * size * MM_A_POINT
