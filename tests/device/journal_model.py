"""What a box's journal must know, kept beside it; what always holds of it. The rules are test_journal_states.py."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar, cast
from unittest import mock

from hypothesis.stateful import RuleBasedStateMachine, invariant

from device.sync import uplink
from device.sync.link import Link
from hall.contract import CallNext, Term, Welcome
from tests.device.journal_scene import Disk, facts_of, read
from tests.device.model_hall import ModelHall

T = TypeVar("T")
SHM = Path("/dev/shm")  # noqa: S108 - a disk in memory: ten thousand commits
BATCH = 5
FIRST_DAY = date(2026, 1, 1)


@dataclass
class Past:
    """What the journal in use must know."""

    facts: dict[int, bytes] = field(default_factory=dict)
    """All of them, the pruned ones too."""
    outcomes: dict[str, str] = field(default_factory=dict)
    pending: list[CallNext] = field(default_factory=list)
    ratings: dict[str, int] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    begun: dict[str, int] = field(default_factory=dict)
    """First fact of each business date that it was told."""


class JournalModel(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-", dir=SHM if SHM.is_dir() else None))
        self.runner = asyncio.Runner()
        self.running = self.greeted = False
        self.lives = 0
        self.steps = 0
        self.day = 0
        self.hall = ModelHall()
        self.past = Past()
        self.start(Disk(self.folder / "0"))

    def start(self, disk: Disk) -> None:
        self.disk = disk

        async def begin() -> None:
            self.journal = disk.open()
            self.running, self.greeted = True, False
            self.uplink = uplink.Uplink(cast(Link, self.hall), self.journal, disk.clock)

        self.do(begin())
        self.learn()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def learn(self) -> None:
        """Take over what was written since."""
        self.past.facts.update(self.journal.unsent(max(self.past.facts, default=0), 1000))

    def stop(self) -> None:
        self.running = False
        self.do(self.journal.close())

    def teardown(self) -> None:
        try:
            if self.running:
                self.stop()
        finally:
            self.runner.close()
            shutil.rmtree(self.folder)

    @property
    def today(self) -> str:
        return (FIRST_DAY + timedelta(self.day)).isoformat()

    def ticket(self, index: int) -> str | None:
        tickets = list(self.past.outcomes)[-8:]
        return tickets[index % len(tickets)] if tickets else None

    def send(self) -> None:
        """One batch, a small one; a box says hello before its first."""
        if not self.greeted:
            self.welcomed()
        if self.journal.outbox or any(former.outbox for former in self.journal.formers):
            with mock.patch.object(uplink, "BATCH", BATCH):
                self.do(self.uplink._send())

    def begin_anew_if_forked(self) -> None:
        if self.hall.forked:
            self.hall.forked = False
            before = self.available()
            self.do(self.journal.mark_replaced("hall-differs"))
            self.stop()
            self.replaced("hall-differs", before)

    def welcomed(self) -> None:
        high, digest = self.hall.end(self.journal.id)
        if not self.journal.holds(high, digest):
            self.hall.forked = True
            return self.begin_anew_if_forked()
        self.greeted = True
        term = Term(n=self.hall.lives, draw="")
        band = self.hall.band(self.today)
        self.hall.welcome(
            Welcome(
                contract=2, hall="", hall_en="", term=term, business_date=self.today, now_ms=1, kiosk_digit=5,
                services=[], windows=[], high=high, digest=digest, band=band,
            )
        )  # fmt: skip
        self.do(self.journal.unlock_band(self.today, band))
        assert not self.journal.band_locked
        return None

    def cut_off(self) -> Disk:
        """What is on the disk now is all that is left."""
        self.lives += 1
        left = self.disk.copied(str(self.lives))
        self.stop()
        return left

    def available(self) -> list[tuple[str, dict[int, bytes]]]:
        """Every journal on the disk with the facts that can be sent, the one in use first."""
        kept = {seq: raw for seq, raw in self.past.facts.items() if seq >= self.journal.kept_from}
        return [(self.journal.id, kept), *((former.id, facts_of(former)) for former in self.journal.formers)]

    def goes_on(self, disk: Disk, before: list[tuple[str, dict[int, bytes]]] | None) -> None:
        name = self.journal.id if before else None
        self.start(disk)
        assert before in (None, self.available())
        assert name in (None, self.journal.id)
        assert facts_of(self.journal) == self.available()[0][1]

    def replaced(self, reason: str, before: list[tuple[str, dict[int, bytes]]] | None) -> None:
        """A new journal says why; every fact of the ones before it is still there, and no number is given."""
        notes, self.past = self.past.notes, Past()
        self.start(self.disk)
        assert read(self.past.facts[1]).data["reason"] == reason
        now = [(former.id, facts_of(former)) for former in self.journal.formers]
        if before is not None:
            assert sorted(now, key=repr) == sorted(before, key=repr)
        assert self.journal.band_locked
        self.past.notes = notes

    # What always holds.

    @invariant()
    def the_chain_is_whole(self) -> None:
        self.steps += 1
        self.learn()
        prev = None
        kept = {seq: raw for seq, raw in self.past.facts.items() if seq >= self.journal.kept_from}
        assert facts_of(self.journal) == kept
        for raw in kept.values():
            fact = read(raw)
            assert fact.prev == prev or prev is None
            prev = fact.digest()
        assert self.journal.head() == (max(kept), prev)

    @invariant()
    def two_business_days_are_kept(self) -> None:
        begun = [seq for day, seq in sorted(self.past.begun.items()) if day <= self.today]
        assert self.journal.kept_from <= (begun[-3] if len(begun) > 2 else 1)

    @invariant()
    def the_projections_tell_what_happened(self) -> None:
        unfinished = {t: outcome for t, outcome in self.past.outcomes.items() if outcome in ("requested", "issued")}
        assert {left.ticket: left.outcome for left in self.journal.unfinished()} == unfinished
        assert {rating.ticket for rating in self.journal.open_ratings()} == self.past.ratings.keys()
        assert self.journal.unanswered() == self.past.pending
        assert {key: self.journal.recall(key) for key in self.past.notes} == self.past.notes
