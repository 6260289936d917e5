"""What staff put up for everybody: over the wire, through a start of the hall, and with a full disk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from config.hall import load_hall
from hall import cli
from hall.contract import Alarm, Said
from hall.main import open_hall
from hall.notices import MOST, TooMany
from hall.store.writer import StoreFailed
from tests.hall.served import Served, serve
from tests.hall.test_wire import listening

LEAVE = {"kind": "evacuate", "zh": "请走最近的出口", "en": "Leave by the nearest exit"}
TOLD_S = 2.0


async def told(events: AsyncIterator[tuple[str, Any]], part: str, value: Any) -> dict[str, Any]:
    """The first news in which this part stands so."""
    async for name, data in events:
        if name == "news" and data[part] == value:
            news: dict[str, Any] = data
            return news
    raise AssertionError("the line has ended")


def settings_of(served: Served, settings_file: Path) -> str:
    """The settings of a hall that listens there."""
    file = settings_file.with_name("own.toml")
    text = settings_file.read_text(encoding="utf-8").replace("port = 8610", f"port = {served.port}")
    file.write_text(text, encoding="utf-8")
    return str(file)


@pytest.mark.wire
class TestAlarm:
    async def test_it_reaches_every_box_within_two_seconds_and_is_taken_back_as_fast(self, settings_file: Path) -> None:
        alarm = {"kind": "evacuate", "text": {"zh": LEAVE["zh"], "en": LEAVE["en"]}}
        async with serve(settings_file) as served, AsyncExitStack() as stack, served.caller("hall") as staff:
            boxes = [await stack.enter_async_context(listening(served, f"{kind}-1")) for kind in ("kiosk", "counter")]
            for box in boxes:
                await told(box, "alarm", None)
            begun = time.monotonic()
            assert (await staff.post("/api/alarm", json=LEAVE)).status_code == 200
            for box in boxes:
                await told(box, "alarm", alarm)
            assert time.monotonic() - begun < TOLD_S
            begun = time.monotonic()
            assert (await staff.delete("/api/alarm")).status_code == 200
            for box in boxes:
                await told(box, "alarm", None)
            assert time.monotonic() - begun < TOLD_S
            assert (await staff.delete("/api/alarm")).status_code == 409

    @pytest.mark.parametrize(("name", "status"), [("", 401), ("observer-1", 403), ("kiosk-1", 403)])
    async def test_only_the_hall_s_own_certificate_raises_one(
        self, settings_file: Path, name: str, status: int
    ) -> None:
        async with serve(settings_file) as served, served.caller(name) as caller:
            assert (await caller.post("/api/alarm", json=LEAVE)).status_code == status
            assert (await caller.post("/api/notices", json={"zh": "通知"})).status_code == status
            assert (await caller.delete("/api/alarm")).status_code == status
            assert served.hall.news.alarm is None

    async def test_what_is_no_alarm_is_refused(self, settings_file: Path) -> None:
        async with serve(settings_file) as served, served.caller("hall") as staff:
            for wrong in ({"kind": "fire"}, {**LEAVE, "zh": "长" * 201}, {**LEAVE, "loud": True}):
                assert (await staff.post("/api/alarm", json=wrong)).status_code == 422
            assert (await staff.post("/api/notices", json={"zh": ""})).status_code == 422


@pytest.mark.wire
async def test_news_and_notices_are_read_by_observers_and_a_notice_comes_down_by_its_name(settings_file: Path) -> None:
    async with serve(settings_file) as served, served.caller("hall") as staff, served.caller("observer-1") as observer:
        notice = (await staff.post("/api/notices", json={"zh": "通知", "en": "Notice"})).json()["id"]
        news = (await observer.get("/api/news")).json()
        assert news["notices"] == [{"id": notice, "text": {"zh": "通知", "en": "Notice"}}]
        assert (await staff.delete("/api/notices/nobody")).status_code == 404
        assert (await staff.delete(f"/api/notices/{notice}")).status_code == 200
        assert (await staff.get("/api/notices")).json() == []


@pytest.mark.usefixtures("log_aside")
@pytest.mark.wire
async def test_the_command_line_puts_up_tells_and_takes_down(
    settings_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def run(*argv: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(cli.hall, [*argv])
        printed = capsys.readouterr()
        return code, printed.out.strip(), printed.err

    async with serve(settings_file) as served:
        own = settings_of(served, settings_file)
        code, notice, _ = await run("notice", own, "今天下午不办不动产", "--en", "No property matters today")
        assert code == 0
        assert [each.id for each in served.hall.news.notices] == [notice]
        code, listed, _ = await run("notice", own)
        assert (code, listed) == (0, f"{notice} 今天下午不办不动产 No property matters today")
        assert (await run("notice", own, "--down", notice))[0] == 0
        code, _, said = await run("notice", own, "--down", notice)
        assert code == 1
        assert f"no notice {notice} is up" in said
        assert (await run("alarm", own, "exercise", "请走东门"))[0] == 0
        assert served.hall.news.alarm == Alarm(kind="exercise", text=Said(zh="请走东门"))
        assert (await run("alarm", own, "over"))[0] == 0
        assert served.hall.news.alarm is None
        code, _, said = await run("alarm", own, "over")
        assert code == 1
        assert "→" in said


async def test_both_survive_a_start_of_the_hall(settings_file: Path) -> None:
    settings, written = load_hall(settings_file)
    async with open_hall(settings, written) as (hall, _):
        kept = await hall.notices.put_up(Said(zh="留着"))
        gone = await hall.notices.put_up(Said(zh="取下"))
        assert await hall.notices.take_down(gone.id)
        await hall.notices.alarm("evacuate", Said(zh="走"))
    async with open_hall(settings, written) as (hall, _):
        assert hall.news.notices == [kept]
        assert hall.news.alarm == Alarm(kind="evacuate", text=Said(zh="走"))
        assert await hall.notices.over()
    async with open_hall(settings, written) as (hall, _):
        assert hall.news.alarm is None
        assert not await hall.notices.over()


async def test_a_full_disk_stops_a_notice_but_never_an_alarm(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object) -> None:
        raise StoreFailed("database or disk is full")

    settings, written = load_hall(settings_file)
    async with open_hall(settings, written) as (hall, _):
        line = hall.downlink.connect([], [])
        before = line._events.qsize()
        with monkeypatch.context() as broken:
            broken.setattr(hall.writer, "write", full)
            with pytest.raises(StoreFailed):
                await hall.notices.put_up(Said(zh="通知"))
            await hall.notices.alarm("evacuate", Said(zh="走"))
        assert hall.news.notices == []
        assert line._events.qsize() == before + 1
        assert hall.news.alarm is not None


async def test_no_more_notices_than_anybody_would_wait_for(settings_file: Path) -> None:
    settings, written = load_hall(settings_file)
    async with open_hall(settings, written) as (hall, _):
        await asyncio.gather(*(hall.notices.put_up(Said(zh=f"通知{count}")) for count in range(MOST)))
        assert len({notice.id for notice in hall.news.notices}) == MOST
        with pytest.raises(TooMany):
            await hall.notices.put_up(Said(zh="又一条"))
