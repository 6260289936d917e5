"""The manager is fed only while the hall's writer and its work go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.notify import Notify
from hall.store import desks
from hall.store.database import connect, migrate
from hall.store.writer import Writer
from hall.watchdog import Watchdog
from tests.service_manager import Manager, manager

LIMIT = 0.6
FINE, FED = "STATUS=2026-11-23, term 1", "WATCHDOG=1"

pytestmark = pytest.mark.wire


@asynccontextmanager
async def watched(folder: Path) -> AsyncIterator[tuple[Manager, Writer, asyncio.Event]]:
    """A hall with a real writer and one task that is to last until the event is set."""
    connection = connect(folder / "hall.db")
    migrate(connection)
    connection.close()
    connection = connect(folder / "hall.db")
    end = asyncio.Event()
    with manager(folder) as told:
        writer = Writer(connection, lambda _: None)
        hall: Any = SimpleNamespace(writer=writer, business_date="2026-11-23", term=SimpleNamespace(n=1), recovery=None)
        server = SimpleNamespace(listening=asyncio.Event())
        async with asyncio.TaskGroup() as group:
            lasting = group.create_task(end.wait(), name="newsroom")
            watchdog = Watchdog(Notify(told.environment(LIMIT)), hall, [lasting])
            own = [group.create_task(watchdog.run(server)), group.create_task(watchdog.ask_writer())]
            server.listening.set()
            await told.until(FED)
            yield told, writer, end
            watchdog.stopping()
            await told.until("STOPPING=1")
            for task in [*own, lasting]:
                task.cancel()
        await writer.close()
    connection.close()


async def test_it_is_ready_once_it_listens_and_then_fed(tmp_path: Path) -> None:
    async with watched(tmp_path) as (told, writer, _):
        assert told.told == ["READY=1", FINE, FED]
        before = writer.commits
        await told.until(FED)
        assert writer.commits == before


async def test_a_disk_that_keeps_the_writer_stops_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as (told, writer, _):
        disk = threading.Event()

        def slow(_commits: int) -> None:
            disk.wait()

        writer.keep_mark(slow)
        writing = asyncio.gather(writer.write(lambda tx: desks.put_meta(tx, "note", "here")))
        await told.until("STATUS=stuck: writer")
        disk.set()
        told.told.clear()
        await told.until(FED)
        assert told.told == [FINE, FED]
        await writing


async def test_work_that_has_ended_stops_it(tmp_path: Path) -> None:
    async with watched(tmp_path) as (told, _, end):
        end.set()
        await told.until("STATUS=stuck: newsroom")
        told.told.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(LIMIT):
                await told.until(FED)
        assert told.told == []
