"""The kiosk's own band through journals that come and go."""

import shutil
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from device.band import UNKNOWN
from device.journal import Journal
from tests.device.journal_scene import DATE, Disk, issue, request, slips

TOMORROW = "2026-01-06"


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "box")


async def next_count(journal: Journal, service: str = "1", date: str = DATE) -> int | None:
    return await issue(journal, await request(journal), service, date)


async def test_a_locked_band_gives_nothing_until_the_hall_has_answered(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 3)
    await journal.close()
    disk.machine = "machine-2"
    again = disk.open()
    assert again.band_locked
    assert await next_count(again) is None
    await again.close()
    again = disk.open()
    assert again.band_locked, "a restart is no answer"
    await again.unlock_band(DATE, {"1": 2, "2": 7})
    assert not again.band_locked
    assert [await next_count(again), await next_count(again, "2")] == [4, 8]
    await again.close()


async def test_the_larger_count_wins(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 3)
    await journal.unlock_band(DATE, {"1": 2})
    assert await next_count(journal) == 4
    await journal.unlock_band(DATE, {"1": 9})
    assert await next_count(journal) == 10
    await journal.close()


async def test_what_nobody_can_vouch_for_is_left_out(disk: Disk) -> None:
    disk.marked = False
    journal = disk.open()
    await slips(journal, 30)
    await journal.close()
    disk.file.write_bytes(bytes(disk.file.stat().st_size))
    again = disk.open()
    assert again.band_locked
    await again.unlock_band(DATE, {"1": 12})
    assert await next_count(again) == 12 + UNKNOWN + 1
    assert await next_count(again, "2") == UNKNOWN + 1, "of this service the hall has heard nothing"
    assert await next_count(again, "1", TOMORROW) == 1
    await again.unlock_band(DATE, {"1": 12})
    assert await next_count(again) == 12 + UNKNOWN + 2, "once is enough"
    await again.close()


async def test_a_new_disk_in_a_kiosk_that_has_given_numbers_today_leaves_some_out(disk: Disk) -> None:
    journal = disk.open()
    await journal.unlock_band(DATE, {"1": 5})
    assert await next_count(journal) == 5 + UNKNOWN + 1
    await journal.close()


async def test_a_new_kiosk_begins_with_one(disk: Disk) -> None:
    journal = disk.open()
    await journal.unlock_band(DATE, {})
    assert await next_count(journal) == 1
    await journal.unlock_band(DATE, {"1": 1})
    assert await next_count(journal) == 2
    await journal.close()


async def test_a_band_that_was_raised_stays_so_when_the_file_is_lost(disk: Disk) -> None:
    journal = disk.open()
    await journal.unlock_band(DATE, {"1": 5})
    await journal.close()
    shutil.rmtree(disk.data)
    again = disk.open()
    await again.unlock_band(DATE, {})
    assert await next_count(again) == 5 + UNKNOWN + 1
    assert await next_count(again, "2") == UNKNOWN + 1
    await again.close()


async def test_a_band_ends_at_999_however_it_got_there(disk: Disk) -> None:
    journal = disk.open()
    await journal.unlock_band(DATE, {})
    await journal.unlock_band(DATE, {"1": 998})
    assert await next_count(journal) == 999
    assert await next_count(journal) is None
    await journal.unlock_band(DATE, {"2": 1200})
    assert await next_count(journal, "2") is None
    await journal.close()


def flip(wrong: object, connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE band SET count = ?", (wrong,))


async def test_a_flipped_bit_in_a_count_gives_no_number_twice(disk: Disk) -> None:
    journal = disk.open()
    await slips(journal, 3)
    await journal.close()
    disk.marked = False
    for wrong in (1, "x", -5, 5000):
        copy = disk.copied("copy")
        journal = copy.open(partial(flip, wrong))
        assert await next_count(journal) == 4
        await journal.close()
