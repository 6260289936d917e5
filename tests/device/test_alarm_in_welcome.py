"""A recovering hall has no downlink: its boxes are told of the alarm when they ask whether it is whole."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from device.sync.link import RECOVERING_S
from hall.contract import Alarm, News, Said, StandingAlarm, Term
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import Scene, scene_of
from tests.virtual_time import virtual

FIRE = Alarm(kind="evacuate", text=Said(zh="请从东门离开"))
EXERCISE = Alarm(kind="exercise", text=Said(zh="演练"))
NOW = Term(n=1, draw="a")


def standing(version: int, alarm: Alarm | None = FIRE) -> StandingAlarm:
    return StandingAlarm(version=version, alarm=alarm)


@virtual
async def test_an_alarm_of_a_recovering_hall_is_shown_within_two_seconds_and_ended_so(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.recovering, hall.alarm = True, standing(0, None)
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link", "downlink")
        await scene.link.reached()
        assert scene.desired.alarm is None
        changes = 0
        with scene.desired.watch.watching() as changed:
            for told in (standing(1), standing(2, EXERCISE), standing(3, None)):
                hall.alarm = told
                async with asyncio.timeout(RECOVERING_S + 0.1):
                    await changed.wait()
                changed.clear()
                assert scene.desired.alarm == told.alarm
                changes += 1
        assert (changes, scene.link.hall) == (3, "down")


@virtual
async def test_a_hall_that_cannot_say_takes_no_alarm_back(tmp_path: Path) -> None:
    hall = FakeHall()
    hall.alarm = standing(4)
    async with scene_of(tmp_path, hall) as scene:
        scene.start("link")
        await scene.link.up()
        assert scene.desired.alarm == FIRE
        hall.alarm, hall.recovering, hall.term = None, True, Term(n=2, draw="b")
        scene.link.lost("restarted")
        await scene.link.reached()
        assert scene.desired.alarm == FIRE


@pytest.mark.parametrize("first", ["welcome", "news"])
@virtual
async def test_of_a_welcome_and_news_the_newer_wins_whichever_comes_last(tmp_path: Path, first: str) -> None:
    """A welcome that was written before the alarm may arrive after the news of it."""
    async with scene_of(tmp_path, FakeHall()) as scene:
        await offer(scene, *(("welcome", 7, None), ("news", 8, FIRE))[:: 1 if first == "welcome" else -1])
        assert scene.desired.alarm == FIRE
        await offer(scene, ("news", 9, FIRE), ("welcome", 10, None), ("news", 9, FIRE))
        assert scene.desired.alarm is None


@virtual
async def test_an_alarm_in_a_welcome_keeps_no_news_from_coming(tmp_path: Path) -> None:
    """What the welcome told of this version is the alarm alone: the rest still comes down."""
    async with scene_of(tmp_path, FakeHall()) as scene:
        await scene.desired.offer_alarm(NOW, standing(5))
        assert await scene.desired.offer_news(News(term=NOW, version=5, alarm=FIRE, void=["A001"]))
        assert scene.desired.news is not None
        assert (scene.desired.alarm, scene.desired.news.void) == (FIRE, ["A001"])


async def offer(scene: Scene, *told: tuple[str, int, Alarm | None]) -> None:
    for way, version, alarm in told:
        if way == "welcome":
            await scene.desired.offer_alarm(NOW, standing(version, alarm))
        else:
            await scene.desired.offer_news(News(term=NOW, version=version, alarm=alarm))
