"""Asks, while a device is silent, whether one of its kind answers at the address that makers give to a new card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from device.cell import Cell
from device.watch import Watch
from drivers.contract import LINK_LOST, DeviceFault, Driver, Garbled, Silent
from drivers.deadline import Deadline

FACTORY = 1
"""What cards of every maker that we know come with."""
EVERY_SECONDS = 20.0
"""A question in vain costs the line some 0.3 s: a little of what the others need."""
ASK_SECONDS = 2.0


class Look:
    """For the devices of one line. ``at``: by device, a driver of the same model and options at another address.

    ``taken``: addresses of the settings on this line: whoever answers there is known. Long-lived: ``run``.
    """

    def __init__(
        self, cells: Sequence[Cell[Any]], at: Mapping[str, Callable[[int], Driver]], taken: frozenset[int]
    ) -> None:
        self.found: dict[str, int] = {}
        """Silent devices, and where one of their kind answers."""
        self._cells = [cell for cell in cells if cell.name in at]
        self._at = at
        self._taken = taken
        self._stirred = Watch()
        for cell in self._cells:
            cell.watch.feeds(self._stirred)

    async def run(self) -> None:
        """Look whenever somebody is silent, for ever."""
        with self._stirred.watching() as changed:
            while True:
                changed.clear()
                silent = [cell for cell in self._cells if _silent(cell)]
                self.found = {name: at for name, at in self.found.items() if name in {cell.name for cell in silent}}
                if not silent or FACTORY in self._taken:
                    await changed.wait()
                    continue
                for cell in silent:
                    await self._ask(cell)
                await asyncio.sleep(EVERY_SECONDS)

    async def _ask(self, cell: Cell[Any]) -> None:
        driver = self._at[cell.name](FACTORY)
        try:
            await driver.open(Deadline.after(ASK_SECONDS))
        except DeviceFault:
            self.found.pop(cell.name, None)
        else:
            if _silent(cell):
                self.found[cell.name] = FACTORY
        finally:
            await driver.close()


def _silent(cell: Cell[Any]) -> bool:
    return LINK_LOST in cell.state.reasons and isinstance(cell.fault, (Silent, Garbled))
