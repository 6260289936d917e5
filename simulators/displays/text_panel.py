"""A panel that a card with a font of its own fills with letters of several colours."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from simulators.displays.dots import RED, Panel, write
from simulators.glyphs import DISPLAY_DOTS, shown

Letters = tuple[tuple[str, int], ...]
"""Characters with their colours."""


def drawn(letters: Letters, size: int) -> list[tuple[Image.Image, int]]:
    """Letters ``size`` dots high."""
    images = []
    for char, colour in letters:
        letter = shown(char)
        if size != DISPLAY_DOTS:
            letter = letter.resize((letter.width * size // DISPLAY_DOTS, size))
        images.append((letter, colour))
    return images


def width(letters: Letters, size: int = DISPLAY_DOTS) -> int:
    """Dots that these letters take."""
    return sum(letter.width for letter, _ in drawn(letters, size))


def lit_line(panel: Panel, letters: Letters) -> Image.Image:
    """One line from the left, in the middle of the panel's height."""
    lit = Image.new("P", (panel.width, panel.height))
    write(lit, (0, 0, panel.width, panel.height), drawn(letters, DISPLAY_DOTS), 0, 2)
    return lit


def red(text: str) -> Letters:
    """This text on a panel of one colour."""
    return tuple((char, RED) for char in text)


class LinePanel:
    """One line of letters, kept until another comes: what strips and Modbus displays are."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._letters: Letters = ()

    @property
    def seen(self) -> Letters:
        """The letters; blanks light nothing."""
        return self._letters if self.text else ()

    @property
    def text(self) -> str:
        """What people read."""
        return "".join(char for char, _ in self._letters).strip()

    @property
    def fits(self) -> bool:
        """Whether the line is not longer than the panel."""
        return width(self._letters) <= self._panel.width

    def write(self, letters: Sequence[tuple[str, int]]) -> None:
        """Show these."""
        self._letters = tuple(letters)

    def draw(self) -> Image.Image:
        """Which dots are lit."""
        return lit_line(self._panel, self._letters)

    def advance(self, _seconds: float) -> None:
        """These have no clock."""

    def close(self) -> None:
        """These have no clock."""
