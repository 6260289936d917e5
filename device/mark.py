"""The mark: a side file outside of the journal's folder that says where the journal ended.

Whoever copies a disk, restores a folder or loses one leaves mark and journal apart, and the next start notices it
(device/beginning.py). Two slots are written in turn, each with its own digest: a power cut leaves one of them whole.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import msgspec

from device.writer import JournalStopped

SLOT = 16_384
"""Bytes: 99 services on KEPT_DAYS dates need a quarter of it."""

EVERY = 64
"""Facts between two marks where no number of the band is given: a copy older than that is noticed at once, a younger
one by the hall."""

MACHINE = Path("/etc/machine-id")


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a box's journal without it."""

    device: str
    journal: str
    turn: int
    """How many journals this box has had before: the higher one is the younger."""
    seq: int
    digest: str
    machine: str
    band: dict[str, dict[str, int]] = {}
    """By date and service: the count that was given last; written before the number is printed."""
    number: int = 0
    """Counts the writings: the higher one of the two slots is read."""


class MarkFile:
    """Reads and writes the mark. ``file`` None: a box without one (tests, and tools that only look)."""

    def __init__(self, file: Path | None) -> None:
        self.last: Mark | None = None
        """As the file has it."""
        self._file = file
        if file is not None:
            self.last = self._read(file)

    def behind(self, seq: int) -> bool:
        """Whether it is time for a new one."""
        return self._file is not None and (self.last is None or seq - self.last.seq >= EVERY)

    def write(self, mark: Mark) -> None:
        """Durable when this returns; one sync. Raises JournalStopped."""
        if self._file is None:
            return
        number = self.last.number + 1 if self.last else 0
        mark = msgspec.structs.replace(mark, number=number)
        body = msgspec.json.encode(mark)
        slot = b"%s %s\n" % (hashlib.sha256(body).hexdigest().encode(), body)
        if len(slot) > SLOT:
            raise ValueError(f"a mark of {len(slot)} bytes")
        try:
            self._put(self._file, slot, number % 2 * SLOT)
        except OSError as error:
            raise JournalStopped("disk-failed", f"mark: {error}") from error
        self.last = mark

    def _put(self, file: Path, slot: bytes, at: int) -> None:
        fresh = not file.exists()
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.pwrite(descriptor, slot, at)
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)
        if fresh:
            sync_folder(file.parent)

    @staticmethod
    def _read(file: Path) -> Mark | None:
        """The newer whole slot; None when there is none."""
        try:
            stored = file.read_bytes()
        except OSError:
            return None
        marks = [mark for at in (0, SLOT) if (mark := _slot(stored[at : at + SLOT]))]
        return max(marks, key=lambda mark: mark.number, default=None)


def _slot(stored: bytes) -> Mark | None:
    digest, _, body = stored.partition(b"\n")[0].partition(b" ")
    if hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    try:
        return msgspec.json.decode(body, type=Mark)
    except msgspec.MsgspecError:  # of another program's making
        return None


def machine_id() -> str:
    """What names this machine for ever (machine-id(5)); "" where there is none."""
    try:
        return MACHINE.read_text("ascii").strip()
    except (OSError, ValueError):
        return ""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
