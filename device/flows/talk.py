"""Talking in writing (笔谈): what the clerk shows in large type and what the citizen writes by finger or key.

It lives in memory for as long as the ticket stands at the window. Nothing of it is journaled, logged or sent to the
hall.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hall.contract import Said

MOST_NUMBERS = 8_000
"""x and y of 4,000 points: some hundred characters by finger, 40 kB on their way to the pages."""
SIDE = 10_000
"""Points are told in this many parts of the sheet's width and height."""
MOST_TYPED = 200
MOST_SAID, MOST_SAID_EN = 60, 120


@dataclass(slots=True, repr=False)
class Talk:
    """One sheet after the other; ``sheet`` counts them, so that what was meant for an earlier one is dropped."""

    open: bool = False
    sheet: int = 1
    said: Said = field(default_factory=lambda: Said(zh=""))
    strokes: list[list[int]] = field(default_factory=list)
    """Each x, y, x, y …"""
    aspect: int = 1500
    """The sheet's width by its height, in thousandths."""
    typed: str = ""
    full: bool = False
    """More was written than a sheet takes: the rest was dropped."""

    def write(self, sheet: int, stroke: int, points: list[int], aspect: int) -> None:
        """Go on with this stroke, or begin it. Points for another sheet, or out of order, are dropped."""
        if sheet != self.sheet or not self.open or stroke < 0 or not 0 <= len(self.strokes) - stroke <= 1:
            return
        room = MOST_NUMBERS - sum(map(len, self.strokes))
        self.full = self.full or len(points) > room
        taken = [min(max(each, 0), SIDE) for each in points[: min(room, len(points)) // 2 * 2]]
        if not taken:
            return
        self.aspect = aspect
        if stroke == len(self.strokes):
            self.strokes.append([])
        self.strokes[stroke] += taken

    def type(self, sheet: int, text: str) -> None:
        """What stands in the citizen's line now."""
        if sheet == self.sheet and self.open:
            self.typed = text[:MOST_TYPED]

    def say(self, said: Said) -> None:
        """Show the clerk's sentence."""
        self.said, self.open = said, True

    def wipe(self) -> None:
        """A new sheet; what the clerk said stands."""
        self.sheet += 1
        self.strokes, self.typed, self.full = [], "", False

    def end(self) -> None:
        """Nothing of it is left."""
        self.wipe()
        self.open, self.said = False, Said(zh="")

    def shown(self) -> dict[str, Any]:
        """For both pages."""
        return {
            "open": self.open,
            "sheet": self.sheet,
            "said": self.said,
            "strokes": self.strokes,
            "aspect": self.aspect,
            "typed": self.typed,
            "full": self.full,
        }
