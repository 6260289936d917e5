"""The hall's mark: how far its database had come, in a side file outside the data folder.

A database restored from an old copy looks whole. What it cannot bring back with it is this file: after each commit the
commit thread writes into it which database it was and how many commits it had seen. It is not synced: after a power cut
it may be behind the database, which proves nothing, but never ahead of it, which proves an old copy.
"""

from __future__ import annotations

import os
import re
import zlib
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import structlog

log = structlog.get_logger("hall.mark")

_LINE = re.compile(r"yichuang-hall ([0-9a-f]{32}) term (\d+) commits (\d+) crc ([0-9a-f]{8})\n")


class Mark(NamedTuple):
    """Which database it was, the hall's life then, and the commits it had seen."""

    database: str
    term: int
    commits: int


def read(file: Path) -> Mark | None:
    """The mark; None when there is none, or none that can be read."""
    try:
        found = _LINE.fullmatch(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        return None
    if found is None or f"{zlib.crc32(found[0][: found.start(4)].encode()):08x}" != found[4]:
        return None
    return Mark(found[1], int(found[2]), int(found[3]))


def line(mark: Mark) -> bytes:
    """The file's one line, always of the same length: a pwrite leaves nothing of the one before."""
    told = f"yichuang-hall {mark.database} term {mark.term:010} commits {mark.commits:020} crc "
    return f"{told}{zlib.crc32(told.encode()):08x}\n".encode()


class MarkFile:
    """The mark as it is kept. A mark that cannot be written is said once: the database itself is not in doubt."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1
        self._lost = False

    def put(self, mark: Mark) -> None:
        """It has come so far."""
        try:
            if self._descriptor < 0:
                self._begin(mark)
            os.pwrite(self._descriptor, line(mark), 0)
        except OSError as error:
            if not self._lost:
                log.warning("mark not written", file=str(self._file), why=str(error))
            self._lost = True
            return
        if self._lost:
            log.info("mark is written again", file=str(self._file))
        self._lost = False

    def close(self) -> None:
        """Let go of the file, synced as far as the disk does it."""
        if self._descriptor >= 0:
            with suppress(OSError):
                os.fsync(self._descriptor)
            os.close(self._descriptor)
            self._descriptor = -1

    def _begin(self, mark: Mark) -> None:
        """Synced this once, so that a power cut on the first day does not leave an empty file."""
        self._descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        os.pwrite(self._descriptor, line(mark), 0)
        os.ftruncate(self._descriptor, len(line(mark)))
        os.fsync(self._descriptor)
        folder = os.open(self._file.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)
