"""Put a database in the place of one that is lost: a backup, or nothing at all. The boxes tell the rest.

What is put there says of itself that it is a copy, so that the next start is *recovering* (hall.recovering).
"""

from __future__ import annotations

from pathlib import Path

from hall.store import database


class Stands(Exception):
    """A database, or what belongs to one, stands where the new one should go."""


def rebuild(file: Path, backup: Path | None) -> None:
    """Make ``file`` a copy of this backup, or a new database. Blocks; raises Stands, CopyFailed.

    A log (``-wal``) left there would be played into the new database by SQLite: it counts as one that stands.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    for standing in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-journal")):
        if standing.exists():
            raise Stands(str(standing))
    if backup is not None:
        database.copy(backup, file, "backup")
        return
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    database.create(part, "rebuilt")
    part.replace(file)
