"""A window that goes on while the hall is away: it serves whom it is shown, and tells all of it as facts.

The clerk types the number that a citizen shows, or scans the slip: *admitted*, journaled before the display shows it.
Start, finish and missed are facts too, also for a ticket that the hall had called before the cut. What stands at the
window is what the hall told last and these facts after it, so that a daemon that is started anew stands where it stood.

Two possible pasts, and what each becomes:

| the cut, or the power cut, comes…               | what it becomes                                                   |
|-------------------------------------------------|-------------------------------------------------------------------|
| before a command reached the hall               | the command expires; the clerk does the step again, here          |
| after the hall did it, before its answer        | the hall's call was never shown: it goes back to waiting when     |
|                                                 | this window admits somebody, else it stands here after the cut    |
| while the hall may still do an unanswered press | *admitted* waits until that press has expired                     |
| after redirect or park, unanswered              | the ticket may be gone: nothing is told of it; another number may |
|                                                 | be served, and the hall finishes it if it is still here           |
| after missed, unanswered                        | missed, and nothing else; who comes after all is admitted anew    |
| after next or finish, unanswered                | it may be finished: it can be started and finished, not missed    |
| before *admitted* is journaled                  | nothing happened, the display is as it was                        |
| after *admitted*, before the display            | it is shown at the next start, and *shown* follows                |
| after *started*                                 | serving, at the next start too                                    |
| after *finished*, before *rating-opened*        | the rating is opened at the next start, once                      |
| after *missed*                                  | the number can be admitted again                                  |
| the hall is up, facts are not all there yet     | the window stands as it stands here; no older word counts         |
| all facts are there, the hall tells the window  | the hall's word, from now on                                      |
| the hall told it before it had the last fact    | it tells the window again when that fact changed it; when nothing |
|                                                 | comes within TOLD_SECONDS, it did not, and the word stands        |
| another counter, cut off too, admits the slip   | both facts are kept: the hall shows the conflict                  |
"""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec
from msgspec.structs import replace

from device.clock import Clock
from device.entries import Data, Entry
from device.flows.in_doubt import leaving, may, unanswered, until_expired
from device.flows.own_facts import OWN_KINDS, Admissions, answered, facts_after, follow
from device.flows.patience import until_written
from device.journal import Journal
from device.sync.desired import Desired
from device.sync.link import Link
from device.watch import Watch
from hall.contract import Clerk, Fact, Held, Miss, Refusal, Service, Struct, WindowState, numbering
from hall.contract.slips import Slip

TOLD_SECONDS = 2.0
"""A hall that has a fact tells what it changed at once; the rest is for a slow line."""


class _Told(Struct, frozen=True, kw_only=True):
    """What the hall told last. ``since``: own facts after this one came after it."""

    since: int
    state: WindowState


