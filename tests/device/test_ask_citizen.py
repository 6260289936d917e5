"""The citizen is asked what only they can say: whether a slip came out, whether they have noted a number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from device.flows.number_ticket import CannotIssue
from device.supervise import Tasks
from drivers.contract import MEDIA_EMPTY, State
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import DOUBTFUL, KioskScene
from tests.virtual_time import virtual


@asynccontextmanager
async def kiosk_of(folder: Path) -> AsyncIterator[KioskScene]:
    """A kiosk at work, on virtual time."""
    scene = KioskScene(folder, InlineWriter)
    async with Tasks() as tasks:
        tasks.start("kiosk", scene.kiosk.run())
        await asyncio.sleep(0)
        try:
            yield scene
        finally:
            tasks.stop()
            await scene.journal.close()


@virtual
async def test_a_doubtful_number_becomes_callable_only_when_nobody_answers(tmp_path: Path) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.completions = [DOUBTFUL]
        await scene.kiosk.take("1", "touch-1")
        await asyncio.sleep(30)
        assert scene.kinds()[-1] == "issued"
        await asyncio.sleep(6)
        assert scene.kinds()[-1] == "doubtful"
        assert scene.kiosk.doubtful is None


@virtual
async def test_a_number_on_the_screen_that_nobody_confirms_for_a_minute_is_void(tmp_path: Path) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.state = State.of(MEDIA_EMPTY)
        await scene.kiosk.take("1", "touch-1")
        await asyncio.sleep(60)
        assert scene.kinds()[-1] == "issued"
        await asyncio.sleep(6)
        assert (scene.kinds()[-1], scene.facts()[-1].data["reason"]) == ("voided", "not-confirmed")
        assert scene.kiosk.on_screen is None


@virtual
async def test_without_paper_the_number_stands_on_the_screen_and_is_callable_once_its_citizen_has_noted_it(
    tmp_path: Path,
) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.state = State.of(MEDIA_EMPTY)
        taken = await scene.kiosk.take("1", "touch-1")
        assert (taken.outcome, taken.ticket.number) == ("on-screen", "A1001")
        assert scene.kiosk.on_screen == taken
        assert scene.kinds()[1:] == ["requested", "issued"]
        assert (await scene.kiosk.noted(taken.ticket.ticket, yes=True)).outcome == "noted"
        assert scene.kinds()[-1] == "noted"
        assert scene.printer.slips == []


@virtual
async def test_a_number_without_paper_that_nobody_wants_is_void(tmp_path: Path) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.state = State.of(MEDIA_EMPTY)
        taken = await scene.kiosk.take("1", "touch-1")
        assert (await scene.kiosk.noted(taken.ticket.ticket, yes=False)).outcome == "dropped"
        assert scene.facts()[-1].data["reason"] == "not-confirmed"
        with pytest.raises(CannotIssue, match="nothing-doubtful"):
            await scene.kiosk.noted(taken.ticket.ticket, yes=True)


@virtual
async def test_the_next_citizen_voids_a_number_that_the_one_before_left_on_the_screen(tmp_path: Path) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.state = State.of(MEDIA_EMPTY)
        await scene.kiosk.take("1", "touch-1")
        scene.printer.state = State.of()
        assert (await scene.kiosk.take("1", "touch-2")).outcome == "printed"
        assert scene.kinds()[1:] == ["requested", "issued", "voided", "requested", "issued", "printed"]


@virtual
async def test_a_touch_or_a_yes_that_is_sent_again_changes_nothing_about_a_number_on_the_screen(tmp_path: Path) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.state = State.of(MEDIA_EMPTY)
        taken = await scene.kiosk.take("1", "touch-1")
        assert await scene.kiosk.take("1", "touch-1") == taken
        for _ in range(2):
            assert (await scene.kiosk.noted(taken.ticket.ticket, yes=True)).outcome == "noted"
        assert (await scene.kiosk.take("1", "touch-1")).outcome == "noted"
        assert scene.kinds().count("noted") == 1


@virtual
async def test_a_slip_that_did_not_come_out_for_want_of_paper_is_replaced_on_the_screen_at_its_place(
    tmp_path: Path,
) -> None:
    async with kiosk_of(tmp_path) as scene:
        scene.printer.completions = [DOUBTFUL]
        first = await scene.kiosk.take("1", "touch-1")
        scene.printer.state = State.of(MEDIA_EMPTY)
        second = await scene.kiosk.came_out(first.ticket.ticket, yes=False, touch="again")
        assert second.outcome == "on-screen"
        assert scene.hall.asked[1].place_of == first.ticket.ticket
