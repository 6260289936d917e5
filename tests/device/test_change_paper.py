"""换纸: who is let in, when a line is printed, and when the kiosk serves citizens again."""

from __future__ import annotations

import asyncio
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config import pins
from device.flows.change_paper import PAUSE_S, TRIES, UNTOUCHED_S, NotLetIn
from device.flows.number_ticket import CannotIssue
from tests.device.care_scene import CODE, CareScene, caring
from tests.device.kiosk_scene import KioskScene
from tests.virtual_time import VirtualTimeLoop, virtual


async def refused(scene: CareScene, code: str) -> str:
    with pytest.raises(NotLetIn) as told:
        await scene.care.enter(code)
    return told.value.why


@virtual
async def test_the_code_lets_in_and_the_printers_say_so() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        assert scene.care.is_open
        assert "in-maintenance" in scene.cell.state.keywords()
        scene.care.leave()
        assert "in-maintenance" not in scene.cell.state.keywords()


@virtual
async def test_a_kiosk_without_a_code_lets_nobody_in() -> None:
    async with caring("") as scene:
        assert await refused(scene, "") == "no-code"


@virtual
async def test_five_wrong_codes_pause_for_a_minute() -> None:
    async with caring() as scene:
        assert {await refused(scene, "0000") for _ in range(TRIES)} == {"wrong-code"}
        assert await refused(scene, CODE) == "too-many-tries"
        await asyncio.sleep(PAUSE_S)
        await scene.care.enter(CODE)
        assert scene.care.is_open


@virtual
async def test_no_number_is_given_while_somebody_works_at_it(tmp_path: Path) -> None:
    async with caring() as scene:
        kiosk = KioskScene(tmp_path)
        kiosk.kiosk.kept_by = scene.care.why_not
        await scene.care.enter(CODE)
        with pytest.raises(CannotIssue, match="in-maintenance"):
            await kiosk.kiosk.take("1", "touch-1")
        assert kiosk.kinds() == ["opened"]
        scene.care.leave()
        assert kiosk.kiosk.why_not() is None
        await kiosk.journal.close()


@virtual
async def test_closing_the_cover_prints_a_line_and_says_what_became_of_it() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        await scene.opens()
        assert scene.lines == 0
        await scene.closes()
        assert (scene.lines, scene.care.lines) == (1, {"ticket-printer": "printed"})
        await scene.seen()
        assert scene.lines == 1


@virtual
async def test_without_a_code_a_line_is_printed_where_there_had_been_no_paper() -> None:
    async with caring() as scene:
        await scene.runs_out()
        await scene.opens()
        await scene.closes()
        assert scene.lines == 1


@virtual
async def test_who_only_looks_in_wastes_no_paper() -> None:
    async with caring() as scene:
        await scene.opens()
        await scene.closes()
        assert scene.lines == 0


@virtual
async def test_a_cover_closed_over_nothing_waits_for_paper() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        await scene.opens()
        await scene.runs_out()
        assert scene.lines == 0
        await scene.closes()
        assert scene.lines == 1


@virtual
async def test_a_line_that_does_not_get_out_is_told_and_can_be_printed_again() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        scene.printer.jam_cutter()
        await scene.seen()
        await scene.care.print_line(scene.cell)
        assert scene.care.lines == {"ticket-printer": "failed"}
        await scene.closes()
        await scene.care.print_line(scene.cell)
        assert scene.care.lines == {"ticket-printer": "printed"}


@virtual
async def test_it_ends_by_itself_two_minutes_after_the_last_touch() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        await asyncio.sleep(UNTOUCHED_S - 1)
        scene.care.touched()
        await asyncio.sleep(UNTOUCHED_S - 1)
        assert scene.care.is_open
        await asyncio.sleep(2)
        assert not scene.care.is_open


@virtual
async def test_an_open_cover_keeps_it_open_until_it_is_closed() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        await scene.opens()
        await asyncio.sleep(3 * UNTOUCHED_S)
        assert scene.care.is_open
        await scene.closes()
        assert not scene.care.is_open


@virtual
async def test_only_a_printer_that_counts_its_paper_is_told_of_a_new_roll() -> None:
    async with caring() as scene:
        await scene.care.enter(CODE)
        with pytest.raises(KeyError):
            scene.care.refilled("ticket-printer")


DEEDS = st.lists(st.sampled_from(["runs_out", "opens", "closes", "enter", "leave", "wait"]), min_size=1, max_size=12)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DEEDS)
def test_a_line_comes_out_only_after_a_cover_has_closed_and_never_twice_for_one(deeds: list[str]) -> None:
    async def play() -> None:
        async with caring() as scene:
            for deed in deeds:
                before = scene.lines
                await _do(scene, deed)
                if scene.lines > before:
                    assert scene.lines == before + 1
                    assert deed == "closes"
            assert scene.lines <= min(deeds.count("opens"), deeds.count("closes"))

    cheap = mock.patch.object(pins, "matches", lambda code, _line: code == CODE)  # a real one costs 50 ms
    with cheap, asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(play())


async def _do(scene: CareScene, deed: str) -> None:
    if deed == "enter":
        await scene.care.enter(CODE)
    elif deed == "leave":
        scene.care.leave()
    elif deed == "wait":
        await asyncio.sleep(UNTOUCHED_S)
    else:
        await getattr(scene, deed)()
