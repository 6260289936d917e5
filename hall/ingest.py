"""Facts from boxes: the raw fact is stored first, then it is decided what it means.

| the fact's seq | its digest or prev            | what happens                                             |
|----------------|-------------------------------|----------------------------------------------------------|
| ≤ high         | the digest stored at that seq | skipped: sent again, because an answer was lost          |
| ≤ high         | another digest                | another past: a fork                                     |
| ≤ high         | nothing is stored at that seq | stored: a hole was given here, and somebody still has it |
| high + 1       | names the digest stored last  | stored, then its meaning                                 |
| high + 1       | names another                 | another past: a fork                                     |
| > high + 1     | = the batch's *kept_from*     | stored: what lies between was backed up once, and pruned |
| > high + 1     | –                             | the batch ends here: the box sends on from ``high + 1``  |

A fork is a copied or restored box: two pasts under one journal's name. The one that came first keeps the name, each
other is a journal of its own, ``<journal>~<n>``, whose facts begin at its first seq that differs:

| a fact of another past                     | what happens                                                   |
|--------------------------------------------|----------------------------------------------------------------|
| stands in a fork, or follows its last fact | skipped, or stored there                                       |
| follows a fact of the shared past          | a fork begins with it; conflict *fork*, once                   |
| follows nothing that is here               | the box sends again from its first: the parting lies before it |
| … and is the first that the box still has  | a fork begins with it; conflict *fork*, once                   |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from hall import facts
from hall.contract import Batch, Fact
from hall.facts import Told
from hall.meaning import Meaning, Misfit
from hall.store import journals
from hall.store.journals import Conflict, Journal, StoredFact
from hall.store.writer import Tx
from hall.telling import Rules as Rules

_Store = Callable[[Tx, Journal, Sequence[StoredFact]], None]


class Stored(NamedTuple):
    """How far, and under which name: a fork's is not the one that the box sent. ``misfits``: why and what, of each."""

    journal: str
    high: int
    forked: bool
    misfits: tuple[tuple[str, str], ...] = ()


class _Chain(NamedTuple):
    """What of a batch goes into one journal; ``parted``: the index of the first fact that is of another past."""

    filling: list[Told]
    """Facts of a hole that was given."""
    following: list[Told]
    parted: int | None


