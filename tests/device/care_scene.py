"""A kiosk's printer in the hands of its staff: the flow, its cell and driver, on a printer in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from config.pins import hashed
from device.cell import Cell
from device.flows.change_paper import Care
from device.supervise import Backoff
from drivers.contract import TicketPrinter
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.drivers.devices import Printer
from tests.drivers.line import Line

CODE = "80315"
LINE = hashed(CODE)


class CareScene:
    """One printer, and whoever stands before it."""

    def __init__(self, code: str = LINE) -> None:
        self.printer = Printer(print_seconds=0.2)
        self.line = Line(self.printer, baud=115_200)
        self.cell: Cell[TicketPrinter] = Cell(
            "ticket-printer",
            "escpos",
            EscPosPrinter(EscPosSettings(), self.line),
            family="ticket_printer",
            backoff=Backoff(0.1, 0.1),
        )
        self.care = Care(code, [self.cell])

    @property
    def lines(self) -> int:
        """Test lines that have come out."""
        return self.printer.cuts

    async def seen(self) -> None:
        """Until the cell has asked its printer, and what follows has been done."""
        await asyncio.sleep(4.0)

    async def runs_out(self) -> None:
        self.printer.no_paper()
        await self.seen()

    async def opens(self) -> None:
        self.printer.open_cover()
        await self.seen()

    async def closes(self) -> None:
        self.printer.all_well()
        await self.seen()


@asynccontextmanager
async def caring(code: str = LINE) -> AsyncIterator[CareScene]:
    scene = CareScene(code)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(work) for work in (scene.cell.run(), scene.care.run())]
        await scene.seen()
        yield scene
        for task in running:
            task.cancel()
