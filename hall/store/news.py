"""What news is put together from, read on a connection of its own: writers wait for nobody, and nobody for them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from hall.store import devices, tickets
from hall.store.devices import Device
from hall.store.tickets import Standing
from hall.store.writer import Tx

CALLS_BACK = 1000
"""Calls that are looked back on once after a start: the newest sixty of each service are among them."""

FACTS_BACK = 10_000
"""Facts that are looked back on once after a start for the matters asked for: a thousand tickets."""


class Served(NamedTuple):
    """A call that was finished: its name, its service, and its steps as JSON objects, comma-separated."""

    call: str
    service: str
    events: str


class _Step(msgspec.Struct, frozen=True):
    step: str
    at_ms: int


class NewsReader:
    """Short reads, on the loop."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._tx = Tx(connection)

    def fronts(self, services: Iterable[str], count: int) -> list[list[Standing]]:
        """The first ``count`` of each of these queues."""
        return [tickets.front(self._tx, service, count) for service in services]

    def devices(self) -> list[Device]:
        """Every device as its box told it last."""
        return devices.every(self._tx)

    def served(self) -> list[tuple[str, str, int]]:
        """Of the last calls, those from start to finish: name, service, ms. The oldest first."""
        sql = (
            "SELECT call.id, ticket.service, call.events FROM call JOIN ticket ON ticket.id = call.ticket"
            " WHERE call.row > (SELECT coalesce(max(row), 0) FROM call) - ? AND call.ended = 'finished'"
            " ORDER BY call.row"
        )
        rows = [Served(*row) for row in self._tx.execute(sql, (CALLS_BACK,)).fetchall()]
        return [(row.call, row.service, ms) for row in rows if (ms := _served_ms(row.events)) is not None]

    def asked(self) -> dict[str, int]:
        """By item: how often a number was asked for it of late."""
        sql = (
            "SELECT json_extract(raw, '$.data.item') AS item, count(*) FROM fact"
            " WHERE row > (SELECT coalesce(max(row), 0) FROM fact) - ? AND kind = 'requested' GROUP BY item"
        )
        return {str(item): count for item, count in self._tx.execute(sql, (FACTS_BACK,)).fetchall() if item}

    def close(self) -> None:
        """Done reading."""
        self._connection.close()


def _served_ms(events: str) -> int | None:
    """From the last start to the finish; None where nobody pressed start."""
    steps = msgspec.json.decode(f"[{events}]", type=list[_Step])
    begun = [step.at_ms for step in steps if step.step in ("start", "admit")]
    ended = [step.at_ms for step in steps if step.step == "finish"]
    return ended[-1] - begun[-1] if begun and ended else None
