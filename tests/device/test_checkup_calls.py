"""What a box answers to who wants a device checked, and what it refuses."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette
from starlette.types import Message, Scope

from device.api.checkups import CheckupCalls
from device.cell import Cell
from device.maintenance.checks import Checks
from device.maintenance.leases import Leases
from drivers.contract import COVER_OPEN, State
from tests.device.test_checkup import Device, cell_of
from tests.virtual_time import virtual


class Box:
    """The calls of a box with this one device at window 1."""

    def __init__(self, cell: Cell[Any], phase: str = "closed") -> None:
        checks = Checks([cell], Leases([cell]), lambda window: window == 1 and phase != "closed")
        self.app = Starlette(routes=CheckupCalls(checks).routes())

    async def post(self, path: str, query: str = "", *headers: tuple[bytes, bytes]) -> tuple[int, Any]:
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": query.encode()}
        scope.update(headers=list(headers), root_path="", scheme="http", http_version="1.1")
        await self.app(scope, receive, send)
        return said[0]["status"], msgspec.json.decode(said[1]["body"])


@virtual
async def test_a_technician_is_told_in_both_languages() -> None:
    async with cell_of("ticket_printer", Device()) as cell:
        status, told = await Box(cell).post("/devices/it/check", "level=external")
    assert (status, told["outcome"], told["text"]) == (200, "sound", {"zh-CN": "正常", "en": "works"})
    assert told["found"] == {"evidence": "status"}


@virtual
async def test_a_technician_is_told_what_each_reason_means() -> None:
    device = Device()
    device.state = State.of(COVER_OPEN)
    async with cell_of("ticket_printer", device) as cell:
        _, told = await Box(cell).post("/devices/it/check")
    assert told["why"]["cover-open"]["zh-CN"] == "打印机盖子没有盖好"


@pytest.mark.parametrize(
    ("path", "query", "phase", "status", "error"),
    [
        ("/devices/other/check", "", "closed", 404, "no-such-device"),
        ("/devices/it/check", "level=hard", "closed", 400, "no-such-level"),
        ("/devices/it/check", "level=external", "serving", 409, "window-open"),
        ("/devices/it/check", "level=interactive", "idle", 409, "window-open"),
    ],
)
@virtual
async def test_a_refusal_has_a_sentence_and_does_nothing(
    path: str, query: str, phase: str, status: int, error: str
) -> None:
    device = Device()
    async with cell_of("window_display", device, window=1) as cell:
        got, told = await Box(cell, phase).post(path, query)
    assert (got, told["error"], device.done) == (status, error, [])
    assert told["text"]["zh-CN"] != error


@virtual
async def test_an_open_window_may_be_asked_how_its_devices_are() -> None:
    async with cell_of("window_display", Device(), window=1) as cell:
        assert (await Box(cell, "serving").post("/devices/it/check"))[1]["outcome"] == "sound"


@virtual
async def test_one_check_of_a_device_at_a_time() -> None:
    async with cell_of("window_display", Device(), window=1) as cell, asyncio.TaskGroup() as group:
        box = Box(cell)
        first = group.create_task(box.post("/devices/it/check", "level=external"))
        await asyncio.sleep(1)
        assert (await box.post("/devices/it/check"))[1]["error"] == "being-checked"
        assert (await first)[1]["outcome"] == "sound"
        assert (await box.post("/devices/it/check"))[1]["outcome"] == "sound"


@virtual
async def test_no_page_may_check_a_device() -> None:
    async with cell_of("window_display", Device()) as cell:
        status, told = await Box(cell).post("/devices/it/check", "", (b"origin", b"http://127.0.0.1:8630"))
    assert (status, told) == (403, {"error": "not-for-pages"})
