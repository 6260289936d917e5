"""A disk that is full, read-only or slow from the start on: said clearly, and no row lost."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from device.clock import Clock
from device.journal import Journal, JournalStopped
from device.writer import Commit, Work, Writer
from tests.device.journal_scene import DATE, Disk, facts_of, issue, request, slips

LIMIT_S = 10.0


@pytest.fixture
async def disk(tmp_path: Path) -> Disk:
    """A box that has given three slips and was switched off."""
    disk = Disk(tmp_path / "box")
    journal = disk.open()
    await slips(journal, 3)
    await journal.close()
    return disk


def full(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1").fetchall()  # SQLite makes it what the file has already


def read_only(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA query_only = 1")


async def test_a_box_starts_on_a_full_disk_and_says_so_at_the_first_write(disk: Disk) -> None:
    journal = disk.open(full)
    with pytest.raises(JournalStopped) as stopped:
        await fill(journal)
    assert stopped.value.reason == "disk-full"
    facts = facts_of(journal)
    assert max(facts) == journal.head()[0]
    await journal.close()
    again = disk.open()
    assert (again.id, facts_of(again)) == (journal.id, facts)
    assert await issue(again, await request(again)) == 4
    await again.close()


async def test_a_box_does_not_start_on_a_disk_that_it_cannot_write_and_says_why(disk: Disk) -> None:
    with pytest.raises(JournalStopped) as stopped:
        disk.open(read_only)
    assert stopped.value.reason == "disk-failed"
    journal = disk.open()
    assert await issue(journal, await request(journal)) == 4
    await journal.close()


async def fill(journal: Journal) -> None:
    while True:
        await journal.record("device", {"name": "x" * 1000})


async def test_a_journal_is_not_replaced_on_a_disk_that_cannot_keep_the_new_one(disk: Disk) -> None:
    before = disk.file.read_bytes()
    disk.machine = "machine-2"
    with pytest.raises(JournalStopped) as stopped:
        disk.open(read_only)
    assert stopped.value.reason == "disk-failed"
    disk.machine = "machine-1"
    journal = disk.open()
    assert journal.formers == []
    assert len(before) == disk.file.stat().st_size
    await journal.close()


class Slow:
    """A writer whose commits wait until they may go on: a disk that takes seconds for a sync."""

    def __init__(self) -> None:
        self.waiting = threading.Event()
        self.may_go_on = threading.Event()
        self.commits = 0

    def writer(self) -> type[Writer]:
        slow = self

        class SlowWriter(Writer):
            def _run(self) -> None:
                self._commit = slow.around(self._commit)
                super()._run()

        return SlowWriter

    def around(self, commit: Commit) -> Commit:
        def slowly(works: Sequence[Work]) -> list[Any]:
            self.commits += 1
            self.waiting.set()
            self.may_go_on.wait(LIMIT_S)
            return commit(works)

        return slowly


@pytest.fixture
async def slow(disk: Disk) -> AsyncIterator[tuple[Slow, Journal, list[int]]]:
    slow, now = Slow(), [1000]
    clock = Clock(wall_ms=lambda: 1, mono_ms=lambda: now[0], boot_id="b")
    journal = Journal.open(
        disk.file, disk.device, clock, "demo", mark=disk.mark, machine=disk.machine, writer=slow.writer()
    )
    yield slow, journal, now
    slow.may_go_on.set()
    await journal.close()


async def test_a_slow_disk_is_waited_for_and_is_no_failure(slow: tuple[Slow, Journal, list[int]]) -> None:
    disk, journal, now = slow
    async with asyncio.TaskGroup() as group:
        first = group.create_task(journal.record("device", {"name": "first"}))
        await asyncio.to_thread(disk.waiting.wait, LIMIT_S)
        others = [group.create_task(issue(journal, f"t{number}")) for number in range(20)]
        await asyncio.sleep(0)
        now[0] += 2000
        assert (first.done(), journal.stopped) == (False, None)
        assert now[0] - journal.beat_ms == 2000, "the watchdog sees how long it takes"
        assert journal.recall("nothing") is None, "reads go on"
        disk.may_go_on.set()
    assert [other.result() for other in others] == list(range(4, 24))
    assert disk.commits == 2, "what waited was written at once"
    assert journal.head()[0] == first.result().seq + 20


async def test_a_slip_waits_for_its_number_to_be_durable(slow: tuple[Slow, Journal, list[int]], disk: Disk) -> None:
    writing, journal, _ = slow
    async with asyncio.TaskGroup() as group:
        number = group.create_task(issue(journal, "t", date=DATE))
        await asyncio.to_thread(writing.waiting.wait, LIMIT_S)
        left = disk.copied("power-cut").open()
        assert not number.done()
        assert await issue(left, await request(left)) == 4, "nobody has seen it"
        await left.close()
        writing.may_go_on.set()
    assert number.result() == 4
