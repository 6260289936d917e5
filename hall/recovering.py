"""A hall that cannot prove its database whole: it takes facts, and gives and calls nothing until its boxes have spoken.

At a start, by the mark (hall.mark) and what the database says of itself:

| the mark             | the database           | what it is                             | what follows               |
|----------------------|------------------------|----------------------------------------|----------------------------|
| none                 | new                    | a first start                          | named, term 1              |
| none                 | without a name         | of a program that kept no marks        | taken as it is, named      |
| none, or unreadable  | named                  | put on another machine, or a lost file | *recovering*               |
| there                | new, or another name   | lost and begun anew, or somebody's own | *recovering*               |
| same name, higher    | fewer commits          | restored from an old copy              | *recovering*               |
| same name            | as many, or more       | itself: a mark is not synced           | goes on                    |
| any                  | says *copy*            | a backup put in place                  | *recovering*               |
| any                  | says *recovering*      | ended before it was whole              | *recovering*, same boxes   |

A whole machine set back to an image of itself has a mark as old as its database. Its boxes know better:

| a box's hello names  | and the hall           | what it is                             | what follows               |
|----------------------|------------------------|----------------------------------------|----------------------------|
| no term, an old one  | had that life          | a box that was away                    | welcome                    |
| a newer term         | never had that life    | this database is an older one          | *recovering*, above it     |
| a term ≤ the hall's  | had another, or none   | the same, and started again since      | *recovering*, above it     |
| … and *recovering*   | is so already          | the same                               | goes on, above it          |
| any                  | called the box absent  | what it did is not in this database    | *recovering*, for this box |

One life may have an image within it, and be set back to that. Then no term tells, but a fact: an *answered* that this
hall gave within the days for which it keeps its answers, and does not know. From that batch on it is *recovering*.

Two pasts are made one when every box that is waited for has told what its journals held at its first hello since: what
clerks were answered, what was called, shown, served and rated is then done again in one transaction (hall.relive), in
the order of time. Until then nothing of it means anything, for half a past calls people twice.

| a box that is waited for | what follows                                                                     |
|--------------------------|----------------------------------------------------------------------------------|
| never comes              | a person declares it absent: what it alone knew is missing until it returns      |
| comes, tells a part      | waited for, across restarts of the hall as well                                  |
| comes back after that    | the hall is recovering again, for this box alone                                 |
| pruned what is told here | the digest of its last fact, or the hole that it names (Batch.kept_from), is told |
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable
from typing import Literal, NamedTuple

import msgspec
import structlog
from msgspec.structs import replace

from hall.contract import Answer, Fact, Hello, JournalEnd, Struct, Term
from hall.day import KEPT_MS
from hall.mark import Mark
from hall.store import desks, retold
from hall.store.writer import Tx

_ANSWERED = b'"answered"'

log = structlog.get_logger("hall.recovering")

Why = Literal[
    "mark-missing", "another-database", "old-copy", "backup", "rebuilt", "newer-term", "unknown-answer", "returned"
]


class NotWhole(Exception):
    """The hall is recovering: it gives no number."""


class Recovery(Struct, frozen=True, kw_only=True):
    """Why the hall doubts, and whom it waits for."""

    why: Why
    since_ms: int
    after_row: int
    """Facts above this row were told since: their meaning waits."""
    awaited: dict[str, list[JournalEnd] | None]
    """By box: the ends of its journals at its first hello since; None before it."""
    absent: list[str] = []
    """Boxes that a person has declared absent."""


class Life(NamedTuple):
    """The hall's term, and its recovery while it is recovering."""

    term: Term
    recovery: Recovery | None


class Waking(NamedTuple):
    """What a start knows beside the database. ``found``: the commits the database had before this start's own."""

    mark: Mark | None
    found: int
    enrolled: Collection[str]
    now_ms: int


def wake(tx: Tx, waking: Waking) -> Life:
    """Begin a term: the hall's next life, whole or recovering."""
    why, kept = _doubt(tx, waking), recovery(tx)
    term = _next_term(tx, waking.mark.term if waking.mark else 0)
    if why is not None or not desks.meta(tx, "database"):
        desks.put_meta(tx, "database", secrets.token_hex(16))
        desks.put_meta(tx, "floor", str(term.n))
        desks.put_meta(tx, "copy", "")
    if why is not None:
        return _begin(tx, term, why, waking.enrolled, waking.now_ms)
    if kept is not None:
        kept = replace(kept, awaited={box: ends for box, ends in kept.awaited.items() if box in waking.enrolled})
    return _live(tx, term, kept)


def _doubt(tx: Tx, waking: Waking) -> Why | None:
    copy, name, mark = desks.meta(tx, "copy"), desks.meta(tx, "database"), waking.mark
    if copy:
        return "rebuilt" if copy == "rebuilt" else "backup"
    if mark is None:
        return "mark-missing" if name else None
    if mark.database != name:
        return "another-database"
    return "old-copy" if mark.commits > waking.found else None


def recovery(tx: Tx) -> Recovery | None:
    """As it stands in this transaction; None for a hall that is whole."""
    kept = desks.meta(tx, "recovering")
    return msgspec.json.decode(kept, type=Recovery) if kept else None


def is_recovering(tx: Tx) -> bool:
    """Whether it is, in this transaction: a hello before this job may have begun it."""
    return bool(desks.meta(tx, "recovering"))