class Ingest:
    """One batch, from its own sender, on its way into the store."""

    def __init__(self, batch: Batch, rules: Rules, now_ms: int) -> None:
        """Reads the batch's facts. Raises msgspec.DecodeError for a fact without seq or prev."""
        self._batch = batch
        self._rules = rules
        self._now_ms = now_ms
        self._told = [facts.read(raw) for raw in batch.facts]
        self._conflicts: list[Conflict] = []

    def __call__(self, tx: Tx) -> Stored:
        """Store the batch in one transaction. Says where the journal's next batch begins."""
        batch = self._batch
        offset = journals.seen_alive(tx, batch.device, batch.boot, self._now_ms - batch.mono_ms)
        base = journals.journal(tx, batch.device, batch.journal)
        stored = self._store(tx, base, offset)
        if self._conflicts:
            journals.conflicts(tx, self._conflicts)
        return stored._replace(misfits=tuple((found.why, found.detail) for found in self._conflicts))

    def _store(self, tx: Tx, base: Journal, offset: int) -> Stored:
        journal, rest = base, self._told
        while True:
            filling, following, parted = self._chain(tx, journal, rest)
            if filling:
                last_ms = journals.ms_before(tx, journal.id, filling[0].seq)
                self._take(tx, journal, filling, _Times(tx, self._batch, last_ms, offset), journals.fill)
            if following:
                self._take(tx, journal, following, _Times(tx, self._batch, journal.last_ms, offset), journals.append)
            if parted is None:
                high = following[-1].seq if following else journal.high
                sent = self._told[-1].seq if self._told else high
                return Stored(journal.name, min(high, sent), journal is not base)
            shared = parted > 0
            rest = rest[parted:]
            fork = self._fork(tx, base, rest[0], shared=shared)
            if fork is None:
                return Stored(base.name, self._batch.kept_from - 1, forked=False)
            journal = fork

    def _chain(self, tx: Tx, journal: Journal, told: Sequence[Told]) -> _Chain:
        filling: list[Told] = []
        following: list[Told] = []
        high, digest = journal.high, journal.digest
        for index, fact in enumerate(told):
            if fact.seq <= high:
                here = _told_as(fact.seq, filling, following) or journals.digest(tx, journal.id, fact.seq)
                if here not in ("", fact.digest):
                    return _Chain(filling, following, index)
                if not here and fact.seq <= journal.high:  # else it lies in a hole that this very batch gives
                    if not self._goes_on(tx, journal, filling, fact):
                        return _Chain(filling, following, index)
                    filling.append(fact)
                continue
            given = fact.seq == self._batch.kept_from
            if fact.seq > high + 1 and not given:
                break
            if fact.seq == high + 1 and fact.prev != digest:
                return _Chain(filling, following, index)
            following.append(fact)
            high, digest = fact.seq, fact.digest
        return _Chain(filling, following, None)

    def _goes_on(self, tx: Tx, journal: Journal, filling: Sequence[Told], told: Told) -> bool:
        """Whether this fact of a hole follows the one before it, as far as that is known."""
        before = told.seq - 1
        return (_told_as(before, filling) or journals.digest(tx, journal.id, before)) in ("", told.prev)

    def _fork(self, tx: Tx, base: Journal, told: Told, *, shared: bool) -> Journal | None:
        """The other past that this fact is of, begun when it is new; None when it may have parted before this fact.

        ``shared``: the fact before it is known to be of the past that both have.
        """
        for fork in journals.forks(tx, base):
            if journals.digest(tx, fork.id, told.seq) == told.digest:
                return fork
            if (told.seq, told.prev) == (fork.high + 1, fork.digest):
                return fork
        first = told.seq <= max(1, self._batch.kept_from)
        if not (shared or first or told.prev == journals.digest(tx, base.id, told.seq - 1)):
            return None
        fork = journals.begin_fork(tx, base, told.seq, told.prev)
        self._conflict(told, "fork", f"another past of {base.name}, kept as {fork.name}")
        return fork

    def _take(self, tx: Tx, journal: Journal, fitting: list[Told], times: _Times, store: _Store) -> None:
        stored = [self._stored(told, journal.id, times) for told in fitting]
        store(tx, journal, stored)
        meaning = Meaning(tx, self._rules, journal)
        for told, row in zip(fitting, stored, strict=True):
            try:
                meaning.apply(self._readable(told), row.hall_ms)
            except Misfit as misfit:
                self._conflict(told, misfit.why, misfit.detail)
        meaning.write()

    def _stored(self, told: Told, journal_id: int, times: _Times) -> StoredFact:
        fact = told.fact
        if fact is None:
            fact = Fact(
                seq=told.seq, prev=told.prev, kind="", at_ms=0, trust="unknown", boot="", mono_ms=0, mode="live"
            )
        return StoredFact(
            journal_id,
            told.seq,
            told.digest,
            fact.kind,
            fact.mode if told.fact else "",
            fact.operator,
            fact.post,
            fact.visit,
            fact.boot,
            fact.mono_ms,
            fact.at_ms,
            fact.trust,
            times.of(fact),
            self._now_ms,
            told.raw.decode(),
        )

    def _readable(self, told: Told) -> Fact:
        if told.fact is None:
            raise Misfit("unreadable", told.why_not)
        if told.fact.mode != self._rules.mode:
            raise Misfit("wrong-mode", f"{told.fact.mode} told to a hall in {self._rules.mode}")
        return told.fact

    def _conflict(self, told: Told, why: str, detail: str) -> None:
        self._conflicts.append(
            Conflict(
                self._batch.device,
                self._batch.journal,
                told.seq,
                told.digest,
                why,
                detail,
                self._now_ms,
                told.raw.decode(),
            )
        )


def _told_as(seq: int, *told: Sequence[Told]) -> str:
    """The digest under which this batch has told a seq before; "" when it has not."""
    return next((fact.digest for facts_ in told for fact in facts_ if fact.seq == seq), "")


class _Times:
    """When facts happened, on the hall's clock.

    A boot the hall has seen alive has an offset. Facts of another boot stand at their own wall time when the box had
    compared its clock, else with the fact before them.
    """

    def __init__(self, tx: Tx, batch: Batch, last_ms: int, offset_ms: int) -> None:
        self._tx = tx
        self._device = batch.device
        self._last_ms = last_ms
        self._offsets: dict[str, int | None] = {batch.boot: offset_ms}

    def of(self, fact: Fact) -> int:
        """Hall time of the journal's next fact, ms UTC."""
        if fact.boot not in self._offsets:
            self._offsets[fact.boot] = journals.boot_offset(self._tx, self._device, fact.boot)
        offset = self._offsets[fact.boot]
        if offset is not None:
            self._last_ms = fact.mono_ms + offset
        elif fact.trust == "compared":
            self._last_ms = fact.at_ms
        return self._last_ms
