"""A box whose wall clock is wrong, or was never set: numbers and dates do not notice, and no slip tells a lie."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from drivers.contract import TextLine
from tests.device.kiosk_scene import KioskScene
from tests.device.slips import DATE

HALL_MS = 1_795_406_400_000  # 2026-11-23 12:00 in Shanghai
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_MS = 365 * DAY_MS
MILLENNIUM_MS = 946_684_800_000  # 2000-01-01
NEXT_DATE = "2026-11-22"


class Box(KioskScene):
    """A kiosk on a machine whose clocks a test puts; its slips' times."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.wall_ms, self.mono_ms = HALL_MS, 60_000
        self.clock.wall_ms, self.clock.mono_ms = lambda: self.wall_ms, lambda: self.mono_ms

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.mono_ms += ms

    async def take(self) -> str:
        """A slip's number."""
        return (await self.kiosk.take("1", f"touch-{len(self.printer.slips)}")).ticket.number

    async def time_on_slip(self) -> str:
        """What a slip says about the time; "" when nothing."""
        await self.take()
        lines = [part.text for part in self.printer.slips[-1] if isinstance(part, TextLine)]
        return "".join(line for line in lines if "取号时间" in line)


@pytest.fixture
async def box(tmp_path: Path) -> AsyncIterator[Box]:
    made = Box(tmp_path)
    yield made
    await made.journal.close()


@pytest.mark.parametrize("booted_ms", [0, MILLENNIUM_MS])
async def test_a_box_without_a_clock_prints_no_time_until_its_clock_is_set(box: Box, booted_ms: int) -> None:
    box.wall_ms = booted_ms + 60_000
    assert await box.time_on_slip() == ""
    box.clock.compare(HALL_MS)
    assert await box.time_on_slip() == ""
    box.pass_ms(HOUR_MS)
    box.wall_ms = HALL_MS + HOUR_MS
    assert "2026-11-23 13:00" in await box.time_on_slip()
    assert [fact.trust for fact in box.facts("requested")] == ["unknown", "off", "compared"]


@pytest.mark.parametrize("step_ms", [-30 * YEAR_MS, -HOUR_MS, HOUR_MS, 30 * YEAR_MS])
async def test_a_clock_that_jumps_takes_the_time_off_the_slips_and_nothing_else(box: Box, step_ms: int) -> None:
    box.clock.compare(HALL_MS)
    assert "2026-11-23 12:00" in await box.time_on_slip()
    box.wall_ms += step_ms
    assert await box.time_on_slip() == ""
    box.clock.compare(HALL_MS)
    assert await box.time_on_slip() == ""
    assert [fact.data["number"] for fact in box.facts("issued")] == ["1001", "1002", "1003"]
    monos = [fact.mono_ms for fact in box.facts()[1:]]
    assert monos == sorted(monos)


async def test_hours_without_the_hall_a_good_clock_still_prints_the_time(box: Box) -> None:
    box.clock.compare(HALL_MS)
    box.hall.answers = False
    box.pass_ms(5 * HOUR_MS)
    assert "2026-11-23 17:00" in await box.time_on_slip()


async def test_a_box_cut_off_makes_no_date_of_its_own_out_of_its_clock(box: Box) -> None:
    box.hall.answers = False
    numbers = [await box.take()]
    box.pass_ms(20 * HOUR_MS)
    numbers.append(await box.take())
    box.wall_ms += YEAR_MS
    numbers.append(await box.take())
    assert numbers == ["A12001", "A12002", "A12003"]
    assert [fact.data["date"] for fact in box.facts("issued")] == [DATE] * 3


async def new_day(box: Box, told: int) -> None:
    """The hall has stored the journal up to ``told`` when it says that a day has begun."""
    box.journal.acknowledge(told, 0)
    box.desired.business_date = NEXT_DATE
    await box.journal.prune(NEXT_DATE)


async def test_a_new_day_begins_the_band_anew(box: Box) -> None:
    box.hall.answers = False
    assert await box.take() == "A12001"
    await new_day(box, box.journal.head()[0])
    assert await box.take() == "A12001"


async def test_numbers_given_while_cut_off_over_the_change_of_day_are_not_given_again_in_the_new_day(box: Box) -> None:
    box.hall.answers = False
    await box.take()
    told = box.journal.head()[0]
    assert await box.take() == "A12002"  # by the hall's clock, this one may be of the new day
    await new_day(box, told)
    await box.journal.prune(NEXT_DATE)
    assert await box.take() == "A12003"
