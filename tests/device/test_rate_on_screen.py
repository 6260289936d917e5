"""Keypad and customer screen are one rating: whichever is pressed first counts, and no silence becomes a grade."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from device.clock import Clock
from device.flows.rate import Kept, RatingDesk
from device.journal import Journal
from device.watch import Watch
from drivers.contract import GradePress
from hall.contract import GRADES
from tests.device.counter import Pad
from tests.device.inline_writer import InlineWriter
from tests.device.test_rate import visit
from tests.virtual_time import run, virtual

SECONDS = 60.0


class Screened:
    """A rating desk on virtual time with a keypad or none, and a customer screen that comes and goes."""

    def __init__(self, folder: Path, *, pad: bool = True) -> None:
        loop = asyncio.get_running_loop()
        clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: int(loop.time() * 1000), boot_id="b")
        self.journal = Journal.open(folder / "journal.db", "counter-1", clock, "demo", writer=InlineWriter)
        self.pad = Pad() if pad else None
        self.desk = RatingDesk(1, self.journal, clock, Watch(), self.pad, SECONDS)  # type: ignore[arg-type]
        self.presses: list[asyncio.Task[Kept]] = []
        self._screen = ExitStack()

    def come(self) -> None:
        self._screen.enter_context(self.desk.on_screen())

    def go(self) -> None:
        self._screen.close()

    def press(self, ticket: str, level: int, tags: tuple[str, ...] = ()) -> None:
        self.presses.append(asyncio.create_task(self.desk.rate(ticket, GRADES[level], tags)))

    def press_pad(self, level: int) -> None:
        if self.pad is not None:
            self.pad.heard.put_nowait(GradePress(level, GRADES[level]))

    async def kept(self) -> list[Kept]:
        return [await press for press in self.presses]

    def facts(self, *kinds: str) -> list[dict[str, Any]]:
        raw = [msgspec.json.decode(body) for _, body in self.journal.unsent(0, 1000)]
        return [{"kind": fact["kind"], **fact["data"]} for fact in raw if fact["kind"] in kinds]

    def ended(self) -> list[dict[str, Any]]:
        return self.facts("rated", "not-rated")


@asynccontextmanager
async def screened(folder: Path, *, pad: bool = True, screen: bool = True) -> AsyncIterator[Screened]:
    scene = Screened(folder, pad=pad)
    if screen:
        scene.come()
    task = asyncio.create_task(scene.desk.run())
    try:
        yield scene
    finally:
        scene.go()
        task.cancel()
        await scene.journal.close()


async def pause(seconds: float = 0.001) -> None:
    await asyncio.sleep(seconds)


@virtual
async def test_a_grade_from_the_screen_is_kept_with_its_tags_and_puts_the_pad_out(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "社保岗")
        scene.press("t1", 4, ("slow", "attitude"))
        assert await scene.kept() == ["rated"]
        (rated,) = scene.ended()
        assert rated == {
            "kind": "rated",
            "ticket": "t1",
            "window": 1,
            "grade": "very-dissatisfied",
            "channel": "page",
            "tags": "slow,attitude",
        }
        await pause()
        assert scene.pad is not None
        assert not scene.pad.lit


@virtual
async def test_without_tags_the_fact_is_as_it_always_was(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.press("t1", 0)
        await scene.kept()
        assert {*scene.ended()[0]} == {"kind", "ticket", "window", "grade", "channel"}


@virtual
async def test_the_pad_was_first_and_the_screen_is_told_so(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await pause()
        scene.press_pad(0)
        await pause()
        scene.press("t1", 4)
        assert await scene.kept() == ["rated-before"]
        assert [(end["grade"], end["channel"]) for end in scene.ended()] == [("very-satisfied", "pad")]


@virtual
async def test_the_screen_was_first_and_the_pad_does_not_say_that_its_press_was_taken(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.press("t1", 4)
        await scene.kept()
        scene.press_pad(0)
        await pause()
        assert scene.pad is not None
        assert scene.pad.acknowledged.empty()
        assert [end["grade"] for end in scene.ended()] == ["very-dissatisfied"]


@virtual
async def test_a_press_sent_twice_is_one_rating(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        for _ in range(2):
            scene.press("t1", 1)
        assert await scene.kept() == ["rated", "rated-before"]
        assert len(scene.ended()) == 1


@virtual
async def test_a_late_touch_never_rates_the_next_visit(tmp_path: Path) -> None:
    async with screened(tmp_path) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await pause()
        scene.desk.invite(visit("t2"), "007", "")
        scene.press("t1", 4)
        assert await scene.kept() == ["over"]
        assert [(end["kind"], end["ticket"]) for end in scene.ended()] == [("not-rated", "t1")]


@virtual
async def test_nobody_touches_anything_and_nobody_has_rated(tmp_path: Path) -> None:
    async with screened(tmp_path, pad=False) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await pause(SECONDS + 1)
        assert [(end["kind"], end["reason"]) for end in scene.ended()] == [("not-rated", "timed-out")]


@virtual
async def test_a_window_with_a_screen_and_no_pad_asks(tmp_path: Path) -> None:
    async with screened(tmp_path, pad=False) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        scene.press("t1", 2)
        assert await scene.kept() == ["rated"]
        assert scene.facts("rating-opened") == [{"kind": "rating-opened", "ticket": "t1", "window": 1, "seconds": 60}]


@virtual
async def test_a_window_with_neither_asks_nobody(tmp_path: Path) -> None:
    async with screened(tmp_path, pad=False, screen=False) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await pause()
        assert [end["reason"] for end in scene.ended()] == ["not-asked"]


@virtual
async def test_a_restart_leaves_the_citizen_the_rest_of_the_time_on_the_screen(tmp_path: Path) -> None:
    async with screened(tmp_path, pad=False) as scene:
        scene.desk.invite(visit("t1"), "007", "")
        await pause(20)
    async with screened(tmp_path, pad=False, screen=False) as scene:
        (left,) = scene.journal.open_ratings()
        scene.desk.resume(left)
        await pause(5)
        scene.come()  # the page has found its daemon again
        scene.press("t1", 3)
        assert await scene.kept() == ["rated"]
        assert len(scene.facts("rating-opened")) == len(scene.ended()) == 1


LEVELS = st.integers(0, 4)
STEPS = st.one_of(
    st.tuples(st.just("pad"), LEVELS),
    st.tuples(st.just("screen"), LEVELS),
    st.tuples(st.just("close"), st.just(0)),
    st.tuples(st.just("pause"), st.sampled_from([0, 1, 100])),
    st.tuples(st.just("next"), st.just(0)),
    st.tuples(st.just("gone"), st.just(0)),
    st.tuples(st.just("there"), st.just(0)),
)


@settings(max_examples=150, deadline=None)
@given(steps=st.lists(STEPS, max_size=12), pad=st.booleans())
def test_whatever_comes_together_each_visit_is_rated_once_or_not_at_all(
    steps: list[tuple[str, int]], pad: bool
) -> None:
    async def story(folder: Path) -> None:
        async with screened(folder, pad=pad) as scene:
            visits = 1
            scene.desk.invite(visit("t1"), "007", "")
            for step, value in steps:
                if step == "pad":
                    scene.press_pad(value)
                elif step == "screen":
                    scene.press(f"t{visits}", value)
                elif step == "close":
                    scene.desk.close("next-started")
                elif step == "pause":
                    await pause(value or 0.001)
                elif step == "gone":
                    scene.go()
                elif step == "there":
                    scene.come()
                else:
                    visits += 1
                    scene.desk.invite(visit(f"t{visits}"), "007", "")
            await pause(SECONDS + 1)
            ends = scene.ended()
            assert sorted(end["ticket"] for end in ends) == sorted(f"t{each + 1}" for each in range(visits))
            pages = [end for end in ends if end.get("channel") == "page"]
            assert [*map(str, await scene.kept())].count("rated") == len(pages)
            touched = any(step in ("pad", "screen") for step, _ in steps)
            assert touched or not [end for end in ends if end["kind"] == "rated"]

    with tempfile.TemporaryDirectory() as folder:
        run(story(Path(folder)))
