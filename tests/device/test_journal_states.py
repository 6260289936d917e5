"""The journal and its uplink against a model of them: pruned, cut off, copied back, damaged, lost, moved, and told to a
hall that loses answers and is itself restored. 10,000 steps."""

import copy
import shutil

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from device.journal import Data
from device.mark import MarkFile
from hall.contract import Answer, CallNext
from tests.device.journal_model import JournalModel, Past
from tests.device.journal_scene import Disk, facts_of, issue, read, request

PAGE = 4096

services = st.sampled_from(["1", "2"])
which = st.integers(0, 7)


class JournalStates(JournalModel):
    def __init__(self) -> None:
        super().__init__()
        self.copy: tuple[Disk, Past] | None = None
        self.given: set[tuple[str, str, int]] = set()
        """Every number that is on a slip in somebody's hand."""

    # What a box does.

    @rule(service=services, slips=st.integers(1, 3), welcomed=st.booleans())
    def slips_taken(self, service: str, slips: int, welcomed: bool) -> None:
        """Of the band: touched, issued, printed."""
        if welcomed:
            self.welcomed()
        for _ in range(slips):
            self.touched(service)
            self.issued_from_band(-1, service)
            self.concluded(-1, "printed")

    @rule(service=services)
    def touched(self, service: str) -> None:
        self.past.outcomes[self.do(request(self.journal, f"t{self.lives}", service))] = "requested"

    @rule(index=which, service=services)
    def issued_from_band(self, index: int, service: str) -> None:
        ticket = self.ticket(index)
        if ticket is None or self.past.outcomes[ticket] != "requested":
            return
        locked = self.journal.band_locked
        count = self.do(issue(self.journal, ticket, service, self.today))
        assert (count is None) == locked
        if count is not None:
            assert (self.today, service, count) not in self.given
            self.given.add((self.today, service, count))
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
            data: Data = {"ticket": ticket, "window": 3, "seconds": 60}
            self.past.ratings[ticket] = self.do(self.journal.record("rating-opened", data)).seq

    @rule(kind=st.sampled_from(["rated", "not-rated"]))
    def rating_ended(self, kind: str) -> None:
        for ticket in list(self.past.ratings)[:1]:
            self.do(self.journal.record(kind, {"ticket": ticket, "window": 3}))
            del self.past.ratings[ticket]

    @rule(index=which)
    def command(self, index: int) -> None:
        """Sent, or an earlier one answered."""
        if self.past.pending and index > 3:
            return self.command_answered(index)
        command = CallNext(request=f"r{self.steps}", window=3, mode="demo")
        self.do(self.journal.command_sent(command))
        self.past.pending.append(command)
        return None

    def command_answered(self, index: int) -> None:
        command = self.past.pending.pop(index % len(self.past.pending))
        answer = Answer(request=command.request, outcome="refused", reason="nobody-waiting")
        assert self.do(self.journal.command_answered(command, answer)) is not None
        assert self.do(self.journal.command_answered(command, answer)) is None

    @rule(key=st.sampled_from(["date", "term"]), value=st.text(max_size=5))
    def remembered(self, key: str, value: str) -> None:
        self.do(self.journal.remember(key, value))
        self.past.notes[key] = value

    @rule()
    def night(self) -> None:
        """As it should be: everything told and backed up, and that is known before the day turns."""
        self.everything_is_told()
        self.hall.back_up()
        self.do(self.journal.record("device", {"name": "printer"}))
        self.learn()
        self.everything_is_told()
        self.day_changed(1)

    @rule(days=st.integers(1, 3))
    def day_changed(self, days: int) -> None:
        kept = self.journal.kept_from
        for _ in range(days):
            self.day += 1
            self.past.begun.setdefault(self.today, self.journal.head()[0] + 1)
            self.do(self.journal.prune(self.today))
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
        name, facts = self.available()[0]
        for seq in range(self.journal.kept_from, self.journal.acknowledged + 1):
            told = self.hall.has(name, seq, facts[seq]) or name in self.hall.restored_unnoticed or not self.greeted
            assert told, f"{name}/{seq} counts as told, and is not"

    @rule()
    def everything_is_told(self) -> None:
        self.welcomed()
        for _ in range(500):
            if not self.journal.outbox and not any(former.outbox for former in self.journal.formers):
                break
            self.send()
            self.begin_anew_if_forked()
        for name, facts in self.available():
            for seq, raw in facts.items():
                assert self.hall.has(name, seq, raw), f"{name}/{seq} never came"

    @rule()
    def backed_up(self) -> None:
        self.hall.back_up()

    @rule(noticed=st.booleans())
    def restored_from_its_backup(self, noticed: bool) -> None:
        """``noticed``: the box says hello; else it finds out by its next batch."""
        self.hall.restore()
        if noticed:
            self.welcomed()
        else:
            self.touched("1")
            self.learn()
            self.uploaded("well")

    @rule()
    def restored_when_it_had_everything(self) -> None:
        self.everything_is_told()
        self.hall.restore()
        self.everything_is_told()

    @rule()
    def hello(self) -> None:
        self.welcomed()

    # What becomes of the disk.

    @rule(how=st.sampled_from(["switched-off", "power-cut", "mark-lost", "moved", "file-lost"]))
    def restarted(self, how: str) -> None:
        if how == "moved":
            return self.moved_to_another_machine()
        if how == "file-lost":
            return self.file_lost()
        before = self.available()
        if how == "switched-off":
            self.stop()
            left = self.disk
        else:
            left = self.cut_off()
        if how == "mark-lost":
            left.mark.unlink()
        self.goes_on(left, before)
        return None

    def moved_to_another_machine(self) -> None:
        before = self.available()
        self.disk.machine = f"another-{self.steps}"
        self.disk = self.cut_off()
        self.replaced("machine-differs", before)

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


def read_digest(facts: dict[int, bytes], seq: int) -> str:
    return read(facts[seq]).digest() if seq in facts else ""


TestJournalStates = JournalStates.TestCase
TestJournalStates.settings = settings(
    max_examples=200,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
