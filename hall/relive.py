"""Live through again what boxes have told a recovering hall: answers, calls, ratings, in the order of time.

The hall that is lost put its own time on every answer (Answer.at_ms): these are the posts. What a box did between two
answers stands between them, at its own time as far as that fits, whatever either hall's clock said.

An answer tells every step that its command made a ticket take (hall.redo). The steps are taken again without asking
whether they are allowed: they did happen. Only a ticket that was called again since (its box was absent) stays as it
is, and the call is kept. A call of a ticket that another call had, or has had since, is a conflict.

| what is told                              | what follows                                                           |
|-------------------------------------------|------------------------------------------------------------------------|
| an answer that this database has          | nothing: its steps are in the same database                            |
| an answer that it does not have           | kept, its steps taken again, its window stands as it said              |
| an answer other than the one that is here | what was told stands; a call of the other one that no display has     |
|                                           | shown goes back to waiting (hall.unheard)                              |
| a call of a ticket that another call has, | that call ended by it: the lost hall did it, or could not have called  |
| and at its window a press that nobody     | the ticket again                                                       |
| answered: redirect, missed                |                                                                        |
| a call of a ticket that a cut-off counter | conflict *admitted-while-called*: two visits, each with its rating     |
| has served by its slip                    | (hall.parting)                                                         |
| a call shown that no answer tells         | the press before the end, answered on the display alone: begun now     |
| steps of a ticket that no kiosk has told  | the ticket as the window had it; its kiosk fills in the rest           |
| steps of a day that is over               | the calls as they were; what was open then is closed                   |
| a window and a ticket that differ         | the window is emptied of it; a ticket at no window is missed, so that  |
|                                           | only its number calls it again                                         |
| nothing, by a kiosk that is absent, or by | the hall's numbers go on 200 further: slips may be out that nobody     |
| the hall's own guides (hall.deeds)        | else knows of                                                          |
| whatever else clerks and citizens did     | its usual meaning (hall.meaning)                                       |
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec
import structlog
from msgspec.structs import replace

from hall import recovering, unheard
from hall.contract import Answer, Fact, Held, Stepped
from hall.meaning import DEFERRED, Meaning, Misfit, Rules
from hall.pasts import Past, in_time
from hall.recovering import Recovery
from hall.redo import SENDS_AWAY, Redo
from hall.store import desks, journals, retold, tickets
from hall.store.journals import Conflict
from hall.store.retold import Retold
from hall.store.tickets import Moved
from hall.store.writer import StoreFailed, Tx
from hall.ticket import OPEN, Step, TicketState
from hall.windows import Window

if TYPE_CHECKING:
    from hall.hall import Hall

log = structlog.get_logger("hall.relive")

AGAIN_S = 10.0
"""Between a try that a full or failing disk has ended and the next."""

SKIPPED = 200
"""What one kiosk may have printed of one service since another last did; boxes leave as much (device.band)."""

NEVER_DONE = frozenset({"expired", "recovering"})
"""Refusals by a hall that does not know what the one before it did."""

_fact = msgspec.json.Decoder(Fact).decode
_answer = msgspec.json.Decoder(Answer).decode


class Relive:
    """End a recovery in one transaction. Gives how many facts were lived through; None while a box is waited for."""

    def __init__(self, rules: Rules, now_ms: int) -> None:
        self._rules = rules
        self._now_ms = now_ms
        self._conflicts: list[Conflict] = []
        self._answered: dict[str, int] = {}
        """Calls that answers tell."""
        self._unanswered: dict[str, tuple[str, Step]] = {}
        """By request: the ticket that it would have sent away from its window, and how."""
        self._decided: set[str] = set()
        """Requests of which an answer says what became of them; it may stand in a later journal than the request."""
        self._heard: dict[str, list[Stepped]] = {}
        """By request: the steps that its answers told; none for a refusal."""

    def __call__(self, tx: Tx) -> int | None:
        """All or nothing: a hall killed in the middle begins this anew."""
        now = recovering.recovery(tx)
        if now is None or now.awaited:
            return None
        pasts = self._pasts(retold.facts(tx, now.after_row, {*DEFERRED, "request"}))
        unheard.give_back(tx, self._heard, self._now_ms)
        unanswered = dict(left for request, left in self._unanswered.items() if request not in self._decided)
        redo = Redo(tx, self._rules.catalogue, self._rules.mode, unanswered)
        for past in pasts:
            self._live(tx, past, redo)
        _close_days_over(tx, redo.touched)
        _settle(tx)
        if self._conflicts:
            journals.conflicts(tx, self._conflicts)
        if self._is_number_lost(now):
            self._skip_numbers(tx)
        recovering.finish(tx)
        tx.effects.waiting.clear()
        tx.effects.counted = tickets.waiting(tx)
        return len(pasts)

    def _is_number_lost(self, now: Recovery) -> bool:
        """Whether numbers may be out of which nobody tells: an absent kiosk's, or those that guides took here."""
        boxes, guides = self._rules.catalogue.boxes, self._rules.catalogue.guides
        is_absent = any(boxes[box].digit for box in now.absent if box in boxes)
        return is_absent or (bool(guides) and now.why != "returned")

    def _skip_numbers(self, tx: Tx) -> None:
        """Slips are out that nobody here knows of: numbers go on well after theirs."""
        today = desks.business_date(tx)
        for code in self._rules.catalogue.services:
            desks.skip(tx, today, code, tickets.last_serial(tx, today, code) + SKIPPED)

    def _pasts(self, facts: Iterable[Retold]) -> list[Past]:
        """In the order in which it happened: between its own journal's answers, whatever its clock says."""
        journals_: dict[int, list[Past]] = {}
        asked: dict[tuple[int, str], int] = {}
        for told in facts:
            if told.kind == "request":
                asked[told.journal_id, self._request(told)] = told.seq
                continue
            past = self._readable(told)
            if past is not None:
                if past.answer is not None:
                    sign_in = past.fact.data.get("type") == "sign-in"
                    past.asked = told.seq if sign_in else asked.get((told.journal_id, past.answer.request), 0)
                journals_.setdefault(told.journal_id, []).append(past)
        pasts, self._answered = in_time(journals_.values())
        return pasts

    def _readable(self, told: Retold) -> Past | None:
        """None for what tells nothing: of another mode, unreadable (both are conflicts), or a plain refusal."""
        try:
            fact = _fact(told.raw)
            if fact.mode != self._rules.mode:
                self._conflict(told, "wrong-mode", f"{fact.mode} told to a hall in {self._rules.mode}")
                return None
            if told.kind != "answered":
                return Past(told, fact, None, told.hall_ms)
            if fact.data.get("reason") not in NEVER_DONE:
                self._decided.add(str(fact.data.get("request")))
            answer = fact.data.get("answer")
            heard = self._heard.setdefault(str(fact.data.get("request")), [])
            if not answer:
                return None
            answered = _answer(str(answer))
            heard.extend(answered.steps)
        except msgspec.MsgspecError as error:
            self._conflict(told, "unreadable", str(error))
            return None
        return Past(told, fact, answered, answered.at_ms)

    def _request(self, told: Retold) -> str:
        """The name of a *request*, noted as not answered yet; "" for one that cannot be read: no answer names it."""
        try:
            data = _fact(told.raw).data
        except msgspec.MsgspecError:
            return ""
        name, leaves = str(data.get("request") or ""), SENDS_AWAY.get(str(data.get("type")))
        if leaves is not None:
            self._unanswered[name] = str(data.get("ticket")), leaves
        return name

    def _live(self, tx: Tx, past: Past, redo: Redo) -> None:
        told, fact = past.told, past.fact
        if past.answer is not None:
            for clash in redo.answer(past.answer):
                self._conflict(told, clash.why, clash.detail)
            return
        try:
            if told.kind == "shown":
                self._call_shown(fact, past.at_ms, redo)
            meaning = Meaning(tx, self._rules, journals.journal(tx, told.device, told.journal))
            meaning.apply(fact, past.at_ms)
            meaning.write()
        except Misfit as misfit:
            self._conflict(told, misfit.why, misfit.detail)

    def _call_shown(self, fact: Fact, at_ms: int, redo: Redo) -> None:
        call, ticket, window = (fact.data.get(key) for key in ("call", "ticket", "window"))
        if call in self._answered:
            return
        if isinstance(call, str) and isinstance(ticket, str) and isinstance(window, int):
            redo.call_shown(call, ticket, window, at_ms)

    def _conflict(self, told: Retold, why: str, detail: str) -> None:
        self._conflicts.append(
            Conflict(told.device, told.journal, told.seq, told.digest, why, detail, self._now_ms, told.raw)
        )


