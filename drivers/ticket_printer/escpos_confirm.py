"""Did the slip come out? The ladder of protocols/ticket-printers.md §3, climbed after the job has left.

| heard | verdict |
|---|---|
| GS ( H answers with this job's mark | printed (gs-h) |
| GS r 1 answers after the cut, and the printer is plainly on-line | printed (gs-r) |
| the same, asked late, and the printer did not answer at times | doubtful: fresh from power-on, it knows of no job |
| neither is to be had; DLE EOT clean before, and again 1 s or more after | doubtful (status) |
| paper end, cover open, error, where an answer in sequence was due and has not come | not printed (status) |
| the same where no answer in sequence is to be had, or the cutter alone is stuck | doubtful (status) |
| nothing any more | doubtful (written) |
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass

from drivers.contract import (
    COVER_OPEN,
    CUTTER_JAM,
    LINK_LOST,
    MEDIA_EMPTY,
    OFFLINE,
    STATUS_UNKNOWN,
    Completion,
    CompletionCode,
    Gone,
    Reason,
    Severity,
    Silent,
)
from drivers.deadline import Deadline
from drivers.ticket_printer import escpos_codec as codec
from drivers.ticket_printer.escpos_link import ANSWER_SECONDS, Link

LOOK_SECONDS = 0.25
"""Between two looks at a printer at work: paper end is known within this."""
SETTLE_SECONDS = 1.0
"""How long clean status must last after the job before it counts as sent (§3)."""
MARK_LETTERS = "ABCDEFGHIJKLMNOabcdefghijklmno"
"""None of them has the fixed bits of a status: what is left of an answer that the line broke is read as none."""
LATE_ASKS = 3
"""GS r is asked this often, half a second apart, when the answer due did not come: the line may have lost it."""


@dataclass(slots=True)
class Knowledge:
    """What this printer was seen to answer; None while nobody knows. ``marks``: GS ( H, ``buffered``: GS r."""

    marks: bool | None = None
    buffered: bool | None = None

    def complete(self) -> bool:
        """Whether both are known."""
        return self.marks is not None and self.buffered is not None


def new_mark() -> str:
    """Four characters for GS ( H. Drawn, not counted: a mark from before a restart may still be answered."""
    return "".join(random.choices(MARK_LETTERS, k=4))


async def learn(link: Link, knowledge: Knowledge, deadline: Deadline) -> None:
    """Ask an idle, on-line printer both questions in sequence, twice at most. Raises Gone, Silent (line blocked).

    A printer without GS ( H takes the rest of it for text; the ESC @ after it empties the line again.
    """
    for _ in range(2):
        mark = new_mark()
        link.drain()
        questions = codec.print_complete_request(mark) + codec.PAPER_REQUEST
        begun = codec.INITIALIZE + (link.status_setting or codec.ASB_OFF)
        await link.send(begun + questions + codec.INITIALIZE + link.status_setting, deadline)
        limit = deadline.sooner(ANSWER_SECONDS)
        try:
            while not (knowledge.marks and knowledge.buffered):
                await link.listen(limit)
                for answer in link.heard():
                    knowledge.marks = knowledge.marks or answer == codec.PrintComplete(mark)
                    knowledge.buffered = knowledge.buffered or isinstance(answer, codec.Buffered)
        except Silent:
            continue
        return
    knowledge.marks, knowledge.buffered = bool(knowledge.marks), bool(knowledge.buffered)


class Job:
    """One slip on its way; ``tail`` is the question that goes with it, after the cut."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._mark = new_mark() if knowledge.marks else ""
        self._asked_paper = not self._mark and bool(knowledge.buffered)
        self._in_sequence = bool(self._mark or self._asked_paper)
        self._late_asks = 0
        self._was_silent = False
        """Whether the printer did not answer at some time since: it may have lost power, and the job with it."""
        self._processed = False
        self._look_at = 0.0
        self._last_look: frozenset[Reason] = frozenset({STATUS_UNKNOWN})

    @property
    def tail(self) -> bytes:
        """The question that goes with the job."""
        if self._mark:
            return codec.print_complete_request(self._mark)
        return codec.PAPER_REQUEST if self._asked_paper else b""

    async def outcome(self, link: Link, arrived: float, print_seconds: float, deadline: Deadline) -> Completion:
        """Wait for a verdict; never a fault. ``arrived``: loop time at which the last byte reaches the printer."""
        due = arrived + max(print_seconds, SETTLE_SECONDS)
        end = min(deadline.at, due + (LATE_ASKS * ANSWER_SECONDS if self._in_sequence else 0.0))
        self._look_at = arrived
        try:
            while (verdict := self._verdict(link)) is None and _now() < end:
                if _now() >= self._look_at:
                    verdict = await self._look(link, due, deadline)
                    if verdict is not None:
                        break
                await _listen(link, Deadline(min(self._look_at, end)))
        except Gone:
            return Completion(CompletionCode.HARDWARE_ERROR, None, "written", frozenset({LINK_LOST}))
        except Silent:
            verdict = None
        return verdict or self._unconfirmed(due)

    def _verdict(self, link: Link) -> Completion | None:
        for answer in link.heard():
            if answer == codec.PrintComplete(self._mark):
                return Completion(CompletionCode.SUCCESS, True, "gs-h")
            if isinstance(answer, codec.Buffered) and self._asked_paper:
                self._processed |= not (self._was_silent and self._late_asks)
            if self._processed or isinstance(answer, codec.AutomaticStatus | codec.GoingOffline):
                self._look_at = min(self._look_at, _now())
        return None

    async def _look(self, link: Link, due: float, deadline: Deadline) -> Completion | None:
        """Ask how the printer is. Trouble is a verdict; so is plain status after an answer in sequence."""
        before, self._last_look = self._last_look, await link.reasons_or_unknown(deadline)
        self._was_silent |= STATUS_UNKNOWN in self._last_look
        self._look_at = _now() + LOOK_SECONDS
        if (printed := self._verdict(link)) is not None:
            return printed
        errors = {reason for reason in self._last_look if reason.severity is Severity.ERROR}
        if errors and (errors != {OFFLINE} or OFFLINE in before):  # off-line alone may pass, with no cause named
            return self._stopped(frozenset(errors))
        if self._processed and not errors and STATUS_UNKNOWN not in self._last_look:
            return self._processed_all()
        if _now() >= due and self._in_sequence and self._late_asks < LATE_ASKS:
            await self._ask_late(link, deadline)
        return None

    async def _ask_late(self, link: Link, deadline: Deadline) -> None:
        self._late_asks += 1
        self._asked_paper = True
        self._look_at = _now() + ANSWER_SECONDS
        await link.send(codec.PAPER_REQUEST, deadline)

    def _processed_all(self) -> Completion:
        if self._mark:
            self._knowledge.marks = None  # it answered GS r and not GS ( H: learn again before relying on it
        return Completion(CompletionCode.SUCCESS, True, "gs-r")

    def _stopped(self, errors: frozenset[Reason]) -> Completion:
        by_hand = errors <= {MEDIA_EMPTY, COVER_OPEN, OFFLINE}
        code = CompletionCode.DEVICE_NOT_READY if by_hand else CompletionCode.HARDWARE_ERROR
        # With the cutter stuck the slip is printed and hangs there; a person can see it.
        confirmed = False if self._in_sequence and CUTTER_JAM not in errors else None
        return Completion(code, confirmed, "status", errors)

    def _unconfirmed(self, due: float) -> Completion:
        settled = not {r for r in self._last_look if r == STATUS_UNKNOWN or r.severity is Severity.ERROR}
        if not self._in_sequence and settled and _now() >= due:
            return Completion(CompletionCode.SUCCESS, None, "status", self._last_look)
        if self._mark and settled:
            self._knowledge.marks = None
        return Completion(CompletionCode.TIME_OUT, None, "status" if settled else "written", self._last_look)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def _listen(link: Link, until: Deadline) -> None:
    try:
        await link.listen(until)
    except Silent:
        return
