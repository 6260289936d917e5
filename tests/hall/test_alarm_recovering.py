"""People come before the database: an alarm reaches boxes, and what hangs on them, while the hall is recovering."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Message

from config.box import load_box
from device.hardware import build_hardware
from device.main import running
from device.supervise import Tasks
from tests.hall.scene import Box
from tests.hall.served import hello, serve
from tests.hall.test_entrance_box import BOX, PORT
from tests.hall.test_recovering_wire import boxes, lose, site

__all__ = ["boxes"]

pytestmark = pytest.mark.wire

FIRE = {"kind": "evacuate", "zh": "请从东门离开"}
TOLD = {"kind": "evacuate", "text": {"zh": "请从东门离开", "en": ""}}


async def test_a_recovering_hall_tells_its_alarm_with_each_welcome(settings_file: Path, boxes: tuple[Box, Box]) -> None:
    lose(settings_file, None)
    async with site(settings_file, boxes) as at, at.served.caller("hall") as own:
        assert "alarm" not in (await at.kiosk.greet()).json(), "an older copy does not know whether one stood"
        assert (await own.post("/api/alarm", json=FIRE)).status_code == 200
        raised = (await at.kiosk.greet()).json()
        assert (raised["recovering"], raised["alarm"]["alarm"]) == (True, TOLD)
        assert (await own.delete("/api/alarm")).status_code == 200
        over = (await at.kiosk.greet()).json()
        assert over["recovering"]
        assert over["alarm"]["alarm"] is None
        assert over["alarm"]["version"] > raised["alarm"]["version"]


async def test_an_alarm_that_a_box_shows_from_before_can_be_ended_by_a_hall_that_forgot_it(
    settings_file: Path, boxes: tuple[Box, Box]
) -> None:
    lose(settings_file, None)
    async with site(settings_file, boxes) as at, at.served.caller("hall") as own:
        assert (await own.delete("/api/alarm")).status_code == 409, "this hall knows of none"
        assert (await at.kiosk.greet()).json()["alarm"]["alarm"] is None


async def test_a_whole_hall_says_what_its_downlink_says(settings_file: Path) -> None:
    async with serve(settings_file) as served, served.caller("hall") as own, served.caller("kiosk-1") as kiosk:
        assert (await kiosk.post("/device/hello", json=hello("kiosk-1"))).json()["alarm"]["alarm"] is None
        await own.post("/api/alarm", json=FIRE)
        standing = (await kiosk.post("/device/hello", json=hello("kiosk-1"))).json()["alarm"]
        assert standing == {"version": served.hall.downlink.version, "alarm": TOLD}


async def test_the_screens_of_a_real_box_show_it_though_the_hall_is_not_whole(settings_file: Path) -> None:
    lose(settings_file, None)
    async with serve(settings_file) as served, Tasks() as tasks:
        file = settings_file.parent / "box.toml"
        file.write_text(BOX.format(port=PORT, url=served.url), encoding="utf-8")
        loaded = load_box(file)
        async with running(loaded, build_hardware(loaded), tasks) as parts, served.caller("hall") as own:
            await parts.link.reached()
            shown: asyncio.Queue[bytes] = asyncio.Queue()
            looking = tasks.start("page", look(parts.app, "/entrance/state", shown))
            assert b'"alarm":null' in await shown.get()
            await own.post("/api/alarm", json=FIRE)
            while b'"kind":"evacuate"' not in (told := await shown.get()):
                pass  # all within the hall's limit
            assert "请从东门离开".encode() in told
            assert (parts.link.hall, served.hall.recovery is None) == ("down", False)
            looking.cancel()


async def look(app: ASGIApp, path: str, shown: asyncio.Queue[bytes]) -> None:
    """A page of the box: each state that it is pushed."""

    async def receive() -> Message:
        return await asyncio.get_running_loop().create_future()  # type: ignore[no-any-return]

    async def send(message: Message) -> None:
        if message.get("body"):
            shown.put_nowait(message["body"])

    scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "root_path": "", "http_version": "1.1"}
    await app({**scope, "headers": [(b"host", f"127.0.0.1:{PORT}".encode())]}, receive, send)
