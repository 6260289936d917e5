"""Two printers in one kiosk: the second takes over, and no slip prints twice by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from device.cell import Cell
from device.printers import Printers
from device.supervise import Backoff
from drivers.contract import Completion, DeviceFault, Gone, Refused, Slip, TextLine, TicketPrinter
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.drivers.devices import Printer
from tests.drivers.line import Line
from tests.virtual_time import virtual

SLIP: Slip = (TextLine("A1001", width=4, height=4),)


class Stand:
    """A kiosk's two printers, in front and behind."""

    def __init__(self) -> None:
        self.devices = [Printer(print_seconds=0.2), Printer(print_seconds=0.2)]
        self.lines = [Line(device, baud=115_200) for device in self.devices]
        self.cells: list[Cell[TicketPrinter]] = [
            Cell(
                f"printer-{count}",
                "escpos",
                EscPosPrinter(EscPosSettings(), line),
                family="ticket_printer",
                backoff=Backoff(0.1, 0.1),
            )
            for count, line in enumerate(self.lines, 1)
        ]
        self.printers = Printers(self.cells)
        self.running: list[asyncio.Task[None]] = []

    @property
    def cuts(self) -> list[int]:
        return [device.cuts for device in self.devices]

    async def print(self) -> Completion:
        async def verb(printer: TicketPrinter, deadline: Deadline) -> Completion:
            return await printer.print_slip(SLIP, deadline)

        return await self.printers.do(verb, 10.0)

    async def seen(self) -> None:
        """Until every cell has polled its printer."""
        await asyncio.sleep(3.0)  # virtual


@asynccontextmanager
async def standing() -> AsyncIterator[Stand]:
    stand = Stand()
    async with asyncio.TaskGroup() as group:
        stand.running = [group.create_task(cell.run()) for cell in stand.cells]
        await stand.seen()
        yield stand
        for task in stand.running:
            task.cancel()


@virtual
async def test_while_the_first_can_it_prints_every_slip() -> None:
    async with standing() as stand:
        assert (await stand.print()).confirmed is True
        assert (await stand.print()).confirmed is True
        assert stand.cuts == [2, 0]


@virtual
async def test_a_first_printer_known_to_be_stopped_is_passed_over_until_it_is_well() -> None:
    async with standing() as stand:
        stand.devices[0].no_paper()
        await stand.seen()
        assert stand.printers.active is stand.cells[1]
        assert stand.printers.state.accepting
        assert (await stand.print()).confirmed is True
        stand.devices[0].all_well()
        await stand.seen()
        assert (await stand.print()).confirmed is True
        assert stand.cuts == [1, 1]


@virtual
async def test_a_first_printer_that_is_found_unplugged_only_now_hands_the_slip_on() -> None:
    async with standing() as stand:
        stand.lines[0].unplug()
        assert (await stand.print()).confirmed is True
        assert stand.cuts == [0, 1]


@virtual
async def test_a_slip_doubtful_on_the_first_is_not_printed_on_the_second() -> None:
    async with standing() as stand:
        stand.devices[0].at_cut = stand.lines[0].unplug
        completion = await stand.print()
        assert completion.confirmed is None
        await stand.seen()
        assert stand.cuts == [1, 0]


@virtual
async def test_a_slip_that_the_first_says_is_not_printed_is_for_its_citizen_to_ask_for_again() -> None:
    async with standing() as stand:
        stand.devices[0].at_cut = stand.devices[0].no_paper
        assert (await stand.print()).confirmed is False
        assert stand.cuts == [1, 0]
        await stand.seen()
        assert (await stand.print()).confirmed is True
        assert stand.cuts == [1, 1]


@virtual
async def test_a_box_that_stops_while_the_first_prints_begins_nothing_on_the_second() -> None:
    async with standing() as stand:
        stopped = asyncio.Event()

        def stop() -> None:
            stand.running[0].cancel()
            stopped.set()

        stand.devices[0].at_cut = stop
        with pytest.raises(Gone):
            await stand.print()
        assert stopped.is_set()
        await stand.seen()
        assert stand.cuts == [1, 0]


@virtual
async def test_with_both_stopped_the_first_says_why() -> None:
    async with standing() as stand:
        stand.devices[0].open_cover()
        stand.devices[1].no_paper()
        await stand.seen()
        assert stand.printers.state.keywords() == {"cover-open"}
        with pytest.raises(Refused):
            await stand.print()
        assert stand.cuts == [0, 0]


@virtual
async def test_at_whatever_byte_the_first_is_lost_there_is_one_slip_or_nobody_says_there_is_one() -> None:
    async with standing() as stand:
        await stand.print()
        for position in range(0, 60, 3):
            before = sum(stand.cuts)
            stand.lines[0].carried, stand.lines[0].cut_after = 0, position
            completion: Completion | None = None
            with suppress(DeviceFault):
                completion = await stand.print()
            printed = sum(stand.cuts) - before
            assert printed <= 1
            assert completion is None or completion.confirmed is not True or printed == 1
            stand.lines[0].replug()
            await stand.seen()


def test_a_kiosk_without_a_printer_is_none() -> None:
    with pytest.raises(ValueError, match="without a printer"):
        Printers([])
