"""A hall with years behind it is ready as soon as one in its first week."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

import hall.main
from config.hall import load_hall
from hall.main import open_hall
from hall.store import database
from simulators.bench import million

PAGE = 4096


class Counted:
    """Every instruction that SQLite carries out, and every byte that this process reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.steps = 0
        for module, name in ((hall.main, "connect"), (hall.main, "connect_reader"), (database, "connect")):
            monkeypatch.setattr(module, name, self._counting(getattr(module, name)))

    def _counting(self, connect: Callable[[Path], sqlite3.Connection]) -> Callable[[Path], sqlite3.Connection]:
        def counting(file: Path) -> sqlite3.Connection:
            connection = connect(file)
            connection.set_progress_handler(self._step, 1)
            return connection

        return counting

    def _step(self) -> int:
        self.steps += 1
        return 0

    @staticmethod
    def read() -> int:
        words = Path("/proc/self/io").read_text(encoding="ascii").split()
        return int(words[words.index("rchar:") + 1])

    async def start(self, settings_file: Path) -> tuple[int, int]:
        """Start the hall and stop it: instructions and bytes until it was ready."""
        settings, written = load_hall(settings_file)
        steps, read = self.steps, self.read()
        async with open_hall(settings, written):
            return self.steps - steps, self.read() - read


async def test_a_start_does_no_work_that_grows_with_the_facts(
    settings_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, file = Counted(monkeypatch), settings_file.parent / "data" / "hall.db"
    for _ in range(2):  # the first makes the database, and afterwards every module has been read
        await counted.start(settings_file)
    million.fill(file, 100)
    steps, read = await counted.start(settings_file)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("DELETE FROM fact; DELETE FROM ticket; DELETE FROM call; DELETE FROM rating;")
        connection.executescript("DELETE FROM journal;")
    million.fill(file, 20_000)
    steps_later, read_later = await counted.start(settings_file)
    assert file.stat().st_size > 10_000_000
    assert steps > 100
    assert steps_later <= steps + 10
    assert read_later <= read + 20 * PAGE
