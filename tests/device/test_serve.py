"""A window follows the hall's state: display, caller, shown facts, and whose rating is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from device.clock import Clock
from device.flows.serve import WindowDesk
from device.journal import Journal
from device.supervise import Tasks
from device.watch import Watch
from hall.contract import Clerk, Held, QueueCounts, Term, WindowInfo, WindowState

TERM = Term(n=1, draw="x")
CLERK = Clerk(staff_no="007", name="王小明", post="社保岗")
INFO = WindowInfo(number=1, name="社保", name_en="Social security", services=["1", "2"])


def held(number: str, calls: int = 1) -> Held:
    return Held(ticket=f"t-{number}", number=number, service="1", call=f"c-{number}", visit=f"t-{number}", calls=calls)


class Desired:
    """States of window 1, as the hall tells them."""

    def __init__(self) -> None:
        self.windows: dict[int, WindowState] = {}
        self.counts = QueueCounts(term=TERM, version=1, waiting={"1": 2, "2": 3, "3": 9})
        self._calls: list[Callable[[WindowState], None]] = []
        self._version = 0

    def watch_window(self, call: Callable[[WindowState], None]) -> None:
        self._calls.append(call)

    def tell(self, phase: Any, **more: Any) -> None:
        self._version += 1
        state = WindowState(window=1, term=TERM, version=self._version, phase=phase, clerk=CLERK, **more)
        self.windows[1] = state
        for call in self._calls:
            call(state)


class Display:
    """Wants are granted at once, or never."""

    def __init__(self) -> None:
        self.wanted: list[str] = []
        self.answers = True

    def want(self, text: str) -> int:
        self.wanted.append(text)
        return len(self.wanted)

    async def granted(self, wish: int, seconds: float) -> bool:
        return self.answers


class Rating:
    """Remembers whom it was asked to invite."""

    def __init__(self) -> None:
        self.invitation: Any = None
        self.last: Any = None
        self.asked: list[str] = []
        self.closed: list[str] = []
        self.before = ""

    def invited(self) -> str:
        return self.before

    def invite(self, finished: Held, operator: str, post: str) -> None:
        self.asked.append(finished.ticket)
        self.invitation = SimpleNamespace(held=finished)

    def close(self, reason: str) -> None:
        self.closed.append(reason)
        self.invitation = None


class Scene:
    """Window 1 with everything around it in reach."""

    def __init__(self, folder: Path, before: str) -> None:
        self.journal = Journal.open(folder / "journal.db", "counter-1", Clock(), "demo")
        self.desired, self.display, self.rating, self.watch = Desired(), Display(), Rating(), Watch()
        self.rating.before = before

    def desk(self, tasks: Tasks) -> WindowDesk:
        link = SimpleNamespace(welcome=SimpleNamespace(windows=[INFO]))
        return WindowDesk(
            1,
            self.journal,
            link,  # type: ignore[arg-type]
            self.desired,  # type: ignore[arg-type]
            None,  # type: ignore[arg-type]
            tasks,
            self.watch,
            self.rating,  # type: ignore[arg-type]
            self.display,  # type: ignore[arg-type]
            None,
        )

    def shown(self) -> list[dict[str, Any]]:
        raw = [msgspec.json.decode(body) for _, body in self.journal.unsent(0, 100)]
        return [fact["data"] for fact in raw if fact["kind"] == "shown"]

    async def tell(self, phase: str, **more: Any) -> None:
        """Let the hall tell a state, and wait until the window has followed it."""
        with self.watch.watching() as followed:
            self.desired.tell(phase, **more)
            async with asyncio.timeout(2):
                await followed.wait()

    async def until_shown(self, count: int) -> dict[str, Any]:
        async with asyncio.timeout(2):
            with self.journal.watch.watching() as changed:
                while len(self.shown()) < count:
                    await changed.wait()
                    changed.clear()
        return self.shown()[-1]


@asynccontextmanager
async def scene_of(folder: Path, before: str = "") -> AsyncIterator[Scene]:
    scene = Scene(folder, before)
    try:
        async with Tasks() as tasks:
            desk = scene.desk(tasks)
            with scene.watch.watching() as followed:
                tasks.start("window", desk.run())
                await followed.wait()
            yield scene
            tasks.stop()
    finally:
        await scene.journal.close()


async def test_a_call_stands_on_the_display_and_that_is_a_fact(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        await scene.tell("called", held=held("A1001"))
        assert scene.display.wanted == ["请A1001到1号窗口"]
        fact = await scene.until_shown(1)
        assert (fact["call"], fact["window"], fact["on"]) == ("c-A1001", 1, "display")


async def test_a_call_that_the_display_does_not_show_is_shown_on_the_clerks_page(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        scene.display.answers = False
        await scene.tell("called", held=held("A1001"))
        assert (await scene.until_shown(1))["on"] == "page"


async def test_a_recall_is_shown_again_and_the_same_state_is_not(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        await scene.tell("called", held=held("A1001"))
        await scene.tell("called", held=held("A1001"))
        await scene.tell("called", held=held("A1001", calls=2))
        await scene.until_shown(2)
        assert len(scene.shown()) == 2


async def test_a_finished_visit_is_asked_for_its_rating_once(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        await scene.tell("serving", held=held("A1001"))
        await scene.tell("idle", finished=held("A1001"))
        await scene.tell("called", held=held("A1002"), finished=held("A1001"))
        assert scene.rating.asked == ["t-A1001"]
        assert scene.rating.closed == []


async def test_the_next_visits_start_ends_the_rating(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        await scene.tell("called", held=held("A1002"), finished=held("A1001"))
        await scene.tell("serving", held=held("A1002"))
        assert scene.rating.closed == ["next-started"]


async def test_an_undone_finish_withdraws_the_rating_and_finishing_again_asks_again(tmp_path: Path) -> None:
    async with scene_of(tmp_path) as scene:
        await scene.tell("idle", finished=held("A1001"))
        await scene.tell("serving", held=held("A1001"))
        assert scene.rating.closed == ["not-asked"]
        await scene.tell("idle", finished=held("A1001"))
        assert scene.rating.asked == ["t-A1001", "t-A1001"]


async def test_a_visit_that_was_asked_before_a_restart_is_not_asked_again(tmp_path: Path) -> None:
    async with scene_of(tmp_path, before="t-A1001") as scene:
        await scene.tell("idle", finished=held("A1001"))
        assert scene.rating.asked == []


async def test_the_window_counts_who_waits_for_its_own_services(tmp_path: Path) -> None:
    scene = Scene(tmp_path, "")
    async with Tasks() as tasks:
        assert scene.desk(tasks).waiting_here() == 5
    await scene.journal.close()
