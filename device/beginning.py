"""Which journal a box goes on with: decided at each start, before anything else.

| found at the start                                | what it means                | the box goes on with             |
|---------------------------------------------------|------------------------------|----------------------------------|
| no file, no mark                                  | a new box                    | a new journal, *new*             |
| no file, a mark                                   | file lost                    | a new journal, *lost*            |
| sound file, no mark                               | a program from before marks, | it                               |
|                                                   | or the mark was lost         |                                  |
| sound file that holds the fact that the mark says | as it should be              | it, the band after the larger    |
|                                                   |                              | count                            |
| sound file that began after the mark was written  | power cut at its beginning   | it                               |
| sound file without the mark's fact, or another    | old copy restored, swapped   | a new journal, *mark-differs*    |
| mark (or without one: file) of another machine    | disk moved, or copied        | a new journal, *machine-differs* |
| file of which the hall knew another past          | old copy, missed by the mark | a new journal, *hall-differs*    |
| damaged page, all facts readable                  | tables damaged               | it, repaired (device/repair.py)  |
| damaged page, a fact unreadable                   | a fact is lost               | a new journal, *damaged*         |
| no database at all                                | all is lost                  | a new journal, *damaged*         |
| file or mark of another box, or another mode      | wrong folder in the settings | nothing: JournalForeign          |
| a mark that cannot be read                        | as if it were not there      | it                               |
| file of a newer program                           | an older one was installed   | nothing: JournalForeign; once    |
|                                                   |                              | told to, a new journal           |

A journal that is not gone on with is set aside as ``journal-<id>-<turn>.db``, ``turn`` being its successor's; its facts
are still told to the hall. The order of steps lets a power cut come between any two: the reason is noted in the old
file, the file gets its new name, the new file is made in one transaction, the mark is written.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import structlog

from device import band
from device.check import check, check_header
from device.clock import Clock
from device.entries import Entry, Ticket
from device.former import Former, formers_in
from device.mark import Mark, MarkFile, sync_folder
from device.reading import Reading
from device.repair import finish_repair, repair
from device.store import SCHEMA, JournalForeign, Store, failures, note_crc
from device.writer import JournalDamaged, JournalStopped
from hall.contract import Mode

log = structlog.get_logger()

Prepare = Callable[[sqlite3.Connection], object]


@dataclass(frozen=True, slots=True)
class Before:
    """What a new journal takes over from the one before it."""

    reason: str
    """As in the fact *opened*."""
    journal: str = ""
    turn: int = 0
    """The new journal's."""
    band: str = band.NEW
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    unfinished: list[Ticket] = field(default_factory=list)
    remembered: dict[str, str] = field(default_factory=dict)


def begin(path: Path, device: str, clock: Clock, mode: Mode, mark: MarkFile, machine: str, prepare: Prepare) -> Store:
    """Open, repair or replace the journal. Raises JournalForeign, JournalStopped."""
    if mark.last is not None and mark.last.device != device:
        raise JournalForeign(f"this mark is of {mark.last.device}")
    store = _sound(path, device, mode, mark.last, prepare)
    try:
        _must_be_ours(store, device, mode)
        if store.journal and (reason := _why_not(store, mark.last, machine)):
            set_aside(store, reason, _next_turn(path.parent, mark.last, store.turn))
            store = _sound(path, device, mode, mark.last, prepare)
        store.machine = machine or store.machine
        if store.journal:
            _go_on(store, mark)
        else:
            _create(store, device, mode, clock, _before(path.parent, mark.last))
        _write_mark(store, mark)
    except BaseException:
        store.close()
        raise
    return store


def _sound(path: Path, device: str, mode: Mode, known: Mark | None, prepare: Prepare) -> Store:
    """The file, checked and if need be repaired."""
    finish_repair(path)
    try:
        return _checked(path, prepare)
    except JournalDamaged as damaged:
        log.warning("journal damaged", file=str(path), why=str(damaged))
    repair(path, device, mode, known)
    return _checked(path, prepare)


def _checked(path: Path, prepare: Prepare) -> Store:
    check_header(path)
    store = Store(path, MarkFile(None))
    try:
        with failures(opening=True):
            store.prepare(prepare)
            store.identify()
            check(store)
    except BaseException:
        store.close()
        raise
    return store


def _must_be_ours(store: Store, device: str, mode: Mode) -> None:
    if store.journal and (store.device, store.mode) != (device, mode):
        raise JournalForeign(f"this journal is of {store.device}, mode {store.mode}")


def _why_not(store: Store, mark: Mark | None, machine: str) -> str | None:
    """Why this journal cannot be gone on with; None when it can."""
    if replaced := store.noted("replaced"):
        return replaced
    known = mark.machine if mark else store.machine
    if known and machine and known != machine:
        return "machine-differs"
    if mark is None or store.turn > mark.turn:
        return None
    same = (store.journal, store.turn) == (mark.journal, mark.turn) and store.holds(mark.seq, mark.digest)
    return None if same else "mark-differs"


