"""Put a database in the place of one that is lost: a backup, or nothing at all. The boxes tell the rest.

What is put there says of itself that it is a copy, so that the next start is *recovering* (hall.recovering).
"""

from __future__ import annotations

from pathlib import Path

from hall.store import database

DATABASE = "hall.db"
"""The database's name in the data folder."""


class Stands(Exception):
    """A database, or what belongs to one, stands where the new one should go."""


def rebuild(data: Path, backup: Path | None) -> None:
    """Make the data folder's database from this backup, or a new one. Blocks; raises Stands, CopyFailed.

    A log (``-wal``) left there would be played into the new database by SQLite: it counts as one that stands.
    """
    data.mkdir(parents=True, exist_ok=True)
    standing = [name for name in (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-journal") if (data / name).exists()]
    if standing:
        raise Stands(str(data / standing[0]))
    if backup is not None:
        database.copy(backup, data / DATABASE, "backup")
        return
    part = data / f"{DATABASE}.part"
    part.unlink(missing_ok=True)
    database.create(part, "rebuilt")
    part.replace(data / DATABASE)
