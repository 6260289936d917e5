"""What boxes tell a hall that has lost its past, put into the order in which it happened (hall.relive)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from hall.contract import Answer, Fact
from hall.redo import LETS_GO
from hall.store.retold import Retold
from hall.ticket import BEGINS

FAR_MS = 1 << 62
"""Later than everything."""

_ANNOUNCED = {"shown": 1, "spoken": 2}
"""Of one millisecond: a call begins before it is shown, and is there before it is spoken."""


@dataclass(slots=True)
class Past:
    """A deferred fact, and when it stands. An ``answer`` stands at the time that the lost hall gave it."""

    told: Retold
    fact: Fact
    answer: Answer | None
    at_ms: int
    asked: int = 0
    """Of an answer: the seq of its *request*. A lost answer that was asked for again comes long after it."""

    @property
    def window(self) -> int | None:
        """Where an answer's command was pressed: one window's answers are in order, those of two windows may not be."""
        return self.answer.window.window if self.answer is not None and self.answer.window is not None else None

    def calls(self, tickets_: set[str]) -> bool:
        """Whether it is an answer by which one of these was called, or served."""
        return self.answer is not None and any(s.step in BEGINS and s.ticket in tickets_ for s in self.answer.steps)


def in_time(journals: Iterable[Sequence[Past]]) -> tuple[list[Past], dict[str, int]]:
    """Each journal's between its own answers, whatever its clock says. Gives also when each answered call began."""
    every: list[Past] = []
    for pasts in journals:
        _put_between_answers(pasts)
        every.extend(pasts)
    answered = _put_after_their_calls(every)
    every.sort(key=lambda past: (past.at_ms, _ANNOUNCED.get(past.told.kind, 0), past.told.row))
    ordered = [past for _, same in groupby(every, key=lambda past: past.at_ms) for past in _sent_away_first(same)]
    return ordered, answered


def _put_between_answers(pasts: Sequence[Past]) -> None:
    """One journal's facts, in their order: none before an answer before it, none after an answer asked for after it."""
    earliest = list(accumulate((past.at_ms if past.answer else 0 for past in pasts), max))
    asked = sorted((past.asked, past.at_ms) for past in pasts if past.answer)
    latest: list[int] = []
    before = FAR_MS
    for past in reversed(pasts):
        while asked and asked[-1][0] > past.told.seq:
            before = min(before, asked.pop()[1])
        latest.append(before)
    latest.reverse()
    reached = 0  # hall times of one boot go back when a less delayed batch has shown its clock to be earlier
    for past, after, before in zip(pasts, earliest, latest, strict=True):
        if past.answer is None:
            past.at_ms = reached = max(reached, after, min(past.at_ms, before))


def _put_after_their_calls(pasts: Sequence[Past]) -> dict[str, int]:
    """A display that was told by the downlink may have shown a call before its answer was there. Gives the calls.

    Another box may have spoken it, by a clock of its own: after it began, by its answer or by a display.
    """
    begun = {
        step.call: past.at_ms for past in pasts if past.answer for step in past.answer.steps if step.step in BEGINS
    }
    for past in pasts:
        if past.told.kind == "shown":
            past.at_ms = max(past.at_ms, begun.get(str(past.fact.data.get("call")), 0))
    shown = {str(past.fact.data.get("call")): past.at_ms for past in pasts if past.told.kind == "shown"}
    for past in pasts:
        if past.told.kind == "spoken":
            call = str(past.fact.data.get("call"))
            past.at_ms = max(past.at_ms, begun.get(call) or shown.get(call, 0))
    return begun


def _sent_away_first(pasts: Iterable[Past]) -> list[Past]:
    """Of one millisecond: whoever sends a ticket away stands before another window that calls it."""
    ordered: list[Past] = []
    for past in pasts:
        away = {step.ticket for step in past.answer.steps if step.step in LETS_GO} if past.answer else set()
        window = past.window
        at = (n for n, other in enumerate(ordered) if other.window != window and other.calls(away))
        ordered.insert(next(at, len(ordered)), past)
    return ordered
