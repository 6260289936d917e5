"""The journal and its uplink against a model of them: pruned, cut off, copied back, damaged, lost, moved, and told to a
hall that loses answers and is itself restored. 10,000 steps."""

import asyncio
import copy
import shutil
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from device.mark import MarkFile
from device.sync.link import Link
from device.sync.uplink import Uplink
from hall.contract import Answer, CallNext, Term, Welcome
from tests.device.journal_scene import Disk, facts_of, issue, read, request
from tests.device.model_hall import ModelHall

T = TypeVar("T")
SHM = Path("/dev/shm")  # noqa: S108 - a disk in memory: ten thousand commits
PAGE = 4096
DAYS = [f"2026-01-{day:02d}" for day in range(1, 32)]

services = st.sampled_from(["1", "2"])
which = st.integers(0, 7)


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


class JournalStates(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-", dir=SHM if SHM.is_dir() else None))
        self.runner = asyncio.Runner()
        self.running = False
        self.lives = 0
        self.steps = 0
        self.day = 0
        self.hall = ModelHall()
        self.past = Past()
        self.copy: tuple[Disk, Past] | None = None
        self.given: set[tuple[str, str, int]] = set()
        """Every number that is on a slip in somebody's hand."""
        self.start(Disk(self.folder / "0"))

    def start(self, disk: Disk) -> None:
        self.disk = disk

        async def begin() -> None:
            self.journal = disk.open()
            self.running = True
            self.uplink = Uplink(cast(Link, self.hall), self.journal, disk.clock)

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
    def date(self) -> str:
        return DAYS[self.day % len(DAYS)]

    def ticket(self, index: int) -> str | None:
        tickets = list(self.past.outcomes)[-8:]
        return tickets[index % len(tickets)] if tickets else None

    # What a box does.

    @rule(service=services)
    def touched(self, service: str) -> None:
        self.past.outcomes[self.do(request(self.journal, f"t{self.lives}", service))] = "requested"

    @rule(index=which, service=services)
    def issued_from_band(self, index: int, service: str) -> None:
        ticket = self.ticket(index)
        if ticket is None or self.past.outcomes[ticket] != "requested":
            return
        locked = self.journal.band_locked
        count = self.do(issue(self.journal, ticket, service, self.date))
        assert (count is None) == locked
        if count is not None:
            assert (self.date, service, count) not in self.given
            self.given.add((self.date, service, count))
            self.past.outcomes[ticket] = "issued"

    @rule(index=which, kind=st.sampled_from(["printed", "noted", "doubtful", "voided"]))
    def concluded(self, index: int, kind: str) -> None:
        ticket = self.ticket(index)
        if ticket is not None and self.past.outcomes[ticket] not in ("printed", "noted", "voided"):
            self.do(self.journal.record(kind, {"ticket": ticket, "evidence": "gs-r", "reason": "citizen"}))
            self.past.outcomes[ticket] = kind

    @rule(index=which)
    def rating_opened(self, index: int) -> None:
        if ticket := self.ticket(index):
            data = {"ticket": ticket, "window": 3, "seconds": 60}
            self.past.ratings[ticket] = self.do(self.journal.record("rating-opened", {**data})).seq

    @rule(kind=st.sampled_from(["rated", "not-rated"]))
    def rating_ended(self, kind: str) -> None:
        for ticket in list(self.past.ratings)[:1]:
            self.do(self.journal.record(kind, {"ticket": ticket, "window": 3}))
            del self.past.ratings[ticket]

    @rule()
    def command_sent(self) -> None:
        command = CallNext(request=f"r{self.steps}", window=3, mode="demo")
        self.do(self.journal.command_sent(command))
        self.past.pending.append(command)

    @rule(index=which)
    def command_answered(self, index: int) -> None:
        if self.past.pending:
            command = self.past.pending.pop(index % len(self.past.pending))
            answer = Answer(request=command.request, outcome="refused", reason="nobody-waiting")
            assert self.do(self.journal.command_answered(command, answer)) is not None
            assert self.do(self.journal.command_answered(command, answer)) is None

    @rule(key=st.sampled_from(["date", "term"]), value=st.text(max_size=5))
    def remembered(self, key: str, value: str) -> None:
        self.do(self.journal.remember(key, value))
        self.past.notes[key] = value

    @rule(days=st.integers(1, 2))
    def day_changed(self, days: int) -> None:
        kept = self.journal.kept_from
        for _ in range(days):
            self.day += 1
            if self.day < len(DAYS):
                self.past.begun.setdefault(self.date, self.journal.head()[0] + 1)
                self.do(self.journal.prune(self.date))
        for seq in range(kept, self.journal.kept_from):
            pasts = self.hall.backup[self.journal.id]
            assert any(stored.facts.get(seq) == self.past.facts[seq] for stored in pasts), "dropped, and in no backup"
        names = {ticket: int(ticket.rpartition("/")[2]) for ticket in self.past.outcomes}
        self.past.outcomes = {t: o for t, o in self.past.outcomes.items() if names[t] >= self.journal.kept_from}

    # What a hall does.

    @rule(ends=st.sampled_from(["well", "well", "cut", "deaf"]))
    def uploaded(self, ends: str) -> None:
        self.hall.cut, self.hall.deaf = ends == "cut", ends == "deaf"
        self.send()
        self.hall.cut = self.hall.deaf = False
        self.begin_anew_if_forked()

    @rule()
    def everything_is_told(self) -> None:
        for _ in range(200):
            if not self.journal.outbox and not any(former.outbox for former in self.journal.formers):
                break
            self.send()
            self.begin_anew_if_forked()
        for name, facts in self.available():
            for seq, raw in facts.items():
                assert self.hall.has(name, seq, raw), f"{name}/{seq} never came"

    def send(self) -> None:
        if self.journal.outbox or any(former.outbox for former in self.journal.formers):
            self.do(self.uplink._send())

    def begin_anew_if_forked(self) -> None:
        if self.hall.forked:
            self.hall.forked = False
            before = self.available()
            self.do(self.journal.mark_replaced("hall-differs"))
            self.stop()
            self.replaced("hall-differs", before)

    @rule()
    def backed_up(self) -> None:
        self.hall.back_up()

    @rule()
    def restored_from_its_backup(self) -> None:
        self.hall.restore()
        self.welcomed()

    @rule()
    def welcomed(self) -> None:
        high, digest = self.hall.end(self.journal.id)
        if not self.journal.holds(high, digest):
            self.hall.forked = True
            return self.begin_anew_if_forked()
        term = Term(n=1, draw="")
        band = self.hall.band(self.date)
        self.hall.welcome(
            Welcome(
                contract=2, hall="", hall_en="", term=term, business_date=self.date, now_ms=1, kiosk_digit=5,
                services=[], windows=[], high=high, digest=digest, band=band,
            )
        )  # fmt: skip
        self.do(self.journal.unlock_band(self.date, band))
        assert not self.journal.band_locked
        return None

    # What becomes of the disk.

    def cut_off(self) -> Disk:
        """What is on the disk now is all that is left."""
        self.lives += 1
        left = self.disk.copied(str(self.lives))
        self.stop()
        return left

    @rule()
    def restarted(self) -> None:
        before = self.available()
        self.stop()
        self.goes_on(self.disk, before)

    @rule()
    def power_cut(self) -> None:
        before = self.available()
        self.goes_on(self.cut_off(), before)

    @rule()
    def mark_lost(self) -> None:
        before = self.available()
        left = self.cut_off()
        left.mark.unlink()
        self.goes_on(left, before)

    @rule()
    def moved_to_another_machine(self) -> None:
        before = self.available()
        self.disk.machine = f"another-{self.steps}"
        self.disk = self.cut_off()
        self.replaced("machine-differs", before)

    @rule()
    def file_lost(self) -> None:
        before = [(former.id, facts_of(former)) for former in self.journal.formers]
        left = self.cut_off()
        for file in left.data.glob("journal.db*"):
            file.unlink()
        self.disk, self.past.notes = left, {}
        self.replaced("lost", before)

    @rule()
    def copied(self) -> None:
        self.copy = self.disk.copied("copy"), copy.deepcopy(self.past)

    @precondition(lambda self: self.copy)
    @rule(cleanly=st.booleans())
    def old_copy_restored(self, cleanly: bool) -> None:
        """Noticed by the mark, or, when that is not younger than the copy, by the hall."""
        assert self.copy is not None
        old, past = self.copy[0], copy.deepcopy(self.copy[1])
        if cleanly:
            self.stop()
            left = self.disk
        else:
            left = self.cut_off()
        shutil.rmtree(left.data)
        shutil.copytree(old.data, left.data)
        known, named = MarkFile(left.mark).last, MarkFile(old.mark).last
        assert known is not None
        assert named is not None
        self.past = past
        if known.journal == named.journal and read_digest(past.facts, known.seq) == known.digest:
            self.goes_on(left, None)
        else:
            self.disk = left
            self.replaced("mark-differs", None)

    @rule(page=st.integers(0, 40), junk=st.binary(min_size=1, max_size=PAGE))
    def page_damaged(self, page: int, junk: bytes) -> None:
        before = self.available()
        self.stop()
        stored = self.disk.file.read_bytes()
        at = page % (len(stored) // PAGE) * PAGE
        self.disk.file.write_bytes(stored[:at] + junk.ljust(PAGE, b"\0")[:PAGE] + stored[at + PAGE :])
        journal, past = self.journal, self.past
        self.past = Past()
        self.start(self.disk)
        (_, facts), *formers = self.available()
        if self.journal.id == journal.id:
            assert [(journal.id, facts), *formers] == before
            self.past = past
        else:
            assert list(self.disk.data.glob("damaged-*.db"))
            assert read(facts[1]).data["reason"] == "damaged"
            for name, kept in formers:
                assert any(name == known and kept.items() <= whole.items() for known, whole in before)
        self.past.pending = [command for command in past.pending if command in self.journal.unanswered()]
        self.past.notes = {key: value for key, value in past.notes.items() if self.journal.recall(key) == value}

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
        begun = [seq for date, seq in sorted(self.past.begun.items()) if date <= self.date]
        assert self.journal.kept_from <= (begun[-3] if len(begun) > 2 else 1)

    @invariant()
    def the_projections_tell_what_happened(self) -> None:
        unfinished = {t: outcome for t, outcome in self.past.outcomes.items() if outcome in ("requested", "issued")}
        assert {left.ticket: left.outcome for left in self.journal.unfinished()} == unfinished
        assert {rating.ticket for rating in self.journal.open_ratings()} == self.past.ratings.keys()
        assert self.journal.unanswered() == self.past.pending
        assert {key: self.journal.recall(key) for key in self.past.notes} == self.past.notes


def read_digest(facts: dict[int, bytes], seq: int) -> str:
    return read(facts[seq]).digest() if seq in facts else ""


TestJournalStates = JournalStates.TestCase
TestJournalStates.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
