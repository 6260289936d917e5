"""What the hall board is told by its daemon."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.api.board import BoardPage, hours_of
from device.api.stream import Streams
from device.clock import Clock
from device.flows.alarm_on_displays import AlarmOnDisplays
from device.flows.board_calls import BoardCalls
from device.journal import Journal
from device.supervise import Tasks
from device.sync.desired import Desired
from hall.contract import (
    Alarm,
    Clerk,
    Counter,
    Directory,
    Fault,
    Held,
    Hours,
    News,
    Notice,
    QueueCounts,
    Said,
    Service,
    Term,
    Wait,
    WindowState,
)
from tests.device.inline_writer import InlineWriter

TERM = Term(n=1, draw="a")
NOW_MS = 1_795_406_400_000
SOCIAL, MARKET = ("社会保障", "Social security"), ("市场准入", "Market access")
SERVICES = [
    Service(code=code, name=f"事项{code}", name_en=f"Matter {code}", theme=theme, theme_en=theme_en, place="一楼")
    for code, (theme, theme_en) in (("11", SOCIAL), ("12", SOCIAL), ("21", MARKET))
]
WINDOWS = [
    Counter(number=1, name="社保窗口", name_en="Social", services=["11", "12"], zone="east"),
    Counter(number=2, name="企业窗口", name_en="Business", services=["21"], zone="west"),
    Counter(number=3, name="综合窗口", name_en="General", services=["11", "21"], zone="west"),
]
CLERK = Clerk(staff_no="Q077", name="林一帆", post="社保综合岗")
UP = SimpleNamespace(
    hall="up", welcome=SimpleNamespace(hall="示范大厅", hall_en="Model Hall", services=SERVICES, windows=[])
)


class Board:
    """A board whose hall is the test's to play."""

    def __init__(self, journal: Journal, wall_ms: int = NOW_MS) -> None:
        self.desired = Desired(journal)
        self.link = SimpleNamespace(**vars(UP))
        self.mono_ms = 0
        self.clock = Clock(wall_ms=lambda: wall_ms + self.mono_ms, mono_ms=lambda: self.mono_ms, boot_id="b")
        self.calls = BoardCalls(self.desired)
        lookup: Any = SimpleNamespace(directory=Directory(digest="d", windows=WINDOWS))
        link: Any = self.link
        self.page = BoardPage(self.calls, self.desired, link, lookup, self.clock, Streams(), "live")
        self._version = 0

    async def window(
        self, number: int, digits: str = "", phase: Literal["called", "serving"] = "called", **held: Any
    ) -> None:
        self._version += 1
        holds = Held(
            ticket=f"kiosk-1/j/{digits}", number=f"A{digits}", service="11", call=f"c-{digits}", visit="v", **held
        )
        state = WindowState(
            window=number,
            term=TERM,
            version=self._version,
            phase=phase if digits else "idle",
            held=holds if digits else None,
            clerk=CLERK,
        )
        await self.desired.offer_window(state)

    async def news(self, **parts: Any) -> None:
        self._version += 1
        await self.desired.offer_news(News(term=TERM, version=self._version, **parts))

    def numbers(self) -> list[tuple[int, str, str]]:
        return [(call["window"], call["number"], call["phase"]) for call in self.page.state()["calls"]]


@asynccontextmanager
async def board_in(folder: Path, wall_ms: int = NOW_MS) -> AsyncIterator[Board]:
    journal = Journal.open(folder / "journal.db", "board-1", Clock(), "live", writer=InlineWriter)
    try:
        yield Board(journal, wall_ms)
    finally:
        await journal.close()


@pytest.fixture
async def board(tmp_path: Path) -> AsyncIterator[Board]:
    async with board_in(tmp_path) as made:
        yield made


