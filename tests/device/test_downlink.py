import asyncio
from pathlib import Path

import httpx

from hall.contract import DayChanged, News, QueueCounts, Term, Voices, WindowState
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual


def state(version: int, n: int = 1, draw: str = "a") -> WindowState:
    return WindowState(window=3, term=Term(n=n, draw=draw), version=version, phase="called")


@virtual
async def test_the_downlink_brings_windows_counts_and_the_day(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        seen: list[int] = []
        scene.desired.watch_window(lambda state: seen.append(state.version))
        scene.start("link", "downlink")
        with scene.desired.watch.watching() as changed:
            await scene.hall.until(lambda: scene.hall.streams)
            while scene.desired.counts is None:
                changed.clear()
                await changed.wait()
            await scene.hall.push("window", state(5))
            await scene.hall.push("queue", QueueCounts(term=Term(n=1, draw="a"), version=2, waiting={"1": 9}))
            await scene.hall.push("something-new")
            await scene.hall.push("day", DayChanged(term=Term(n=1, draw="a"), business_date="2026-01-06"))
            while scene.desired.business_date != "2026-01-06":
                changed.clear()
                await changed.wait()
        assert seen == [1, 5]
        assert scene.desired.counts.waiting == {"1": 9}
        assert scene.journal.recall("business-date") == "2026-01-06"


@virtual
async def test_of_two_states_the_higher_term_then_version_wins(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        offer = scene.desired.offer_window
        assert await offer(state(5))
        assert not await offer(state(5))
        assert not await offer(state(4))
        assert await offer(state(1, n=2, draw="b"))
        assert not await offer(state(9))
        assert not await offer(state(9, n=2, draw="x"))
        assert scene.desired.windows[3] == state(1, n=2, draw="b")


@virtual
async def test_the_news_of_the_higher_term_then_version_is_kept(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "downlink")
        with scene.desired.watch.watching() as changed:
            await scene.hall.until(lambda: scene.hall.streams)
            for version, popular in ((4, ["a"]), (3, ["b"]), (5, ["c"])):
                await scene.hall.push("news", News(term=scene.hall.term, version=version, popular=popular))
            while scene.desired.news is None or scene.desired.news.version != 5:
                changed.clear()
                await changed.wait()
        assert scene.desired.news.popular == ["c"]
        assert not await scene.desired.offer_news(News(term=scene.hall.term, version=5))


@virtual
async def test_a_stream_that_falls_silent_for_forty_seconds_is_given_up(tmp_path: Path) -> None:
    """The read limit is httpx's own; here the stream raises what httpx raises at it."""
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "downlink")
        await scene.hall.until(lambda: scene.hall.streams)
        scene.hall.streams[0].put_nowait(httpx.ReadTimeout("40 s"))
        await scene.hall.until(lambda: len(scene.hall.streams) == 2)
        assert len(scene.hall.hellos) == 2


@virtual
async def test_after_bye_the_box_looks_for_the_hall_and_reads_again(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "downlink")
        await scene.hall.until(lambda: scene.hall.streams)
        scene.hall.there = False
        await scene.hall.push("bye")
        await scene.hall.until(lambda: scene.link.known_down)
        scene.hall.there = True
        scene.hall.term = Term(n=2, draw="b")
        await scene.hall.until(lambda: len(scene.hall.streams) == 2)
        assert scene.desired.term == Term(n=2, draw="b")


@virtual
async def test_a_stream_that_outlived_its_hall_is_dropped_when_the_link_is_lost(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "downlink")
        await scene.hall.until(lambda: scene.hall.streams)
        scene.link.lost("a number took too long")
        await scene.hall.until(lambda: len(scene.hall.streams) > 1)
        assert len(scene.hall.streams) == 2


@virtual
async def test_garbled_events_make_the_box_connect_again_with_growing_pauses(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.start("link", "downlink")
        for count in (1, 2, 3):
            await scene.hall.until(lambda count=count: len(scene.hall.streams) == count)  # type: ignore[misc]
            scene.hall.streams[-1].put_nowait(b"event: window\ndata: {broken\n\n")
        assert len(scene.hall.hellos) >= 3


@virtual
async def test_a_refused_downlink_is_not_stormed(tmp_path: Path) -> None:
    async with scene_of(tmp_path, FakeHall()) as scene:
        scene.hall.refuse["/device/downlink"] = (403, {"error": "not-your-window"})
        began = asyncio.get_running_loop().time()
        scene.start("link", "downlink")
        await scene.hall.until(lambda: scene.hall.requests["/device/downlink"] == 4)
        assert asyncio.get_running_loop().time() - began == 1 + 2 + 4


@virtual
async def test_what_is_called_aloud_is_told_and_an_older_word_changes_nothing(tmp_path: Path) -> None:
    def voices(version: int, key: str) -> Voices:
        return Voices(term=Term(n=1, draw="a"), version=version, spoken={3: key})

    async with scene_of(tmp_path, FakeHall()) as scene:
        told: list[str] = []
        scene.desired.watch_voices(lambda voices: told.append(voices.spoken[3]))
        scene.start("link", "downlink")
        with scene.desired.watch.watching() as changed:
            await scene.hall.until(lambda: scene.hall.streams)
            for version, key in ((5, ""), (4, "c/9"), (6, "c/1")):
                await scene.hall.push("voice", voices(version, key))
            while told[-1:] != ["c/1"]:
                changed.clear()
                await changed.wait()
        assert told == ["", "c/1"]
