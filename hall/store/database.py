"""Open the hall's database file and bring it to the newest schema."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

CHECKPOINT_PAGES = 2000
"""8 MB of log between checkpoints: one costs some ms, and at 1000 pages every 125th command would pay for one."""

LOG_BYTES = CHECKPOINT_PAGES * 4160
"""The log's size from the start, with its frame headers. Into blocks that a file already has a commit takes 0.2 ms;
into new ones, which the file system must find and note down, 0.4 ms (measured on ext4)."""


COPY_PAGES = 4096
"""16 MB between two looks at whether to stop: a stopping hall has 2 s (design §5)."""

CHECK_STEPS = 100_000
"""SQLite's own steps between two such looks while a copy is checked: some ms."""


class WrongDatabase(Exception):
    """The file cannot be this hall's: a newer schema, or another mode."""


class CopyFailed(Exception):
    """There is no copy: nothing to copy from, no room, a damaged page, or told to stop."""


def connect(file: Path) -> sqlite3.Connection:
    """The writer's connection: WAL, every commit synced to the disk before it counts."""
    connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
    return connection


def prepare(file: Path) -> None:
    """Bring the database to the newest schema and give its log room. Raises WrongDatabase.

    A log of zeros is an empty log to SQLite: no frame in it has a valid checksum. It is written only after the
    database has been closed cleanly, which takes everything out of the log and removes it.
    """
    connection = connect(file)
    try:
        migrate(connection)
    finally:
        connection.close()
    log = file.with_name(f"{file.name}-wal")
    if not log.exists():
        log.write_bytes(bytes(LOG_BYTES))


def connect_reader(file: Path) -> sqlite3.Connection:
    """A connection that can only read, used from many threads in turn."""
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
    connection.execute("PRAGMA query_only = ON")
    return connection


def migrate(connection: sqlite3.Connection) -> None:
    """Run the numbered schema files above the database's user_version. Raises WrongDatabase for a newer database."""
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    numbered = _numbered()
    if version > max(numbered):
        raise WrongDatabase(f"schema {version} is newer than this program's {max(numbered)}: yichuang hall roll-back")
    for number, schema in numbered.items():
        if number > version:
            script = schema.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")


def newest_schema() -> int:
    """The number of this program's newest schema file."""
    return max(_numbered())


def schema_of(file: Path) -> int:
    """By which schema file a database was brought up to date last."""
    connection = connect_reader(file)
    try:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])
    finally:
        connection.close()


def _numbered() -> dict[int, Traversable]:
    schemas = sorted((files("hall.store") / "schema").iterdir(), key=lambda schema: schema.name)
    return {int(schema.name.removesuffix(".sql")): schema for schema in schemas}


class Copied(NamedTuple):
    """What a copy holds. ``journals``: box, journal, and how far it is stored."""

    business_date: str
    term: int
    commits: int
    journals: list[tuple[str, str, int]]


def copy(file: Path, to: Path, why: str, stop: Callable[[], bool] = lambda: False) -> Copied:
    """Make ``to`` a copy of the database as one commit left it, while others go on writing. Raises CopyFailed.

    SQLite's online backup, from a connection that keeps one read transaction, so that every page is of the same
    moment. The copy says of itself, in meta ``copy``, why it is one; it is checked, synced, and only then has its name.
    """
    part = to.with_name(f"{to.name}.part-{os.getpid()}")
    part.unlink(missing_ok=True)
    try:
        copied = _copy(file, part, why, stop)
        _sync(part)
        part.replace(to)
        _sync(to.parent)
    except (sqlite3.Error, OSError) as error:
        raise CopyFailed(f"{file} to {to}: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return copied


def create(file: Path, why: str) -> None:
    """A new and empty database that says of itself, in meta ``copy``, why it is not simply new."""
    connection = connect(file)
    try:
        migrate(connection)
        connection.execute(_SAYS_COPY, (why,))
    finally:
        connection.close()


def _copy(file: Path, part: Path, why: str, stop: Callable[[], bool]) -> Copied:
    def look(_status: int, _left: int, _total: int) -> None:
        if stop():
            raise CopyFailed(f"{file}: told to stop")

    source, target = connect_reader(file), sqlite3.connect(part, isolation_level=None)
    try:
        source.execute("BEGIN")
        source.execute("SELECT count(*) FROM meta").fetchone()
        source.backup(target, pages=COPY_PAGES, progress=look)
        target.execute("PRAGMA journal_mode = DELETE")
        target.set_progress_handler(stop, CHECK_STEPS)
        found = target.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise CopyFailed(f"{file}: {found}")
        target.execute(_SAYS_COPY, (why,))
        return _copied(target)
    finally:
        target.close()
        source.close()


def _copied(connection: sqlite3.Connection) -> Copied:
    meta = dict(connection.execute("SELECT key, value FROM meta WHERE key IN ('business_date', 'term', 'commits')"))
    journals = connection.execute("SELECT device, journal, high FROM journal ORDER BY device, id").fetchall()
    return Copied(
        meta.get("business_date", ""), int(meta.get("term", 0)), int(meta.get("commits", 0)), [*map(tuple, journals)]
    )


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


_SAYS_COPY = "INSERT INTO meta (key, value) VALUES ('copy', ?) ON CONFLICT DO UPDATE SET value = excluded.value"
