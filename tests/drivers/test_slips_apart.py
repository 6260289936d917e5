"""However much of a slip the line has lost, the next slip is whole, and none of it is another's."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import pytest

from drivers.contract import QrCode, Slip, TextLine
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from drivers.ticket_printer.escpos_layout import Paper, encode
from simulators.control import Event
from simulators.printer.printer import Printer as SimulatedPrinter
from simulators.printer.tray import Tray
from tests.drivers.devices import nowhere
from tests.drivers.line import Line
from tests.virtual_time import virtual

CLEAR = codec.CLEAR_BUFFERS + codec.RECOVER_AND_CLEAR


def slip(digits: str) -> Slip:
    return (TextLine(f"C{digits}", width=2, height=2), TextLine("社会保险䶮"), QrCode(digits * 4))


JOB = encode(slip("31013"), Paper())


class Printer:
    """A simulated printer on a line in memory that loses every byte after the first ``carried`` while it is ``cut``.

    One that does not know how to clear its buffers takes that for nothing.
    """

    def __init__(self, carried: int, *, clears: bool) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.receive: Callable[[int, float], None] = lambda byte, at: None
        self.slips: list[Event] = []
        self.faults: set[str] = set()
        self.cut = False
        self._carried = carried
        self._clears = clears
        self._printer = SimulatedPrinter(self, Tray(None, self._emit), self._emit)  # type: ignore[arg-type]

    def hear(self, data: bytes) -> None:
        for byte in data if self._clears else data.replace(CLEAR, b""):
            if self.cut and not self._carried:
                return
            self._carried -= self.cut
            self.receive(byte, asyncio.get_running_loop().time())

    def send(self, data: bytes, at: float) -> None:
        if not self.cut:
            asyncio.get_running_loop().call_at(at, self.say, data)

    def close(self) -> None:
        self._printer.close()

    def _emit(self, event: Event) -> None:
        if event["event"] == "slip":
            self.slips.append(event)


HALF_A_LENGTH = re.compile(rb"\x1d(\(k.?|v0.{0,5})$", re.DOTALL)
"""Where what comes next is taken for the length of data. Only clearing helps a printer out of that."""


async def apart(printer: Printer, *, polled: bool) -> bool:
    """Whether the slip after one that was lost on the line is whole and has nothing of it."""
    driver = EscPosPrinter(EscPosSettings(), Line(printer, baud=115_200))
    await driver.open(Deadline.after(5))
    printer.cut = True
    assert (await driver.print_slip(slip("31013"), Deadline.after(10))).confirmed is None
    printer.cut = False
    if polled:
        await driver.poll(Deadline.after(3))
    second = await driver.print_slip(slip("31014"), Deadline.after(10))
    await driver.close()
    printer.close()
    whole = [piece for piece in printer.slips if piece["complete"]]
    return bool(second.confirmed) and (whole[-1]["numbers"], whole[-1]["qr"]) == (["C31014"], ["31014" * 4])


@pytest.mark.parametrize("polled", [True, False])
@virtual
async def test_a_slip_that_the_line_lost_at_any_byte_is_no_part_of_the_next_one(polled: bool) -> None:
    for carried in range(polled, len(JOB), 2):
        assert await apart(Printer(carried, clears=True), polled=polled), carried


@virtual
async def test_nor_is_it_where_a_printer_cannot_be_cleared_unless_it_waits_for_a_length() -> None:
    for carried in range(0, len(JOB), 3):
        if not HALF_A_LENGTH.search(JOB[:carried]):
            assert await apart(Printer(carried, clears=False), polled=False), carried
