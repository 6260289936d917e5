"""A guide tells everybody: notices, and the alarm."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from hall.contract import Said
from hall.notices import MOST
from tests.hall.guide_scene import Tablet, guided, tablet
from tests.hall.served import LIMIT_S, serve

__all__ = ["guided"]

pytestmark = pytest.mark.wire


async def test_an_alarm_stands_until_it_is_over(guided: Path) -> None:
    async with serve(guided) as served, tablet(served) as guide:
        for kind in ("evacuate", "exercise"):
            assert (await guide.client.post("/guide/speak", json={"what": kind, "zh": "请走东门"})).status_code == 200
            alarm = served.hall.news.alarm
            assert alarm is not None
            assert (alarm.kind, alarm.text) == (kind, Said(zh="请走东门"))
            async with guide.boards() as boards, asyncio.timeout(LIMIT_S):
                async for board in boards:
                    if board["alarm"]["kind"] == kind:
                        break
        assert (await guide.client.post("/guide/speak", json={"what": "over"})).status_code == 200
        assert served.hall.news.alarm is None


async def test_a_notice_is_put_up_and_taken_down(guided: Path) -> None:
    async with serve(guided) as served, tablet(served) as guide:
        await guide.client.post("/guide/speak", json={"what": "notice", "zh": " 三号窗口暂停 ", "en": ""})
        [notice] = (await guide.board())["notices"]
        assert notice["text"]["zh"] == "三号窗口暂停"
        await guide.client.post("/guide/speak", json={"what": "down", "id": notice["id"]})
        assert served.hall.news.notices == []


async def test_nothing_is_no_notice_and_there_are_not_too_many(guided: Path) -> None:
    async with serve(guided) as served, tablet(served) as guide:
        assert (await guide.client.post("/guide/speak", json={"what": "notice", "zh": " "})).status_code == 409
        for _ in range(MOST):
            await served.hall.notices.put_up(Said(zh="通知"))
        answer = await guide.client.post("/guide/speak", json={"what": "notice", "zh": "再一条"})
        assert (answer.status_code, answer.json()["error"]) == (409, "too-many-notices")


async def test_nobody_speaks_without_signing_in(guided: Path) -> None:
    async with serve(guided) as served:
        one = Tablet(served)
        async with one.client:
            assert (await one.client.post("/guide/speak", json={"what": "evacuate"})).status_code == 401
        assert served.hall.news.alarm is None
