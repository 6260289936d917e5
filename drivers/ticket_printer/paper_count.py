"""Paper that no sensor tells of: counted from a full roll, in slips or in millimetres. Pure; who owns it keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from drivers.contract import MEDIA_EMPTY, MEDIA_LOW, Feed, QrCode, Reason, Slip, TextLine
from drivers.ticket_printer import qr
from drivers.ticket_printer.escpos_layout import Paper, wrap

DOTS_A_MM = 8
LINE_DOTS = 30
CUTTER_DOTS = 96
"""From the head to the cutter: blank at the head of every slip."""
LONGEST_SLIP_MM = 150
"""A roll with less than this left may end inside a slip."""


@dataclass(slots=True)
class PaperCount:
    """``slips`` or ``millimetres`` of a full roll, 0 and 0: nobody counts. Warns with a tenth left."""

    slips: int
    millimetres: int
    used: int = 0
    """Of this roll, in the same unit."""

    @property
    def counts(self) -> bool:
        """Whether the roll's length is known at all."""
        return bool(self.slips or self.millimetres)

    def reasons(self) -> frozenset[Reason]:
        """media-low near the end, media-empty once the next slip might not fit; it stays so until refilled."""
        if not self.counts:
            return frozenset()
        roll = self.slips or self.millimetres
        left = roll - self.used
        if left < (1 if self.slips else LONGEST_SLIP_MM):
            return frozenset({MEDIA_EMPTY})
        return frozenset({MEDIA_LOW}) if left * 10 <= roll else frozenset()

    def take(self, slip: Slip, paper: Paper) -> None:
        """This slip has gone out, or may have."""
        self.used += 1 if self.slips else length(slip, paper)


def length(slip: Slip, paper: Paper) -> int:
    """Millimetres of paper that a slip takes, rounded up."""
    dots = CUTTER_DOTS
    for element in slip:
        match element:
            case TextLine():
                rows = len(wrap(element.text, paper.columns // element.width))
                dots += rows * max(LINE_DOTS, 24 * element.height)
            case QrCode():
                count = len(element.data.encode())
                module = qr.module_that_fits(count, paper.qr_level, element.module, paper.dots)
                dots += qr.side(count, paper.qr_level) * module
            case Feed():
                dots += element.lines * LINE_DOTS
    return -(-dots // DOTS_A_MM)
