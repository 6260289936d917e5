"""What the hall says of its boxes unasked: in its log before the doors open, and on its front page."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from config.hall import load_hall
from hall.boxes.conditions import FRESH_MS
from hall.boxes.lookout import Lookout
from hall.boxes.opening_check import OpeningCheck
from hall.boxes.own import OwnCertificate
from hall.hall import Hall
from hall.main import open_hall
from hall.page import front
from tests.hall.boxes_scene import advice, condition, lease
from tests.hall.scene import NOON_MS, FakeClock

MINUTE_MS = 60_000
HALF_PAST_SEVEN_MS = NOON_MS - 270 * MINUTE_MS  # a Monday; the example hall opens at 09:00
Said = list[tuple[str, str]]


@asynccontextmanager
async def morning(settings_file: Path) -> AsyncIterator[tuple[Hall, OpeningCheck, FakeClock]]:
    clock = FakeClock(HALF_PAST_SEVEN_MS)
    settings, written = load_hall(settings_file)
    async with open_hall(settings, written, clock) as (hall, reader):
        yield hall, OpeningCheck(Lookout(hall, reader)), clock


async def said(checking: OpeningCheck) -> Said:
    with structlog.testing.capture_logs() as logs:
        await checking.look()
    return [(str(line["event"]), str(line.get("box", ""))) for line in logs]


def is_ready(hall: Hall, box: str, **fields: Any) -> None:
    hall.conditions.heard(box)
    hall.conditions.tell(box, condition(**fields))


async def test_what_the_hall_itself_needs_is_told_once_a_morning(settings_file: Path) -> None:
    async with morning(settings_file) as (hall, checking, clock):
        minutes = checking._lookout.doors().minutes
        assert minutes is not None
        clock.pass_ms((minutes - 30) * MINUTE_MS)
        soon = datetime.fromtimestamp(clock.wall_ms() / 1000, UTC) + timedelta(days=3)
        hall.own_certificate = OwnCertificate(settings_file.with_name("hall.pem"), soon, ("hall",))
        assert ("the hall itself needs a person", "") in await said(checking)
        assert await said(checking) == []


async def test_each_box_is_told_once_and_once_more_when_it_is_well(settings_file: Path) -> None:
    async with morning(settings_file) as (hall, checking, clock):
        opens = Lookout(hall, checking._lookout._reader).doors()
        assert (opens.stage, await said(checking)) == ("early", [])
        assert opens.minutes is not None
        clock.pass_ms((opens.minutes - 30) * MINUTE_MS)
        is_ready(hall, "kiosk-1")
        assert await said(checking) == [("boxes not ready", ""), ("box not ready", "counter-1")]
        is_ready(hall, "kiosk-1")
        assert await said(checking) == []
        is_ready(hall, "counter-1")
        assert await said(checking) == [("box ready", "counter-1"), ("all boxes ready", "")]
        hall.conditions.tell("kiosk-1", condition(advice("media-empty", "error"), ready=False))
        with structlog.testing.capture_logs() as logs:
            await checking.look()
        assert [(line["box"], line["why"]) for line in logs] == [("kiosk-1", "printer media-empty what")]
        clock.pass_ms(30 * MINUTE_MS)
        assert await said(checking) == []


async def test_a_morning_without_a_fault_is_told_too(settings_file: Path) -> None:
    async with morning(settings_file) as (hall, checking, clock):
        clock.pass_ms((Lookout(hall, checking._lookout._reader).doors().minutes or 0) * MINUTE_MS - MINUTE_MS)
        for box in hall.catalogue.boxes:
            is_ready(hall, box)
        assert await said(checking) == [("all boxes ready", "")]
        assert await said(checking) == []


NO_CALLS: dict[str, Any] = {"paths": {}, "components": {"schemas": {}}}


async def test_the_front_page_says_where_somebody_is_at_work_and_not_who(settings_file: Path) -> None:
    async with morning(settings_file) as (hall, _, clock):
        assert "维护中" not in front(hall, NO_CALLS, [])
        is_ready(hall, "counter-1", leases=(lease("周师傅", "display-7"),))
        page = front(hall, NO_CALLS, [])
        assert "<tr><td>counter-1<td>display-7" in page
        assert "In maintenance" in page
        assert "周师傅" not in page
        clock.pass_ms(FRESH_MS + 1)
        assert "维护中" not in front(hall, NO_CALLS, []), "a box that says nothing any more says not even that"
