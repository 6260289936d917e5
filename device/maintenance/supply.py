"""Counters of what wears or runs out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from device.cell import Cell
from drivers.contract import KnowsRoll
from hall.contract.maintenance import Supply

COUNTED = {"ticket_printer": ("cuts", "PaperCutCount"), "window_display": ("writes", "SuccessfulCount")}
"""By family: what wears with use, and which statistic counts it since the box's process began."""


def supplies_of(cells: Iterable[Cell[Any]], now: float, *, counts_last: bool) -> list[Supply]:
    """Of every device that has one. ``counts_last``: the counts of paper were kept over the start of this process.

    Where they were not, nobody knows what is left: a roll that is half used would look full.
    """
    return [supply for cell in cells for supply in (*_paper(cell, counts_last=counts_last), *_wear(cell, now))]


def _paper(cell: Cell[Any], *, counts_last: bool) -> Iterable[Supply]:
    """``paper`` in mm, ``slips`` where the settings give the roll in slips."""
    counts = cell.counts
    used = counts.paper_used if counts is not None else None
    if used is None or not counts_last:
        return
    most, unit = counts.roll if isinstance(counts, KnowsRoll) else (0, "mm")
    what = "paper" if unit == "mm" else "slips"
    if most:
        yield Supply(device=cell.name, what=what, used=used, left=max(0, most - used), most=most)
    else:
        yield Supply(device=cell.name, what=what, used=used)


def _wear(cell: Cell[Any], now: float) -> Iterable[Supply]:
    if cell.family in COUNTED:
        what, statistic = COUNTED[cell.family]
        counts: Mapping[str, int] = cell.statistics.report(now)
        yield Supply(device=cell.name, what=what, used=counts.get(statistic, 0))
