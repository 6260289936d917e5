"""Facts from boxes: the raw fact is stored first, then it is decided what it means.

| the fact's seq | its digest or prev             | what happens                                            |
|----------------|--------------------------------|---------------------------------------------------------|
| ≤ high         | the digest stored at that seq  | skipped: sent again                                     |
| ≤ high         | another digest                 | conflict *fork*, the fact kept in it (a cloned box)     |
| high + 1       | names the digest stored last   | stored, then its meaning                                |
| high + 1       | names another                  | stored, conflict *fork*, no meaning (a restored box)    |
| > high + 1     | –                              | the batch ends here: the box sends on from ``high + 1`` |
"""

from __future__ import annotations

from typing import NamedTuple

from hall import facts
from hall.catalogue import Catalogue
from hall.contract import Batch, Fact
from hall.facts import Told
from hall.meaning import Meaning, Misfit
from hall.store import journals
from hall.store.journals import Conflict, Journal, StoredFact
from hall.store.writer import Tx


class Rules(NamedTuple):
    """What the meaning of a fact depends on beside the fact."""

    catalogue: Catalogue
    mode: str


class Ingest:
    """One batch, from its own sender, on its way into the store."""

    def __init__(self, batch: Batch, rules: Rules, now_ms: int) -> None:
        """Reads the batch's facts. Raises msgspec.ValidationError for a fact without seq or prev."""
        self._batch = batch
        self._rules = rules
        self._now_ms = now_ms
        self._told = [facts.read(raw) for raw in batch.facts]
        self._conflicts: list[Conflict] = []

    def __call__(self, tx: Tx) -> int:
        """Store the batch in one transaction. Returns the journal's new high-water mark."""
        batch = self._batch
        offset = journals.seen_alive(tx, batch.device, batch.boot, self._now_ms - batch.mono_ms)
        journal = journals.journal(tx, batch.device, batch.journal)
        fitting, forked = self._chain(tx, journal)
        if fitting:
            times = _Times(tx, batch, journal.last_ms, offset)
            stored = [self._stored(told, journal.id, times) for told in fitting]
            journals.append(tx, journal.id, stored)
            self._mean(tx, journal.id, [pair for pair in zip(fitting, stored, strict=True) if pair[0].seq != forked])
        if self._conflicts:
            journals.conflicts(tx, self._conflicts)
        return fitting[-1].seq if fitting else journal.high

    def _chain(self, tx: Tx, journal: Journal) -> tuple[list[Told], int]:
        """The facts to store, and the seq of the one among them that names a wrong predecessor (0 for none)."""
        fitting: list[Told] = []
        forked, high, digest = 0, journal.high, journal.digest
        for told in self._told:
            if told.seq <= high:
                self._again(tx, journal.id, told, fitting)
                continue
            if told.seq > high + 1:
                break
            if told.prev != digest:
                forked = told.seq
                self._conflict(told, "fork", f"names {told.prev or 'nothing'} before it, stored is {digest}")
            fitting.append(told)
            high, digest = told.seq, told.digest
        return fitting, forked

    def _again(self, tx: Tx, journal_id: int, told: Told, fitting: list[Told]) -> None:
        here = [other.digest for other in fitting if other.seq == told.seq]
        known = here[0] if here else journals.digest(tx, journal_id, told.seq)
        if told.digest != known:
            self._conflict(told, "fork", f"another fact with digest {known} stands at this seq")

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

    def _mean(self, tx: Tx, journal_id: int, pairs: list[tuple[Told, StoredFact]]) -> None:
        meaning = Meaning(tx, self._rules.catalogue, self._batch, journal_id)
        for told, stored in pairs:
            try:
                meaning.apply(self._readable(told), stored.hall_ms)
            except Misfit as misfit:
                self._conflict(told, misfit.why, misfit.detail)
        meaning.write()

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
