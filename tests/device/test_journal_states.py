"""The journal against a model of it, stopped and cut off at any point."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from device.clock import Clock
from device.journal import Journal
from hall.contract import Answer, CallNext, Fact

T = TypeVar("T")

services = st.sampled_from(["1", "2"])
dates = st.sampled_from(["2026-01-05", "2026-01-06"])


class JournalStates(RuleBasedStateMachine):
    tickets = Bundle("tickets")

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="journal-"))
        self.runner = asyncio.Runner()
        self.lives = 0
        self.journal = self.open(self.folder / "0")
        self.outcomes: dict[str, str] = {}
        self.given: dict[tuple[str, str], list[int]] = {}
        self.pending: list[CallNext] = []
        self.ratings: set[str] = set()
        self.notes: dict[str, str] = {}
        self.count = 1

    def open(self, folder: Path) -> Journal:
        folder.mkdir(exist_ok=True)

        async def begin() -> Journal:
            return Journal.open(folder / "journal.db", "kiosk-1", Clock(boot_id="b"), "demo")

        return self.do(begin())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.do(self.journal.close())
        self.runner.close()
        shutil.rmtree(self.folder)

    @initialize(target=tickets)
    def first(self) -> str:
        return self.request("1")

    @rule(target=tickets, service=services)
    def requested(self, service: str) -> str:
        return self.request(service)

    def request(self, service: str) -> str:
        fact = self.do(self.journal.record("requested", {"service": service, "touch": f"t{self.count}"}))
        self.count += 1
        ticket = f"kiosk-1/{self.journal.id}/{fact.seq}"
        self.outcomes[ticket] = "requested"
        return ticket

    @rule(ticket=tickets, date=dates, service=services)
    def issued_from_band(self, ticket: str, date: str, service: str) -> None:
        if self.outcomes[ticket] != "requested":
            return
        fact = self.do(
            self.journal.issue_from_band(ticket, date, service, lambda count: {"ticket": ticket, "count": count})
        )
        assert fact is not None
        count = fact.data["count"]
        assert isinstance(count, int)
        self.given.setdefault((date, service), []).append(count)
        self.outcomes[ticket] = "issued"
        self.count += 1

    @rule(ticket=tickets, kind=st.sampled_from(["printed", "doubtful", "voided"]))
    def concluded(self, ticket: str, kind: str) -> None:
        if self.outcomes[ticket] in ("printed", "voided"):
            return
        self.do(self.journal.record(kind, {"ticket": ticket, "evidence": "gs-r", "reason": "citizen"}))
        self.outcomes[ticket] = kind
        self.count += 1

    @rule(ticket=tickets)
    def rating_opened(self, ticket: str) -> None:
        self.do(self.journal.record("rating-opened", {"ticket": ticket, "window": 3, "seconds": 60}))
        self.ratings.add(ticket)
        self.count += 1

    @rule(ticket=tickets, kind=st.sampled_from(["rated", "not-rated"]))
    def rating_ended(self, ticket: str, kind: str) -> None:
        self.do(self.journal.record(kind, {"ticket": ticket, "window": 3}))
        self.ratings.discard(ticket)
        self.count += 1

    @rule()
    def command_sent(self) -> None:
        command = CallNext(request=f"r{self.count}", window=3, mode="demo")
        self.do(self.journal.command_sent(command))
        self.pending.append(command)
        self.count += 1

    @rule(which=st.integers(0, 5))
    def command_answered(self, which: int) -> None:
        if self.pending:
            command = self.pending.pop(which % len(self.pending))
            answer = Answer(request=command.request, outcome="refused", reason="nobody-waiting")
            self.do(self.journal.command_answered(command, answer))
            self.count += 1

    @rule(key=st.sampled_from(["date", "term"]), value=st.text(max_size=5))
    def remembered(self, key: str, value: str) -> None:
        self.do(self.journal.remember(key, value))
        self.notes[key] = value

    @rule()
    def restarted(self) -> None:
        self.do(self.journal.close())
        self.journal = self.open(self.folder / str(self.lives))

    @rule()
    def power_cut(self) -> None:
        """What is on the disk now is all that is left."""
        self.lives += 1
        shutil.copytree(self.folder / str(self.lives - 1), self.folder / str(self.lives))
        self.do(self.journal.close())
        self.journal = self.open(self.folder / str(self.lives))

    @invariant()
    def the_chain_is_whole(self) -> None:
        prev = ""
        rows = self.journal.unsent(0, 10_000)
        assert [seq for seq, _ in rows] == list(range(1, self.count + 1))
        for _, raw in rows:
            fact = msgspec.json.decode(raw, type=Fact)
            assert fact.prev == prev
            prev = fact.digest()
        assert self.journal.head() == (self.count, prev)

    @invariant()
    def no_number_was_given_twice(self) -> None:
        for counts in self.given.values():
            assert counts == list(range(1, len(counts) + 1))

    @invariant()
    def the_projections_tell_what_happened(self) -> None:
        unfinished = {
            ticket: outcome for ticket, outcome in self.outcomes.items() if outcome in ("requested", "issued")
        }
        assert {left.ticket: left.outcome for left in self.journal.unfinished()} == unfinished
        assert {rating.ticket for rating in self.journal.open_ratings()} == self.ratings
        assert self.journal.unanswered() == self.pending
        assert {key: self.journal.recall(key) for key in self.notes} == self.notes


TestJournalStates = JournalStates.TestCase
TestJournalStates.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