class TestCalls:
    async def test_the_newest_announcement_stands_first(self, board: Board) -> None:
        await board.window(1, "11001")
        await board.window(2, "21001")
        await board.window(1, "11001", "serving")
        assert board.numbers() == [(2, "A21001", "called"), (1, "A11001", "serving")]
        await board.window(1, "11001", calls=2)
        assert board.numbers() == [(1, "A11001", "called"), (2, "A21001", "called")]

    async def test_whoever_was_served_stands_there_no_longer(self, board: Board) -> None:
        await board.window(1, "11001")
        await board.window(1)
        assert board.numbers() == []

    async def test_who_came_without_a_call_stands_behind_those_who_are_called(self, board: Board) -> None:
        await board.window(1, "11001")
        await board.window(2, "21001", "serving")
        assert board.numbers() == [(1, "A11001", "called"), (2, "A21001", "serving")]

    async def test_a_number_called_by_screen_is_marked_by_its_window_or_by_the_news(self, board: Board) -> None:
        await board.window(1, "11001", by_screen=True)
        await board.window(2, "21001")
        await board.window(3, "11002")
        await board.news(by_screen=["A21001"])
        assert {call["number"]: call["by_screen"] for call in board.page.state()["calls"]} == {
            "A11001": True,
            "A21001": True,
            "A11002": False,
        }


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 5), st.sampled_from(["call", "recall", "serve", "finish"])), max_size=60))
def test_a_board_holds_one_entry_a_window_whatever_is_called(steps: list[tuple[int, str]]) -> None:
    """Against a list that is sorted anew each time."""
    desired: Any = SimpleNamespace(windows={}, watch_window=lambda call: None)
    shown = BoardCalls(desired)
    order: list[int] = []
    held: dict[int, Held] = {}
    for count, (window, step) in enumerate(steps):
        if step == "call":
            held[window] = Held(ticket="t", number=f"A{count}", service="11", call=f"c{count}", visit="v")
        elif step == "recall" and window in held:
            held[window] = Held(
                ticket="t", number="A", service="11", call=held[window].call, visit="v", calls=count + 2
            )
        elif step == "finish":
            held.pop(window, None)
        if window in held and step in ("call", "recall"):
            order = [window, *(other for other in order if other != window)]
        order = [other for other in order if other in held]
        state = WindowState(
            window=window,
            term=TERM,
            version=count,
            phase="idle" if window not in held else "serving" if step == "serve" else "called",
            held=held.get(window),
        )
        desired.windows[window] = state
        shown._heard(state)
        assert [each.window for each, _ in shown.newest_first()] == order
        assert len(shown._last) == len(shown._announced) == len(held)


