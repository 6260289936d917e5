"""Nobody is missed before their call was shown and heard, and then waited for; no fault makes a clerk wait for ever."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from config.box import Missed
from device.api.window import _absent
from device.flows.missed_clock import SPOKEN_WITHIN_S, MissedClock
from hall.contract import Voices
from tests.device.counter import TERM, Counter, counter_of, held
from tests.virtual_time import virtual

FULL_S = 20


def left(clock: MissedClock) -> tuple[str, int]:
    waiting = clock.waiting()
    return waiting.for_, round(waiting.left_s)


def silent() -> bool:
    return False


def voiced() -> bool:
    return True


@virtual
async def test_without_a_voice_the_clock_begins_when_the_call_is_shown() -> None:
    clock = MissedClock(Missed(seconds=FULL_S), silent)
    key = clock.called("c", 1)
    await asyncio.sleep(50)
    assert left(clock) == ("display", FULL_S)
    clock.shown(key)
    await asyncio.sleep(5)
    assert left(clock) == ("", FULL_S - 5)
    await asyncio.sleep(60)
    assert left(clock) == ("", 0)


@pytest.mark.parametrize("by_hall", [True, False], ids=["another box's", "this box's"])
@virtual
async def test_where_a_speaker_calls_it_begins_when_the_call_is_spoken_too(by_hall: bool) -> None:
    clock = MissedClock(Missed(seconds=FULL_S), voiced if by_hall else silent)
    if not by_hall:
        clock.speakers.append(voiced)
    key = clock.called("c", 1)
    clock.shown(key)
    await asyncio.sleep(40)
    assert clock.waiting().for_ == "voice"
    clock.spoken(key)
    await asyncio.sleep(5)
    assert left(clock) == ("", FULL_S - 5)


@virtual
async def test_a_voice_that_is_faster_than_the_display_counts_from_the_display() -> None:
    clock = MissedClock(Missed(seconds=FULL_S), voiced)
    clock.spoken("c/1")
    key = clock.called("c", 1)
    await asyncio.sleep(5)
    assert left(clock) == ("display", FULL_S)
    clock.shown(key)
    assert left(clock) == ("", FULL_S)


@virtual
async def test_a_voice_that_never_comes_stops_nobody() -> None:
    clock = MissedClock(Missed(seconds=FULL_S), voiced)
    clock.shown(clock.called("c", 1))
    await asyncio.sleep(SPOKEN_WITHIN_S - 1)
    assert left(clock) == ("voice", 1)
    await asyncio.sleep(1)
    assert left(clock) == ("", 0)


@virtual
async def test_a_speaker_that_is_lost_is_not_waited_for() -> None:
    works = True
    clock = MissedClock(Missed(seconds=FULL_S), lambda: works)
    clock.shown(clock.called("c", 1))
    await asyncio.sleep(5)
    works = False
    assert left(clock) == ("", FULL_S - 5)


@virtual
async def test_a_recall_begins_anew_and_what_is_told_of_the_call_before_it_counts_no_more() -> None:
    clock = MissedClock(Missed(seconds=FULL_S), voiced)
    first = clock.called("c", 1)
    clock.shown(first)
    await asyncio.sleep(1)
    second = clock.called("c", 2)
    clock.spoken(first)
    clock.shown(first)
    assert left(clock) == ("display", FULL_S)
    clock.shown(second)
    assert clock.waiting().for_ == "voice"
    clock.spoken(second)
    clock.spoken(second)
    assert (left(clock), clock.waiting().calls) == (("", FULL_S), 2)


async def spoken(counter: Counter, version: int, key: str) -> None:
    await counter.desired.offer_voices(Voices(term=TERM, version=version, spoken={1: key}))


@virtual
async def test_the_page_is_told_what_is_waited_for_and_how_long(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await spoken(counter, 1, "")
        assert _absent(counter.desk) is None
        await counter.tell("called", held=held("A024"))
        await counter.settle()
        told = _absent(counter.desk)
        assert told is not None
        assert (told["for"], told["calls"], told["wanted"], told["seconds"]) == ("voice", 1, 3, 20)
        with counter.watch.watching() as page:
            await spoken(counter, 2, "c-A024/1")
            assert page.is_set()
        told = _absent(counter.desk)
        assert told is not None
        assert (told["for"], told["left_ms"]) == ("", 20_000)
        await counter.tell("serving", held=held("A024"))
        assert _absent(counter.desk) is None


@virtual
async def test_while_the_hall_is_away_what_is_shown_counts_alone(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        await spoken(counter, 1, "")
        await counter.tell("called", held=held("A024"))
        await counter.settle()
        counter.link.turn("down", known_down=True)
        told = _absent(counter.desk)
        assert told is not None
        assert told["for"] == ""


@virtual
async def test_a_clerk_may_miss_somebody_before_the_clock_says_so(tmp_path: Path) -> None:
    async with counter_of(tmp_path) as counter:
        counter.link.turn("down", known_down=True)
        await counter.tell("called", held=held("A024"))
        await counter.settle()
        assert (await counter.press("missed")).reason is None