class Island:
    """One window on its own. ``watch`` changes whenever ``state`` may have changed by what this box itself did."""

    def __init__(
        self, number: int, journal: Journal, clock: Clock, link: Link, desired: Desired, admissions: Admissions
    ) -> None:
        self.number = number
        self.steps = 0
        """Counts all changes here: of two states with one version the one of more steps is the later."""
        self.watch = Watch()
        self._journal = journal
        self._clock = clock
        self._link = link
        self._desired = desired
        self._admissions = admissions
        self._own: WindowState | None = None
        self._alone = False
        """Something was done here that the hall has not told of; else ``_own`` is what it told before a restart."""
        self._last = 0
        """Seq of the newest own fact."""
        self._told = False
        """The hall has told this window since it came up."""
        self._unkept: _Told | None = None
        self._ends_at: float | None = None
        self._turn = asyncio.Lock()
        self._news = Watch()
        self._resume()
        admissions.windows.append(self)
        desired.on_told(self._heard)
        link.watch.feeds(self._news)
        journal.watch.feeds(self._news)

    @property
    def away(self) -> bool:
        """The hall is known to be away, or not yet itself: this window decides."""
        link = self._link
        recovering = link.reached_hall and link.welcome is not None and link.welcome.recovering
        return link.hall == "down" and (link.known_down or recovering)

    @property
    def state(self) -> WindowState | None:
        """What stands at the window; None before the hall's first word."""
        told = self._desired.windows.get(self.number)
        return self._own if self._own is not None and (self._alone or self.away) else told

    async def admit(self, request: str, clerk: Clerk, digits: str, slip: Slip | None = None) -> Refusal | None:
        """Serve the holder of this number, of its checked slip when that was scanned; what is served is finished.

        None when done. The same ``request`` again is done already. Raises JournalStopped.
        """
        async with self._turn:
            await until_expired(self._journal, self.number, self._clock)
            state = self.state
            if self._link.hall == "up":
                return "screen-outdated"
            if state is None or state.clerk is None:
                return "not-signed-in"
            if state.held is not None and state.held.call == request:
                return None
            service, date = (slip.service, slip.date) if slip else (self._code(digits), self._desired.business_date)
            if not service or not date:
                return "no-such-number"
            pressed = unanswered(self._journal, self.number, state.held) if state.held else set()
            if why := self._admissions.why_not(digits, date, state.held if Miss in pressed else None):
                return why
            await self._admissions.begin(self._desired.business_date)
            admitted: Data = {
                "window": self.number,
                "call": request,
                "digits": digits,
                "service": service,
                "date": date,
                "slip": slip.ticket if slip else "",
                "how": "scanned" if slip else "typed",
            }
            left = leaving(pressed)
            entries = [self._entry(left, clerk, state.held)] if left and state.held else []
            await self._record([*entries, Entry("admitted", admitted, clerk.staff_no, clerk.post)], state)
            return None

    async def step(self, kind: str, clerk: Clerk) -> Refusal | None:
        """*started*, *finished* or *missed* of what is held. None when done. Raises JournalStopped."""
        async with self._turn:
            state = self.state
            if state is None or state.held is None:
                return "nothing-held"
            if state.phase == "serving" and kind != "finished":
                return None if kind == "started" else "not-in-this-state"
            if not may(kind, unanswered(self._journal, self.number, state.held)):
                return "hall-unreachable"
            await self._record([self._entry(kind, clerk, state.held)], state)
            return None

    def recall(self) -> Refusal | None:
        """Announce what is called once more: no fact, its *shown* tells it."""
        state = self.state
        if state is None or state.held is None:
            return "nothing-held"
        if state.phase != "called":
            return "not-in-this-state"
        self._stand(replace(state, held=replace(state.held, calls=state.held.calls + 1)))
        return None

    async def seat(self, clerk: Clerk | None) -> Refusal | None:
        """A clerk whom this box knows sits down, or nobody does: kept as if the hall had told it. None when done."""
        async with self._turn:
            state = self.state
            if state is None or (clerk is None and state.held is not None):
                return "hall-unreachable" if state is None else "window-busy"
            if state.held is not None and state.clerk is not None and clerk != state.clerk:
                return "another-clerk"
            phase = state.phase if state.held else ("idle" if clerk else "closed")
            state = replace(state, clerk=clerk, phase=phase, undo=None)
            await self._keep(_Told(since=self._journal.head()[0], state=state))
            self._stand(state)
            return None

    def obeyed(self, call: str) -> None:
        """The hall has done a press about this call: when it is one of this window's own, it has heard how it began.

        That it has all facts may not have been told here yet, and would not be in a cut that follows at once.
        """
        if self._own is not None and self._own.held is not None and self._own.held.call == call:
            self._end()

    async def run(self) -> None:
        """Long-lived: keep what the hall tells for a restart, and see the end of the cut."""
        away = self.away
        with self._news.watching() as changed:
            while True:
                changed.clear()
                self._told = self._told and self._link.hall == "up"
                if away != self.away:
                    away = self.away
                    self.watch.changed()
                if (unkept := self._unkept) is not None:
                    self._unkept = None
                    await until_written(partial(self._keep, unkept))
                try:
                    async with asyncio.timeout_at(self._end_at()):
                        await changed.wait()
                except TimeoutError:
                    self._end()

    def _heard(self, state: WindowState) -> None:
        if state.window != self.number:
            return
        self._told = self._link.hall == "up"
        if self._own is not None and self._is_told():
            self._end()
        elif self._own is None:
            self._keep_soon()
        self._news.changed()

    def _is_told(self) -> bool:
        """The hall has all of this window's own facts, and has told the window."""
        return self._told and self._journal.acknowledged >= self._last

    def _end_at(self) -> float | None:
        """When the cut is over for this window though the hall tells nothing more (the loop's clock)."""
        if self._own is None or not self._is_told():
            self._ends_at = None
        elif self._ends_at is None:
            self._ends_at = asyncio.get_running_loop().time() + TOLD_SECONDS
        return self._ends_at

    def _end(self) -> None:
        self._own, self._alone, self._last, self._ends_at = None, False, 0, None
        self.steps += 1
        self._keep_soon()
        self.watch.changed()

    def _stand(self, state: WindowState) -> None:
        self._own, self._alone = state, True
        self.steps += 1
        self.watch.changed()

    def _keep_soon(self) -> None:
        if (state := self._desired.windows.get(self.number)) is not None:
            self._unkept = _Told(since=self._journal.head()[0], state=state)

    async def _keep(self, told: _Told) -> None:
        await self._journal.remember(f"window/{self.number}", msgspec.json.encode(told).decode())

    async def _record(self, entries: list[Entry], state: WindowState) -> None:
        """Journal first, then let it stand. Display, caller and pad follow ``state``."""
        for fact in await self._journal.record_many(entries):
            state = self._followed(state, fact)
            self._admissions.take(fact)
            self._last = fact.seq
        self._stand(state)

    def _followed(self, state: WindowState, fact: Fact) -> WindowState:
        ticket = numbering.ticket_id(self._journal.device, self._journal.id, fact.seq)
        return follow(state, fact, ticket, self._services())

    def _resume(self) -> None:
        """Stand where this window stood when the box stopped."""
        kept = self._journal.recall(f"window/{self.number}")
        if not kept:
            return
        told = msgspec.json.decode(kept, type=_Told)
        state = told.state
        for fact in facts_after(self._journal, told.since):
            if fact.data.get("window") != self.number:
                continue
            if fact.kind in OWN_KINDS:
                state, self._alone, self._last = self._followed(state, fact), True, fact.seq
            elif fact.kind == "answered" and (later := answered(fact, state)) is not None:
                state, self._alone, self._last = later, False, 0
        self._own = state

    def _entry(self, kind: str, clerk: Clerk, held: Held) -> Entry:
        data: Data = {"window": self.number, "ticket": held.ticket, "call": held.call}
        return Entry(kind, data, clerk.staff_no, clerk.post, held.visit)

    def _services(self) -> list[Service]:
        return self._link.welcome.services if self._link.welcome else []

    def _code(self, digits: str) -> str:
        """The service whose number this is; "" for none."""
        codes = {service.code for service in self._services()}
        try:
            number = numbering.parse(digits, len(next(iter(codes), "")))
        except ValueError:
            return ""
        return number.code if number.code in codes else ""
