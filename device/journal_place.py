"""Where a box's journal is, and whose."""

from __future__ import annotations

from config.box import BoxSettings
from config.loader import Loaded
from device.clock import Clock
from device.journal import Journal
from device.mark import machine_id


def open_journal(loaded: Loaded[BoxSettings], clock: Clock) -> Journal:
    """Open or make it. Needs a running loop. Raises JournalForeign, JournalStopped, OSError for its folder."""
    box = loaded.values.box
    data = loaded.beside(box.data)
    data.mkdir(parents=True, exist_ok=True)
    mark = loaded.beside(box.mark) if box.mark else data.with_name(f"{data.name}.mark")
    return Journal.open(data / "journal.db", box.name, clock, box.mode, mark=mark, machine=machine_id())
