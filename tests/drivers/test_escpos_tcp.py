"""The printer over a real TCP connection: four bad lines, power lost at every byte, one host at a time."""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import Completion, DeviceFault, Gone, Silent, TextLine
from drivers.deadline import Deadline
from drivers.tcp_transport import TcpSettings, TcpTransport
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.drivers.devices import Printer
from tests.drivers.line import WAYS, Way
from tests.drivers.tcp_device import TcpDevice, listening

pytestmark = pytest.mark.wire

SLIP = (TextLine("A1001", width=2, height=2), TextLine("社会保险"))
SEEDS = range(8)
SLACK = 0.5
"""Seconds that a busy machine may be late."""


def driver_of(device: TcpDevice, settings: EscPosSettings | None = None) -> EscPosPrinter:
    return EscPosPrinter(settings or EscPosSettings(), TcpTransport(TcpSettings("127.0.0.1", device.port)))


async def opened_at_last(driver: EscPosPrinter) -> None:
    for _ in range(50):
        try:
            await driver.open(Deadline.after(5))
        except DeviceFault:
            continue
        return
    raise AssertionError("never opened")


async def printed(driver: EscPosPrinter, seconds: float) -> Completion | DeviceFault:
    deadline = Deadline.after(seconds)
    try:
        return await driver.print_slip(SLIP, deadline)
    except DeviceFault as fault:
        return fault
    finally:
        assert asyncio.get_running_loop().time() <= deadline.at + SLACK


@pytest.mark.parametrize("way", WAYS)
async def test_a_slip_confirmed_was_cut_and_none_is_denied_that_was(way: Way) -> None:
    async def one(seed: int) -> None:
        printer = Printer(print_seconds=0.02)
        async with listening(printer, way, seed) as device:
            driver = driver_of(device)
            await opened_at_last(driver)
            cuts = printer.cuts
            outcome = await printed(driver, 3)
            if way != "lossy":
                assert isinstance(outcome, Completion)
                assert outcome.confirmed is True
            if isinstance(outcome, Completion):
                assert outcome.confirmed is not False
                assert not outcome.confirmed or printer.cuts > cuts or way == "lossy"
            await driver.close()

    async with asyncio.TaskGroup() as group:
        for seed in SEEDS if way == "lossy" else SEEDS[:2]:
            group.create_task(one(seed))


async def test_power_lost_at_any_byte_of_a_poll_is_gone_in_time_and_all_is_well_when_it_is_back() -> None:
    printer = Printer()
    async with listening(printer, "byte by byte") as device:
        driver = driver_of(device)
        await driver.open(Deadline.after(5))
        device.carried = 0
        await driver.poll(Deadline.after(3))
        for position in range(device.carried):
            device.carried, device.cut_after = 0, position
            with pytest.raises(Gone):
                await driver.poll(Deadline.after(3))
            await driver.close()
            with pytest.raises(Gone):
                await driver.open(Deadline.after(3))
            device.be_back()
            assert (await driver.open(Deadline.after(5))).accepting
        await driver.close()


async def test_power_lost_in_a_job_never_confirms_it() -> None:
    printer = Printer(print_seconds=0.02)
    async with listening(printer) as device:
        driver = driver_of(device)
        await driver.open(Deadline.after(5))
        device.carried = 0
        assert (await driver.print_slip(SLIP, Deadline.after(5))).confirmed is True
        for position in range(0, device.carried - 1, 7):  # before the last byte of its answer
            device.carried, device.cut_after = 0, position
            outcome = await printed(driver, 5)
            assert isinstance(outcome, Completion)
            assert outcome.confirmed is None
            await driver.close()
            device.be_back()
            await driver.open(Deadline.after(5))
        assert (await driver.print_slip(SLIP, Deadline.after(5))).confirmed is True
        await driver.close()


async def test_a_cable_pulled_while_it_prints_leaves_the_slip_doubtful_and_the_next_poll_silent() -> None:
    printer = Printer(print_seconds=0.02)
    async with listening(printer) as device:
        driver = driver_of(device)
        await driver.open(Deadline.after(5))
        device.vanish()
        outcome = await printed(driver, 3)
        assert isinstance(outcome, Completion)
        assert outcome.confirmed is None
        with pytest.raises((Silent, Gone)):
            await driver.poll(Deadline.after(3))
        await driver.close()


async def test_a_printer_that_serves_another_host_is_no_printer() -> None:
    printer = Printer()
    async with listening(printer) as device:
        first, second = driver_of(device), driver_of(device)
        await first.open(Deadline.after(5))
        device.stop_accepting()
        with pytest.raises(Silent):
            await second.open(Deadline.after(5))
        assert (await first.poll(Deadline.after(3))).accepting
        await first.close()


async def test_one_known_to_answer_nothing_prints_without_being_asked() -> None:
    printer = Printer(print_seconds=0.02)
    printer.status = printer.marks = printer.buffered = False
    async with listening(printer) as device:
        driver = driver_of(device, EscPosSettings(status="none"))
        await driver.open(Deadline.after(5))
        outcome = await printed(driver, 3)
        assert isinstance(outcome, Completion)
        assert (outcome.confirmed, outcome.evidence) == (None, "written")
        async with asyncio.timeout(5):
            await device.heard(b"\x1dVB\x00")
        assert printer.asked == []
        await driver.close()
