"""Ticket printers on USB: found by class, told apart by socket, asked beside their bytes; unplugged at every byte.

Proven on a back-end of pyusb made for the tests: the kernel's own USB is for a guest of later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import pytest

from device.bus import Bus
from drivers.contract import (
    HARDWARE_FAILURE,
    MEDIA_EMPTY,
    STATUS_UNKNOWN,
    Completion,
    DeviceFault,
    Garbled,
    Gone,
    Identity,
    PortQuestion,
    Refused,
    Silent,
    Slip,
    TextLine,
)
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from drivers.usb_transport import UsbSettings, UsbTransport
from simulators.control import Fault
from tests.drivers.devices import Printer as Scripted
from tests.drivers.line import WAYS, Way
from tests.drivers.usb_bench import Bench, Gadget
from tests.drivers.usb_printer import IN, OUT, UsbPrinter

pytestmark = pytest.mark.wire
LIMIT = 5.0
BY_CLASS = "usb:class-07"
PIPES = ((OUT, IN),)
SLIP: Slip = (TextLine("A1001", width=4, height=4), TextLine("社保"))
STOPPED_MID_SLIP = 0x30
FAULT_MID = Fault(name="paper-out-mid", on=True)


def gadget(socket: str = "1-4", **more: object) -> Gadget:
    return Gadget(socket, 0x0416, 0x5011, 0x07, endpoints=PIPES, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def plugged(
    *gadgets: Gadget, port: str = BY_CLASS, settings: EscPosSettings | None = None
) -> AsyncIterator[EscPosPrinter]:
    """The driver of the printer at this port, to be opened by the test."""
    transport = UsbTransport(UsbSettings.of(port), Bench(*gadgets))
    driver = EscPosPrinter(settings or EscPosSettings(print_seconds=1.0), transport)
    try:
        yield driver
    finally:
        await driver.close()
        assert not any((one.claimed and one.plugged) or one.handles for one in gadgets)


@pytest.fixture(name="printer")
async def printer_fixture() -> AsyncIterator[Callable[..., UsbPrinter]]:
    made: list[UsbPrinter] = []

    def make(at: Gadget, way: Way = "whole", seed: int = 0, *, asks: bool = True) -> UsbPrinter:
        made.append(UsbPrinter(at, way, seed, asks=asks))
        return made[-1]

    yield make
    for one in made:
        one.close()


Make = Callable[..., UsbPrinter]


async def printed(driver: EscPosPrinter, seconds: float = 8.0) -> Completion | DeviceFault:
    try:
        return await driver.print_slip(SLIP, Deadline.after(seconds))
    except DeviceFault as fault:
        return fault


async def opened(driver: EscPosPrinter) -> None:
    async with asyncio.timeout(4 * LIMIT):
        while True:
            try:
                await driver.open(Deadline.after(LIMIT))
            except (Silent, Garbled):
                continue
            return


async def test_a_printer_is_found_by_its_class_and_its_pipes_by_their_descriptors(printer: Make) -> None:
    at = gadget(kernel_driver=True)
    usb = printer(at)
    async with plugged(Gadget("1-1"), at) as driver:
        await driver.open(Deadline.after(LIMIT))
        completion = await printed(driver)
        assert isinstance(completion, Completion)
        assert (completion.confirmed, usb.whole) == (True, 1)
        assert {pipe for pipe, _ in at.transfers} == {OUT}
        assert not at.kernel_driver, "usblp is sent away"
    assert at.kernel_driver, "and let back in"


async def test_twins_print_each_its_own_slip(printer: Make) -> None:
    left, right = gadget("1-2.1"), gadget("1-2.2")
    printers = printer(left), printer(right)
    async with plugged(left, right) as either:
        with pytest.raises(Gone, match=r"usb:class-07@1-2\.1, usb:class-07@1-2\.2"):
            await either.open(Deadline.after(LIMIT))
    async with plugged(left, right, port=f"{BY_CLASS}@1-2.2") as driver:
        await driver.open(Deadline.after(LIMIT))
        await printed(driver)
    assert [one.whole for one in printers] == [0, 1]


async def test_an_interface_for_ipp_over_usb_is_left_alone(printer: Make) -> None:
    at = Gadget("1-4", 0x0416, 0x5011, 0x07, protocols=(4, 2), endpoints=((0x01, 0x81), (OUT, IN)))
    usb = printer(at)
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        await printed(driver)
    assert usb.whole == 1
    assert {pipe for pipe, _ in at.transfers} == {OUT}


@pytest.mark.parametrize("way", WAYS)
async def test_over_a_bad_line_the_verdict_is_right_or_doubtful(printer: Make, way: Way) -> None:
    at = gadget()
    usb = printer(at, way)
    async with plugged(at) as driver:
        await opened(driver)
        outcome = await printed(driver)
    if way != "lossy":
        assert isinstance(outcome, Completion)
        assert outcome.confirmed is True
    if isinstance(outcome, Completion) and outcome.confirmed:
        assert usb.whole == 1


async def test_empty_and_short_packets_are_nothing_and_a_part_of_the_stream(printer: Make) -> None:
    at = gadget()
    printer(at)
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        for packet in (b"", b"\x11", b"", b"\x13\x11"):  # XON, XOFF: a status among them is still found
            at.pipes[IN].put(packet)
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset()


async def test_a_printer_whose_paper_ended_and_that_takes_no_more_bytes_says_so_by_its_port(printer: Make) -> None:
    at = gadget()
    usb = printer(at)
    usb.stuck_when_stopped = True
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        usb.fault("paper-out")
        assert (await driver.poll(Deadline.after(3))).reasons == {MEDIA_EMPTY}
        transfers = len(at.transfers)
        refused = await printed(driver)
        assert isinstance(refused, Refused)
        assert len(at.transfers) == transfers, "nothing of it has left"
        usb.refill()
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset()
        completion = await printed(driver)
        assert isinstance(completion, Completion)
        assert (completion.confirmed, usb.whole) == (True, 1)


async def test_a_slip_under_which_the_paper_ended_is_doubtful_with_the_ports_reason(printer: Make) -> None:
    at = gadget()
    usb = printer(at)
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        usb.printer.do(FAULT_MID)
        usb.fault("no-status")
        usb.says_always = STOPPED_MID_SLIP
        completion = await printed(driver)
    assert isinstance(completion, Completion)
    assert completion.confirmed is None
    assert MEDIA_EMPTY in completion.reasons


async def test_a_printer_that_answers_nothing_else_says_how_it_is_by_its_port(printer: Make) -> None:
    at = gadget()
    usb = printer(at)
    usb.fault("no-status")
    async with plugged(at) as driver:
        assert (await driver.open(Deadline.after(LIMIT))).reasons == {STATUS_UNKNOWN}, (
            "it may say always that all is well"
        )
        usb.fault("paper-out")
        assert (await driver.poll(Deadline.after(3))).reasons == {MEDIA_EMPTY}
        assert isinstance(await printed(driver), Refused)
        usb.refill()
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset(), "it has been seen to change"
        usb.fault("cover-open")
        assert (await driver.poll(Deadline.after(3))).reasons == {HARDWARE_FAILURE}
        usb.refill()
        completion = await printed(driver)
        assert isinstance(completion, Completion)
        assert (completion.confirmed, completion.evidence) == (None, "written")


async def test_with_status_port_the_port_alone_is_asked_and_believed(printer: Make) -> None:
    at = gadget()
    printer(at)
    async with plugged(at, settings=EscPosSettings(status="port")) as driver:
        assert (await driver.open(Deadline.after(LIMIT))).reasons == frozenset()
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset()
    assert at.transfers == []
    assert {request for request, _ in at.asked} == {PortQuestion.PORT_STATUS.value}


@pytest.mark.parametrize("says", [None, 0x00, 0x98], ids=["stalls", "00 always", "what means nothing"])
async def test_a_port_that_tells_nothing_leaves_a_mute_printer_unknown_but_printing(
    printer: Make, says: int | None
) -> None:
    at = gadget()
    usb = printer(at, asks=says is not None)
    usb.says_always = says
    usb.fault("no-status")
    async with plugged(at) as driver:
        assert (await driver.open(Deadline.after(LIMIT))).reasons == {STATUS_UNKNOWN}
        completion = await printed(driver)
        assert isinstance(completion, Completion)
        assert completion.confirmed is None
    async with plugged(at, settings=EscPosSettings(status="port")) as trusting:
        with pytest.raises(Silent):
            await trusting.open(Deadline.after(LIMIT))


async def test_who_it_is_comes_from_gs_i_and_what_that_leaves_open_from_its_port(printer: Make) -> None:
    at = gadget()
    usb = printer(at)
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        identity = await driver.identity(Deadline.after(LIMIT))
    assert identity.model
    assert identity.firmware
    usb.fault("no-status")
    async with plugged(at) as mute:
        await mute.open(Deadline.after(LIMIT))
        assert await mute.identity(Deadline.after(LIMIT)) == Identity("EPSON", "TM-T88V", "", "HIL0001")


async def test_the_port_of_a_second_interface_is_asked_without_taking_the_first_from_anybody() -> None:
    at = Gadget("1-4", 0x0416, 0x5011, 0x07, protocols=(4, 2), endpoints=((0x01, 0x81), (OUT, IN)))
    at.answer = lambda _request, index: bytes((index >> 8, index & 0xFF))
    transport = UsbTransport(UsbSettings.of(BY_CLASS), Bench(at))
    await transport.open(Deadline.after(LIMIT))
    assert await transport.ask_port(PortQuestion.DEVICE_ID, Deadline.after(LIMIT)) == b"\x01\x00"
    assert at.claimed == [1], "the first interface is released again"
    assert await transport.ask_port(PortQuestion.PORT_STATUS, Deadline.after(LIMIT)) == b"\x00"
    at.kernel_driver = True
    assert await transport.ask_port(PortQuestion.DEVICE_ID, Deadline.after(LIMIT)) == b""
    await transport.close()
    with pytest.raises(Gone):
        await transport.ask_port(PortQuestion.PORT_STATUS, Deadline.after(LIMIT))


async def test_on_a_bus_a_device_asks_its_port_and_one_that_is_no_printer_answers_nothing(printer: Make) -> None:
    at, reader = gadget(), Gadget("1-5")
    printer(at)
    for port, told in ((BY_CLASS, b"\x18"), ("usb:0400:c35a", b"")):
        bus = Bus("usb", lambda port=port: UsbTransport(UsbSettings.of(port), Bench(at, reader)), 0.0)  # type: ignore[misc]
        tap = bus.tap()
        await tap.open(Deadline.after(LIMIT))
        assert await tap.ask_port(PortQuestion.PORT_STATUS, Deadline.after(LIMIT)) == told
        await tap.close()


async def test_a_halted_pipe_is_gone_and_works_after_the_next_opening(printer: Make) -> None:
    at = gadget()
    printer(at)
    async with plugged(at) as driver:
        await driver.open(Deadline.after(LIMIT))
        at.halted.add(OUT)
        with pytest.raises(Gone):
            await driver.poll(Deadline.after(3))
        await driver.open(Deadline.after(LIMIT))
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset()


async def test_a_printer_that_somebody_else_has_is_given_back_to_the_kernel() -> None:
    at = gadget(kernel_driver=True, busy=True)
    async with plugged(at) as driver:
        with pytest.raises(Gone):
            await driver.open(Deadline.after(LIMIT))
    assert at.kernel_driver


async def test_unplugged_at_any_byte_no_slip_prints_twice_and_none_is_claimed_that_did_not_come_out() -> None:
    at, scripted = gadget(), Scripted(print_seconds=0.0)
    loop = asyncio.get_running_loop()

    def obey(_pipe: int, data: bytes) -> None:
        loop.call_soon_threadsafe(scripted.hear, data)

    at.obey = obey
    scripted.say = lambda data: at.say(IN, data)
    settings = EscPosSettings(print_seconds=0.05, confirmation="gs-h")
    slip: Slip = (TextLine("A1"),)
    async with plugged(at, settings=settings) as driver:
        position, ended = 0, False
        while not ended:
            with suppress(Gone):
                await opened(driver)
            before, at.cut_after = scripted.cuts, position
            outcome: Completion | DeviceFault
            try:
                outcome = await driver.print_slip(slip, Deadline.after(3))
            except DeviceFault as fault:
                outcome = fault
            await asyncio.sleep(0)
            slips = scripted.cuts - before
            assert slips <= 1
            if isinstance(outcome, Completion) and outcome.confirmed:
                assert slips == 1
            elif isinstance(outcome, DeviceFault):
                assert isinstance(outcome, Gone)
                assert slips == 0
            ended = at.plugged
            at.replug()
            position += 1
    assert position > 30, "every byte of a slip and its answer"
