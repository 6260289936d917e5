"""An office printer over four lines, and unplugged at every byte: printed, not printed or nobody knows, in time."""

from __future__ import annotations

import asyncio

import pytest

from drivers.contract import Completion, DeviceFault, Gone
from drivers.deadline import Deadline
from drivers.office_printer.ipp import IppPrinter
from tests.drivers.line import WAYS, Way
from tests.drivers.office_bench import NOTICE, Simulated, on_line
from tests.virtual_time import run

SECONDS = 30
SLACK = 0.001


async def outcome(driver: IppPrinter) -> Completion | DeviceFault:
    deadline = Deadline.after(SECONDS)
    result: Completion | DeviceFault
    try:
        result = await driver.print_document(NOTICE, deadline)
    except DeviceFault as fault:
        result = fault
    assert asyncio.get_running_loop().time() <= deadline.at + SLACK
    return result


def must_be_true(result: Completion | DeviceFault, simulated: Simulated) -> None:
    """Neither confirmed without paper nor denied with it."""
    if isinstance(result, DeviceFault):
        assert not simulated.out
    elif result.confirmed is not None:
        assert simulated.completed == (1 if result.confirmed else 0)
    assert simulated.out <= 1


@pytest.mark.parametrize("way", WAYS)
def test_a_notice_is_confirmed_denied_or_doubtful_as_it_came_out(way: Way) -> None:
    async def one(seed: int) -> None:
        driver, simulated, _ = on_line(way, seed)
        try:
            await driver.open(Deadline.after(5))
        except DeviceFault:
            assert way == "lossy"
        driver.abilities = type(driver.abilities)(frozenset({NOTICE.format}))
        result = await outcome(driver)
        must_be_true(result, simulated)
        assert way == "lossy" or (isinstance(result, Completion) and result.confirmed is True)
        await driver.close()
        simulated.printer.close()

    for seed in range(6 if way == "lossy" else 2):
        run(one(seed))


async def printing(cut_after: int | None, *, back: float | None = None, power: bool = False) -> int:
    """One notice, cut off after so many bytes of its exchanges; the cable may come back, the power may be gone."""
    driver, simulated, line = on_line("whole")
    await driver.open(Deadline.after(5))
    line.carried, line.cut_after = 0, cut_after
    cut = line.unplug
    loop = asyncio.get_running_loop()

    def unplug() -> None:
        cut()
        if power:
            simulated.printer._lose_power()
        if back is not None:
            loop.call_later(back, line.replug)

    line.unplug = unplug  # type: ignore[method-assign]
    result = await outcome(driver)
    carried = line.carried
    must_be_true(result, simulated)
    if cut_after is None:
        assert isinstance(result, Completion)
        assert result.confirmed is True
    elif back is None:
        assert isinstance(result, DeviceFault) or result.confirmed is None
    await asyncio.sleep(60)
    line.replug()
    await driver.open(Deadline.after(5))
    must_be_true(result, simulated)
    assert not simulated.running()
    await driver.close()
    simulated.printer.close()
    return carried


def test_a_printer_cut_off_at_any_byte_is_not_misjudged_and_prints_nothing_later() -> None:
    whole = run(printing(None))
    document = range(whole // 3, 2 * whole // 3, 97)  # the request that carries the pages lies there
    for position in document:
        run(printing(position, back=3.0))
    for position in range(0, whole, 617):
        run(printing(position))
        run(printing(position, back=1.0, power=True))


def test_an_exchange_cut_at_any_byte_is_gone_in_time_and_whole_again_when_plugged() -> None:
    async def every() -> None:
        driver, simulated, line = on_line("whole")

        async def exchange(cut_after: int | None) -> int:
            line.carried, line.cut_after = 0, cut_after
            begun = asyncio.get_running_loop().time()
            if cut_after is None:
                await driver.poll(Deadline.after(3))
                return line.carried
            with pytest.raises(Gone) as gone:
                await driver.poll(Deadline.after(3))
            assert gone.value.sent
            assert asyncio.get_running_loop().time() < begun + 1
            if cut_after % 40 == 0:
                with pytest.raises(Gone) as still:
                    await driver.poll(Deadline.after(3))
                assert not still.value.sent
            await asyncio.sleep(0.1)  # what was on its way is lost with its connection
            line.replug()
            return line.carried

        await driver.open(Deadline.after(5))
        for position in range(await exchange(None)):
            await exchange(position)
        await exchange(None)
        await driver.close()
        simulated.printer.close()

    run(every())
