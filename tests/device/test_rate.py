"""One rating for a finished visit: the first press counts, and when none comes it is said why."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from device.clock import Clock
from device.flows.rate import RatingDesk
from device.journal import Journal
from device.watch import Watch
from drivers.contract import GradePress
from hall.contract import Held
from tests.device.counter import Pad

GOOD = GradePress(4, "very-satisfied")
BAD = GradePress(0, "very-dissatisfied")


def visit(name: str) -> Held:
    return Held(ticket=name, number="A1001", service="1", call="c", visit=name)


class Scene:
    """A rating desk with its pad and a real journal."""

    def __init__(self, folder: Path, seconds: float = 60.0, has_pad: bool = True) -> None:
        self.clock = Clock()
        self.journal = Journal.open(folder / "journal.db", "counter-1", self.clock, "demo")
        self.pad = Pad()
        self.watch = Watch()
        self.desk = RatingDesk(1, self.journal, self.clock, self.watch, self.pad if has_pad else None, seconds)  # type: ignore[arg-type]

    def facts(self) -> list[tuple[str, dict[str, Any]]]:
        raw = [msgspec.json.decode(body) for _, body in self.journal.unsent(0, 100)]
        return [(fact["kind"], fact["data"]) for fact in raw if fact["kind"] != "opened"]

    async def until(self, kind: str, count: int = 1) -> dict[str, Any]:
        async with asyncio.timeout(2):
            with self.journal.watch.watching() as changed:
                while len(found := [data for name, data in self.facts() if name == kind]) < count:
                    await changed.wait()
                    changed.clear()
        return found[-1]

    async def until_dark(self) -> None:
        async with asyncio.timeout(2):
            with self.watch.watching() as changed:
                while self.desk.invitation is not None:
                    await changed.wait()
                    changed.clear()


@asynccontextmanager
async def scene_of(folder: Path, seconds: float = 60.0, has_pad: bool = True) -> AsyncIterator[Scene]:
    scene = Scene(folder, seconds, has_pad)
    try:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(scene.desk.run())
            yield scene
            task.cancel()
    finally:
        await scene.journal.close()


async def test_a_press_while_the_pad_is_lit_is_the_visits_rating(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "社保岗")
        await scene.until("rating-opened")
        scene.pad.heard.put_nowait(GOOD)
        rated = await scene.until("rated")
        assert (rated["ticket"], rated["grade"], rated["channel"]) == ("t1", "very-satisfied", "pad")
        await scene.until_dark()
        assert not scene.pad.lit


async def test_a_press_is_acknowledged_to_the_pad_only_once_it_is_journaled(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.pad.heard.put_nowait(GOOD)
        assert await scene.pad.acknowledged.get() == GOOD
        assert scene.facts()[-1][0] == "rated"


async def test_only_the_first_press_counts(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.pad.heard.put_nowait(BAD)
        scene.pad.heard.put_nowait(GOOD)
        assert (await scene.until("rated"))["grade"] == "very-dissatisfied"
        scene.desk.invite(visit("t2"), "007", "")
        await scene.until("rating-opened", 2)
        assert [kind for kind, _ in scene.facts()].count("rated") == 1


async def test_a_press_without_an_open_rating_is_dropped_and_the_pad_does_not_say_it_was_taken(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.pad.heard.put_nowait(GOOD)
        scene.desk.invite(visit("t1"), "007", "")
        await scene.until("rating-opened")
        assert scene.pad.acknowledged.empty()
        assert [kind for kind, _ in scene.facts()] == ["rating-opened"]


async def test_when_the_time_is_over_nobody_rated_and_the_pad_is_dark(tmp_path: Path) -> None:
    async with scene_of(tmp_path, seconds=0.05) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        assert (await scene.until("not-rated"))["reason"] == "timed-out"
        await scene.until_dark()
        assert not scene.pad.lit


async def test_the_next_visits_start_ends_the_rating(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.desk.close("next-started")
        assert (await scene.until("not-rated"))["reason"] == "next-started"


async def test_a_pad_that_never_lit_is_named_as_the_reason(tmp_path: Path) -> None:
    async with scene_of(tmp_path, seconds=0.05) as scene:
        scene.pad.there = False
        scene.desk.invite(visit("t1"), "007", "")
        assert (await scene.until("not-rated"))["reason"] == "pad-silent"


async def test_a_pad_without_a_light_is_rated_on_and_is_not_silent_when_nobody_does(tmp_path: Path) -> None:
    async with scene_of(tmp_path, seconds=0.5) as scene:
        scene.pad.has_light = False
        scene.desk.invite(visit("t1"), "007", "")
        await scene.until("rating-opened")
        scene.pad.heard.put_nowait(GOOD)
        assert (await scene.until("rated"))["ticket"] == "t1"
        scene.desk.invite(visit("t2"), "007", "")
        assert (await scene.until("not-rated"))["reason"] == "timed-out"


async def test_a_window_without_a_pad_asks_nobody(tmp_path: Path) -> None:
    async with scene_of(tmp_path, has_pad=False) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        assert (await scene.until("not-rated"))["reason"] == "not-asked"


async def test_a_visit_that_was_rated_is_not_asked_again(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.pad.heard.put_nowait(GOOD)
        await scene.until("rated")
        scene.desk.invite(visit("t1"), "007", "")
        scene.desk.invite(visit("t2"), "007", "")
        await scene.until("rating-opened", 2)
        assert [data["ticket"] for kind, data in scene.facts() if kind == "rating-opened"] == ["t1", "t2"]


async def test_a_restart_goes_on_with_a_rating_of_this_boot(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await scene.until("rating-opened")
    async with scene_of(tmp_path) as scene:
        (left,) = scene.journal.open_ratings()
        scene.desk.resume(left)
        scene.pad.heard.put_nowait(GOOD)
        assert (await scene.until("rated"))["ticket"] == "t1"
        assert [kind for kind, _ in scene.facts()].count("rating-opened") == 1


async def test_a_rating_of_an_earlier_boot_has_timed_out(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await scene.until("rating-opened")
        (left,) = scene.journal.open_ratings()
    async with scene_of(tmp_path) as scene:
        scene.clock.boot_id = "another-boot"
        scene.desk.resume(left)
        assert (await scene.until("not-rated"))["reason"] == "timed-out"
