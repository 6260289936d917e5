"""What people and integrators may read: JSON made by SQLite, streamed: 50,000 tickets cost no memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, NamedTuple

CHUNK = 500

TICKETS = """
SELECT json_object('ticket_id', id, 'number', number, 'digits', digits, 'service', service, 'state', state,
                   'paper', paper, 'source', source, 'place_ms', place_ms, 'device', device, 'window', window,
                   'visit', visit, 'call', call, 'mode', mode)
  FROM ticket WHERE date = ?"""

CALLS = """
SELECT json_object('call_id', id, 'ticket_id', ticket, 'number', number, 'window', window, 'operator', operator,
                   'at_ms', at_ms, 'ended', ended, 'ended_ms', ended_ms, 'shown_ms', shown_ms,
                   'spoken_ms', spoken_ms,
                   'events', json('[' || events || ']'))
  FROM call WHERE date = ? ORDER BY row"""

RATINGS = """
SELECT json_object('visit', visit, 'number', number, 'window', window, 'operator', operator, 'outcome', outcome,
                   'grade', grade, 'reason', reason, 'channel', channel, 'tags', tags, 'at_ms', at_ms)
  FROM rating WHERE date = ?"""

FACTS = """
SELECT json_object('row', row, 'device', device, 'journal', journal, 'seq', seq, 'kind', kind, 'mode', mode,
                   'operator', operator, 'post', post, 'visit', visit, 'at_ms', at_ms, 'trust', trust,
                   'hall_ms', hall_ms, 'data', json(raw -> '$.data'))
  FROM fact JOIN journal ON journal.id = fact.journal_id WHERE row > ? ORDER BY row LIMIT ?"""

CONFLICTS = """
SELECT json_object('row', row, 'device', device, 'journal', journal, 'seq', seq, 'why', why, 'detail', detail,
                   'at_ms', stored_ms, 'fact', json(fact))
  FROM conflict WHERE row > ? ORDER BY row LIMIT ?"""


DEVICES = """
SELECT json_object('box', box, 'name', name, 'phase', phase, 'reasons', reasons, 'at_ms', at_ms)
  FROM device ORDER BY box, name"""


class DeviceState(NamedTuple):
    """A device of a box, since ``at_ms`` on the hall's clock. ``reasons``: keywords, comma-separated."""

    box: str
    name: str
    phase: str
    reasons: str
    at_ms: int


class Reader:
    """The hall's second connection. Its methods block: call them in a thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def stream(self, sql: str, *parameters: str | int) -> Iterator[bytes]:
        """The rows as one JSON array, in pieces."""
        rows = self._connection.execute(sql, parameters)
        opening = b"["
        while chunk := rows.fetchmany(CHUNK):
            yield opening + ",".join(row[0] for row in chunk).encode()
            opening = b","
        yield b"[]" if opening == b"[" else b"]"

    def rows(self, sql: str, *parameters: str | int) -> list[Any]:
        """All rows at once."""
        return self._connection.execute(sql, parameters).fetchall()

    def facts(self) -> int:
        """How many facts are stored."""
        row = self._connection.execute("SELECT coalesce(max(row), 0) FROM fact").fetchone()
        return int(row[0])

    def conflict_counts(self) -> dict[str, int]:
        """How much did not fit, by why."""
        return dict(self._connection.execute("SELECT why, count(*) FROM conflict GROUP BY why ORDER BY why").fetchall())

    def devices(self) -> list[DeviceState]:
        """Every device as its box told it last."""
        rows = self._connection.execute("SELECT box, name, phase, reasons, at_ms FROM device ORDER BY box, name")
        return [DeviceState(*row) for row in rows]

    def forked_since(self, since_ms: int) -> list[str]:
        """Boxes of which a second past was told since then, on the hall's clock."""
        sql = "SELECT DISTINCT device FROM journal WHERE forked_at > 0 AND last_ms >= ? ORDER BY device"
        return [row[0] for row in self._connection.execute(sql, (since_ms,))]

    def close(self) -> None:
        """Done reading."""
        self._connection.close()
