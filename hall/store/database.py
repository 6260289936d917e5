"""Open the hall's database file and bring it to the newest schema."""

from __future__ import annotations

import sqlite3
from importlib.resources import files
from pathlib import Path

CHECKPOINT_PAGES = 4000
"""16 MB of log between checkpoints: one costs some ms, and at 1000 pages every 200th command would pay for one."""


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
