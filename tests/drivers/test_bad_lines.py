"""Every driver over four lines: whole, byte by byte, 20 % of the bytes lost, delayed; and unplugged at every byte.

Whatever the line does, a verb ends within its deadline, with the right answer or one of the four errors.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from drivers.caller.ff68 import CallerSettings, Ff68Caller
from drivers.contract import CallerKey, Completion, DeviceFault, Gone, GradePress, KeyPress, TextLine
from drivers.deadline import Deadline
from drivers.ff68_frame import Frame
from drivers.rating_keypad.ff68 import Ff68Keypad, KeypadSettings
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from drivers.window_display.onbon_bx5k import OnbonBx5k, OnbonSettings
from tests.drivers.devices import Card, Keys, Printer
from tests.drivers.line import WAYS, Line, Way
from tests.virtual_time import run, virtual

SLIP = (TextLine("A1001", width=2, height=2), TextLine("社会保险"))
CALL = Frame(5, 1, b"\x01\x00\x0c")
GOOD = Frame(133, 0x11, b"\x02")
RECEIVED = bytes.fromhex("68 02 02 68 85 01 86 16")
SEEDS = range(25)

SLACK = 0.001


async def in_time(verb: Callable[[Deadline], Awaitable[Completion]], seconds: float) -> Completion | DeviceFault:
    """How the verb ended; fails when it took longer than it was given."""
    deadline = Deadline.after(seconds)
    outcome: Completion | DeviceFault
    try:
        outcome = await verb(deadline)
    except DeviceFault as fault:
        outcome = fault
    assert asyncio.get_running_loop().time() <= deadline.at + SLACK
    return outcome


async def opened_at_last(driver: EscPosPrinter | OnbonBx5k) -> None:
    """As a cell does: again until it works."""
    for _ in range(50):
        try:
            await driver.open(Deadline.after(5))
        except DeviceFault:
            continue
        return
    raise AssertionError("never opened")


@pytest.mark.parametrize("way", WAYS)
def test_a_slip_confirmed_was_cut_and_none_is_denied_that_was(way: Way) -> None:
    async def one(seed: int) -> None:
        printer = Printer()
        line = Line(printer, way, baud=115_200, seed=seed)
        driver = EscPosPrinter(EscPosSettings(), line)
        await opened_at_last(driver)
        outcome = await in_time(lambda deadline: driver.print_slip(SLIP, deadline), 10)
        if way != "lossy":
            assert isinstance(outcome, Completion)
            assert outcome.confirmed is True
        if isinstance(outcome, Completion):
            assert outcome.confirmed is not False

    for seed in SEEDS:
        run(one(seed))


@pytest.mark.parametrize("way", WAYS)
def test_a_slip_that_the_paper_ended_in_is_never_confirmed(way: Way) -> None:
    async def one(seed: int) -> None:
        printer = Printer(print_seconds=2.0)
        line = Line(printer, way, baud=115_200, seed=seed)
        driver = EscPosPrinter(EscPosSettings(), line)
        await opened_at_last(driver)
        asyncio.get_running_loop().call_later(0.2, printer.no_paper)
        outcome = await in_time(lambda deadline: driver.print_slip(SLIP, deadline), 10)
        if way != "lossy":
            assert isinstance(outcome, Completion)
            assert outcome.confirmed is False
        if isinstance(outcome, Completion):
            assert outcome.confirmed is not True

    for seed in SEEDS:
        run(one(seed))


@pytest.mark.parametrize("way", WAYS)
def test_a_text_acknowledged_stands_on_the_card(way: Way) -> None:
    async def one(seed: int) -> None:
        card = Card(3)
        line = Line(card, way, seed=seed)
        driver = OnbonBx5k(OnbonSettings(address=3), line)
        if way != "lossy":
            await opened_at_last(driver)
        else:
            await line.open(Deadline.after(1))
        outcome = await in_time(lambda deadline: driver.show("A1001", deadline), 2)
        if way != "lossy":
            assert isinstance(outcome, Completion)
        if isinstance(outcome, Completion):
            assert card.shown[-1].endswith(b"A1001")

    for seed in SEEDS:
        run(one(seed))


@pytest.mark.parametrize("way", WAYS)
def test_a_press_is_heard_at_most_once_and_as_it_was_made(way: Way) -> None:
    async def one(seed: int) -> None:
        keys = Keys()
        driver = Ff68Caller(CallerSettings(5), Line(keys, way, seed=seed))
        await driver.open(Deadline.after(1))
        heard: list[KeyPress] = []

        async def listen() -> None:
            while True:
                heard.append(await driver.next_press())

        async with asyncio.TaskGroup() as group:
            listener = group.create_task(listen())
            acknowledged = await keys.press(CALL)
            listener.cancel()
        assert heard in ([], [KeyPress(CallerKey.CALL, "10")])
        assert heard or not acknowledged
        assert acknowledged or way == "lossy"

    for seed in SEEDS:
        run(one(seed))


@pytest.mark.parametrize("way", WAYS)
def test_a_grade_acknowledged_was_heard_once(way: Way) -> None:
    async def one(seed: int) -> None:
        keys = Keys()
        driver = Ff68Keypad(KeypadSettings(133), Line(keys, way, seed=seed))
        await driver.open(Deadline.after(1))
        heard: list[GradePress] = []

        async def listen() -> None:
            while True:
                heard.append(await driver.next_press())
                await driver.acknowledge(heard[-1], Deadline.after(1))

        async with asyncio.TaskGroup() as group:
            listener = group.create_task(listen())
            acknowledged = await keys.press(GOOD, RECEIVED)
            listener.cancel()
        assert heard in ([], [GradePress(2, "basically-satisfied")])
        assert heard or not acknowledged
        assert acknowledged or way == "lossy"

    for seed in SEEDS:
        run(one(seed))


def test_a_display_unplugged_at_any_byte_is_gone_in_time_and_works_again_when_plugged() -> None:
    async def exchange(cut_after: int | None) -> int:
        card = Card(3)
        line = Line(card, "byte by byte")
        driver = OnbonBx5k(OnbonSettings(address=3), line)
        await driver.open(Deadline.after(1))
        line.carried, line.cut_after = 0, cut_after
        outcome = await in_time(lambda deadline: driver.show("A1001", deadline), 2)
        if cut_after is not None:
            assert isinstance(outcome, Gone)
            line.replug()
            await driver.open(Deadline.after(1))
            assert isinstance(await in_time(lambda deadline: driver.show("A1001", deadline), 2), Completion)
        return line.carried

    for position in range(run(exchange(None))):
        run(exchange(position))


def test_a_printer_unplugged_at_any_byte_never_confirms_and_works_again_when_plugged() -> None:
    async def job(cut_after: int | None) -> int:
        printer = Printer()
        line = Line(printer, "byte by byte", baud=115_200)
        driver = EscPosPrinter(EscPosSettings(), line)
        await driver.open(Deadline.after(5))
        line.carried, line.cut_after = 0, cut_after
        outcome = await in_time(lambda deadline: driver.print_slip(SLIP, deadline), 10)
        if cut_after is not None:
            assert isinstance(outcome, Completion)
            assert outcome.confirmed is None
            line.replug()
            await driver.open(Deadline.after(5))
            again = await in_time(lambda deadline: driver.print_slip(SLIP, deadline), 10)
            assert isinstance(again, Completion)
            assert again.confirmed is True
        return line.carried

    for position in range(run(job(None))):
        run(job(position))


@virtual
async def test_a_caller_unplugged_between_press_and_echo_gives_the_press_or_gone() -> None:
    for position in range(2 * len(CALL.encode())):
        keys = Keys()
        line = Line(keys, "byte by byte")
        driver = Ff68Caller(CallerSettings(5), line)
        await driver.open(Deadline.after(1))
        line.cut_after = position
        keys.say(CALL.encode())
        if position < len(CALL.encode()):
            with pytest.raises(Gone):
                await driver.next_press()
        else:
            assert await driver.next_press() == KeyPress(CallerKey.CALL, "10")
        await driver.close()
