"""The hall as an uplink sees it: stores each fact once, loses answers, and what a restored copy does not have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec

from device.sync.link import HallUnreachable
from device.watch import Watch
from hall.contract import Batch, Fact, Receipt, Welcome

T = TypeVar("T")


@dataclass
class Stored:
    """One journal as the hall has it; ``forked_at`` 0 for the first of its name."""

    facts: dict[int, bytes] = field(default_factory=dict)
    high: int = 0
    digest: str = ""

    def copy(self) -> Stored:
        return Stored(dict(self.facts), self.high, self.digest)

    def parts_from(self, fact: Fact, raw: bytes) -> bool:
        """Whether this fact is of another past."""
        if fact.seq <= self.high:
            return fact.seq in self.facts and self.facts[fact.seq] != raw
        return fact.seq == self.high + 1 and self.high > 0 and fact.prev != self.digest

    def take(self, fact: Fact, raw: bytes) -> None:
        self.facts[fact.seq] = raw
        self.high, self.digest = fact.seq, fact.digest()


class ModelHall:
    """Answers what device.sync.uplink asks of a link; ``cut`` and ``deaf`` say what becomes of the next batch."""

    def __init__(self) -> None:
        self.journals: dict[str, list[Stored]] = {}
        """By name the first past and its forks."""
        self.backup: dict[str, list[Stored]] = {}
        self.lives = 1
        self.cut = False
        """The next batch does not arrive."""
        self.deaf = False
        """The answer to the next batch is lost."""
        self.restored_unnoticed: set[str] = set()
        """Of these journals it may have less than it said, and the box has had no word of it since."""
        self.forked = False
        self.facts_refused = False
        self.watch = Watch()
        self._welcomed: list[Callable[[Welcome], None]] = []

    def on_welcome(self, call: Callable[[Welcome], None]) -> None:
        self._welcomed = [call]

    def welcome(self, welcome: Welcome) -> None:
        self.restored_unnoticed.clear()
        for call in self._welcomed:
            call(welcome)

    async def fork(self) -> None:
        self.forked = True

    async def post(self, _path: str, batch: Batch, _kind: type[Any], _limit_s: float) -> Receipt:
        if self.cut:
            self.cut = False
            raise HallUnreachable("cut off before the batch arrived")
        receipt = self._take(batch)
        if self.deaf:
            self.deaf = False
            raise HallUnreachable("the answer was lost")
        self.restored_unnoticed.discard(batch.journal)
        return receipt

    def has(self, journal: str, seq: int, raw: bytes) -> bool:
        return any(stored.facts.get(seq) == raw for stored in self.journals.get(journal, []))

    def end(self, journal: str) -> tuple[int, str]:
        stored = self.journals.get(journal, [Stored()])[0]
        return stored.high, stored.digest

    def band(self, date: str) -> dict[str, int]:
        """Per service the count given last, as a welcome tells it."""
        counts: dict[str, int] = {}
        for stored in (one for all_of_name in self.journals.values() for one in all_of_name):
            for fact in (msgspec.json.decode(raw, type=Fact) for raw in stored.facts.values()):
                if fact.kind == "issued" and fact.data["source"] == "band" and fact.data["date"] == date:
                    service, count = str(fact.data["service"]), int(str(fact.data["number"])[-3:])
                    counts[service] = max(count, counts.get(service, 0))
        return counts

    def back_up(self) -> None:
        self.backup = {name: [one.copy() for one in kept] for name, kept in self.journals.items()}

    def restore(self) -> None:
        self.lives += 1
        self.restored_unnoticed = set(self.journals)
        self.journals = {name: [one.copy() for one in kept] for name, kept in self.backup.items()}

    def _take(self, batch: Batch) -> Receipt:
        pasts = self.journals.setdefault(batch.journal, [Stored()])
        facts = [(msgspec.json.decode(raw, type=Fact), bytes(raw)) for raw in batch.facts]
        first = facts[0][0]
        past = self._past(pasts, facts, batch.kept_from)
        if past is None:
            past = Stored(high=first.seq - 1, digest=first.prev)
            pasts.append(past)
        if past.high < batch.kept_from - 1:
            past.high, past.digest = batch.kept_from - 1, ""
        for fact, raw in facts:
            if fact.seq == past.high + 1:
                past.take(fact, raw)
            elif fact.seq <= past.high:
                past.facts.setdefault(fact.seq, raw)  # of a hole that was given
        backed = self.backup.get(batch.journal, [])
        which = pasts.index(past)
        high = min(past.high, facts[-1][0].seq)
        return Receipt(high=high, backed_up=backed[which].high if which < len(backed) else 0, forked=which > 0)

    @staticmethod
    def _past(pasts: list[Stored], facts: list[tuple[Fact, bytes]], kept_from: int) -> Stored | None:
        """Which past these facts go on with; None for one that is new."""
        agreeing = [past for past in pasts if not any(past.parts_from(*fact) for fact in facts)]
        reaching = [past for past in agreeing if max(past.high + 1, kept_from) >= facts[0][0].seq]
        return next(iter([*reaching, *agreeing]), None)
