"""Automatic status: unasked bytes confuse nothing, and tell how a printer is that answers nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from drivers.contract import Completion, DeviceFault, Silent, Slip, TextLine
from drivers.deadline import Deadline
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from simulators.control import Event, Fault, Refill
from simulators.printer.printer import Printer as SimulatedPrinter
from simulators.printer.tray import Tray
from tests.drivers.devices import Printer, nowhere
from tests.drivers.line import Line
from tests.virtual_time import run, virtual

SLIP: Slip = (TextLine("A1001", width=2, height=2), TextLine("社会保险"))
WELL = bytes.fromhex("14 00 00 00")
OPEN = bytes.fromhex("38 00 00 00")


class Talkative(Printer):
    """Puts automatic status before the ``at``-th byte that it says, counted from the last ``count``."""

    def __init__(self, at: int, unasked: bytes) -> None:
        super().__init__(print_seconds=0.1)
        self.said = 0
        self.at = at
        self.unasked = unasked
        self.counts = False
        self._say: Callable[[bytes], None] = nowhere

    @property
    def say(self) -> Callable[[bytes], None]:
        return self._speak

    @say.setter
    def say(self, say: Callable[[bytes], None]) -> None:
        self._say = say

    def _speak(self, data: bytes) -> None:
        if self.counts and 0 <= self.at - self.said < len(data):
            cut = self.at - self.said
            self._say(data[:cut] + self.unasked + data[cut:])
        else:
            self._say(data)
        self.said += len(data) * self.counts


async def opened(printer: Printer) -> EscPosPrinter:
    driver = EscPosPrinter(EscPosSettings(), Line(printer, "byte by byte", baud=115_200))
    await driver.open(Deadline.after(5))
    return driver


@pytest.mark.parametrize("unasked", [WELL, OPEN], ids=["well", "cover open"])
def test_automatic_status_before_any_byte_of_a_poll_changes_nothing_of_its_answer(unasked: bytes) -> None:
    async def poll(at: int) -> int:
        printer = Talkative(at, unasked)
        driver = await opened(printer)
        printer.counts = True
        assert (await driver.poll(Deadline.after(3))).reasons == frozenset()
        return printer.said

    for at in range(run(poll(-1))):
        run(poll(at))


@pytest.mark.parametrize("unasked", [WELL, OPEN], ids=["well", "cover open"])
def test_automatic_status_before_any_byte_of_a_jobs_answers_never_denies_it(unasked: bytes) -> None:
    async def job(at: int) -> tuple[int, Completion]:
        printer = Talkative(at, unasked)
        driver = await opened(printer)
        printer.counts = True
        completion = await driver.print_slip(SLIP, Deadline.after(10))
        assert printer.cuts == 1
        return printer.said, completion

    said, _ = run(job(-1))
    for at in range(said):
        _, completion = run(job(at))
        assert completion.confirmed is True


def test_automatic_status_before_any_byte_while_it_is_learnt_teaches_nothing_wrong() -> None:
    async def learnt(at: int) -> tuple[int, bool | None, bool | None]:
        printer = Talkative(at, WELL)
        printer.buffered = False
        printer.counts = True
        driver = await opened(printer)
        return printer.said, driver._knowledge.marks, driver._knowledge.buffered

    said, *known = run(learnt(-1))
    assert known == [True, False]
    for at in range(2, said):
        _, marks, _ = run(learnt(at))
        assert marks is True


@virtual
async def test_where_automatic_status_was_heard_a_job_turns_it_off_again() -> None:
    printer = Talkative(0, WELL)
    driver = await opened(printer)
    await driver.print_slip(SLIP, Deadline.after(10))
    assert b"\x1b@\x1da\x00\x1c&" not in printer.heard
    printer.counts = True
    await driver.poll(Deadline.after(3))
    await driver.print_slip(SLIP, Deadline.after(10))
    assert b"\x1b@\x1da\x00\x1c&" in printer.heard


class OnlyAutomatic:
    """A simulated printer that answers no DLE EOT."""

    def __init__(self) -> None:
        self.say: Callable[[bytes], None] = nowhere
        self.receive: Callable[[int, float], None] = lambda byte, at: None
        self.slips: list[Event] = []
        self.faults: set[str] = set()
        self.asked = 0
        self._answers = True
        self.printer = SimulatedPrinter(self, Tray(None, self._emit), self._emit)

    def hear(self, data: bytes) -> None:
        self.asked += data.count(b"\x1da\x0f")
        for byte in data:
            self.receive(byte, asyncio.get_running_loop().time())

    def send(self, data: bytes, at: float) -> float:
        if not (len(data) == 1 and data[0] & 0x93 == 0x12) and self._answers:
            asyncio.get_running_loop().call_at(at, self.say, data)
        return at

    def open(self) -> None:
        pass

    def close(self) -> None:
        self.printer.close()

    def switch(self, fault: str, on: bool) -> None:
        self._answers = not on

    def _emit(self, event: Event) -> None:
        if event["event"] == "slip":
            self.slips.append(event)


async def automatic(status: str = "asb") -> tuple[EscPosPrinter, OnlyAutomatic]:
    device = OnlyAutomatic()
    driver = EscPosPrinter(EscPosSettings(status=status), Line(device, baud=115_200))  # type: ignore[arg-type]
    await driver.open(Deadline.after(5))
    return driver, device


@virtual
async def test_a_printer_that_answers_automatic_status_only_is_known_and_confirms_its_slips() -> None:
    driver, device = await automatic()
    state = await driver.poll(Deadline.after(3))
    assert (state.accepting, state.reasons) == (True, frozenset())
    completion = await driver.print_slip(SLIP, Deadline.after(10))
    assert (completion.confirmed, completion.evidence) == (True, "gs-h")
    assert [slip["numbers"] for slip in device.slips] == [["A1001"]]
    device.close()


@virtual
async def test_without_being_told_so_the_same_printer_has_no_status() -> None:
    driver, device = await automatic("auto")
    assert (await driver.poll(Deadline.after(3))).keywords() == {"status-unknown"}
    device.close()


@virtual
async def test_a_printer_that_stops_says_so_by_itself_and_is_not_asked_at_every_poll() -> None:
    driver, device = await automatic()
    device.printer.do(Fault(name="paper-out", on=True))
    device.asked = 0
    for _ in range(20):
        await asyncio.sleep(driver.poll_seconds)
        state = await driver.poll(Deadline.after(3))
        assert not state.accepting
        assert state.keywords() == {"media-empty"}
    assert device.asked <= 3
    device.printer.do(Refill())
    await asyncio.sleep(driver.poll_seconds)
    assert (await driver.poll(Deadline.after(3))).accepting
    device.close()


@virtual
async def test_paper_that_ends_inside_a_slip_is_told_by_itself() -> None:
    driver, device = await automatic()
    device.printer.do(Fault(name="paper-out-mid", on=True))
    slip: Slip = tuple(TextLine(str(line)) for line in range(6))
    completion = await driver.print_slip(slip, Deadline.after(10))
    assert (completion.confirmed, {r.keyword for r in completion.reasons}) == (False, {"media-empty"})
    device.close()


@virtual
async def test_one_that_falls_silent_is_lost() -> None:
    driver, device = await automatic()
    device.switch("silent", True)
    with pytest.raises(Silent):
        await driver.poll(Deadline.after(3))
    with pytest.raises(DeviceFault):
        await driver.open(Deadline.after(5))
    device.close()


@virtual
async def test_what_a_printer_said_before_it_was_opened_anew_counts_no_more() -> None:
    driver, device = await automatic()
    device.printer.do(Fault(name="paper-out", on=True))
    assert not (await driver.poll(Deadline.after(3))).accepting
    await driver.close()
    device.switch("silent", True)
    with pytest.raises(Silent):
        await driver.open(Deadline.after(5))
    device.close()
