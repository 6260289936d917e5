"""What a box's own facts make of its windows while the hall is away. Pure, but for the book of numbers admitted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from device.journal import Journal
from hall.contract import Answer, Fact, Held, Refusal, Service, Struct, WindowState, numbering

if TYPE_CHECKING:
    from device.flows.island import Island

OWN_KINDS = frozenset({"admitted", "started", "finished", "missed"})
"""What a window tells of itself when no hall decides."""

_CHUNK = 500


def facts_after(journal: Journal, seq: int) -> Iterator[Fact]:
    """All facts after this one, in their order."""
    while rows := journal.unsent(seq, _CHUNK):
        yield from (msgspec.json.decode(raw, type=Fact) for _, raw in rows)
        seq = rows[-1][0]


def follow(state: WindowState, fact: Fact, ticket: str, services: Sequence[Service]) -> WindowState:
    """The window after one of its own facts. ``ticket`` is the id that the fact itself would give a ticket."""
    held, data = state.held, fact.data
    if fact.kind == "admitted":
        state = replace(state, phase="called", held=_admitted(fact, ticket, services))
    elif held is None or data.get("call") != held.call:
        return state
    elif fact.kind == "started":
        state = replace(state, phase="serving", finished=None)
    elif fact.kind == "finished":
        done = replace(held, start_implied=state.phase == "called")
        asks = None if held.rated is True else done
        state = replace(state, phase=_empty(state), held=None, finished=asks)
    elif fact.kind == "missed":
        state = replace(state, phase=_empty(state), held=None)
    return replace(state, undo=None)


def _empty(state: WindowState) -> str:
    return "idle" if state.clerk else "closed"


def _admitted(fact: Fact, ticket: str, services: Sequence[Service]) -> Held:
    service, digits, call = (str(fact.data.get(key) or "") for key in ("service", "digits", "call"))
    letter = next((each.letter for each in services if each.code == service), "")
    return Held(ticket=ticket, number=numbering.label(letter, digits), service=service, call=call, visit=ticket)


def answered(fact: Fact, state: WindowState) -> WindowState | None:
    """The later state of this window that an *answered* tells; None when it tells none."""
    told = str(fact.data.get("answer") or "")
    window = msgspec.json.decode(told, type=Answer).window if told else None
    if window is None or (window.term.n, window.version) <= (state.term.n, state.version):
        return None
    return window if window.window == state.window else None


class _Page(Struct, frozen=True, kw_only=True):
    """The book's open page. ``since``: facts after this one are not yet in it."""

    since: int
    given: dict[str, str] = {}
    """By date and digits: the call under which they were admitted."""


class Admissions:
    """Numbers that this box has admitted by itself, for all its windows: none twice on one date unless missed.

    The page is written before the first admission of a date; whatever was admitted since is read from the facts.
    """

    def __init__(self, journal: Journal) -> None:
        self.windows: list[Island] = []
        self._journal = journal
        self._page: _Page | None = None
        self._begun = ""

    def why_not(self, digits: str, date: str, leaving: Held | None = None) -> Refusal | None:
        """Why this number cannot be admitted now; None when it can. ``leaving`` stands at a window no longer."""
        held = [island.state.held for island in self.windows if island.state]
        if any(each and each != leaving and numbering.bare(each.number) == digits for each in held):
            return "number-not-callable"
        return "number-not-callable" if _line(date, digits) in self._read().given else None

    async def begin(self, date: str) -> None:
        """Something is about to be admitted on this business date. Raises JournalStopped."""
        if self._begun != date:
            given = {line: call for line, call in self._read().given.items() if line >= date}
            self._page = _Page(since=self._journal.head()[0], given=given)
            await self._journal.remember("admitted", msgspec.json.encode(self._page).decode())
            self._begun = date

    def take(self, fact: Fact) -> None:
        """Enter what has just been journaled."""
        self._page = _entered(self._read(), fact)

    def _read(self) -> _Page:
        if self._page is None:
            kept = self._journal.recall("admitted")
            self._page = msgspec.json.decode(kept, type=_Page) if kept else _Page(since=self._journal.head()[0])
            for fact in facts_after(self._journal, self._page.since):
                self._page = _entered(self._page, fact)
        return self._page


def _entered(page: _Page, fact: Fact) -> _Page:
    data = fact.data
    if fact.kind == "admitted":
        line = _line(str(data.get("date") or ""), str(data.get("digits") or ""))
        return replace(page, given={**page.given, line: str(data.get("call") or "")})
    if fact.kind == "missed":
        return replace(page, given={line: call for line, call in page.given.items() if call != data.get("call")})
    return page


def _line(date: str, digits: str) -> str:
    return f"{date} {digits}"
