"""Puts a sound file in a damaged journal's place; the damaged one is kept beside it as ``damaged-<n>.db``.

| what can still be read                          | what stands there then                                          |
|-------------------------------------------------|-----------------------------------------------------------------|
| every fact, up to the end that the notes name   | the same journal, its tables made anew from the facts           |
| some facts, and whose they are                  | what is left, noted as replaced: it is set aside at once, and   |
|                                                 | told to the hall as far as it goes                              |
| nothing says whose facts these are              | an empty one to be set aside: they could not be told            |

The new file is made under another name and takes its place in the end: a power cut before that leaves the damaged file,
which is repaired again; after that, the next start finishes the change of names.
"""

from __future__ import annotations

import secrets
import zlib
from functools import partial
from pathlib import Path
from typing import Any

import structlog

from device import band
from device.mark import Mark, MarkFile, sync_folder
from device.salvage import Salvaged, salvage
from device.store import Store, end_note, failures

log = structlog.get_logger()


def repair(path: Path, device: str, mode: str, known: Mark | None) -> None:
    """Repair the file; ``device`` and ``mode`` are taken where its notes are unreadable. Raises JournalStopped."""
    making = path.with_name("repairing.db")
    with failures():
        for left in (making, Path(f"{making}-wal"), Path(f"{making}-shm")):
            left.unlink(missing_ok=True)
        found = salvage(path)
    journal = found.journal or (known.journal if known else "")
    if known and known.journal == journal and "end" not in found.notes:
        found.vouched = end_note(known.seq, known.digest)
    if not journal:
        found = Salvaged()
    store = Store(making, MarkFile(None))
    try:
        store.prepare(lambda _: None)
        store.device = found.notes.get("device", device)
        store.mode = found.notes.get("mode", mode)
        store.journal = journal or secrets.token_hex(8)
        store.commit([partial(_fill, store, found, known)])
        store.detach()
    except BaseException:
        store.close()
        raise
    with failures():
        making.replace(path.with_name("repaired.db"))
        sync_folder(path.parent)
    finish_repair(path)


def finish_repair(path: Path) -> None:
    """Let a repaired file take its place, if there is one. Raises JournalStopped."""
    repaired = path.with_name("repaired.db")
    with failures():
        if not repaired.exists():
            return
        count = len(list(path.parent.glob("damaged-*.db"))) + 1
        damaged = path.with_name(f"damaged-{count}.db")
        for suffix in ("", "-wal"):  # a log that stayed would be read into the new file
            if (part := Path(f"{path}{suffix}")).exists():
                part.replace(f"{damaged}{suffix}")
        Path(f"{path}-shm").unlink(missing_ok=True)
        repaired.replace(path)
        sync_folder(path.parent)
    log.error("journal repaired", damaged=str(damaged))


def _fill(store: Store, found: Salvaged, known: Mark | None) -> None:
    """Facts, what follows from them, notes and the small tables."""
    for fact in found.decoded():
        store.restore(fact, found.facts[fact.seq])
    store.note_schema()
    for key, value in _notes(store, found, known).items():
        store.note(key, value)
    band.recount(store)
    for date, service, count in found.rows.get("band", []):
        if isinstance(count, int):
            band.advance(store, date, service, count)
    for row in found.rows.get("pending", []):
        _keep_pending(store, found, row)
    for row in found.rows.get("day", []):
        store.run("INSERT OR IGNORE INTO day VALUES (?, ?)", *row)


def _notes(store: Store, found: Salvaged, known: Mark | None) -> dict[str, str]:
    notes = {"turn": str(known.turn) if known else "0"} | found.notes
    notes |= {"device": store.device, "mode": store.mode, "journal": store.journal}
    notes["kept_from"] = str(min(found.facts, default=1))
    if not (found.whole and found.facts):
        notes |= {"replaced": "damaged", "holes": "yes"}
    if not found.facts:
        notes["nameless"] = "yes"
    if "band" not in found.rows and known is None:
        notes["band"] = band.BLIND
    return notes


def _keep_pending(store: Store, found: Salvaged, row: tuple[Any, ...]) -> None:
    seq, _, _, body, crc = row
    if seq in found.facts and isinstance(body, bytes) and crc in (None, zlib.crc32(body)):
        store.run("INSERT OR IGNORE INTO pending VALUES (?, ?, ?, ?, ?)", *row)
