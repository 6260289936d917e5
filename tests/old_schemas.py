"""Databases as released programs left them, as SQL text: ``journals/VERSION.sql``, ``databases/VERSION.sql``.

A release adds its own before it is made: python -m tests.old_schemas
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from config.version import VERSION
from tests.device.journal_scene import Disk, issue, request, slips
from tests.hall.scene import Scene

HERE = Path(__file__).parent
JOURNALS, DATABASES = HERE / "device" / "journals", HERE / "hall" / "databases"


def dumped(connection: sqlite3.Connection) -> str:
    """The whole database as SQL, its schema's number too."""
    (schema,) = connection.execute("PRAGMA user_version").fetchone()
    return "\n".join([*connection.iterdump(), f"PRAGMA user_version = {schema};", ""])


def laid(dump: Path, file: Path) -> Path:
    """The database that a dump tells of."""
    file.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(file)
    connection.executescript(dump.read_text(encoding="utf-8"))
    connection.close()
    return file


def tables(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """What a schema is made of."""
    rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {(name, " ".join(sql.split())) for name, sql in rows}


def up_to(schemas: Iterable[Path], number: int) -> sqlite3.Connection:
    """An empty database after the first so many schema files of today."""
    connection = sqlite3.connect(":memory:")
    for file in [*schemas][:number]:
        connection.executescript(file.read_text(encoding="utf-8"))
    return connection


async def a_box_at_work(disk: Disk) -> None:
    """Three tickets printed, one that was never numbered, one printing; the hall has the first four facts."""
    journal = disk.open()
    await journal.unlock_band("2026-01-05", {})
    await slips(journal, 3)
    journal.acknowledge(4, 2)
    await request(journal, "unnumbered")
    await issue(journal, await request(journal, "printing"))
    await journal.remember("welcome", "")
    await journal.close()


def main() -> int:
    """Write the dumps of this version, unless it has been released: what has stood there is never written over."""
    journal, database = JOURNALS / f"{VERSION}.sql", DATABASES / f"{VERSION}.sql"
    for file in (journal, database):
        file.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        disk = Disk(Path(folder))
        asyncio.run(a_box_at_work(disk))
        connection = sqlite3.connect(disk.file)
        with journal.open("x", encoding="utf-8") as out:
            out.write(dumped(connection))
        connection.close()
    scene = Scene()
    with database.open("x", encoding="utf-8") as out:
        out.write(dumped(scene._connection))
    scene.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
