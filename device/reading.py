"""What the journal's facts have led to, read back. The tables are schema/001.sql, filled by device/projection.py."""

from __future__ import annotations

import zlib
from typing import Any, Protocol

import msgspec

from device.entries import OpenRating, Ticket
from hall.contract import Command, Fact

_TICKET = "SELECT ticket, service, touch, place_of, number, source, date, outcome FROM ticket"


class Read(Protocol):
    """Runs one query and gives all its rows."""

    def __call__(self, sql: str, *values: object) -> list[Any]:
        """Rows as tuples."""


class Reading:
    """Synchronous reads of a few rows each; what a write has promised is seen by every later read."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def unsent(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """At most ``limit`` facts after ``after``, as (seq, raw JSON as stored)."""
        sql = "SELECT seq, raw FROM fact WHERE seq > ? ORDER BY seq LIMIT ?"
        return [(seq, raw) for seq, raw in self._read(sql, after, limit)]

    def unanswered(self, window: int | None = None) -> list[Command]:
        """Pending commands in the order of their sending, of one window or of all."""
        sql = "SELECT body, crc FROM pending WHERE window = coalesce(?, window) ORDER BY seq"
        whole = [body for body, crc in self._read(sql, window) if crc in (None, zlib.crc32(body))]
        return [msgspec.json.decode(body, type=Command) for body in whole]

    def ticket(self, ticket: str) -> Ticket | None:
        """One ticket of this journal."""
        return self._one(f"{_TICKET} WHERE ticket = ?", ticket)

    def ticket_of_touch(self, touch: str) -> Ticket | None:
        """The newest ticket that this touch began: a touch sent twice gives one ticket."""
        return self._one(f"{_TICKET} WHERE touch = ? ORDER BY seq DESC LIMIT 1", touch)

    def newest_ticket(self) -> Ticket | None:
        """Whose slip was printed last, or was to be."""
        return self._one(f"{_TICKET} WHERE outcome != 'requested' ORDER BY seq DESC LIMIT 1")

    def unfinished(self) -> list[Ticket]:
        """Tickets requested or issued without an outcome; at start these are what a power cut left."""
        rows = self._read(f"{_TICKET} WHERE outcome IN ('requested', 'issued') ORDER BY seq")
        return [Ticket(*row) for row in rows]

    def open_ratings(self) -> list[OpenRating]:
        """Ratings invited and neither rated nor not-rated, oldest first."""
        rows = self._read("SELECT raw FROM fact WHERE seq IN (SELECT seq FROM rating) ORDER BY seq")
        return [OpenRating.of(msgspec.json.decode(raw, type=Fact)) for (raw,) in rows]

    def device_facts(self, after: int) -> list[Fact]:
        """Facts *device* after ``after``: how the devices of this box were."""
        sql = """SELECT raw FROM fact WHERE seq > ? AND instr(raw, CAST('"kind":"device"' AS BLOB)) ORDER BY seq"""
        facts = [msgspec.json.decode(raw, type=Fact) for (raw,) in self._read(sql, after)]
        return [fact for fact in facts if fact.kind == "device"]

    def _one(self, sql: str, *values: object) -> Ticket | None:
        rows = self._read(sql, *values)
        return Ticket(*rows[0]) if rows else None
