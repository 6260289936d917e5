"""An older program in the place of a newer one: the hall goes on with the last copy that it can read.

The newer database is moved aside, whole, and a copy from before the upgrade put in its place; what the boxes have done
since they tell again, as after any restoration (hall.recovering). What guides did since is not in the boxes.
"""

from __future__ import annotations

from pathlib import Path

from hall.files import Places
from hall.rebuild import rebuild
from hall.store import database


class NoWayBack(Exception):
    """There is no copy that this program can read."""


def roll_back(at: Places) -> tuple[Path, Path] | None:
    """Where the newer database is now, and the copy that stands in its place; None when it is not newer at all.

    Blocks; raises NoWayBack, CopyFailed with everything as it was.
    """
    newest = database.newest_schema()
    if not at.database.exists() or database.schema_of(at.database) <= newest:
        return None
    copies = sorted(at.backups.glob("hall-*.db"), key=lambda file: file.name.partition("-t")[2], reverse=True)
    copy = next((file for file in copies if database.schema_of(file) <= newest), None)
    if copy is None:
        raise NoWayBack(f"{at.backups}: no copy that schema {newest} can read")
    data = at.database.parent
    aside = next(place for n in range(1, 1000) if not (place := data.with_name(f"{data.name}-newer-{n}")).exists())
    data.rename(aside)
    rebuild(at.database, copy)
    return aside, copy
