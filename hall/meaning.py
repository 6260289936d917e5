"""What a stored fact means for tickets, calls and ratings. What does not fit is said, never dropped."""

from __future__ import annotations

from collections.abc import Callable

from hall import paper, window_facts, wishes
from hall.contract import Fact
from hall.store.journals import Journal
from hall.store.writer import Tx
from hall.telling import Misfit, Rules, Telling

__all__ = ["DEFERRED", "Meaning", "Misfit", "Rules"]


class Meaning:
    """The meaning of facts of one journal, in their order: tickets are loaded once, changed in memory, written once."""

    def __init__(self, tx: Tx, rules: Rules, journal: Journal) -> None:
        self._telling = Telling(tx, rules, journal)

    def apply(self, fact: Fact, hall_ms: int) -> None:
        """One fact that happened at ``hall_ms``. Raises Misfit for what does not fit; what does fit is applied."""
        meaning = _KINDS.get(fact.kind)
        if meaning is None:
            raise Misfit("unknown-kind", fact.kind)
        if not (self._telling.rules.recovering and fact.kind in DEFERRED):
            meaning(self._telling, fact, hall_ms)

    def write(self) -> None:
        """Write what has changed. Before another journal's facts are applied, and in the end."""
        self._telling.write()


def _only_kept(_telling: Telling, _fact: Fact, _hall_ms: int) -> None:
    """A fact that only tells what a box did: stored, and nothing follows."""


_KINDS: dict[str, Callable[[Telling, Fact, int], None]] = {
    "opened": paper.opened,
    "requested": paper.requested,
    "issued": paper.issued,
    "printed": paper.outcome,
    "noted": paper.outcome,
    "doubtful": paper.outcome,
    "voided": paper.voided,
    "request": _only_kept,
    "answered": _only_kept,
    "admitted": window_facts.admitted,
    "started": window_facts.stepped,
    "finished": window_facts.stepped,
    "missed": window_facts.stepped,
    "shown": window_facts.shown,
    "spoken": window_facts.spoken,
    "by-screen": wishes.by_screen,
    "stepped-away": wishes.stepped_away,
    "stepped-back": wishes.stepped_back,
    "given-back": wishes.given_back,
    "transferred": wishes.transferred,
    "readmitted": wishes.readmitted,
    "looked-for": wishes.looked_for,
    "slip-left": _only_kept,
    "slip-taken": _only_kept,
    "card-left": _only_kept,
    "card-taken": _only_kept,
    "help-asked": _only_kept,
    "help-ended": _only_kept,
    "rating-opened": _only_kept,
    "rated": window_facts.rated,
    "not-rated": window_facts.rated,
    "card-read": _only_kept,
    "device": window_facts.device,
    "sheets-loaded": _only_kept,
    "sheets-taken": _only_kept,
    "sheets-printed": _only_kept,
    "sheets-unused": _only_kept,
    "sheets-doubtful": _only_kept,
    "sheets-spoiled": _only_kept,
}

DEFERRED = frozenset(
    {
        *(
            "answered",
            "shown",
            "spoken",
            "admitted",
            "started",
            "finished",
            "missed",
            "rating-opened",
            "rated",
            "not-rated",
        ),
        *("by-screen", "stepped-away", "stepped-back", "given-back", "transferred", "readmitted", "looked-for"),
    }
)
"""Kinds whose meaning hangs on calls: a recovering hall keeps the facts, and hall.relive tells their meaning later."""
