"""How each family shows that it works, with a person and without."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from device.cell import Cell
from device.trials import cards, pages, prints, sounds, windows
from device.trials.finding import Outcome, Trace

Trial = Callable[[Cell[Any], bool, Trace], Awaitable[Outcome]]
"""The bool says whether a person takes part. Raises a DeviceFault."""

TRIALS: dict[str, Trial] = {
    "ticket_printer": prints.slip,
    "office_printer": prints.page,
    "window_display": windows.display,
    "caller": windows.caller,
    "rating_keypad": windows.keypad,
    "access_keypad": windows.access_keypad,
    "smart_card": cards.smart_card,
    "id_card": cards.id_card,
    "document_scanner": pages.scanner,
    "speaker": sounds.speaker,
    "headphone": sounds.speaker,
}
"""By family."""