def _close_days_over(tx: Tx, touched: Iterable[str]) -> None:
    today = desks.business_date(tx)
    for ticket_id in touched:
        ticket = tickets.find(tx, ticket_id)
        if ticket is not None and ticket.date != today and ticket.state in OPEN:
            tickets.move(tx, ticket.id, ticket.state, Moved(TicketState.CLOSED, ticket.service, None, ticket.call))


def _settle(tx: Tx) -> None:
    """Windows hold what is theirs, and nobody is at a window that does not have them."""
    at_windows: set[str] = set()
    for window in desks.all_windows(tx):
        kept = _theirs(tx, window)
        if kept != window:
            desks.put_window(tx, replace(kept, version=window.version + 1))
        at_windows.update(held.ticket for held in (kept.held, *kept.parked) if held is not None)
    for ticket in tickets.at_windows(tx, desks.business_date(tx)):
        if ticket.id not in at_windows:
            log.warning("at no window", ticket=ticket.id, number=ticket.number, state=ticket.state)
            tickets.move(tx, ticket.id, ticket.state, Moved(TicketState.MISSED, ticket.service, None, ticket.call))


def _theirs(tx: Tx, window: Window) -> Window:
    """The window without tickets that are elsewhere by now."""

    def is_its(held: Held, state: str) -> bool:
        ticket = tickets.find(tx, held.ticket)
        return ticket is not None and (ticket.state, ticket.call) == (state, held.call)

    parked = [held for held in window.parked if is_its(held, TicketState.PARKED)]
    window = replace(window, parked=parked)
    return window if window.held is None or is_its(window.held, window.phase) else window.emptied()


class Reliving:
    """Ends each recovery once nobody is waited for any more."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall

    async def run(self) -> None:
        """Long-lived."""
        hall = self._hall
        while True:
            await hall.until(lambda: hall.recovery is not None and not hall.recovery.awaited)
            rules = Rules(hall.catalogue, hall.settings.hall.mode)
            begun_ms = hall.clock.mono_ms()
            try:
                lived = await hall.writer.write(Relive(rules, hall.clock.now_ms()))
            except StoreFailed as failed:
                log.error("cannot live through it again", why=str(failed))  # noqa: TRY400 - the disk's fault, not ours
                await asyncio.sleep(AGAIN_S)
                continue
            if lived is not None:
                log.info("lived through again", facts=lived, took_ms=hall.clock.mono_ms() - begun_ms)
