"""The box's own band of numbers in the journal: how far it is, and when it may not be used.

| what is known when a journal begins                           | the band                                            |
|---------------------------------------------------------------|-----------------------------------------------------|
| nothing: no journal and no mark                               | free; the hall's first counts are taken over, and   |
|                                                               | 200 more where it knows of numbers that we do not   |
| … and the hall knows a machine of this name before us         | locked until the hall has told all; then 200 more   |
| mark, or a whole former journal                               | locked until the hall has answered; then after the  |
|                                                               | larger of its counts and ours                       |
| a former journal that could be read in part, and no mark      | locked until the hall has answered; then 200 more   |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from device.entries import Data
from device.store import Store, note_crc
from hall.contract import Fact
from hall.contract.numbering import BAND_SIZE

UNKNOWN = 200
"""Numbers left out where slips may be in hands that neither we nor the hall know of: more than a kiosk gives in the
time that a hall is away."""

FREE, NEW, LOCKED, BLIND = "free", "new", "locked", "blind"
"""What the note *band* says. NEW is free too; BLIND is locked, with counts that we cannot vouch for."""

ALL = ""
"""In place of a service: no service of this date begins before this count."""


def locked(rows: Sequence[tuple[str, int]]) -> bool:
    """Whether no number may be given, by the note *band* (NOTED): not by one that cannot be read, either."""
    return _state(rows) in (LOCKED, BLIND)


NOTED = "SELECT value, crc FROM note WHERE key = 'band'"


def _state(rows: Sequence[tuple[str, int]]) -> str:
    for value, crc in rows:
        return value if crc == note_crc("band", value) else LOCKED
    return FREE  # a journal of before there were locks


def issue(store: Store, fact: Fact, date: str, service: str, data: Callable[[int], Data]) -> Fact | None:
    """Take the next count and append *issued*; None when the band is locked or exhausted. Part of a transaction."""
    if locked(store.ask(NOTED)):
        return None
    sql = """INSERT INTO band
             SELECT ?1, ?2, 1 + coalesce((SELECT count FROM band WHERE date = ?1 AND service = ''), 0) WHERE true
             ON CONFLICT DO UPDATE SET count = count + 1 WHERE count < ?3 RETURNING count"""
    rows = store.ask(sql, date, service, BAND_SIZE)
    if not rows:
        return None
    store.band_moves()
    return store.append(msgspec.structs.replace(fact, data=data(rows[0][0])))


def advance(store: Store, date: str, service: str, count: int) -> None:
    """Go on after ``count`` at the earliest. Part of a transaction."""
    sql = """INSERT INTO band VALUES (?, ?, ?)
             ON CONFLICT DO UPDATE SET count = excluded.count WHERE count < excluded.count"""
    if store.run(sql, date, service, min(count, BAND_SIZE)):
        store.band_moves()


def doubt(store: Store) -> bool:
    """A machine before this one had this name: numbers that the hall never heard of may be in hands. Once a journal.

    Part of a transaction; whether it was news.
    """
    if _state(store.ask(NOTED)) != NEW:
        return False
    store.note("band", BLIND)
    return True


def unlock(store: Store, date: str, counts: dict[str, int]) -> None:
    """Go on after what the hall knows of this date. Part of a transaction."""
    own = dict(store.ask("SELECT service, count FROM band WHERE date = ?", date))
    state = _state(store.ask(NOTED))
    unknown = UNKNOWN if state == BLIND or (state == NEW and counts and not own) else 0
    for service in {*own, *counts} | ({ALL} if unknown else set()):
        advance(store, date, service, max(own.get(service, 0), counts.get(service, 0)) + unknown)
    if state != FREE:
        store.note("band", FREE)


def carry_over(store: Store, date: str) -> None:
    """A business date begins that came late, for we were cut off: numbers that the hall has not heard of may be of it.

    Part of a transaction.
    """
    sql = """SELECT DISTINCT band.service, count FROM fact, band
             WHERE fact.seq > ? AND json_extract(CAST(raw AS TEXT), '$.data.source') = 'band'
               AND band.date = json_extract(CAST(raw AS TEXT), '$.data.date')
               AND band.service = json_extract(CAST(raw AS TEXT), '$.data.service')"""
    for service, count in store.ask(sql, store.high):
        advance(store, date, service, count)


def recount(store: Store) -> None:
    """Go on after every number that a ticket has: a flipped bit in a count shows in no check. Part of a transaction."""
    store.run("DELETE FROM band WHERE typeof(count) <> 'integer' OR count NOT BETWEEN 0 AND ?", BAND_SIZE)
    sql = """SELECT date, service, max(CAST(substr(number, -3) AS INTEGER)) FROM ticket
             WHERE source = 'band' GROUP BY date, service"""
    for date, service, count in store.ask(sql):
        advance(store, date, service, count)
