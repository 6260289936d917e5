"""A window's display shows what is wanted now, whatever happened to its line; never something old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from structlog.testing import capture_logs

from device.cell import Cell
from device.flows.show_call import DisplayKeeper
from device.watch import Watch
from drivers.contract import FOREIGN_TEXT, Completion, CompletionCode, Gone, Reason, State, WindowDisplay
from drivers.window_display.modbus_text import ModbusText, ModbusTextSettings
from simulators.displays.modbus import ModbusDisplay
from tests.drivers.displays import Panelled
from tests.drivers.line import Line
from tests.virtual_time import virtual

DONE = Completion(CompletionCode.SUCCESS, True, "acknowledged")


class Display:
    """Shows texts while its line is whole."""

    name = "display-1"

    def __init__(self) -> None:
        self.state = State.of()
        self.watch = Watch()
        self.whole = True
        self.shown: list[str] = []
        self.news = Watch()

    async def do(self, verb: Any, seconds: float, attempts: int = 1) -> Completion:
        if not self.whole:
            raise Gone("cut")
        completion: Completion = await verb(self, None)
        return completion

    async def show(self, text: str, deadline: object) -> Completion:
        self.shown.append(text)
        self.news.changed()
        return DONE

    def stands(self, *reasons: Reason) -> None:
        self.state = State.of(*reasons)
        self.watch.changed()

    def cut(self) -> None:
        self.whole = False
        self.watch.changed()

    def mend(self) -> None:
        self.whole = True
        self.watch.changed()

    async def until_shown(self, count: int) -> None:
        async with asyncio.timeout(2):
            with self.news.watching() as news:
                while len(self.shown) < count:
                    await news.wait()
                    news.clear()


@asynccontextmanager
async def keeping(display: Display, renew_seconds: float = 60.0) -> AsyncIterator[DisplayKeeper]:
    keeper = DisplayKeeper(display, renew_seconds)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keeper.run())
        yield keeper
        task.cancel()


async def test_a_wish_is_shown_and_known_to_be_shown() -> None:
    display = Display()
    async with keeping(display) as keeper:
        wish = keeper.want("请A1001到3号窗口")
        assert await keeper.granted(wish, 2.0)
    assert display.shown == ["请A1001到3号窗口"]


async def test_the_same_wish_again_is_not_sent_again() -> None:
    display = Display()
    async with keeping(display) as keeper:
        wish = keeper.want("A1001")
        assert await keeper.granted(wish, 2.0)
        assert keeper.want("A1001") == wish
    assert display.shown == ["A1001"]


async def test_a_display_whose_line_was_cut_shows_the_newest_wish_when_it_is_back() -> None:
    display = Display()
    async with keeping(display) as keeper:
        assert await keeper.granted(keeper.want("A1001"), 2.0)
        display.cut()
        keeper.want("A1002")
        newest = keeper.want("A1003")
        assert not await keeper.granted(newest, 0.02)
        display.mend()
        assert await keeper.granted(newest, 2.0)
    assert display.shown == ["A1001", "A1003"]


async def test_a_display_that_lost_its_power_is_told_again_when_it_is_back() -> None:
    display = Display()
    async with keeping(display) as keeper:
        assert await keeper.granted(keeper.want("A1001"), 2.0)
        display.cut()
        await asyncio.sleep(0)
        display.mend()
        await display.until_shown(2)
    assert display.shown == ["A1001", "A1001"]


async def test_a_shown_text_is_renewed_before_the_card_darkens_itself() -> None:
    display = Display()
    async with keeping(display, renew_seconds=0.01) as keeper:
        keeper.want("A1001")
        await display.until_shown(3)
    assert set(display.shown) == {"A1001"}


async def test_nothing_is_sent_before_anything_is_wanted() -> None:
    display = Display()
    async with keeping(display):
        display.mend()
        await asyncio.sleep(0)
    assert display.shown == []


@virtual
async def test_a_foreign_text_is_replaced_by_the_right_one_and_noted_once() -> None:
    display = Display()
    with capture_logs() as logs:
        async with keeping(display) as keeper:
            assert await keeper.granted(keeper.want("A1001"), 2.0)
            for count in range(2, 5):
                display.stands(FOREIGN_TEXT)
                await display.until_shown(count)
                display.stands()
                await asyncio.sleep(1.0)
    assert display.shown == ["A1001"] * 4
    assert [(entry["event"], entry["device"]) for entry in logs] == [("foreign text on a display", "display-1")]


@virtual
async def test_a_text_wanted_while_the_display_is_put_right_is_sent() -> None:
    display = Display()
    async with keeping(display) as keeper:
        assert await keeper.granted(keeper.want("A1001"), 2.0)
        display.stands(FOREIGN_TEXT)
        await display.until_shown(2)
        keeper.want("A1002")
        display.stands()
        await display.until_shown(3)
    assert display.shown == ["A1001", "A1001", "A1002"]


@virtual
async def test_a_foreign_text_that_stays_is_written_over_at_each_renewal_and_no_oftener() -> None:
    display = Display()
    async with keeping(display, renew_seconds=60.0) as keeper:
        assert await keeper.granted(keeper.want("A1001"), 2.0)
        display.stands(FOREIGN_TEXT)
        await asyncio.sleep(150.0)
    assert display.shown == ["A1001"] * 4


@virtual
async def test_what_another_program_wrote_to_a_real_drivers_display_stands_there_until_the_next_reading() -> None:
    card = Panelled("modbus-text")
    driver = ModbusText(ModbusTextSettings(3, read_back_seconds=10), Line(card))
    cell: Cell[WindowDisplay] = Cell("display-1", "modbus-text", driver, family="window_display")
    keeper = DisplayKeeper(cell)
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(cell.run()), group.create_task(keeper.run())]
        assert await keeper.granted(keeper.want("请A1001号到3号窗口"), 5.0)
        assert isinstance(card.display, ModbusDisplay)
        card.display.overwrite("欢迎光临")
        await asyncio.sleep(11.0)
        assert card.display.text == "请A1001号到3号窗口"
        assert cell.state == State.of()
        for task in running:
            task.cancel()
    assert cell.statistics.report(0.0)["ForeignTextCount"] == 1


class TestAlarm:
    async def test_it_stands_over_whatever_is_wished_for_and_then_the_newest_wish_stands_there(self) -> None:
        display = Display()
        async with keeping(display) as keeper:
            assert await keeper.granted(keeper.want("A1001"), 2.0)
            keeper.stand_over("leave")
            await display.until_shown(2)
            newest = keeper.want("A1002")
            await display.until_shown(3)
            keeper.stand_over(None)
            assert await keeper.granted(newest, 2.0)
        assert display.shown == ["A1001", "leave", "leave", "A1002"]

    async def test_a_call_meanwhile_is_not_shown_here(self) -> None:
        display = Display()
        async with keeping(display) as keeper:
            keeper.stand_over("leave")
            assert not await keeper.granted(keeper.want("A1001"), 0.02)
        assert set(display.shown) == {"leave"}

    async def test_a_display_that_nothing_was_wished_for_is_dark_again_after_it(self) -> None:
        display = Display()
        async with keeping(display) as keeper:
            keeper.stand_over("leave")
            await display.until_shown(1)
            keeper.stand_over(None)
            await display.until_shown(2)
        assert display.shown == ["leave", ""]

    async def test_it_is_renewed_and_told_again_to_a_display_that_was_cut(self) -> None:
        display = Display()
        async with keeping(display, renew_seconds=0.01) as keeper:
            keeper.want("A1001")
            keeper.stand_over("leave")
            await display.until_shown(3)
            display.cut()
            await asyncio.sleep(0)
            before = len(display.shown)
            display.mend()
            await display.until_shown(before + 1)
        assert set(display.shown[-2:]) == {"leave"}

    @virtual
    async def test_it_replaces_what_another_program_writes(self) -> None:
        display = Display()
        async with keeping(display) as keeper:
            assert await keeper.granted(keeper.want("A1001"), 2.0)
            keeper.stand_over("leave")
            await display.until_shown(2)
            display.stands(FOREIGN_TEXT)
            await display.until_shown(3)
            display.stands()
        assert display.shown == ["A1001", "leave", "leave"]
