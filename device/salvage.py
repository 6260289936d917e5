"""What can still be read of a damaged journal.

Facts are found twice: as SQLite reads them, from both ends until it stops, and by their own look in the file's bytes,
which needs no page, pointer or header to be whole. The chain of digests says which of them are sound: each fact but
the last is vouched for by its successor, the last by the journal's note of its end.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from device.store import end_note, note_crc
from hall.contract import Fact
from hall.contract.numbering import parse_ticket_id

PAGE = 4096
_SMALL = {"pending": "seq, request, window, body, crc", "band": "date, service, count", "day": "date, first"}
_FACT = re.compile(rb'\{"seq":[1-9]\d*,"prev":"[0-9a-f]{0,64}","kind":')

Candidates = defaultdict[int, list[bytes]]


@dataclass(slots=True)
class Salvaged:
    """What was read. ``rows`` of the small tables are given as they are stored."""

    facts: dict[int, bytes] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    """Of pending, band and day; a table that could not be read to its end is not there."""
    sound: bool = False
    """SQLite finds nothing wrong with the table of facts itself."""
    vouched: str = ""
    """Where somebody else says that the journal ended."""

    def decoded(self) -> list[Fact]:
        """The facts in their order."""
        return [msgspec.json.decode(self.facts[seq], type=Fact) for seq in sorted(self.facts)]

    @property
    def whole(self) -> bool:
        """Every fact that this journal kept is here, from the first to the last."""
        first, last = min(self.facts, default=1), max(self.facts, default=0)
        if "end" in self.notes or "kept_from" in self.notes:
            begins = first == int(self.notes.get("kept_from", 1))
        else:
            begins = first == 1 or self.sound
        ends = self.end == self.notes["end"] if "end" in self.notes else self.sound or self.end == self.vouched
        return begins and ends and len(self.facts) == last - first + 1

    @property
    def end(self) -> str:
        """Seq and digest of the last fact, as a journal notes them."""
        last = max(self.facts, default=0)
        return end_note(last, hashlib.sha256(self.facts[last]).hexdigest()) if last else ""

    @property
    def journal(self) -> str:
        """Whose facts these are: by its notes, else by its own tickets; "" when nothing says so."""
        if noted := self.notes.get("journal"):
            return noted
        for fact in self.decoded():
            ticket = str(fact.data.get("ticket") or "")
            if fact.kind == "issued" and ticket.count("/") == 2:
                return parse_ticket_id(ticket).journal
        return ""


def salvage(file: Path) -> Salvaged:
    """Read all that can be read; never raises for what it finds in the file. Raises OSError when it cannot open it."""
    found = Salvaged()
    candidates: Candidates = defaultdict(list)
    connection = sqlite3.connect(file, isolation_level=None)
    connection.text_factory = lambda text: str(text, "utf-8", "replace")
    try:
        _ask_sqlite(connection, found, candidates)
    finally:
        connection.close()
    if not found.sound:  # the free pages of a sound file hold facts that were pruned
        for part in (file, file.with_name(file.name + "-wal")):
            if part.exists():
                _carve(_bytes_of(part), candidates)
    found.facts = _chained(candidates, found.notes)
    return found


def _ask_sqlite(connection: sqlite3.Connection, found: Salvaged, candidates: Candidates) -> None:
    for order in ("ASC", "DESC"):
        for row in _rows(connection, f"SELECT seq, raw FROM fact ORDER BY seq {order}", []):  # noqa: S608 - ours
            if isinstance(row[0], int) and isinstance(row[1], bytes):
                candidates[row[0]].append(row[1])
    for key, value, crc in _rows(connection, "SELECT key, value, crc FROM note", []):
        if isinstance(key, str) and isinstance(value, str) and crc in (None, note_crc(key, value)):
            found.notes[key] = value
    for table, columns in _SMALL.items():
        ended: list[bool] = []
        rows = _rows(connection, f"SELECT {columns} FROM {table}", ended)  # noqa: S608 - ours
        if ended:
            found.rows[table] = rows
    found.sound = _rows(connection, "PRAGMA integrity_check(fact)", []) == [("ok",)]


def _rows(connection: sqlite3.Connection, sql: str, ended: list[bool]) -> list[tuple[Any, ...]]:
    """Rows until SQLite stops; ``ended`` is filled when it reached the end."""
    rows: list[tuple[Any, ...]] = []
    try:
        for row in connection.execute(sql):
            rows.append(row)  # noqa: PERF402 - what came before the damage is kept
    except (sqlite3.Error, ValueError, OverflowError):  # ValueError: SQLite's own words may be garbled
        return rows
    ended.append(True)
    return rows


def _bytes_of(file: Path) -> bytes:
    """The file's bytes; a page that the disk does not give is left out."""
    pages = []
    with file.open("rb", buffering=0) as stream:
        for at in range(0, file.stat().st_size, PAGE):
            try:
                stream.seek(at)
                pages.append(stream.read(PAGE))
            except OSError:
                pages.append(bytes(PAGE))
    return b"".join(pages)


def _carve(stored: bytes, candidates: Candidates) -> None:
    """Facts by their look: canonical JSON begins with seq and prev."""
    decoder = json.JSONDecoder()
    for match in _FACT.finditer(stored):
        text = stored[match.start() : match.start() + PAGE].decode("utf-8", "replace")  # more than the fact itself
        try:
            _, length = decoder.raw_decode(text)
            raw = text[:length].encode()
            fact = msgspec.json.decode(raw, type=Fact)
        except (ValueError, msgspec.MsgspecError):
            continue
        candidates[fact.seq].append(raw)


def _chained(candidates: Candidates, notes: dict[str, str]) -> dict[int, bytes]:
    """Of each seq the fact that its successor names, or that nothing speaks against."""
    facts: dict[int, bytes] = {}
    last, _, digest = notes.get("end", "").partition(" ")
    wanted = {int(last): digest} if last else {}
    first, last_seq = int(notes.get("kept_from", 1)), int(last) if last else max(candidates, default=0)
    for seq in sorted((seq for seq in candidates if first <= seq <= last_seq), reverse=True):
        for raw in candidates[seq]:
            fact = _decoded(raw, seq)
            if fact and wanted.get(seq) in (None, hashlib.sha256(raw).hexdigest()):
                facts[seq] = raw
                wanted[seq - 1] = fact.prev
                break
    return facts


def _decoded(raw: bytes, seq: int) -> Fact | None:
    try:
        fact = msgspec.json.decode(raw, type=Fact)
    except (ValueError, msgspec.MsgspecError):
        return None
    return fact if fact.seq == seq else None
