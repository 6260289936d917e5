"""How much of its life a part has used: counts that outlive the box's process.

Kept every ten minutes: what a power cut loses of them is of no account beside a cutter's two million cuts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any

import msgspec

from device.cell import Cell
from device.flows.patience import until_written
from device.journal import Journal, JournalStopped

NOTE = "wear"
KEEP_SECONDS = 600.0
COUNTED = {"ticket_printer": ("cuts", "PaperCutCount"), "window_display": ("writes", "SuccessfulCount")}
"""By family: what wears with use, and which statistic counts it since the box's process began."""


class Wear:
    """Of one box. ``journal`` None: it counts from the start of this process."""

    def __init__(self, cells: Sequence[Cell[Any]], journal: Journal | None) -> None:
        self._cells = [cell for cell in cells if cell.family in COUNTED]
        self._journal = journal
        self._before = _remembered(journal)

    def of(self, cell: Cell[Any]) -> tuple[str, int] | None:
        """What of this device is counted, and how far; None where nothing is."""
        if cell.family not in COUNTED:
            return None
        what, statistic = COUNTED[cell.family]
        now = cell.statistics.report(asyncio.get_running_loop().time()).get(statistic, 0)
        return what, self._before.get(cell.name, 0) + now

    async def keep(self) -> None:
        """Long-lived: note the counts now and then."""
        journal = self._journal
        while journal is not None:
            await asyncio.sleep(KEEP_SECONDS)
            counts = {cell.name: counted[1] for cell in self._cells if (counted := self.of(cell)) is not None}
            text = msgspec.json.encode({**self._before, **counts}, order="sorted").decode()
            await until_written(partial(journal.remember, NOTE, text))


def _remembered(journal: Journal | None) -> dict[str, int]:
    try:
        noted = journal.recall(NOTE) if journal is not None else None
        return msgspec.json.decode(noted or "{}", type=dict[str, int])
    except (msgspec.MsgspecError, JournalStopped):  # of another version, or a damaged page: it begins anew
        return {}
