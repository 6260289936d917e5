"""A box's disk as a test finds it: the folder of the journal, the mark beside it, the machine they are in."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from device.clock import Clock
from device.former import Former
from device.journal import Data, Journal
from hall.contract import Fact
from tests.device.inline_writer import InlineWriter

DATE = "2026-01-05"


def unsynced(connection: sqlite3.Connection) -> None:
    """The disk is not what is tried."""
    connection.execute("PRAGMA synchronous = OFF").fetchall()


@dataclass
class Disk:
    """``root`` holds the data folder, and the mark beside it."""

    root: Path
    machine: str = "machine-1"
    device: str = "kiosk-1"
    marked: bool = True
    clock: Clock = field(
        default_factory=lambda: Clock(wall_ms=lambda: 1_767_571_200_000, mono_ms=lambda: 77, boot_id="b")
    )

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def file(self) -> Path:
        return self.data / "journal.db"

    @property
    def mark(self) -> Path:
        return self.root / "data.mark"

    def open(self, prepare: Callable[[sqlite3.Connection], object] = unsynced) -> Journal:
        """A start of the box; needs a running loop."""
        return Journal.open(
            self.file,
            self.device,
            self.clock,
            "demo",
            mark=self.mark if self.marked else None,
            machine=self.machine,
            writer=InlineWriter,
            prepare=prepare,
        )

    def copied(self, name: str) -> Disk:
        """What a power cut leaves, or a technician's copy."""
        there = self.root.parent / name
        shutil.rmtree(there, ignore_errors=True)
        shutil.copytree(self.root, there)
        return Disk(there, self.machine, self.device, self.marked, self.clock)

    def kept_files(self) -> list[str]:
        """Names beside the journal."""
        return sorted(file.name for file in self.data.iterdir() if not file.name.startswith("journal.db"))


def facts_of(source: Journal | Former) -> dict[int, bytes]:
    """All facts that can be sent, as a link would read them."""
    found: dict[int, bytes] = {}
    while rows := source.unsent(max(found, default=0), 200):
        found.update(rows)
    return found


def read(raw: bytes) -> Fact:
    return msgspec.json.decode(raw, type=Fact)


async def request(journal: Journal, touch: str = "t", service: str = "1") -> str:
    """A citizen's touch; gives the ticket."""
    fact = await journal.record("requested", {"service": service, "touch": touch})
    return f"{journal.device}/{journal.id}/{fact.seq}"


async def issue(journal: Journal, ticket: str, service: str = "1", date: str = DATE) -> int | None:
    """A number from the band; gives the count."""

    def data(count: int) -> Data:
        number = f"{service}5{count:03d}"
        return {"ticket": ticket, "service": service, "number": number, "source": "band", "date": date}

    fact = await journal.issue_from_band(ticket, date, service, data)
    return int(str(fact.data["number"])[-3:]) if fact else None


async def slips(journal: Journal, count: int) -> None:
    """So many citizens with a slip from the band in their hands."""
    for touch in range(count):
        ticket = await request(journal, f"touch-{touch}")
        await issue(journal, ticket)
        await journal.record("printed", {"ticket": ticket, "evidence": "gs-r"})
