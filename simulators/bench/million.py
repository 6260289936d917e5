"""A hall's past, as large as one likes: what a start-up has to live with. Written straight into the hall's database."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

MILLION = 1_000_000

KIOSK_FACTS = ("requested", "issued", "printed")
COUNTER_FACTS = ("shown", "rated")
FACTS_A_VISIT = len(KIOSK_FACTS) + len(COUNTER_FACTS)
VISITS_A_DAY = 2_000
FIRST_DAY = date(2024, 1, 1)
FIRST_MS = 1_704_067_200_000  # that day, UTC
DAY_MS = 86_400_000
VISIT_MS = 10_000

KIOSK, COUNTER = "past-kiosk", "past-counter"
JOURNAL = "0" * 16

_FACT = """
INSERT INTO fact (journal_id, seq, digest, kind, mode, operator, post, visit, boot, mono_ms, at_ms, trust, hall_ms,
                  stored_ms, raw)
VALUES ((SELECT id FROM journal WHERE device = ?1 AND journal = ?2), ?3, ?4, ?5, 'demo', '', '', ?6, 'past', ?7, ?7,
        'compared', ?7, ?7, ?8)"""
_TICKET = """
INSERT INTO ticket (id, date, code, serial, service, digits, number, source, mode, state, paper, place_ms, device,
                    visit, window, call)
VALUES (?1, ?2, '11', ?3, '11', ?4, 'A' || ?4, 'hall', 'demo', 'finished', 'printed', ?5, ?6, ?1, 1, ?7)"""
_CALL = """
INSERT INTO call (id, date, ticket, number, window, operator, at_ms, shown_ms, ended, ended_ms, events)
VALUES (?1, ?2, ?3, ?4, 1, '1001', ?5, ?5, 'finished', ?5, '{"step":"call","at_ms":' || ?5 || '}')"""
_RATING = """
INSERT INTO rating (visit, date, ticket, number, window, operator, outcome, grade, channel, at_ms)
VALUES (?1, ?2, ?1, ?3, 1, '1001', 'rated', 'very-satisfied', 'pad', ?4)"""


def fill(database: Path, facts: int = MILLION) -> None:
    """Add so many facts, and the visits they tell of, to the database of a hall that has been started once and stopped.

    1,000,000 take 20 s and 0.6 GB. Raises sqlite3.Error, also when the database has such a past already.
    """
    visits = range(facts // FACTS_A_VISIT)
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN")
        for device, kinds in ((KIOSK, KIOSK_FACTS), (COUNTER, COUNTER_FACTS)):
            high = len(visits) * len(kinds)
            row = (device, JOURNAL, high, _digest(high), _at_ms(len(visits)))
            connection.execute(
                "INSERT INTO journal (device, journal, high, digest, last_ms) VALUES (?, ?, ?, ?, ?)", row
            )
        connection.executemany(_FACT, (fact for visit in visits for fact in _facts(visit)))
        connection.executemany(_TICKET, map(_ticket, visits))
        connection.executemany(_CALL, map(_call, visits))
        connection.executemany(_RATING, map(_rating, visits))
        connection.execute("COMMIT")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _facts(visit: int) -> Iterator[tuple[str | int, ...]]:
    for device, kinds in ((KIOSK, KIOSK_FACTS), (COUNTER, COUNTER_FACTS)):
        for place, kind in enumerate(kinds, 1):
            seq = visit * len(kinds) + place
            raw = (
                f'{{"seq":{seq},"prev":"{_digest(seq - 1)}","kind":"{kind}","at_ms":{_at_ms(visit)},"trust":"compared",'
                f'"boot":"past","mono_ms":{_at_ms(visit)},"mode":"demo","data":{{"ticket":"{_name(visit)}"}}}}'
            )
            yield device, JOURNAL, seq, _digest(seq), kind, _name(visit), _at_ms(visit), raw


def _ticket(visit: int) -> tuple[str | int, ...]:
    serial = visit % VISITS_A_DAY + 1
    return _name(visit), _date(visit), serial, _digits(visit), _at_ms(visit), KIOSK, f"call-{visit}"


def _call(visit: int) -> tuple[str | int, ...]:
    return f"call-{visit}", _date(visit), _name(visit), f"A{_digits(visit)}", _at_ms(visit)


def _rating(visit: int) -> tuple[str | int, ...]:
    return _name(visit), _date(visit), f"A{_digits(visit)}", _at_ms(visit)


def _name(visit: int) -> str:
    return f"{KIOSK}/{JOURNAL}/{visit * len(KIOSK_FACTS) + 1}"


def _digits(visit: int) -> str:
    return f"11{visit % VISITS_A_DAY + 1:04}"


def _date(visit: int) -> str:
    return (FIRST_DAY + timedelta(days=visit // VISITS_A_DAY)).isoformat()


def _at_ms(visit: int) -> int:
    return FIRST_MS + visit // VISITS_A_DAY * DAY_MS + visit % VISITS_A_DAY * VISIT_MS


def _digest(seq: int) -> str:
    return f"{seq:064x}" if seq else ""