def met(tx: Tx, hello: Hello, enrolled: Collection[str], now_ms: int) -> None:
    """A box says hello: it may know of a life that this database does not, and it says what it has to tell."""
    if hello.term is not None and _is_of_another_past(tx, hello.term):
        term, kept = _next_term(tx, hello.term.n), recovery(tx)
        desks.put_meta(tx, "floor", str(term.n))
        if kept is not None:
            _live(tx, term, kept)
        else:
            _begin(tx, term, "newer-term", enrolled, now_ms)
    if hello.device in _absent(tx):
        _returns(tx, hello.device, now_ms)
    now = recovery(tx)
    if now is not None and now.awaited.get(hello.device, ()) is None:
        _live(tx, _term(tx), replace(now, awaited={**now.awaited, hello.device: hello.journals}))
        heard(tx, hello.device)


def heard(tx: Tx, device: str) -> None:
    """A box has told something: it is waited for until it has told all that it had at its hello."""
    now = recovery(tx)
    ends = now.awaited.get(device) if now is not None else None
    if now is None or ends is None or not all(retold.has_told(tx, device, end) for end in ends):
        return
    log.info("box has told all", device=device, awaited=len(now.awaited) - 1)
    _live(tx, _term(tx), replace(now, awaited={box: of for box, of in now.awaited.items() if box != device}))


def told(tx: Tx, facts: Iterable[msgspec.Raw], enrolled: Collection[str], now_ms: int) -> None:
    """Before facts are taken in: an answer among them that this hall gave and has forgotten is an older database's."""
    if is_recovering(tx):
        return
    for raw in facts:
        if _ANSWERED in bytes(raw) and _is_forgotten(tx, bytes(raw), now_ms):
            term = _next_term(tx, 0)
            desks.put_meta(tx, "floor", str(term.n))
            _begin(tx, term, "unknown-answer", enrolled, now_ms)
            return


def _is_forgotten(tx: Tx, raw: bytes, now_ms: int) -> bool:
    try:
        fact = msgspec.json.decode(raw, type=Fact)
        answer = msgspec.json.decode(str(fact.data.get("answer") or "{}"), type=Answer)
    except msgspec.MsgspecError:  # a refusal, or what only a later contract can read
        return False
    is_kept = answer.at_ms >= now_ms - KEPT_MS
    return fact.kind == "answered" and is_kept and desks.answer(tx, answer.request) is None


def declare_absent(tx: Tx, boxes: Collection[str]) -> Recovery | None:
    """Wait for these no longer: a person has said so. None when the hall is whole, which changes nothing."""
    now = recovery(tx)
    if now is None:
        return None
    missing = [box for box in now.awaited if box in boxes]
    left = {box: ends for box, ends in now.awaited.items() if box not in boxes}
    now = replace(now, awaited=left, absent=[*now.absent, *missing])
    _put_absent(tx, {*_absent(tx), *missing})
    _live(tx, _term(tx), now)
    return now


def finish(tx: Tx) -> None:
    """The hall is whole again."""
    _live(tx, _term(tx), None)


def _begin(tx: Tx, term: Term, why: Why, boxes: Collection[str], now_ms: int) -> Life:
    kept = recovery(tx)  # a copy of a hall that was recovering: what it had deferred is still to be done
    after_row = kept.after_row if kept else retold.newest_row(tx)
    begun = Recovery(why=why, since_ms=now_ms, after_row=after_row, awaited=dict.fromkeys(sorted(boxes)))
    _put_absent(tx, set())
    log.warning("recovering", why=why, term=term.n, awaited=len(begun.awaited))
    return _live(tx, term, begun)


def _returns(tx: Tx, box: str, now_ms: int) -> None:
    _put_absent(tx, _absent(tx) - {box})
    now = recovery(tx)
    if now is None:
        now = Recovery(why="returned", since_ms=now_ms, after_row=retold.newest_row(tx), awaited={})
        log.warning("recovering", why=now.why, device=box)
    absent = [name for name in now.absent if name != box]
    _live(tx, _term(tx), replace(now, awaited={**now.awaited, box: None}, absent=absent))


def _live(tx: Tx, term: Term, now: Recovery | None) -> Life:
    desks.put_meta(tx, "recovering", msgspec.json.encode(now).decode() if now else "")
    tx.effects.life = Life(term, now)
    return tx.effects.life


def _is_of_another_past(tx: Tx, met: Term) -> bool:
    """A life this database never had. Those before its floor were told, or declared absent, when it recovered."""
    if met.n < int(desks.meta(tx, "floor") or 0):
        return False
    return desks.meta(tx, f"term/{met.n}") != met.draw


def _next_term(tx: Tx, at_least: int) -> Term:
    """A life above all that this database, its mark and this box have seen."""
    term = Term(n=max(int(desks.meta(tx, "term") or 0), at_least) + 1, draw=secrets.token_hex(8))
    desks.put_meta(tx, "term", str(term.n))
    desks.put_meta(tx, f"term/{term.n}", term.draw)
    return term


def _term(tx: Tx) -> Term:
    n = desks.meta(tx, "term")
    return Term(n=int(n), draw=desks.meta(tx, f"term/{n}"))


def _absent(tx: Tx) -> set[str]:
    return set(desks.meta(tx, "absent").split())


def _put_absent(tx: Tx, boxes: Collection[str]) -> None:
    desks.put_meta(tx, "absent", " ".join(sorted(boxes)))
