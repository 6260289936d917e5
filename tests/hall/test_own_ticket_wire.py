"""A whole kiosk and a whole hall: a number is taken, its slip scanned, and what its holder wants is so in the hall."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from config.box import load_box
from device.hardware import build_hardware
from device.main import running
from device.slip import SlipMaker, Ticket
from device.supervise import Tasks
from hall.contract import Service
from tests.device.slips import key_file
from tests.hall.served import LIMIT_S, Served, command, hello, serve
from tests.hall.test_wire import sign_in

pytestmark = pytest.mark.wire

BOX = """\
[box]
name = "kiosk-1"
mode = "demo"
port = 8631
data = "data-of-kiosk"

[hall]
url = "https://127.0.0.1:{port}"
ca = "certs/ca.pem"
certificate = "certs/kiosk-1.pem"
key = "certs/kiosk-1.key"

[kiosk]
signing_key = "slip.key"

[[line]]
name = "printer"
port = "tcp:127.0.0.1:1"
simulated = true

[[device]]
name = "ticket-printer"
model = "escpos"
line = "printer"
"""


class Page:
    """The kiosk's page. Its printer is not there, so that numbers are noted from the screen."""

    def __init__(self, calls: httpx.AsyncClient, slips: SlipMaker) -> None:
        self._calls = calls
        self._slips = slips

    async def post(self, path: str, **body: Any) -> tuple[int, dict[str, Any]]:
        answer = await self._calls.post(path, json=body)
        return answer.status_code, answer.json()

    async def take(self) -> dict[str, Any]:
        _, taken = await self.post("/kiosk/tickets", service="11", touch="touch-1")
        _, noted = await self.post("/kiosk/tickets/noted", ticket_id=taken["ticket_id"], noted=True)
        assert noted["outcome"] == "noted", (taken, noted)
        return taken

    def slip(self, taken: dict[str, Any], date: str) -> str:
        service = Service(code="11", name="", name_en="", letter=taken["number"][0])
        ticket = Ticket(taken["ticket_id"], taken["number"][1:], service, date, False, 0, datetime.now(UTC))
        return self._slips.code(ticket).encode("ascii", "ignore").decode()

    async def scan(self, slip: str) -> dict[str, Any]:
        """Until the hall has heard of the ticket."""
        async with asyncio.timeout(LIMIT_S):
            while True:
                status, look = await self.post("/kiosk/ticket/scan", text=slip)
                if status == 200 and look["place"]["state"] not in ("", "issued", "reserved"):
                    return look


@asynccontextmanager
async def kiosk_at(settings_file: Path) -> AsyncIterator[tuple[Served, Page]]:
    folder = settings_file.parent
    slips = SlipMaker("demo", key_file(folder))
    async with serve(settings_file) as served:
        (folder / "box.toml").write_text(BOX.format(port=served.port), encoding="utf-8")
        loaded = load_box(folder / "box.toml")
        hardware = build_hardware(loaded)
        async with Tasks() as tasks, running(loaded, hardware, tasks) as parts:
            parts.readiness.append(lambda: True)
            asks = httpx.ASGITransport(parts.app)
            async with httpx.AsyncClient(transport=asks, base_url="http://127.0.0.1:8631") as calls:
                async with asyncio.timeout(LIMIT_S):
                    await parts.link.up()
                yield served, Page(calls, slips)


async def test_a_slip_steps_away_comes_back_and_is_given_back(settings_file: Path) -> None:
    async with kiosk_at(settings_file) as (served, page):
        slip = page.slip(await page.take(), served.hall.business_date)
        look = await page.scan(slip)
        assert look["place"]["wishes"] == ["step-away", "give-back", "by-screen"]
        assert look["place"]["service_name"]
        for wish, state, left in (
            ("step-away", "away", ["step-back", "give-back", "by-screen"]),
            ("step-back", "waiting", ["give-back", "by-screen"]),
            ("give-back", "void", []),
        ):
            _, became = await page.post("/kiosk/ticket/wish", look=look["look"], wish=wish)
            assert (became["outcome"], became["place"]["state"], became["place"]["wishes"]) == ("done", state, left)
        assert served.hall.waiting["11"] == 0


async def test_who_asks_for_the_screens_is_flashed_and_not_missed_without_a_look(settings_file: Path) -> None:
    async with kiosk_at(settings_file) as (served, page), served.caller("counter-1") as counter:
        taken = await page.take()
        status, became = await page.post("/kiosk/ticket/by-screen", ticket_id=taken["ticket_id"])
        assert (status, became["outcome"], became["place"]["by_screen"]) == (200, "done", True)
        assert served.hall.news.now(served.hall.term, 1).by_screen == [taken["number"]]
        await counter.post("/device/hello", json=hello())
        await sign_in(counter)
        called = (await counter.post("/device/commands", json=command("call-next"))).json()
        assert called["window"]["held"]["by_screen"] is True
        missed = (await counter.post("/device/commands", json=command("miss"))).json()
        assert (missed["outcome"], missed["reason"]) == ("refused", "guide-first")


async def test_who_is_called_before_the_press_arrives_is_told_the_window(settings_file: Path) -> None:
    async with kiosk_at(settings_file) as (served, page), served.caller("counter-1") as counter:
        look = await page.scan(page.slip(await page.take(), served.hall.business_date))
        await counter.post("/device/hello", json=hello())
        await sign_in(counter)
        await counter.post("/device/commands", json=command("call-next"))
        _, became = await page.post("/kiosk/ticket/wish", look=look["look"], wish="step-away")
        assert (became["outcome"], became["place"]["state"], became["place"]["window"]) == ("overtaken", "called", 1)
        assert became["place"]["window_name"]


async def test_a_slip_of_no_kiosk_here_opens_nothing(settings_file: Path) -> None:
    async with kiosk_at(settings_file) as (_, page):
        status, said = await page.post("/kiosk/ticket/scan", text="https://shop.example/?id=4711")
        assert (status, said["error"]) == (409, "slip-unreadable")
        assert set(said["text"]) == {"zh-CN", "en"}
        status, said = await page.post("/kiosk/ticket/wish", look="no look", wish="give-back")
        assert (status, said["error"]) == (409, "not-in-this-state")
