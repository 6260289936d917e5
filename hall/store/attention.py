"""Facts that tell a guide where to go, and when the calls they are about began."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from hall.contract import Fact
from hall.store.reader import Reader

_TOLD = """
SELECT row, device, hall_ms, raw FROM fact INDEXED BY fact_attention JOIN journal ON journal.id = fact.journal_id
 WHERE kind IN
    ('help-asked', 'help-ended', 'card-left', 'card-taken', 'slip-left', 'slip-taken', 'looked-for', 'voided')
   AND row > ? AND hall_ms >= ? AND mode = ? ORDER BY row"""

_fact = msgspec.json.Decoder(Fact).decode


class ToldFact(NamedTuple):
    """A fact and who told it, when on the hall's clock."""

    row: int
    device: str
    hall_ms: int
    fact: Fact


class Begun(NamedTuple):
    """When a call began, and its last step."""

    at_ms: int
    last_ms: int


class Standing(NamedTuple):
    """A ticket as it stands."""

    ticket: str
    number: str
    service: str
    state: str


def told(reader: Reader, after_row: int, since_ms: int, mode: str) -> list[ToldFact]:
    """Facts above this row and not before this moment, in the order they were stored. Blocks."""
    rows = reader.rows(_TOLD, after_row, since_ms, mode)
    return [ToldFact(row, device, hall_ms, _fact(raw)) for row, device, hall_ms, raw in rows]


def begun(reader: Reader, calls: Sequence[str]) -> dict[str, Begun]:
    """By call. Blocks."""
    holes = ", ".join("?" * len(calls))
    sql = f"SELECT id, at_ms, json_extract('[' || events || ']', '$[#-1].at_ms') FROM call WHERE id IN ({holes})"  # noqa: S608 - holes
    return {call: Begun(at_ms, last_ms) for call, at_ms, last_ms in reader.rows(sql, *calls)}


def standing(reader: Reader, tickets: Sequence[str]) -> list[Standing]:
    """These tickets, as far as they have a number. Blocks."""
    holes = ", ".join("?" * len(tickets))
    sql = f"SELECT id, number, service, state FROM ticket WHERE id IN ({holes}) AND number <> ''"  # noqa: S608 - holes
    return [Standing(*row) for row in reader.rows(sql, *tickets)]
