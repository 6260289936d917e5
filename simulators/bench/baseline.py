"""What the machine itself costs: a bare commit on this file system, a bare HTTPS answer on this loopback."""

from __future__ import annotations

import multiprocessing
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from simulators.bench import echo
from simulators.bench.wire import Broken, Connection
from simulators.demo.places import RunDirectory

ROW = "x" * 300
"""About as many bytes as a fact has."""

START_SECONDS = 10.0
POLL_SECONDS = 0.02


def commit_times(folder: Path, count: int) -> list[float]:
    """Seconds that each of ``count`` commits of one row takes: SQLite, WAL, synchronous=FULL."""
    taken: list[float] = []
    with closing(_database(folder / "commit.db")) as database:
        for _ in range(count):
            begun = time.perf_counter()
            database.execute("INSERT INTO row (text) VALUES (?)", (ROW,))
            taken.append(time.perf_counter() - begun)
    return taken


def commit_batches(folder: Path, batches: Sequence[Sequence[bytes]]) -> float:
    """Seconds that it takes to store these rows, a commit a batch, and nothing but that."""
    with closing(_database(folder / "batches.db")) as database:
        begun = time.perf_counter()
        for batch in batches:
            database.execute("BEGIN IMMEDIATE")
            database.executemany("INSERT INTO row (text) VALUES (?)", [(row,) for row in batch])
            database.execute("COMMIT")
        return time.perf_counter() - begun


def _database(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute("CREATE TABLE IF NOT EXISTS row (n INTEGER PRIMARY KEY, text ANY)")
    return database


@contextmanager
def echoing(run: RunDirectory, port: int) -> Iterator[None]:
    """An echo process on this port. Raises TimeoutError when it does not come up."""
    process = multiprocessing.get_context("spawn").Process(
        target=echo.serve, args=(port, run.certificate("ca"), run.certificate("hall"), run.key("hall")), daemon=True
    )
    process.start()
    try:
        _await_listener(port)
        yield
    finally:
        process.terminate()
        process.join()
        process.close()


def _await_listener(port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        with suppress(OSError, Broken), Connection(port):
            return
        time.sleep(POLL_SECONDS)
    raise TimeoutError(f"nobody listens on {port}")
