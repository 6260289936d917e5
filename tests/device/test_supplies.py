"""A roll that is counted stays counted through a restart of the box, and begins anew when somebody says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.types import Message, Scope

from device.cell import Cell
from device.supplies import Supplies
from drivers.contract import Slip, TextLine
from drivers.ticket_printer.escpos import EscPosPrinter, EscPosSettings
from tests.device.journal_scene import Disk
from tests.drivers.devices import Printer
from tests.drivers.line import Line
from tests.virtual_time import virtual

SLIP: Slip = (TextLine("A1001", width=4, height=4),)
NAME = "ticket-printer"


class Box:
    """One start of a box with a printer that has no status channel."""

    def __init__(self, disk: Disk, **options: Any) -> None:
        driver = EscPosPrinter(EscPosSettings(status="none", **options), Line(Printer(0.1), baud=115_200))
        self.cell = Cell(NAME, "escpos", driver, family="ticket_printer")
        self.journal = disk.open()
        self.supplies = Supplies(self.journal, [self.cell])

    async def print(self, slips: int) -> None:
        for _ in range(slips):
            await self.cell.do(lambda driver, limit: driver.print_slip(SLIP, limit), 5.0)

    async def post(self, name: str, *headers: tuple[bytes, bytes]) -> tuple[int, Any]:
        """What a request to the box's local API gets."""
        said: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        async def send(message: Message) -> None:
            said.append(message)

        path = f"/devices/{name}/refilled"
        scope: Scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": list(headers)}
        scope.update(root_path="", scheme="http", http_version="1.1")
        await Starlette(routes=self.supplies.routes())(scope, receive, send)
        return said[0]["status"], msgspec.json.decode(said[1]["body"])


@asynccontextmanager
async def started(disk: Disk, **options: Any) -> AsyncIterator[Box]:
    box = Box(disk, **options)
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(box.cell.run())]
        tasks += [group.create_task(box.supplies.keep(name)) for name in box.supplies.names]
        await asyncio.sleep(0.1)  # virtual: the printer is open
        yield box
        await asyncio.sleep(0.1)
        for task in tasks:
            task.cancel()
    await box.journal.close()


@virtual
async def test_the_count_goes_on_after_a_restart_and_begins_anew_with_a_new_roll(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    async with started(disk, roll_slips=20) as box:
        await box.print(15)
    async with started(disk, roll_slips=20) as box:
        await box.print(3)
        await asyncio.sleep(1.5)
        assert "media-low" in box.cell.state.keywords()
        await box.print(2)
        await asyncio.sleep(1.5)
        assert not box.cell.state.accepting
    async with started(disk, roll_slips=20) as box:
        assert not box.cell.state.accepting
        assert await box.post(NAME) == (200, {"refilled": NAME})
        await asyncio.sleep(1.5)
        assert box.cell.state.accepting
    async with started(disk, roll_slips=20) as box:
        assert box.cell.state.accepting
        await box.print(1)


@virtual
async def test_no_page_may_say_that_a_roll_was_put_in(tmp_path: Path) -> None:
    async with started(Disk(tmp_path), roll_slips=20) as box:
        await box.print(1)
        status, said = await box.post(NAME, (b"origin", b"http://127.0.0.1:8630"))
        assert (status, said) == (403, {"error": "not-for-pages"})
        assert box.cell.counts is not None
        assert box.cell.counts.paper_used == 1


@virtual
async def test_a_printer_that_counts_nothing_is_named_to_nobody(tmp_path: Path) -> None:
    async with started(Disk(tmp_path / "1"), roll_mm=80_000) as box:
        assert await box.post("display-1") == (404, {"error": "counts-no-paper", "devices": [NAME]})
    async with started(Disk(tmp_path / "2")) as box:
        assert (box.supplies.names, box.supplies.routes()) == ([], [])
