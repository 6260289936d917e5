"""What happens in the hall itself, as facts of its own: a guide's deeds. They are stored and mean as a box's do.

The hall tells them under the device ``hall``, in one journal a life (term), named by what that term drew: so no
ticket_id of a hall that was restored from a backup is ever given a second time. Nobody else keeps this journal: what
was done since the backup that a hall is rebuilt from is lost, but for what windows were told of its tickets.

A deed is asked for and may be refused, unlike a fact: where its meaning does not fit, nothing of it is stored.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from config.hall import HALL
from hall.clock import Clock
from hall.contract import Batch, Fact
from hall.ingest import Ingest, Rules
from hall.store import journals
from hall.store.writer import Tx

Data = dict[str, str | int | bool | None]

_encode = msgspec.json.Encoder().encode


class DeedRefused(Exception):
    """It does not fit what the hall knows. ``why``: a conflict's keyword, or a refusal's; nothing has been done."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why = why
        self.detail = detail


class Deed(NamedTuple):
    """One fact to be. ``visit``: the ticket it is about."""

    kind: str
    data: Data
    visit: str = ""


class Deeds:
    """The hall's own journal while one transaction lasts. ``life``: what the hall's term drew."""

    def __init__(self, tx: Tx, rules: Rules, clock: Clock, life: str, operator: str) -> None:
        self._tx = tx
        self._rules = rules
        self._clock = clock
        self._life = life
        self._operator = operator

    def tell(self, *deeds: Deed) -> list[Fact]:
        """Store them and let them mean what they mean. Raises DeedRefused: the transaction must not be kept then."""
        journal = journals.journal(self._tx, HALL, self._life)
        told: list[Fact] = []
        prev = journal.digest
        for seq, deed in enumerate(deeds, journal.high + 1):
            told.append(self._fact(seq, prev, deed))
            prev = told[-1].digest()
        clock = self._clock
        batch = Batch(
            device=HALL,
            journal=self._life,
            boot=clock.boot,
            mono_ms=clock.mono_ms(),
            facts=[msgspec.Raw(_encode(fact)) for fact in told],
        )
        stored = Ingest(batch, self._rules, clock.now_ms())(self._tx)
        for why, detail in stored.misfits:
            raise DeedRefused(why, detail)
        return told

    def ticket_id(self, fact: Fact) -> str:
        """The ticket that this *requested* begins."""
        return f"{HALL}/{self._life}/{fact.seq}"

    def _fact(self, seq: int, prev: str, deed: Deed) -> Fact:
        clock = self._clock
        return Fact(
            seq=seq,
            prev=prev,
            kind=deed.kind,
            at_ms=max(0, clock.wall_ms()),
            trust="compared",
            boot=clock.boot,
            mono_ms=clock.mono_ms(),
            mode=self._rules.mode,  # type: ignore[arg-type]  # a mode of the settings
            operator=self._operator,
            visit=deed.visit,
            data=deed.data,
        )