def set_aside(store: Store, reason: str, turn: int) -> None:
    """Close this journal for good; it remains to be read. Raises JournalStopped."""
    if store.noted("replaced") is None:
        store.commit([partial(store.note, "replaced", reason)])
    store.detach()
    with failures():
        store.path.replace(store.path.with_name(f"journal-{store.journal}-{turn}.db"))
        sync_folder(store.path.parent)


def set_newer_aside(path: Path, mark: MarkFile) -> Path | None:
    """An older program was installed on purpose: a newer one's journal is set aside, and told to the hall as it is.

    Where it is now; None when it is not newer. Raises JournalForeign, JournalStopped. What a newer schema may change
    is therefore little: notes, facts, tickets and band stay readable (tests/device/test_schema.py).
    """
    if not path.exists():
        return None
    store = Store(path, MarkFile(None))
    try:
        if store.schema <= len(SCHEMA):
            return None
        with failures(opening=True):
            store.identify()
        turn = _next_turn(path.parent, mark.last, store.turn)
        set_aside(store, "newer-program", turn)
        return path.with_name(f"journal-{store.journal}-{turn}.db")
    finally:
        store.close()


def _next_turn(folder: Path, mark: Mark | None, turn: int) -> int:
    return 1 + max(turn, mark.turn if mark else 0, *(former.turn for former in formers_in(folder)), 0)


def _go_on(store: Store, mark: MarkFile) -> None:
    """A sound journal: its band is the larger of what it and the mark say."""
    counts = mark.last.band if mark.last else {}
    store.commit(
        [
            partial(band.recount, store),
            partial(_advance, store, counts),
            *([] if store.noted("machine") == store.machine else [partial(store.note, "machine", store.machine)]),
        ]
    )


def _advance(store: Store, counts: dict[str, dict[str, int]]) -> None:
    for date, services in counts.items():
        for service, count in services.items():
            band.advance(store, date, service, count)


def _before(folder: Path, mark: Mark | None) -> Before:
    """What was there before a new journal: the newest set-aside one, or one of which only the mark is left."""
    former = max(formers_in(folder), key=lambda former: former.turn, default=None)
    if former is not None and (mark is None or mark.turn < former.turn):
        return _after(former, mark)
    if mark is not None:
        return Before("lost", mark.journal, _next_turn(folder, mark, 0), band.LOCKED, mark.band)
    return Before("new")


def _after(former: Former, mark: Mark | None) -> Before:
    noted = {
        key: value
        for key, value, crc in former.read("SELECT key, value, crc FROM note")
        if crc in (None, note_crc(key, value))
    }
    counts: dict[str, dict[str, int]] = {date: dict(services) for date, services in mark.band.items()} if mark else {}
    for date, service, count in former.read("SELECT date, service, count FROM band"):
        of_date = counts.setdefault(date, {})
        of_date[service] = max(count, of_date.get(service, 0))
    return Before(
        reason=noted.get("replaced", "lost"),
        journal="" if "nameless" in noted else former.id,
        turn=former.turn,
        band=band.BLIND if mark is None and "holes" in noted else band.LOCKED,
        counts=counts,
        unfinished=Reading(former.read).unfinished(),
        remembered={key: value for key, value in noted.items() if _is_taken_over(key)},
    )


def _is_taken_over(key: str) -> bool:
    """What windows held is not: that journal may be old, and only the hall knows what became of a call since."""
    return key.startswith("sync.") and not key.startswith("sync.window/")


def _create(store: Store, device: str, mode: Mode, clock: Clock, before: Before) -> None:
    """Begin a new journal, in one transaction."""
    store.device, store.mode, store.journal, store.turn = device, mode, secrets.token_hex(8), before.turn
    notes = {
        "device": device,
        "mode": mode,
        "journal": store.journal,
        "turn": str(before.turn),
        "machine": store.machine,
        "band": before.band,
    }
    entries = [Entry("opened", {"reason": before.reason, "former": before.journal})]
    entries += [_last_word(ticket, before.reason) for ticket in before.unfinished]
    facts = [entry.stamped(clock, mode) for entry in entries]
    store.commit(
        [
            *[partial(store.note, key, value) for key, value in (notes | before.remembered).items()],
            store.note_schema,
            partial(_advance, store, before.counts),
            *[partial(store.append, fact) for fact in facts],
        ]
    )
    if before.reason != "new":
        log.error("journal replaced", reason=before.reason, former=before.journal, journal=store.journal)


def _last_word(ticket: Ticket, reason: str) -> Entry:
    """What the new journal says of a ticket that the one before it left open.

    Only where that one was read to its end do we know that a ticket without a number never got one.
    """
    if ticket.outcome == "issued" or reason in ("mark-differs", "damaged"):
        return Entry("doubtful", {"ticket": ticket.ticket, "evidence": "journal-replaced"}, visit=ticket.ticket)
    return Entry("voided", {"ticket": ticket.ticket, "reason": "journal-replaced"}, visit=ticket.ticket)


def _write_mark(store: Store, mark: MarkFile) -> None:
    store.mark = mark
    last = mark.last
    if last is not None and (last.journal, last.turn, last.machine) == (store.journal, store.turn, store.machine):
        return
    try:
        store.put_mark()
    except JournalStopped as stopped:  # said again by each number of the band, which needs a mark
        log.warning("mark not written", why=str(stopped))
