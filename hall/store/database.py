"""Open the hall's database file and bring it to the newest schema."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

CHECKPOINT_PAGES = 2000
"""8 MB of log between checkpoints: one costs some ms, and at 1000 pages every 125th command would pay for one."""

LOG_BYTES = CHECKPOINT_PAGES * 4160
"""The log's size from the start, with its frame headers. Into blocks that a file already has a commit takes 0.2 ms;
into new ones, which the file system must find and note down, 0.4 ms (measured on ext4)."""


class WrongDatabase(Exception):
    """The file cannot be this hall's: a newer schema, or another mode."""


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
    schemas = sorted((files("hall.store") / "schema").iterdir(), key=lambda schema: schema.name)
    numbered = {int(schema.name.removesuffix(".sql")): schema for schema in schemas}
    if version > max(numbered):
        raise WrongDatabase(f"schema {version} is newer than this program's {max(numbered)}")
    for number, schema in numbered.items():
        if number > version:
            script = schema.read_text(encoding="utf-8")
            connection.executescript(f"BEGIN;\n{script}\nPRAGMA user_version = {number};\nCOMMIT;")
