"""Counters of what wears or runs out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from device.cell import Cell
from device.maintenance.wear import Wear
from drivers.contract import KnowsRoll
from hall.contract.maintenance import Supply


def supplies_of(cells: Iterable[Cell[Any]], wear: Wear, *, counts_last: bool) -> list[Supply]:
    """Of every device that has one. ``counts_last``: the counts of paper were kept over the start of this process.

    Where they were not, nobody knows what is left: a roll that is half used would look full.
    """
    found: list[Supply] = []
    for cell in cells:
        found += _paper(cell) if counts_last else ()
        if (counted := wear.of(cell)) is not None:
            found.append(Supply(device=cell.name, what=counted[0], used=counted[1]))
    return found


def _paper(cell: Cell[Any]) -> Iterable[Supply]:
    """``paper`` in mm, ``slips`` where the settings give the roll in slips."""
    counts = cell.counts
    used = counts.paper_used if counts is not None else None
    if used is None:
        return
    most, unit = counts.roll if isinstance(counts, KnowsRoll) else (0, "mm")
    what = "paper" if unit == "mm" else "slips"
    if most:
        yield Supply(device=cell.name, what=what, used=used, left=max(0, most - used), most=most)
    else:
        yield Supply(device=cell.name, what=what, used=used)
