"""Which firmware a device has, where it tells: asked once for each time that it was found."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog

from device.bugs import where_of
from device.cell import Cell
from drivers.contract import LINK_LOST, DeviceFault, Identity, TellsIdentity
from drivers.deadline import Deadline

log = structlog.get_logger()

PATIENCE_SECONDS = 1.0
"""A report does not wait longer for a busy printer: the next one asks again."""
ASK_SECONDS = 3.0


class Firmwares:
    """Of one box. Nothing is asked before somebody wants a report."""

    def __init__(self, cells: Sequence[Cell[Any]]) -> None:
        self._cells = [cell for cell in cells if cell.tells_identity]
        self._known: dict[str, str] = {}

    def of(self, device: str) -> str:
        """As far as it is known; "" else."""
        return self._known.get(device, "")

    async def ask(self) -> None:
        """Ask those that are there and have not been asked since they were found."""
        for cell in self._cells:
            if LINK_LOST.keyword in cell.state.keywords():
                self._known.pop(cell.name, None)
        asked = [cell for cell in self._cells if cell.name not in self._known and cell.state.accepting]
        if asked:
            await asyncio.gather(*(self._ask(cell) for cell in asked))

    async def _ask(self, cell: Cell[Any]) -> None:
        with suppress(DeviceFault, TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                identity: Identity = await cell.do(_identity, ASK_SECONDS)
            self._known[cell.name] = _one_line(identity)


async def _identity(driver: TellsIdentity, deadline: Deadline) -> Identity:
    """A bug in a verb ends the box (device.cell); this one nobody needs, and a terminal asks it again and again."""
    try:
        return await driver.identity(deadline)
    except DeviceFault:
        raise
    except Exception as bug:
        log.error("firmware has a bug", where=where_of(bug))  # noqa: TRY400 - see where_of
        return Identity()


def _one_line(identity: Identity) -> str:
    """``EPSON TM-T88V 12.03``: what it says, without control characters; a serial number is nobody's business here."""
    said = " ".join(part for part in (identity.maker, identity.model, identity.firmware) if part)
    return "".join(letter for letter in said if letter.isprintable())[:80]
