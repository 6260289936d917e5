"""Where a box's journal is, and whose."""

from __future__ import annotations

from pathlib import Path

from config.box import BoxSettings
from config.loader import Loaded
from device.clock import Clock
from device.journal import Journal
from device.mark import machine_id


def journal_files(loaded: Loaded[BoxSettings]) -> tuple[Path, Path]:
    """The box's journal, and the mark outside of its folder."""
    box = loaded.values.box
    data = loaded.beside(box.data)
    return data / "journal.db", loaded.beside(box.mark) if box.mark else data.with_name(f"{data.name}.mark")


def open_journal(loaded: Loaded[BoxSettings], clock: Clock) -> Journal:
    """Open or make it. Needs a running loop. Raises JournalForeign, JournalStopped, OSError for its folder."""
    box = loaded.values.box
    file, mark = journal_files(loaded)
    file.parent.mkdir(parents=True, exist_ok=True)
    return Journal.open(file, box.name, clock, box.mode, mark=mark, machine=machine_id())