class TestWhatStandsBeside:
    async def test_a_board_of_one_zone_tells_of_what_is_done_there_alone(self, board: Board) -> None:
        await board.window(2)
        await board.news(
            next={"社会保障": ["A11002"], "市场准入": ["B21002", "B21003"]},
            waits={"11": Wait(low=0, high=5), "21": Wait(low=10, high=20)},
            open={1: ["11"], 2: ["21"]},
        )
        await board.desired.offer_counts(QueueCounts(term=TERM, version=1, waiting={"11": 4, "21": 2}))
        state = board.page.state()
        assert state["themes"] == [
            {
                "name": "市场准入",
                "name_en": "Market access",
                "next": ["B21002", "B21003"],
                "waiting": 2,
                "wait": {"low": 10, "high": 20},
                "open": True,
            }
        ]
        assert state["open"] == [{"window": 2, "name": "企业窗口", "name_en": "Business"}]

    async def test_a_theme_of_several_services_waits_from_the_least_to_the_most(self, board: Board) -> None:
        await board.window(1)
        await board.news(waits={"11": Wait(low=5, high=10), "12": Wait(low=20, high=30)}, open={})
        (theme,) = board.page.state()["themes"]
        assert (theme["wait"], theme["open"], theme["waiting"]) == ({"low": 5, "high": 30}, False, None)

    async def test_it_keeps_what_stood_and_says_since_when_it_is_old(self, board: Board) -> None:
        board.clock.compare(NOW_MS)
        await board.window(1, "11001")
        before = board.page.state()
        board.link.hall = "down"
        board.mono_ms += 600_000
        after = board.page.state()
        assert (before["stale"], after["stale"]) == (False, True)
        assert after["calls"] == before["calls"]
        assert (after["up_ms"], after["now_ms"]) == (NOW_MS, NOW_MS + 600_000)

    async def test_a_clock_that_cannot_be_believed_is_not_shown(self, tmp_path: Path) -> None:
        async with board_in(tmp_path) as board:
            assert board.page.state()["now_ms"] is None
            board.clock.compare(NOW_MS + 3_600_000)
            assert board.page.state()["now_ms"] is None
            board.clock.compare(NOW_MS)
            assert board.page.state()["now_ms"] == NOW_MS

    async def test_nothing_about_anybody_is_ever_told(self, board: Board) -> None:
        """All that a payload may hold is named here: whoever adds to it has to look at this list."""
        await board.window(1, "11001", by_screen=True, rated=True)
        await board.news(
            coming=["h1"],
            by_screen=["A11001"],
            popular=["item"],
            void=["A11009"],
            notices=[Notice(id="n", text=Said(zh="通知"))],
            faults=[Fault(what="kiosk-closed", where=Said(zh="北门"))],
            alarm=Alarm(kind="evacuate", text=Said(zh="走")),
            open={1: ["11"]},
            next={"社会保障": ["A11002"]},
        )
        state = board.page.state()
        told = json.dumps(state, ensure_ascii=False)
        for secret in (CLERK.name, CLERK.staff_no, CLERK.post, "kiosk-1/j/", "c-11001", "visit", "rated"):
            assert secret not in told
        assert {*state} == {
            *("hall_name", "hall_name_en", "date", "now_ms", "stale", "up_ms", "calls", "themes", "open", "hours"),
            *("has_hours", "notices", "faults", "void", "alarm", "mode", "beat"),
        }
        assert {key for call in state["calls"] for key in call} == {
            *("window", "number", "phase", "calls", "by_screen", "service", "service_en", "place", "place_en")
        }


@pytest.mark.parametrize(
    ("date", "opens"),
    [
        ("2026-11-23", ["09:00", "13:30"]),
        ("2026-11-22", []),  # a Sunday
        ("2026-12-25", ["10:00"]),
        ("2027-01-04", ["10:00"]),
        ("", []),
    ],
)
def test_hours_are_those_of_the_day_and_season(date: str, opens: list[str]) -> None:
    week = [1, 2, 3, 4, 5]
    hours = [
        Hours(weekdays=week, opens="13:30", closes="17:00", begins="03-01", ends="11-30"),
        Hours(weekdays=week, opens="09:00", closes="12:00", begins="03-01", ends="11-30"),
        Hours(weekdays=week, opens="10:00", closes="16:00", begins="12-01", ends="02-28"),
    ]
    assert [each["opens"] for each in hours_of(hours, date)] == opens


class Strip:
    def __init__(self, *, ascii_only: bool) -> None:
        self.ascii_only = ascii_only
        self.told: asyncio.Queue[str | None] = asyncio.Queue()

    def stand_over(self, text: str | None) -> None:
        self.told.put_nowait(text)


async def test_every_display_of_a_box_tells_people_to_leave_until_it_is_over(board: Board) -> None:
    strips = [Strip(ascii_only=False), Strip(ascii_only=True)]
    displays: Any = strips
    async with asyncio.timeout(5), Tasks() as tasks:
        tasks.start("alarm", AlarmOnDisplays(board.desired, displays).run())
        for alarm, texts in (
            (None, [None, None]),
            (Alarm(kind="evacuate", text=Said(zh="走")), ["请马上离开大厅", "LEAVE THE HALL NOW"]),
            (Alarm(kind="exercise", text=Said(zh="")), ["疏散演练 请离开", "DRILL PLEASE LEAVE"]),
            (None, [None, None]),
        ):
            if alarm or board.desired.news is not None:
                await board.news(alarm=alarm)
            assert [await strip.told.get() for strip in strips] == texts
        tasks.stop()
