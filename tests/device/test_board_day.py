"""Eight hours of a large hall in virtual time: what a board's daemon holds is as much at the end as after two hours.

The hall tells over its real event stream, the page reads every state; only the wire between them is not there.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest
import structlog

from device.api.board import BoardPage
from device.api.stream import Streams
from device.flows.board_calls import BoardCalls
from hall.contract import Counter, Directory, Held, News, Notice, QueueCounts, Said, Term, Wait, WindowState
from tests.device.fake_hall import FakeHall
from tests.device.hall_scene import scene_of
from tests.virtual_time import virtual

HOUR = 3600
WINDOWS = 30
STEP_S = 4.0
NEWS_S = 2.0
PAGE = 4096
MANY_BLOCKS = 2000
"""Eight hours bring 7200 steps of a window and 14,400 news: one block kept of each would be more."""

MUCH_MEMORY = 3_000_000
TERM = Term(n=1, draw="a")


class Size(NamedTuple):
    """What must not grow."""

    blocks: int
    resident: int


def size() -> Size:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * PAGE
    return Size(sys.getallocatedblocks(), resident)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


class Hall:
    """Thirty windows at work, and the news of them."""

    def __init__(self, hall: FakeHall) -> None:
        self._hall = hall
        self._draw = random.Random(8)
        self._version = 10
        self._given = 0
        self._windows: dict[int, WindowState] = {}

    async def work(self) -> None:
        while True:
            self._version += 1
            await self._hall.push("window", self._step())
            for _ in range(int(STEP_S / NEWS_S)):
                self._version += 1
                await self._hall.push("news", self._news())
                await self._hall.push("queue", self._counts())
                await asyncio.sleep(NEWS_S)

    def _step(self) -> WindowState:
        window = self._draw.randint(1, WINDOWS)
        stands = self._windows.get(window)
        if stands is None or stands.held is None:
            self._given += 1
            held = Held(
                ticket=f"k/j/{self._given}", number=f"A{self._given}", service="1", call=f"c{self._given}", visit="v"
            )
            state = WindowState(window=window, term=TERM, version=self._version, phase="called", held=held)
        elif stands.phase == "called":
            state = WindowState(window=window, term=TERM, version=self._version, phase="serving", held=stands.held)
        else:
            state = WindowState(window=window, term=TERM, version=self._version, phase="idle")
        self._windows[window] = state
        return state

    def _news(self) -> News:
        numbers = [f"A{self._given + place}" for place in range(5)]
        low = self._draw.randint(0, 9) * 5
        return News(
            term=TERM,
            version=self._version,
            next={"社保": numbers},
            waits={"1": Wait(low=low, high=low + 10)},
            open={window: ["1"] for window in self._windows},
            notices=[Notice(id=f"n{self._given}", text=Said(zh=f"通知{self._given}"))],
            void=numbers[:2],
        )

    def _counts(self) -> QueueCounts:
        return QueueCounts(term=TERM, version=self._version, waiting={"1": self._draw.randint(0, 90)})


async def live(folder: Path, hours: float, kept: list[Any] | None) -> tuple[Size, Size, int]:
    """So many hours of it: the size after a quarter and at the end, and how many states the page was told."""
    fake = FakeHall()
    async with scene_of(folder, fake) as scene:
        counters = [Counter(number=n, name=f"窗口{n}", name_en="", services=["1"]) for n in range(1, WINDOWS + 1)]
        lookup: Any = SimpleNamespace(directory=Directory(digest="d", windows=counters))
        calls, streams = BoardCalls(scene.desired), Streams()
        if kept is not None:
            scene.desired.watch_window(kept.append)
        page = BoardPage(calls, scene.desired, scene.link, lookup, scene.clock, streams, "demo")
        scene.desired.watch.feeds(page.watch)
        told = 0

        async def read() -> None:
            nonlocal told
            async for _ in streams.respond(page.state, page.watch).body_iterator:
                told += 1

        scene.start("link", "uplink", "downlink")
        await scene.link.up()
        await fake.until(lambda: fake.streams)
        scene.tasks.start("hall", Hall(fake).work())
        scene.tasks.start("board", page.run())
        scene.tasks.start("page", read())
        await asyncio.sleep(hours / 4 * HOUR)
        after_a_quarter = size()
        await asyncio.sleep(hours * 3 / 4 * HOUR)
        return after_a_quarter, size(), told


@virtual
async def test_eight_hours_leave_the_daemon_as_large_as_two_did(tmp_path: Path) -> None:
    after_two, after_eight, told = await live(tmp_path, 8, None)
    assert told > 25_000
    assert after_eight.blocks - after_two.blocks < MANY_BLOCKS
    assert after_eight.resident - after_two.resident < MUCH_MEMORY


@virtual
async def test_a_daemon_that_kept_what_it_is_told_would_be_found_out(tmp_path: Path) -> None:
    after_a_quarter, after_an_hour, _ = await live(tmp_path, 1, [])
    assert after_an_hour.blocks - after_a_quarter.blocks > MANY_BLOCKS
