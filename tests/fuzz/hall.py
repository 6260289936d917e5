"""The fuzz targets of the hall: what it is sent, and facts of boxes that tell anything in any order."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from hall import facts
from hall.catalogue import Catalogue
from hall.contract import Batch, Clerk
from hall.day import Turning
from hall.device_api import CALLS
from hall.ingest import Ingest, Rules
from hall.store import desks
from hall.store.database import connect, migrate
from hall.store.writer import Tx
from hall.windows import Window
from tests.fuzz import seeds as corpus
from tests.fuzz.oracles import tried
from tests.hall.scene import NOON_MS, TODAY, catalogue

_CALLS = tuple(CALLS.values())


def check_calls(data: bytes) -> None:
    """Any body of a call is what the contract says, or refused as such; a fact is read or has no place in a chain."""
    which, body = (data[:1] or b"\0")[0], data[1:]
    decode = _CALLS[which % len(_CALLS)].decode
    told, _ = tried(lambda: decode(body), msgspec.DecodeError)
    if told is None:
        return
    assert decode(msgspec.json.encode(told)) == told, "what was understood has changed"
    if isinstance(told, Batch):
        for raw in told.facts:
            _check_fact(raw)


def _check_fact(raw: msgspec.Raw) -> None:
    told, _ = tried(lambda: facts.read(raw), msgspec.DecodeError)
    if told is None:
        return
    assert facts.read(raw) == told, "read again, it is another"
    assert told.fact is not None or told.why_not, "unreadable without a reason"
    if told.fact is not None:
        written = msgspec.json.encode(told.fact, order="deterministic")
        again = facts.read(msgspec.Raw(written))
        assert again.fact == told.fact, "what was understood has changed"


def call_seeds() -> list[bytes]:
    """Every message of the contract, as each of the calls; a fact in its batch."""
    batch = b'{"device":"kiosk-1","journal":"j","boot":"b","mono_ms":5,"facts":[%b]}'
    messages = corpus.golden()
    wrapped = [batch % message for message in messages if b'"seq"' in message]
    return [bytes((which,)) + body for body in [*messages, *wrapped] for which in range(len(_CALLS))]


# A hall in memory, and facts made of bytes: which kind, and for each key of its data one of these values.

_TICKETS = ("kiosk-1/j/1", "kiosk-1/j/2", "kiosk-1/j/3", "kiosk-1/j~1/2", "counter-1/k/1", "kiosk-1/j/", "j", "")
_NUMBERS = ("111001", "A111001", "11001", "12002", "11xyz", "11０９９", "999999999999")
_WORDS = ("11", "12", "c1", "c2", TODAY, "2026-11-24", "hall", "band", "page", "satisfied", "new", "gs-h", "j", "j~1")
_ODD = (None, True, 0, 1, 2, 3, -1, 2**31, 2**63 - 1, 2**63, -(2**70), "0" * 5000, "9" * 5000, "kiosk-1/j/" + "9" * 30)
_VALUES: tuple[Any, ...] = (*_TICKETS, *_NUMBERS, *_WORDS, *_ODD, "\ud7ff", "\0", "x" * 70)
SEQ_CAP = 2**53
_KINDS = {
    "opened": ("reason", "former"),
    "requested": ("service", "touch", "place_of"),
    "issued": ("ticket", "service", "number", "source", "date"),
    "printed": ("ticket", "evidence"),
    "noted": ("ticket", "evidence"),
    "doubtful": ("ticket", "evidence"),
    "voided": ("ticket", "reason"),
    "request": ("request", "window", "type", "ticket"),
    "answered": ("request", "window", "type", "outcome", "reason", "answer"),
    "admitted": ("window", "call", "digits", "service", "date", "slip", "how"),
    "started": ("window", "ticket", "call"),
    "finished": ("window", "ticket", "call"),
    "missed": ("window", "ticket", "call"),
    "shown": ("ticket", "call", "window", "on"),
    "spoken": ("ticket", "call", "window"),
    "rating-opened": ("ticket", "window", "seconds"),
    "rated": ("ticket", "window", "grade", "channel"),
    "not-rated": ("ticket", "window", "reason"),
    "device": ("name", "phase", "reasons"),
    "levitated": ("height",),
}
_BOXES = (("kiosk-1", "j"), ("kiosk-1", "j~1"), ("counter-1", "k"))
_TIMES = (NOON_MS, 0, -1, 2**53, 2**62, 2**63, 10**30)


def check_ingest(data: bytes) -> None:
    """A batch that can be read is stored whole, fact for fact, whatever its facts tell: none is refused for it."""
    connection = connect(Path(":memory:"))
    try:
        migrate(connection)
        tx = Tx(connection)
        _begin(tx)
        for batch in _batches(data):
            asked, refusal = tried(functools.partial(Ingest, batch, _rules(), NOON_MS), msgspec.DecodeError)
            if asked is None:
                assert any(_is_odd(raw) for raw in batch.facts), f"a sound fact is refused: {refusal}"
                continue
            stored = asked(tx)
            (count,) = tx.execute("SELECT count(*) FROM fact").fetchone()
            assert count >= 0
            assert stored.high >= 0
    finally:
        connection.close()


def _is_odd(raw: msgspec.Raw) -> bool:
    return not 1 <= msgspec.json.decode(raw)["seq"] <= SEQ_CAP


def _begin(tx: Tx) -> None:
    Turning(TODAY, NOON_MS)(tx)
    for number in _rules().catalogue.windows:
        clerk = Clerk(staff_no=f"100{number}", name=f"clerk {number}")
        desks.put_window(tx, Window(number=number, clerk=clerk, phase="idle"))


@functools.cache
def _rules() -> Rules:
    known: Catalogue = catalogue()
    return Rules(known, "demo")


def _batches(data: bytes) -> Iterator[Batch]:
    """Facts, each of its own bytes; a new batch after a kind's byte with its highest bit set."""
    source = iter(data)
    chains = dict.fromkeys(_BOXES, (0, ""))
    for which in source:
        device, journal = _BOXES[which % len(_BOXES)]
        seq, prev = chains[device, journal]
        told = []
        for head in source:
            fact = msgspec.Raw(_fact(head, seq + _step(head), prev, source))
            told.append(fact)
            if not _is_odd(fact):
                seq, prev = seq + _step(head), facts.read(fact).digest
            if head & 0x80:
                break
        chains[device, journal] = (seq, prev)
        kept_from = which // len(_BOXES) % 4
        yield Batch(device=device, journal=journal, boot="b", mono_ms=5, facts=told, kept_from=kept_from or 1)


