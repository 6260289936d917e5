"""A cut's beginning, its end, and a restart in between: the pasts of the case table in device/flows/island.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.contract import GradePress
from hall.contract import EXPIRES_MS, CallNext, Clerk, Finish, Miss, Park, Redirect, Start, WindowState
from tests.device.counter import BOOT, CLERK, TERM, Counter, counter_of, held
from tests.virtual_time import virtual


@virtual
async def test_a_command_that_the_hall_never_got_is_done_here_once_the_hall_is_known_to_be_away(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        counter.link.turn("down", known_down=True)
        counter.hall.answers = lambda _: pytest.fail("nothing reaches the hall")
        assert (await counter.press("start")).reason is None
        assert counter.kinds()[-1] == "started"


async def lost(counter: Counter, kind: type, **more: str) -> None:
    """The clerk has pressed this about what stands here, and no answer came."""
    command = kind(request="lost", window=1, mode="demo", call="c-A1001", boot="before", **more)
    await counter.journal.command_sent(command)
    await counter.cut()


@pytest.mark.parametrize(
    ("kind", "more", "act", "told"),
    [
        (Redirect, {"service": "2"}, "start", []),
        (Redirect, {"service": "2"}, "finish", []),
        (Redirect, {"service": "2"}, "next", []),
        (Park, {}, "missed", []),
        (Miss, {}, "start", []),
        (Miss, {}, "missed", ["missed"]),
        (CallNext, {}, "start", ["started"]),
        (CallNext, {}, "finish", ["finished"]),
        (Finish, {}, "missed", []),
        (Start, {}, "missed", ["missed"]),
    ],
)
@virtual
async def test_no_step_is_told_that_contradicts_what_the_hall_may_have_done(
    tmp_path: Path, kind: type, more: dict[str, str], act: str, told: list[str]
) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await lost(counter, kind, **more)
        pressed = await counter.press(act)
        assert [fact.kind for fact in counter.facts("started", "finished", "missed")] == told
        assert pressed.reason == (None if told else "hall-unreachable")


@pytest.mark.parametrize(
    ("kind", "more", "told"),
    [
        (Redirect, {"service": "2"}, ["admitted"]),
        (Park, {}, ["admitted"]),
        (Miss, {}, ["missed", "admitted"]),
        (Finish, {}, ["finished", "admitted"]),
    ],
)
@virtual
async def test_the_next_number_leaves_behind_what_fits_both_pasts(
    tmp_path: Path, kind: type, more: dict[str, str], told: list[str]
) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await lost(counter, kind, **more)
        await counter.admit()
        assert [fact.kind for fact in counter.facts("finished", "missed", "admitted")] == told
        assert counter.state.held is not None
        assert counter.state.held.number == "A12001"


@virtual
async def test_who_comes_after_an_unanswered_missed_is_admitted_anew(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("called", held=held("A1001"))
        await lost(counter, Miss)
        await counter.admit("1001")
        assert [fact.kind for fact in counter.facts("missed", "admitted")] == ["missed", "admitted"]


@virtual
async def test_nobody_is_admitted_while_the_hall_may_still_do_an_unanswered_press(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        pressed_ms = counter.clock.mono_ms()
        command = CallNext(request="lost", window=1, mode="demo", boot=BOOT, mono_ms=pressed_ms)
        await counter.journal.command_sent(command)
        await counter.cut()
        await counter.admit()
        [fact] = counter.facts("admitted")
        assert fact.mono_ms > pressed_ms + EXPIRES_MS


@virtual
async def test_a_hall_that_comes_back_during_that_wait_is_asked_instead(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        command = CallNext(request="lost", window=1, mode="demo", boot=BOOT, mono_ms=counter.clock.mono_ms())
        await counter.journal.command_sent(command)
        await counter.cut()
        asyncio.get_running_loop().call_later(1, counter.link.turn, "up")
        assert (await counter.press("call-number", digits="12001")).reason == "screen-outdated"
        assert counter.kinds() == []


@virtual
async def test_a_restart_in_the_cut_stands_where_the_window_stood(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        await counter.press("start")
        before = counter.state
    async with counter_of(tmp_path, told=False) as counter:
        await counter.cut()
        assert counter.state == before
        assert (await counter.press("finish")).reason is None
        assert counter.pad.lit


@virtual
async def test_a_restart_in_the_cut_stands_where_the_hall_had_left_the_window(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        before = await counter.tell("serving", held=held("A1001"))
    async with counter_of(tmp_path, told=False) as counter:
        assert counter.desk.state is None
        await counter.cut()
        assert counter.state == before


@virtual
async def test_no_word_of_the_hall_counts_while_it_does_not_have_all_facts(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.tell("serving", held=held("A1001"))
        await counter.cut()
        await counter.press("finish")
        counter.link.turn("up")
        await counter.tell("serving", held=held("A1001"), again=True)
        await asyncio.sleep(60)
        assert counter.phase == "idle"


@virtual
async def test_the_halls_word_counts_once_it_has_all_facts(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        await counter.back()
        assert counter.phase == "called"
        told = await counter.tell("serving", held=held("A12001"))
        assert counter.state == told


@virtual
async def test_a_press_that_the_hall_has_done_about_what_was_admitted_here_ends_the_cut(tmp_path: Path) -> None:
    """The hall has all facts, but its word that it has is lost, and the cable is out again at once."""
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        counter.link.turn("up")
        idle = WindowState(window=1, term=TERM, version=counter.version + 1, phase="idle", clerk=CLERK)
        await counter.desired.offer_window(idle)
        assert counter.phase == "called"
        assert (await counter.press("redirect", service="2")).reason is None
        await counter.cut()
        assert counter.state == idle


@virtual
async def test_a_word_that_changes_nothing_ends_the_cut_too(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        await counter.back()
        await counter.tell(again=True)
        assert counter.phase == "idle"


@virtual
async def test_a_word_from_before_the_last_fact_stands_when_that_fact_changed_nothing(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        counter.link.turn("up")
        await counter.tell(again=True)
        counter.journal.acknowledge(counter.journal.head()[0], 0)
        await counter.settle()
        assert counter.phase == "called"
        await asyncio.sleep(3)
        assert counter.phase == "idle"


@virtual
async def test_a_recovering_hall_leaves_the_window_to_itself(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.link.turn("down", recovering=True)
        await counter.settle()
        await counter.admit()
        assert counter.hall.sent == []


@virtual
async def test_a_rating_of_the_cut_goes_on_when_the_hall_is_back_and_is_asked_once(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        await counter.admit()
        await counter.press("finish")
        await counter.back()
        await counter.tell()
        assert counter.pad.lit
        counter.pad.heard.put_nowait(GradePress(4, "very-satisfied"))
        await counter.settle()
        assert counter.kinds().count("rating-opened") == counter.kinds().count("rated") == 1


@virtual
async def test_a_clerk_known_here_sits_down_without_the_hall_and_a_restart_keeps_the_seat(tmp_path: Path) -> None:
    other = Clerk(staff_no="008", name="李晓梅")
    async with counter_of(tmp_path) as counter:
        await counter.cut()
        assert await counter.island.seat(other) is None
        await counter.admit()
        assert await counter.island.seat(CLERK) == "another-clerk"
        assert await counter.island.seat(None) == "window-busy"
    async with counter_of(tmp_path, told=False) as counter:
        await counter.cut()
        assert counter.state.clerk == other
        assert (await counter.press("finish", clerk=other)).reason is None
        assert counter.facts("finished")[0].operator == "008"
        assert await counter.island.seat(None) is None
        assert counter.phase == "closed"
        assert (await counter.press("call-number", digits="12002")).reason == "not-signed-in"
        assert counter.state.term == TERM
