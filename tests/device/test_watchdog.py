"""The manager is fed only while journal, children and drivers of a box go on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from config.notify import Notify
from device.clock import Clock
from device.hardware import Hardware
from device.journal import Journal
from device.overdue import Overdue
from device.supervise import Tasks
from device.watchdog import Watchdog, Watched
from device.writer import Writer
from drivers.deadline import Deadline
from drivers.worker import Worker
from tests.service_manager import Manager, manager

LIMIT = 0.6
FINE = "STATUS=fine"
FED = "WATCHDOG=1"

pytestmark = pytest.mark.wire


class Trouble:
    """What stands still, and what does not."""

    def __init__(self) -> None:
        self.disk = threading.Event()
        self.disk.set()
        self.ended = ""
        self.overdue = Overdue()

    def stuck(self, patience_s: float, threads_s: float) -> str:
        seconds = self.overdue.seconds
        return "device pad" if seconds > patience_s else Hardware({}, []).stuck(patience_s, threads_s / 20)


def writer_on(trouble: Trouble) -> type[Writer]:
    """Its thread waits for the disk as a disk lets it wait; "die" takes the thread with it."""

    class Slow(Writer):
        def __init__(self, commit: Callable[[Sequence[Callable[[], Any]]], list[Any]], *rest: Any) -> None:
            def slow(works: Sequence[Callable[[], Any]]) -> list[Any]:
                trouble.disk.wait()
                return commit(works)

            super().__init__(slow, *rest)

    return Slow


@asynccontextmanager
async def watched(folder: Path, trouble: Trouble) -> AsyncIterator[Manager]:
    with manager(folder) as told:
        journal = Journal.open(
            folder / "journal.db", "kiosk-1", Clock(), "demo", mark=folder / "mark", writer=writer_on(trouble)
        )
        watchdog = Watchdog(
            Notify(told.environment(LIMIT)), Watched(journal, trouble.stuck, lambda: trouble.ended, lambda: "fine")
        )
        async with Tasks() as tasks:
            tasks.start("watchdog", watchdog.run())
            tasks.start("journal", watchdog.ask_journal())
            await told.until(FED)
            yield told
            tasks.stop()
        await journal.close()


async def test_all_goes_on_and_it_is_fed(tmp_path: Path) -> None:
    async with watched(tmp_path, Trouble()) as told:
        await told.until(FED)
        assert told.told == [FINE, FED]


async def not_fed_until_mended(told: Manager, why: str, mend: Callable[[], object]) -> None:
    told.told.clear()
    await told.until(f"STATUS=stuck: {why}")
    mend()
    told.told.clear()
    await told.until(FED)
    assert told.told == [FINE, FED]


async def test_a_writer_that_waits_for_its_disk_stops_it(tmp_path: Path) -> None:
    trouble = Trouble()
    async with watched(tmp_path, trouble) as told:
        trouble.disk.clear()
        await not_fed_until_mended(told, "journal", trouble.disk.set)


async def test_a_long_lived_child_that_has_ended_stops_it(tmp_path: Path) -> None:
    trouble = Trouble()
    async with watched(tmp_path, trouble) as told:
        trouble.ended = "uplink"
        await not_fed_until_mended(told, "uplink", lambda: setattr(trouble, "ended", ""))


async def test_a_driver_past_its_deadline_stops_it(tmp_path: Path) -> None:
    trouble = Trouble()
    async with watched(tmp_path, trouble) as told:
        late = trouble.overdue.within(0.01)
        late.__enter__()
        await not_fed_until_mended(told, "device pad", lambda: late.__exit__(None, None, None))


async def test_a_drivers_thread_that_does_not_return_stops_it(tmp_path: Path) -> None:
    trouble, back = Trouble(), threading.Event()
    worker = Worker("pcsc", lambda: None)
    async with watched(tmp_path, trouble) as told, asyncio.TaskGroup() as group:
        group.create_task(worker.do_surely(back.wait, Deadline.after(20), "it does not return"))
        await not_fed_until_mended(told, "thread pcsc", back.set)
    worker.end()


async def test_a_dead_writer_thread_stops_it_for_good(tmp_path: Path) -> None:
    class Dying(Writer):
        def _run(self) -> None:
            """A thread that is gone answers nobody, and nobody is told."""

    with manager(tmp_path) as told:
        journal = Journal.open(tmp_path / "journal.db", "kiosk-1", Clock(), "demo", writer=Dying)
        notify = Notify(told.environment(LIMIT))
        watchdog = Watchdog(notify, Watched(journal, lambda *_: "", lambda: "", lambda: "fine"))
        async with Tasks() as tasks:
            tasks.start("watchdog", watchdog.run())
            tasks.start("journal", watchdog.ask_journal())
            await told.until("STATUS=stuck: journal")
            tasks.stop()
        journal._store.close()
