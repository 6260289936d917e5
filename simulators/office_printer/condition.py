"""Paper and troubles of a simulated office printer, in IPP's words."""

from __future__ import annotations

from dataclasses import dataclass, field

STOPPING = {
    "out-of-paper": "media-empty-error",
    "jam": "media-jam-error",
    "cover-open": "cover-open-error",
    "toner-empty": "toner-empty-error",
    "output-full": "output-area-full-error",
    "paused": "paused",
}
WARNING = {"paper-low": "media-low-warning", "toner-low": "toner-low-warning"}
OTHER = frozenset({"silent", "lose-answer", "busy", "abort", "uncounted", "slow-pages", "media-needed"})
"""``silent`` answers nothing; ``lose-answer`` does what it is asked and hangs up; ``busy`` takes no jobs; ``abort``
gives a job up after a sheet; ``uncounted`` counts no sheets; ``media-needed`` finds its trays filled with other paper.
"""
FAULTS = frozenset({*STOPPING, *WARNING}) | OTHER
REFILLED = ("out-of-paper", "paper-low", "media-needed", "output-full", "cover-open", "jam")
LOW_SHEETS = 10


@dataclass(slots=True)
class Condition:
    """``full`` sheets go into its trays."""

    full: int
    sheets: int
    faults: set[str] = field(default_factory=set)

    def refill(self) -> None:
        """Paper in, covers shut."""
        self.sheets = self.full
        self.faults.difference_update(REFILLED)

    def reasons(self, waiting: bool) -> list[str]:
        """printer-state-reasons; ``waiting``: whether a job wants to print."""
        reasons = {word for name, word in {**STOPPING, **WARNING}.items() if name in self.faults}
        if not self.sheets:
            reasons.add(STOPPING["out-of-paper"])
        elif self.sheets <= LOW_SHEETS:
            reasons.add(WARNING["paper-low"])
        if waiting and "media-needed" in self.faults:
            reasons.add("media-needed-error")
        return sorted(reasons) or ["none"]

    def stopped(self, waiting: bool) -> bool:
        """Whether nothing can come out."""
        return not self.sheets or bool(self.faults & {*STOPPING}) or (waiting and "media-needed" in self.faults)
