"""A kiosk with two printers, from the touch to the paper: the second takes over, and no citizen gets two slips."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from device.printers import Printers
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import KioskScene
from tests.device.test_printers import Stand, standing
from tests.virtual_time import virtual


@asynccontextmanager
async def kiosk(folder: Path) -> AsyncIterator[tuple[KioskScene, Stand]]:
    """Flow, journal, cells, drivers; two printers at the far ends of their lines."""
    async with standing() as stand:
        scene = KioskScene(folder, InlineWriter)
        scene.printer = Printers(stand.cells)  # type: ignore[assignment]
        scene.kiosk = scene.new_kiosk()
        yield scene, stand
        await scene.journal.close()


@virtual
async def test_without_paper_in_the_first_the_slip_comes_out_of_the_second_once(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        stand.devices[0].no_paper()
        await stand.seen()
        taken = await scene.kiosk.take("1", "touch-1")
        assert (taken.outcome, taken.ticket.number) == ("printed", "A1001")
        assert scene.kinds() == ["opened", "requested", "issued", "printed"]
        assert stand.cuts == [0, 1]


@virtual
async def test_a_first_printer_that_is_found_dead_at_the_touch_hands_the_slip_on_once(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        stand.lines[0].unplug()
        taken = await scene.kiosk.take("1", "touch-1")
        assert taken.outcome == "printed"
        assert scene.kinds().count("printed") == 1
        assert stand.cuts == [0, 1]


@virtual
async def test_a_slip_doubtful_on_the_first_is_asked_about_and_not_printed_on_the_second(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        stand.devices[0].at_cut = stand.lines[0].unplug
        taken = await scene.kiosk.take("1", "touch-1")
        assert taken.outcome == "doubtful"
        await stand.seen()
        assert stand.cuts == [1, 0]
        assert scene.kinds() == ["opened", "requested", "issued"]
        assert scene.kiosk.doubtful is not None


@virtual
async def test_the_citizen_who_says_that_no_slip_came_out_gets_one_from_the_second(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        stand.devices[0].at_cut = stand.lines[0].unplug
        doubtful = await scene.kiosk.take("1", "touch-1")
        await stand.seen()
        anew = await scene.kiosk.came_out(doubtful.ticket.ticket, yes=False, touch="touch-2")
        assert anew.outcome == "printed"
        assert anew.ticket.ticket != doubtful.ticket.ticket
        assert stand.cuts == [1, 1]


@virtual
async def test_with_both_printers_dead_the_number_stands_on_the_screen_and_on_no_paper(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        for line in stand.lines:
            line.unplug()
        await stand.seen()
        taken = await scene.kiosk.take("1", "touch-1")
        assert taken.outcome == "on-screen"
        for line in stand.lines:
            line.replug()
        await stand.seen()
        assert stand.cuts == [0, 0]


@virtual
async def test_the_first_takes_its_turn_again_when_it_has_paper(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        stand.devices[0].no_paper()
        await stand.seen()
        await scene.kiosk.take("1", "touch-1")
        stand.devices[0].all_well()
        await stand.seen()
        taken = await scene.kiosk.take("1", "touch-2")
        assert taken.outcome == "printed"
        assert stand.cuts == [1, 1]


@virtual
async def test_touch_after_touch_while_the_first_dies_each_number_is_on_one_slip_or_in_doubt(tmp_path: Path) -> None:
    async with kiosk(tmp_path) as (scene, stand):
        for count in range(1, 5):
            if count == 2:
                stand.lines[0].carried, stand.lines[0].cut_after = 0, 200
            taken = await scene.kiosk.take("1", f"touch-{count}")
            assert taken.outcome in ("printed", "doubtful")
            if taken.outcome == "doubtful":
                await scene.kiosk.came_out(taken.ticket.ticket, yes=True, touch=f"answer-{count}")
            await asyncio.sleep(2.0)
        assert scene.kinds().count("printed") + scene.kinds().count("doubtful") == 4
        assert sum(stand.cuts) <= 4
        assert stand.cuts[1] >= 2
