"""What happened at this box, durable before it has an effect. The only sqlite3 in device/."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from device.clock import Clock
from hall.contract import Command, Fact, Mode

Data = dict[str, str | int | bool | None]
Outcome = Literal["requested", "issued", "printed", "doubtful", "voided"]


class JournalStopped(Exception):
    """Nothing can be written now; ``reason`` is ``disk-full`` or ``disk-failed``. Nothing was stored, nothing lost."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason


class JournalForeign(Exception):
    """The file belongs to another device or another mode."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact before it has its place and its stamps."""

    kind: str
    data: Data = field(default_factory=dict)
    operator: str = ""
    post: str = ""
    visit: str = ""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket of this box as its facts tell. ``number``, ``source`` and ``date`` are "" until issued."""

    ticket: str
    service: str
    touch: str
    place_of: str
    number: str
    source: str
    date: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class OpenRating:
    """A rating that was invited and has no end yet. ``boot`` and ``mono_ms`` are the *rating-opened* fact's."""

    ticket: str
    window: int
    seconds: int
    boot: str
    mono_ms: int
    operator: str
    post: str
    visit: str


class Journal:
    """One file, one writer thread. Writes are awaited and durable; reads are synchronous and take microseconds."""

    device: str
    mode: Mode
    id: str
    """16 hex digits, drawn when the file was made."""
    stopped: str | None
    """Why the last write failed (``disk-full``, ``disk-failed``), None once one has succeeded again. While stopped
    the journal itself tries again every 5 s."""

    @classmethod
    def open(cls, path: Path, device: str, clock: Clock, mode: Mode) -> Journal:
        """Open or make the journal and start its writer; needs a running loop.

        Raises JournalForeign for another device's or mode's file, JournalStopped when it cannot be opened.
        """
        raise NotImplementedError

    async def close(self) -> None:
        """Write what waits, end the writer thread."""

    async def record(self, kind: str, data: Data, *, operator: str = "", post: str = "", visit: str = "") -> Fact:
        """Append one fact and what follows from it, in one transaction. Raises JournalStopped."""
        raise NotImplementedError

    async def record_many(self, entries: list[Entry]) -> list[Fact]:
        """Append all of them or none, in this order. Raises JournalStopped."""
        raise NotImplementedError

    async def issue_from_band(self, ticket: str, date: str, service: str, data: Callable[[int], Data]) -> Fact | None:
        """Take the next count (1-999) of this date's and service's band and append *issued* with ``data(count)``.

        One transaction: a count is never given twice. None when the band is exhausted; nothing is stored then.
        ``data`` runs in the writer thread: it must be pure. Raises JournalStopped.
        """
        raise NotImplementedError

    async def command_sent(self, command: Command, ticket: str = "") -> Fact:
        """Append *request* and keep the command pending until ``command_answered``. Not for SignIn: it has a PIN."""
        raise NotImplementedError

    async def command_answered(self, request: str) -> None:
        """The command is no longer pending. Raises JournalStopped."""

    def unanswered(self, window: int | None = None) -> list[Command]:
        """Pending commands in the order of their sending."""
        raise NotImplementedError

    async def remember(self, key: str, value: str) -> None:
        """Keep a small value through restarts. Raises JournalStopped."""

    def recall(self, key: str) -> str | None:
        """What was remembered last; None when never."""
        raise NotImplementedError

    def head(self) -> tuple[int, str]:
        """Sequence number and digest of the last fact."""
        raise NotImplementedError

    def unsent(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Facts after ``after`` as (seq, raw JSON as stored)."""
        raise NotImplementedError

    def acknowledge(self, high: int, backed_up: int) -> None:
        """What the hall says it has; stored along with the next write."""

    @property
    def outbox(self) -> int:
        """Facts that the hall has not yet acknowledged."""
        raise NotImplementedError

    @property
    def beat_ms(self) -> int:
        """mono_ms at which the writer was last known to be well: now, unless a write is waiting for it."""
        raise NotImplementedError

    def watch(self, on_recorded: Callable[[], None]) -> None:
        """Call this in the loop after each commit of facts, and when ``stopped`` changes."""

    def ticket(self, ticket: str) -> Ticket | None:
        """One ticket of this journal."""
        raise NotImplementedError

    def ticket_of_touch(self, touch: str) -> Ticket | None:
        """The ticket that this touch began: a touch sent twice gives one ticket."""
        raise NotImplementedError

    def unfinished(self) -> list[Ticket]:
        """Tickets requested or issued without an outcome; at start these are what a power cut left."""
        raise NotImplementedError

    def open_ratings(self) -> list[OpenRating]:
        """Ratings invited and neither rated nor not-rated."""
        raise NotImplementedError
