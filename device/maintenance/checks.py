"""Checks of a box's devices, one at a time each. Nothing that can be seen is done at a window that is open."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from config.wording import both
from device.cell import Cell
from device.checkup import Checkup, Level, check_health
from device.maintenance.leases import Leases, Standing
from device.maintenance.reasons import reasons_named
from device.maintenance.refusal import Refusal
from hall.contract.maintenance import AskCheck, Checked

T = TypeVar("T")

ROOM = "checkup"


class Checks:
    """``is_open``: whether somebody works at this window just now. ``ended`` is told of each check."""

    def __init__(
        self,
        cells: Sequence[Cell[Any]],
        leases: Leases,
        is_open: Callable[[int], bool],
        ended: Callable[[Cell[Any], Checkup], None] = lambda _cell, _checkup: None,
    ) -> None:
        self._cells = {cell.name: cell for cell in cells}
        self._leases = leases
        self._is_open = is_open
        self._ended = ended
        self._checked: set[str] = set()

    async def check(self, ask: AskCheck) -> Checked:
        """One device, for a technician who has it where the check can be seen. Raises Refusal."""
        cell, level = self.cell(ask.device), Level(ask.level)
        lease = None if level is Level.INTERNAL else self._leases.of(ask.lease, cell.name)
        return told(cell, await self._carry_out(cell, level, lease))

    async def check_now(self, device: str, level: Level, who: str) -> tuple[Cell[Any], Checkup]:
        """The same for somebody who has taken nothing: the device is his until the check ends. Raises Refusal."""
        cell = self.cell(device)
        if level is Level.INTERNAL:
            return cell, await self._carry_out(cell, level, None)
        self._must_be_free(cell, level)
        with self._leases.during(who, cell.name) as lease:
            return cell, await self._carry_out(cell, level, lease)

    def cell(self, device: str) -> Cell[Any]:
        """The device of this name. Raises Refusal."""
        cell = self._cells.get(device)
        if cell is None:
            raise Refusal(404, "no-such-device", device=device, devices=", ".join(self._cells))
        return cell

    def must_not_be_open(self, cell: Cell[Any]) -> None:
        """Raises Refusal for a device of a window at which somebody works."""
        if cell.window is not None and self._is_open(cell.window):
            raise Refusal(409, "window-open", window=cell.window)

    def _must_be_free(self, cell: Cell[Any], level: Level) -> None:
        if cell.name in self._checked:
            raise Refusal(409, "being-checked", device=cell.name)
        if level is not Level.INTERNAL:
            self.must_not_be_open(cell)

    async def _carry_out(self, cell: Cell[Any], level: Level, lease: Standing | None) -> Checkup:
        self._must_be_free(cell, level)
        self._checked.add(cell.name)
        try:
            checking = check_health(cell, level)
            checkup = await (checking if lease is None else while_leased(lease, checking))
        finally:
            self._checked.discard(cell.name)
        if level is not Level.INTERNAL:
            self._ended(cell, checkup)
        return checkup


async def while_leased(lease: Standing, work: Coroutine[Any, Any, T]) -> T:
    """What this work gives. Given up when the lease ends, for nobody waits for it any more: raises Refusal then."""
    async with asyncio.TaskGroup() as group:
        working = group.create_task(_or_refused(work), name="leased work")
        ending = group.create_task(lease.ended.wait(), name="lease")
        await asyncio.wait((working, ending), return_when=asyncio.FIRST_COMPLETED)
        ended = not working.done()
        working.cancel()
        ending.cancel()
    if ended:
        raise Refusal(409, "lease-gone")
    result = working.result()
    if isinstance(result, Refusal):
        raise result
    return result


async def _or_refused(work: Coroutine[Any, Any, T]) -> T | Refusal:
    """A refusal is an answer and ends no group of tasks."""
    try:
        return await work
    except Refusal as refusal:
        return refusal


def told(cell: Cell[Any], checkup: Checkup) -> Checked:
    """What came of a check, in words."""
    return Checked(
        device=cell.name,
        level=checkup.level.value,
        outcome=checkup.outcome,
        text=both(ROOM, checkup.outcome),
        reasons=reasons_named(checkup.reasons, cell.state),
        fault=checkup.fault,
        found=dict(checkup.found),
    )
