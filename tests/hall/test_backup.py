"""Copies of the hall's database, made while it works."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest

from config.hall import load_hall
from hall import backup
from hall.backup import KEPT, Backup, Nightly
from hall.day import Turning
from hall.files import places
from hall.hall import Hall
from hall.main import open_hall
from hall.store import database, desks
from hall.store.database import CopyFailed
from hall.store.writer import Tx
from tests.hall.scene import FakeClock

PAIRS = 40


@asynccontextmanager
async def opened(settings_file: Path, clock: FakeClock | None = None) -> AsyncIterator[Hall]:
    settings, written = load_hall(settings_file)
    async with open_hall(settings, written, clock or FakeClock()) as (hall, _):
        yield hall


def move(tx: Tx, n: int) -> None:
    """Two values that are always the same: a copy that has one and not the other is of no one moment."""
    desks.put_meta(tx, "left", str(n))
    desks.put_meta(tx, f"filler/{n}", "x" * 20_000)
    desks.put_meta(tx, "right", str(n))


def meta(file: Path) -> dict[str, str]:
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)
    found = dict(connection.execute("SELECT key, value FROM meta WHERE key NOT LIKE 'filler/%'").fetchall())
    connection.close()
    return found


async def test_a_backup_is_of_one_moment_while_the_hall_goes_on_writing(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "COPY_PAGES", 5)
    async with opened(settings_file) as hall:
        file, folder = places(load_hall(settings_file)[0]).database, settings_file.parent / "copies"
        for n in range(PAIRS):
            await hall.writer.write(partial(move, n=n))
        written = PAIRS

        async def write_on(copying: asyncio.Future[Backup]) -> None:
            nonlocal written
            while not copying.done():
                await hall.writer.write(partial(move, n=written))
                written += 1

        async with asyncio.TaskGroup() as group:
            copying = group.create_task(asyncio.to_thread(backup.make, file, folder, 0))
            await write_on(copying)
        made = copying.result()
        assert written > PAIRS
        found = meta(folder / made.file)
        assert found["left"] == found["right"]
        assert PAIRS - 1 <= int(found["left"]) < written
        assert found["copy"] == "backup"
        assert int(found["commits"]) == made.commits


async def test_what_is_in_a_backup_stands_beside_it(settings_file: Path) -> None:
    async with opened(settings_file) as hall:

        def told(tx: Tx) -> None:
            tx.execute("INSERT INTO journal (device, journal, high) VALUES ('kiosk-1', 'j', 7), ('kiosk-1', 'j~1', 3)")

        await hall.writer.write(told)
        file, folder = places(load_hall(settings_file)[0]).database, settings_file.parent / "copies"
        made = await asyncio.to_thread(backup.make, file, folder, 17)
        assert backup.newest(folder) == made
        assert (made.made_ms, made.business_date, made.term) == (17, hall.business_date, hall.term.n)
        assert [made.high("kiosk-1", name) for name in ("j", "j~1", "k")] == [7, 3, 0]
        assert made.high("kiosk-2", "j") == 0


async def test_the_newest_fortnight_is_kept(settings_file: Path) -> None:
    async with opened(settings_file) as hall:
        file, folder = places(load_hall(settings_file)[0]).database, settings_file.parent / "copies"
        made = []
        for n in range(KEPT + 3):
            await hall.writer.write(partial(desks.put_meta, key="n", value=str(n)))
            made.append(await asyncio.to_thread(backup.make, file, folder, n))
        assert sorted(left.name for left in folder.glob("*.db")) == sorted(one.file for one in made[-KEPT:])
        assert len(list(folder.iterdir())) == 2 * KEPT
        assert backup.newest(folder) == made[-1]


def test_a_damaged_database_is_no_backup_and_those_before_stay(tmp_path: Path) -> None:
    file, folder = tmp_path / "hall.db", tmp_path / "copies"
    database.create(file, "")
    connection = database.connect(file)
    for n in range(200):
        desks.put_meta(Tx(connection), str(n), "x" * 400)
    connection.close()
    before = backup.make(file, folder, 0)
    damaged = bytearray(file.read_bytes())
    damaged[9 * 4096 : 12 * 4096] = b"\x55" * (3 * 4096)
    file.write_bytes(damaged)
    with pytest.raises(CopyFailed):
        backup.make(file, folder, 1)
    assert backup.newest(folder) == before
    assert sorted(left.suffix for left in folder.iterdir()) == [".db", ".json"]


def test_a_hall_that_stops_waits_for_no_backup(tmp_path: Path) -> None:
    database.create(tmp_path / "hall.db", "")
    with pytest.raises(CopyFailed, match="told to stop"):
        backup.make(tmp_path / "hall.db", tmp_path / "copies", 0, lambda: True)
    assert list((tmp_path / "copies").iterdir()) == []


def test_where_there_is_no_database_there_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(CopyFailed):
        backup.make(tmp_path / "hall.db", tmp_path / "copies", 0)


async def test_the_hall_backs_itself_up_once_a_business_day(settings_file: Path) -> None:
    clock = FakeClock()
    folder = settings_file.parent / "copies"
    async with opened(settings_file, clock) as hall, asyncio.TaskGroup() as group:
        nightly = Nightly(hall, places(load_hall(settings_file)[0]).database, folder)
        running = group.create_task(nightly.run())
        await hall.until(lambda: hall.backed_up is not None)
        first = hall.backed_up
        assert first
        assert first.business_date == hall.business_date
        await hall.writer.write(Turning("2026-11-24", clock.now_ms()))
        await hall.until(lambda: hall.backed_up is not first)
        assert hall.backed_up
        assert hall.backed_up.business_date == "2026-11-24"
        running.cancel()
    assert len(list(folder.glob("*.db"))) == 2


async def test_a_hall_that_was_started_again_finds_its_backup_of_today(settings_file: Path) -> None:
    folder = settings_file.parent / "copies"

    async def a_while() -> None:
        async with opened(settings_file) as hall, asyncio.TaskGroup() as group:
            running = group.create_task(Nightly(hall, places(load_hall(settings_file)[0]).database, folder).run())
            await hall.until(lambda: hall.backed_up is not None)
            running.cancel()

    await a_while()
    await a_while()
    assert len(list(folder.glob("*.db"))) == 1


async def test_a_copied_database_put_back_by_hand_is_doubted(settings_file: Path) -> None:
    file = places(load_hall(settings_file)[0]).database
    async with opened(settings_file) as hall:
        assert hall.recovery is None
    shutil.copy(file, file.with_name("yesterday"))
    async with opened(settings_file) as hall:
        await hall.writer.write(partial(desks.put_meta, key="n", value="1"))
        assert hall.recovery is None
    shutil.copy(file.with_name("yesterday"), file)
    async with opened(settings_file) as hall:
        assert hall.recovery
        assert hall.recovery.why == "old-copy"
    async with opened(settings_file) as hall:
        assert hall.recovery
        assert hall.recovery.why == "old-copy", "it has not forgotten over a restart"
