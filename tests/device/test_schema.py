"""A journal goes on under every later program, and is set aside whole when an older one comes back."""

from __future__ import annotations

import re
import sqlite3
from itertools import pairwise
from pathlib import Path

import pytest

from config.version import VERSION
from device.beginning import set_newer_aside
from device.journal import JournalForeign
from device.mark import MarkFile
from device.store import SCHEMA, digest_of
from tests.device.journal_scene import Disk, facts_of, issue, read, request
from tests.old_schemas import JOURNALS, laid, tables, up_to

RELEASED = sorted(JOURNALS.glob("*.sql"))


def test_this_version_has_left_a_journal() -> None:
    assert JOURNALS / f"{VERSION}.sql" in RELEASED


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
async def test_a_journal_of_each_release_goes_on_with_every_fact(dump: Path, tmp_path: Path) -> None:
    disk = Disk(tmp_path, marked=False)
    connection = sqlite3.connect(laid(dump, disk.file))
    before = dict(connection.execute("SELECT seq, raw FROM fact"))
    connection.close()
    journal = disk.open()
    facts = facts_of(journal)
    assert before
    assert {seq: facts[seq] for seq in before} == before
    assert all(read(later).prev == digest_of(earlier) for earlier, later in pairwise(facts.values()))
    assert journal.outbox == len(facts) - 4
    assert [ticket.outcome for ticket in journal.unfinished()] == ["requested", "issued"]
    assert await issue(journal, await request(journal)) == 5
    await journal.close()


@pytest.mark.parametrize("dump", RELEASED, ids=lambda dump: dump.stem)
def test_a_released_schema_file_has_not_been_changed_since(dump: Path, tmp_path: Path) -> None:
    connection = sqlite3.connect(laid(dump, tmp_path / "journal.db"))
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    today = up_to(SCHEMA, number)
    assert tables(connection) == tables(today)
    connection.close()
    today.close()


@pytest.mark.parametrize("file", SCHEMA, ids=lambda file: file.stem)
def test_a_schema_file_only_adds_so_that_an_older_program_can_tell_what_is_in_the_journal(file: Path) -> None:
    assert not re.search(r"\b(DROP|RENAME)\b", file.read_text(encoding="utf-8"), re.IGNORECASE)


async def of_a_newer_program(disk: Disk) -> dict[int, bytes]:
    """A journal with a schema that nobody here knows."""
    journal = disk.open()
    await journal.unlock_band("2026-01-05", {})
    await issue(journal, await request(journal))
    facts = facts_of(journal)
    await journal.close()
    newer = len(SCHEMA) + 1
    connection = sqlite3.connect(disk.file)
    connection.executescript(f"CREATE TABLE later (key TEXT); PRAGMA user_version = {newer};")
    connection.execute("INSERT OR REPLACE INTO note VALUES ('schema', ?, NULL)", (str(newer),))
    connection.commit()
    connection.close()
    return facts


async def test_an_older_program_refuses_a_newer_journal_and_says_what_to_do(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    await of_a_newer_program(disk)
    with pytest.raises(JournalForeign, match=r"newer than ours.*--roll-back"):
        disk.open()


async def test_rolled_back_the_newer_journal_is_told_to_the_hall_and_a_new_one_goes_on(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    facts = await of_a_newer_program(disk)
    aside = set_newer_aside(disk.file, MarkFile(disk.mark))
    assert aside is not None
    journal = disk.open()
    (former,) = journal.formers
    assert former.file == aside
    assert facts_of(former) == facts
    assert journal.band_locked
    opened = read(facts_of(journal)[1])
    assert opened.data["reason"] == "newer-program"
    await journal.close()


async def test_a_journal_that_is_not_newer_stays(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    assert set_newer_aside(disk.file, MarkFile(disk.mark)) is None
    await disk.open().close()
    assert set_newer_aside(disk.file, MarkFile(disk.mark)) is None
    assert disk.file.exists()
