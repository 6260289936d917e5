"""What one device has done since its box's process began, counted under UnifiedPOS's names for device statistics.

UnifiedPOS lets a maker add names of his own; ours are *SuccessfulCount* (commands), *ForeignTextCount* (displays) and
one a kind of fault: *GoneCount*, *SilentCount*, *GarbledCount*, *RefusedCount*, the first three its
*CommunicationErrorCount*.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from config.durations import Durations
from drivers.contract import (
    COVER_OPEN,
    CUTTER_JAM,
    FOREIGN_TEXT,
    HARDWARE_FAILURE,
    CardKind,
    ChipSerial,
    Completion,
    DeviceFault,
    IdCard,
    Refused,
    SocialSecurityCard,
    State,
)

_PRINTED = "ticket_printer"
_SHOWN = "window_display"
_PRESSED = frozenset({"caller", "rating_keypad", "access_keypad"})
_READ = frozenset({"id_card", "smart_card"})

_SETS_IN = {
    _PRINTED: {
        COVER_OPEN: "ReceiptCoverOpenCount",
        CUTTER_JAM: "FailedPaperCutCount",
        HARDWARE_FAILURE: "PrinterFaultCount",
    },
    _SHOWN: {FOREIGN_TEXT: "ForeignTextCount"},
}
"""By family: what is counted when a reason sets in."""


COMMAND_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""From a display's write to a page that is scanned."""


class Statistics:
    """The counts of one device; times are the running loop's seconds."""

    def __init__(self, family: str) -> None:
        self.took = Durations(COMMAND_S)
        """How long commands took, whatever became of them."""
        self._family = family
        self._counts: Counter[str] = Counter()
        self._open_since: float | None = None
        self._open_seconds = 0.0

    def opened(self, now: float) -> None:
        """It is there and enabled."""
        self._open_since = now
        if self._family == _SHOWN:
            self._counts["OnlineTransitionCount"] += 1

    def closed(self, now: float) -> None:
        """It is no longer."""
        if self._open_since is not None:
            self._open_seconds += now - self._open_since
            self._open_since = None

    def failed(self, fault: DeviceFault) -> None:
        """One of the four."""
        self._counts[f"{type(fault).__name__}Count"] += 1
        if not isinstance(fault, Refused):
            self._counts["CommunicationErrorCount"] += 1
        elif self._family in _READ:
            self._counts["FailedReadCount"] += 1

    def done(self, result: Any) -> None:
        """A command has ended with this; of a card that was read whole it may be the kind alone."""
        self._counts["SuccessfulCount"] += 1
        if self._family == _PRINTED and isinstance(result, Completion) and result.confirmed is not False:
            self._counts["PaperCutCount"] += 1
        if isinstance(result, (IdCard, CardKind, SocialSecurityCard, ChipSerial)):
            self._counts["GoodReadCount"] += 1

    def heard(self) -> None:
        """Somebody has pressed a key."""
        if self._family in _PRESSED:
            self._counts["KeyPressedCount"] += 1

    def stands(self, before: State, after: State) -> None:
        """Its state has changed."""
        names = _SETS_IN.get(self._family, {})
        self._counts.update(name for reason, name in names.items() if reason in after.reasons - before.reasons)

    def report(self, now: float) -> dict[str, int]:
        """Every count that is not zero, and the whole hours that it was open."""
        seconds = self._open_seconds + (now - self._open_since if self._open_since is not None else 0.0)
        return {**self._counts, "HoursPoweredCount": int(seconds // 3600)}
