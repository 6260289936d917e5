"""Copies of the hall's database: one a business day, made while the hall works, and more whenever somebody asks.

Boxes keep what they told for two business days and until a backup has it, so that a backup and the boxes together are
all that ever happened.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

from config.once import Once
from hall.contract import Struct
from hall.store import database
from hall.store.database import CopyFailed

if TYPE_CHECKING:
    from hall.hall import Hall

log = structlog.get_logger("hall.backup")

KEPT = 14
"""Two weeks of nights."""

AGAIN_S = 600.0
"""Between a backup that failed and the next try: somebody has to make room, or mount the disk."""

_NAME = re.compile(r"hall-\d{4}-\d\d-\d\d-t(\d+)-c(\d+)\.db")


class Backup(Struct, frozen=True, kw_only=True):
    """A backup, as the JSON file beside it tells. ``journals``: by box, by journal, the last seq that is in it."""

    file: str
    business_date: str
    made_ms: int
    term: int
    commits: int
    journals: dict[str, dict[str, int]]

    def high(self, device: str, journal: str) -> int:
        """The last fact of this journal that is in it; 0 for none."""
        return self.journals.get(device, {}).get(journal, 0)


def make(file: Path, folder: Path, now_ms: int, stop: Callable[[], bool] = lambda: False) -> Backup:
    """Copy the hall's database ``file`` into this folder, and keep the newest there. Blocks; raises CopyFailed."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        new = folder / f"new-{threading.get_ident()}"
        copied = database.copy(file, new, "backup", stop)
        name = f"hall-{copied.business_date or '0000-00-00'}-t{copied.term:06}-c{copied.commits:010}.db"
        journals: dict[str, dict[str, int]] = {}
        for device, journal, high in copied.journals:
            journals.setdefault(device, {})[journal] = high
        backup = Backup(
            file=name,
            business_date=copied.business_date,
            made_ms=now_ms,
            term=copied.term,
            commits=copied.commits,
            journals=journals,
        )
        new.replace(folder / name)
        _told_by(folder / name).write_bytes(msgspec.json.format(msgspec.json.encode(backup)))
        for old in _files(folder)[:-KEPT]:
            old.unlink()
            _told_by(old).unlink(missing_ok=True)
    except OSError as error:
        raise CopyFailed(f"{folder}: {error}") from error
    return backup


def newest(folder: Path) -> Backup | None:
    """The newest backup in this folder that says what is in it. Blocks."""
    for file in reversed(_files(folder)):
        try:
            return msgspec.json.decode(_told_by(file).read_bytes(), type=Backup)
        except (OSError, msgspec.MsgspecError) as error:
            log.warning("backup says nothing of itself", file=str(file), why=str(error))
    return None


def _files(folder: Path) -> list[Path]:
    """The backups in this folder, oldest first: terms only grow, and commits within a term."""
    found = [(match, file) for file in folder.glob("hall-*.db") if (match := _NAME.fullmatch(file.name))]
    return [file for _, file in sorted(found, key=lambda pair: (int(pair[0][1]), int(pair[0][2])))]


def _told_by(file: Path) -> Path:
    return file.with_suffix(".json")


class Nightly:
    """One backup a business day, as soon as the day has turned and the hall is whole."""

    def __init__(self, hall: Hall, file: Path, folder: Path) -> None:
        self._hall = hall
        self._file = file
        self._folder = folder
        self._failing = Once()

    async def run(self) -> None:
        """Long-lived. A backup that fails is tried again, and said."""
        hall = self._hall
        hall.has_backup(await asyncio.to_thread(newest, self._folder))
        while True:
            await hall.until(self._is_due)
            if not await self._back_up():
                await asyncio.sleep(AGAIN_S)

    def _is_due(self) -> bool:
        hall = self._hall
        last = hall.backed_up.business_date if hall.backed_up else ""
        return hall.recovery is None and last != hall.business_date

    async def _back_up(self) -> bool:
        stop = threading.Event()
        try:
            now_ms = self._hall.clock.wall_ms()
            made = await asyncio.to_thread(make, self._file, self._folder, now_ms, stop.is_set)
        except CopyFailed as failed:
            if self._failing.begins(str(failed)):
                log.error("backup failed", why=str(failed))  # noqa: TRY400 - the disk's fault, not ours: no traceback
            return False
        finally:
            stop.set()
        self._failing.ends()
        self._hall.has_backup(made)
        log.info("backup", file=made.file, commits=made.commits)
        return True
