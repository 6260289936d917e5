"""Who a printer says it is: asked once, and silence is an answer too."""

from __future__ import annotations

import pytest

from drivers.contract import Gone, Identity
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.drivers.devices import Printer
from tests.drivers.line import WAYS, Line, Way
from tests.virtual_time import run, virtual

NAMES = {66: "EPSON", 67: "TM-T88V", 65: "11.05 ESC/POS", 68: "J5QF012345"}


class Named(Printer):
    """Answers GS I."""

    def __init__(self, names: dict[int, str]) -> None:
        super().__init__()
        self.names = names
        self.asked_names: list[int] = []

    def hear(self, data: bytes) -> None:
        for byte in data:
            super().hear(bytes((byte,)))
            if self.heard[-3:-1] == b"\x1dI":
                self.asked_names.append(byte)
                if byte in self.names:
                    self.say(b"\x5f" + self.names[byte].encode() + b"\x00")


async def opened(printer: Printer, way: Way = "whole", seed: int = 0, status: str = "auto") -> EscPosPrinter:
    line = Line(printer, way, baud=115_200, seed=seed)
    driver = EscPosPrinter(EscPosSettings(status=status), line)  # type: ignore[arg-type]
    await driver.open(Deadline.after(5))
    return driver


@virtual
async def test_a_printer_that_answers_is_known_by_maker_model_firmware_and_serial() -> None:
    printer = Named(NAMES)
    driver = await opened(printer)
    known = await driver.identity(Deadline.after(3))
    assert known == Identity("EPSON", "TM-T88V", "11.05 ESC/POS", "J5QF012345")
    assert await driver.identity(Deadline.after(3)) == known
    assert len(printer.asked_names) == 4


@virtual
async def test_what_it_does_not_tell_stays_empty() -> None:
    driver = await opened(Named({67: "XP-80"}))
    assert await driver.identity(Deadline.after(3)) == Identity(model="XP-80")


@virtual
async def test_a_printer_that_does_not_tell_its_model_is_asked_nothing_more_and_prints_on() -> None:
    printer = Named({})
    driver = await opened(printer)
    assert not await driver.identity(Deadline.after(3))
    assert printer.asked_names == [67]
    assert printer.heard.endswith(b"\x1dIC\x1b@")  # what it may have taken for text is gone


@virtual
async def test_a_stopped_printer_and_one_without_status_are_not_asked() -> None:
    printer = Named(NAMES)
    driver = await opened(printer)
    printer.no_paper()
    await driver.poll(Deadline.after(3))
    assert not await driver.identity(Deadline.after(3))
    printer.all_well()
    await driver.poll(Deadline.after(3))
    assert await driver.identity(Deadline.after(3))
    mute = Named(NAMES)
    driver = await opened(mute, status="none")
    assert not await driver.identity(Deadline.after(3))
    assert mute.asked_names == []


@virtual
async def test_another_printer_in_its_place_is_asked_anew() -> None:
    printer = Named(NAMES)
    driver = await opened(printer)
    await driver.identity(Deadline.after(3))
    await driver.close()
    printer.names = {67: "XP-80"}
    await driver.open(Deadline.after(5))
    assert (await driver.identity(Deadline.after(3))).model == "XP-80"


@pytest.mark.parametrize("way", WAYS)
def test_on_a_bad_line_it_tells_the_truth_or_less_in_time(way: Way) -> None:
    async def one(seed: int) -> None:
        printer = Named(NAMES)
        try:
            driver = await opened(printer, "whole" if way == "lossy" else way, seed)
            driver._transport._way = way  # type: ignore[attr-defined]
            known = await driver.identity(Deadline.after(4))
        except Gone:
            return
        if way != "lossy":
            assert known.model == "TM-T88V"

    for seed in range(10):
        run(one(seed))


@virtual
async def test_one_unplugged_meanwhile_is_gone() -> None:
    printer = Named(NAMES)
    driver = await opened(printer)
    driver._transport.unplug()  # type: ignore[attr-defined]
    with pytest.raises(Gone):
        await driver.identity(Deadline.after(3))
