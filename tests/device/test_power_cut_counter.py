"""The power goes between any two steps at a counter: call, show, rate, and serving without the hall."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from drivers.contract import GradePress
from drivers.deadline import Deadline
from hall.contract import CallNext
from tests.device.counter import Counter, counter_of, held
from tests.device.fake_hall import FakeHall
from tests.device.film import Film, Frame
from tests.device.hall_scene import Scene, scene_of
from tests.virtual_time import virtual

GOOD = GradePress(4, "very-satisfied")
PRESSED = CallNext(request="r-1", window=3, mode="demo")


def last(frames: list[Frame], counter_seen: str) -> Frame:
    """The last frame of which the world had seen just this."""
    return [frame for frame in frames if frame.seen == counter_seen][-1]


# call: the table in device/flows/serve.py


async def filmed_call(folder: Path, hall: FakeHall, monkeypatch: pytest.MonkeyPatch) -> list[Frame]:
    box = folder / "box"
    box.mkdir()
    film = Film(box, folder / "images")
    monkeypatch.setattr("tests.device.hall_scene.InlineWriter", film.writer)
    async with scene_of(box, hall) as scene:
        film.look = lambda: kinds(scene)[-1]
        scene.start("link", "uplink", "downlink", "commands")
        await scene.commands.send(PRESSED, Deadline.after(3))
    monkeypatch.undo()
    return film.frames


def kinds(scene: Scene) -> list[str]:
    return Counter.kinds_of(scene.journal)


@asynccontextmanager
async def started_anew(frame: Frame, hall: FakeHall) -> AsyncIterator[Scene]:
    async with scene_of(frame.folder, hall) as scene:
        scene.start("link", "uplink", "downlink", "commands")
        await hall.until(lambda: scene.link.hall == "up" and not scene.journal.unanswered())
        yield scene


@virtual
async def test_a_cut_before_request_calls_nobody(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        frames = await filmed_call(tmp_path, FakeHall(), patch)
    hall = FakeHall()
    async with started_anew(frames[0], hall) as scene:
        assert hall.commands == []
        assert kinds(scene) == ["opened"]


@pytest.mark.parametrize("done", [False, True], ids=["before-the-hall-has-it", "behind-the-halls-deed"])
@virtual
async def test_a_cut_behind_request_is_answered_once_at_the_next_start(tmp_path: Path, done: bool) -> None:
    hall = FakeHall()
    with pytest.MonkeyPatch.context() as patch:
        frames = await filmed_call(tmp_path, hall, patch)
    hall = hall if done else FakeHall()
    async with started_anew(last(frames, "request"), hall) as scene:
        assert list(hall.answers) == ["r-1"]
        assert kinds(scene).count("answered") == 1
        assert scene.desired.windows[3].version == hall.answers["r-1"].window.version  # type: ignore[union-attr]


@virtual
async def test_a_cut_behind_answered_sends_nothing_again(tmp_path: Path) -> None:
    hall = FakeHall()
    with pytest.MonkeyPatch.context() as patch:
        frames = await filmed_call(tmp_path, hall, patch)
    async with started_anew(last(frames, "answered"), hall):
        assert hall.commands == ["r-1"]


# show and rate: the tables in device/flows/serve.py and rate.py


@asynccontextmanager
async def filmed(folder: Path) -> AsyncIterator[tuple[Counter, list[Frame]]]:
    box = folder / "box"
    box.mkdir()
    film = Film(box, folder / "images")
    async with counter_of(box, writer=film.writer) as counter:
        film.look = lambda: counter.kinds()[-1] if counter.kinds() else ""
        yield counter, film.frames


@pytest.mark.parametrize(("cut", "times"), [("", 1), ("shown", 2)], ids=["before-shown", "behind-shown"])
@virtual
async def test_a_cut_around_shown_shows_the_call_once_more(tmp_path: Path, cut: str, times: int) -> None:
    async with filmed(tmp_path) as (counter, frames):
        await counter.tell("called", held=held("A1001"))
    async with counter_of(last(frames, cut).folder) as counter:
        await counter.tell("called", held=held("A1001"))
        assert counter.display.wanted[-1] == "请A1001到1号窗口"
        assert [fact.data["call"] for fact in counter.facts("shown")] == ["c-A1001"] * times


ROWS = {
    "before-rating-opened": "",
    "behind-rating-opened": "rating-opened",
    "behind-rated": "rated",
}


@pytest.mark.parametrize("cut", ROWS.values(), ids=ROWS)
@virtual
async def test_wherever_the_power_goes_a_visit_is_asked_and_rated_once(tmp_path: Path, cut: str) -> None:
    async with filmed(tmp_path) as (counter, frames):
        await counter.tell("idle", finished=held("A1001"))
        counter.pad.heard.put_nowait(GOOD)
        await counter.settle()
    for frame in [frame for frame in frames if frame.seen == cut]:
        async with counter_of(frame.folder) as counter:
            await counter.tell("idle", finished=held("A1001"))
            assert counter.pad.lit == (cut != "rated")
            counter.pad.heard.put_nowait(GOOD)
            await counter.settle()
            assert counter.kinds() == ["rating-opened", "rated"]


@virtual
async def test_a_cut_behind_not_rated_asks_nobody_again(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (counter, frames):
        await counter.tell("idle", finished=held("A1001"))
        counter.rating.close("declined")
        await counter.settle()
    async with counter_of(last(frames, "not-rated").folder) as counter:
        await counter.tell("idle", finished=held("A1001"))
        assert not counter.pad.lit
        assert counter.kinds() == ["rating-opened", "not-rated"]


# without the hall: the table in device/flows/island.py


async def serve(counter: Counter) -> None:
    """All of one visit; what is done already is refused, or done already."""
    await counter.press("call-number", "p1", digits="12001")
    await counter.press("start", "p2")
    await counter.press("finish", "p3")
    counter.pad.heard.put_nowait(GOOD)
    await counter.settle()


@virtual
async def test_wherever_the_power_goes_in_a_cut_a_visit_is_told_once_and_whole(tmp_path: Path) -> None:
    async with filmed(tmp_path) as (counter, frames):
        await counter.cut()
        begun = len(frames)
        await serve(counter)
    assert {frame.seen for frame in frames[begun:]} == {"", *STEPS}
    for frame in frames[begun:]:
        async with counter_of(frame.folder, told=False) as counter:
            await counter.cut()
            if frame.seen in ("admitted", "shown"):
                assert counter.display.wanted[-1] == "请A12001到1号窗口"
            await serve(counter)
            told = [kind for kind in counter.kinds() if kind != "shown"]
            assert told == [kind for kind in STEPS if kind != "shown"], frame.seen
            assert "shown" in counter.kinds()


STEPS = ["admitted", "shown", "started", "finished", "rating-opened", "rated"]