def _step(head: int) -> int:
    """Mostly the next seq; sometimes the same, a hole, or one that no database holds."""
    return {1: 0, 2: 2, 3: 2**63}.get(head >> 5 & 3, 1)


def _fact(head: int, seq: int, prev: str, source: Iterator[int]) -> bytes:
    kind = list(_KINDS)[(head & 0x1F) % len(_KINDS)]
    values = {key: _VALUES[next(source, 0) % len(_VALUES)] for key in _KINDS[kind]}
    at = _TIMES[next(source, 0) % len(_TIMES)]
    whole = {
        "seq": seq,
        "prev": prev,
        "kind": kind,
        "at_ms": at,
        "trust": "compared",
        "boot": "b",
        "mono_ms": at % 2**60,
    }
    return msgspec.json.encode({**whole, "mode": "demo", "operator": "1001", "post": "", "visit": "", "data": values})


def ingest_seeds() -> list[bytes]:
    """A ticket asked for, issued, printed; a slip admitted; facts of every kind with every value once."""
    every = [bytes((0, 0x80 | kind, value, value, value, value, value)) for kind in range(19) for value in range(46)]
    ticket = bytes((0, 1, 22, 22, 7, 0, 2, 0, 22, 8, 28, 26, 0, 0x83, 0, 0, 0))
    return [*every[::7], ticket, ticket + bytes((2, 0x89, 39, 24, 8, 22, 26, 0, 0, 0))]
