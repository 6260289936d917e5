"""What only the citizen can say: 小票出来了吗, or, without paper, 号码记住了吗. One question at a time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from device.flows.patience import until_written
from device.journal import Data, Journal
from device.slip import Ticket
from device.watch import Watch

ASKED_SECONDS = 35.0
"""The page asks for 30 s whether the slip came out; the rest is for an answer under way."""

NOTED_SECONDS = 65.0
"""The page shows a number without paper for 60 s; the rest is for an answer under way."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one touch. ``outcome`` is printed, not-printed, doubtful, on-screen, noted or dropped."""

    ticket: Ticket
    outcome: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """Not yet answered: about a *doubtful* slip (with its ``evidence``), or about a number that is only *on-screen*."""

    taken: Taken
    evidence: str = ""
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Asking:
    """The question that stands on the kiosk's page. ``watch`` changes with it."""

    def __init__(self, journal: Journal, watch: Watch) -> None:
        self.question: Question | None = None
        self._journal = journal
        self._watch = watch

    def about(self, outcome: str) -> Taken | None:
        """What is asked about, when it is *doubtful* or *on-screen* as ``outcome`` says."""
        question = self.question
        return question.taken if question and question.taken.outcome == outcome else None

    def ask(self, question: Question) -> Taken:
        """Ask from now on."""
        self.question = question
        self._watch.changed()
        return question.taken

    def close(self) -> Question | None:
        """Ask no longer; the question that was asked."""
        question, self.question = self.question, None
        if question is not None:
            question.over.set()
            self._watch.changed()
        return question

    async def run(self) -> None:
        """Long-lived: whoever says nothing for so long keeps a number that may be on paper, and no other."""
        with self._watch.watching() as changed:
            while True:
                await changed.wait()
                changed.clear()
                if question := self.question:
                    seconds = NOTED_SECONDS if question.taken.outcome == "on-screen" else ASKED_SECONDS
                    with suppress(TimeoutError):
                        async with asyncio.timeout(seconds):
                            await question.over.wait()
                    if not question.over.is_set():
                        await self.take_silence()

    async def take_silence(self) -> None:
        """Nobody answered, or the next citizen is there: a number that may be on paper stands, another one is void."""
        if question := self.close():
            ticket = question.taken.ticket.ticket
            kind, data = "doubtful", Data(ticket=ticket, evidence=question.evidence)
            if question.taken.outcome == "on-screen":
                kind, data = "voided", Data(ticket=ticket, reason="not-confirmed")
            await until_written(partial(self._journal.record, kind, data, visit=ticket))
