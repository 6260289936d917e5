"""Whatever hangs in the hall speaks of one day: the business day, until 04:00, though the calendar has gone on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest

from device.api.entrance import hall_state
from device.clock import BEIJING, Clock
from device.journal import Journal
from device.opening import business_day
from hall.contract import Directory, Hours
from tests.device.inline_writer import InlineWriter
from tests.device.test_board import Board
from tests.virtual_time import virtual

HOURS = [
    Hours(weekdays=[1, 2, 3, 4, 5], opens="08:30", closes="17:30"),
    Hours(weekdays=[6], opens="09:00", closes="12:00"),
]
FRIDAY, SATURDAY = "2026-11-27", "2026-11-28"
WORKDAY, HALF_DAY = ("08:30", "17:30"), ("09:00", "12:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("told", "now", "heard", "day"),
    [
        (FRIDAY, "2026-11-28T00:30", True, FRIDAY),
        (FRIDAY, "2026-11-28T04:10", True, FRIDAY),  # a window still serves: the hall hands the day out, no clock
        (FRIDAY, None, True, FRIDAY),
        (FRIDAY, "2026-11-28T03:59", False, FRIDAY),
        (FRIDAY, "2026-11-28T04:00", False, SATURDAY),
        (FRIDAY, "2026-12-01T10:00", False, "2026-12-01"),  # cut off for days
        (FRIDAY, None, False, FRIDAY),
        ("", "2026-11-28T03:59", True, FRIDAY),
        ("", None, False, ""),
    ],
)
def test_the_day_is_the_halls_and_without_it_the_clocks_from_four(
    told: str, now: str | None, heard: bool, day: str
) -> None:
    assert business_day(told, at(now) if now else None, heard=heard) == day


@asynccontextmanager
async def screens_at(
    folder: Path, now: str, hall: Literal["up", "down"], *, told: str = FRIDAY, sure: bool = True
) -> AsyncIterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What board and entrance say at this moment: its state, and the entrance's."""
    wall_ms = int(at(now).timestamp() * 1000)
    clock = Clock(wall_ms=lambda: wall_ms, mono_ms=lambda: 0, boot_id="b")
    journal = Journal.open(folder / "journal.db", "board-1", clock, "demo", writer=InlineWriter)
    board = Board(journal, wall_ms)
    if sure:
        board.clock.compare(wall_ms)
    board.desired.business_date = told
    board.link.hall = hall
    lookup: Any = board.page._lookup
    lookup.directory = Directory(digest="d", hours=HOURS)
    entrance: Any = SimpleNamespace(
        link=board.link, desired=board.desired, clock=board.clock, lookup=lookup, mode="demo", loaded=_named("board-1")
    )
    try:
        yield board.page.state(), hall_state(entrance)
    finally:
        await journal.close()


def _named(name: str) -> Any:
    return SimpleNamespace(values=SimpleNamespace(box=SimpleNamespace(name=name)))


@pytest.mark.parametrize("hall", ["up", "down"])
@pytest.mark.parametrize("sure", [True, False])
@pytest.mark.parametrize("now", ["2026-11-27T23:59", "2026-11-28T00:30", "2026-11-28T03:59"])
@virtual
async def test_after_midnight_board_and_entrance_speak_of_the_day_that_was(
    tmp_path: Path, now: str, sure: bool, hall: Literal["up", "down"]
) -> None:
    async with screens_at(tmp_path, now, hall, sure=sure) as (board, entrance):
        assert (board["date"], entrance["date"]) == (FRIDAY, FRIDAY)
        assert [(each["opens"], each["closes"]) for each in board["hours"]] == [WORKDAY]
        assert entrance["opening"] == {"today": (WORKDAY,), "is_open": False if sure else None}


@pytest.mark.parametrize(("hall", "told"), [("up", SATURDAY), ("down", FRIDAY)])
@virtual
async def test_from_four_on_they_speak_of_the_new_one(tmp_path: Path, hall: Literal["up", "down"], told: str) -> None:
    async with screens_at(tmp_path, "2026-11-28T09:30", hall, told=told) as (board, entrance):
        assert (board["date"], entrance["date"]) == (SATURDAY, SATURDAY)
        assert [(each["opens"], each["closes"]) for each in board["hours"]] == [HALF_DAY]
        assert entrance["opening"] == {"today": (HALF_DAY,), "is_open": True}
