"""A citizen touches a service and holds a slip, or is told plainly why not.

Two possible pasts, and what each becomes:

| the power goes, or an answer is late…       | what it becomes                                                    |
|---------------------------------------------|--------------------------------------------------------------------|
| before *requested* is journaled             | nothing happened                                                   |
| after *requested*, before *issued*          | *voided* (power-cut): nobody saw a number; the hall's stays a gap  |
| the hall's number comes after 700 ms        | a band number was issued; the hall's digits stay a gap             |
| after *issued*, before a byte went out      | *doubtful* (power-cut): we cannot know; the number stays callable  |
| while printing                              | *doubtful* (power-cut); nothing prints by itself                   |
| printed, before *printed* is journaled      | *doubtful* (power-cut); callable, and the paper is in a hand       |
| while the citizen is asked                  | *doubtful* (power-cut), as if nobody had answered                  |
| after the citizen's *yes*, before a fact    | *doubtful* (power-cut); callable all the same                      |
| after *voided* at a *no*, before *issued*   | the new ticket is *voided* (power-cut), the page is back at home   |
| the number stands on the screen, no paper   | *doubtful* (power-cut): it may have been learnt by heart           |

A slip that nothing confirms is *doubtful*, and callable, only once the citizen was asked and said nothing: told at
once, the hall could call a number just before its citizen says that no slip came out.

A printer that can print nothing takes no number away: it stands large on the screen, and is *noted*, and callable, once
the citizen says so. Whoever says *no*, or walks away without a word, leaves a void number, not one that nobody answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog

from device.clock import Clock
from device.flows.ask_citizen import Asking, Question, Taken
from device.flows.number_ticket import CannotIssue, Numbers
from device.flows.outcomes import Outcomes
from device.journal import Data, Entry, Journal, JournalStopped
from device.journal import Ticket as Left
from device.printers import Printers
from device.slip import SlipMaker, Ticket
from device.sync.desired import Desired
from device.sync.link import Link
from device.sync.reserve import Reserver
from device.watch import Watch
from drivers.contract import (
    COVER_OPEN,
    CUTTER_JAM,
    HARDWARE_FAILURE,
    HEAD_OVER_TEMP,
    LINK_LOST,
    MEDIA_EMPTY,
    OFFLINE,
    Completion,
    CompletionCode,
    DeviceFault,
    Severity,
)
from hall.contract import Service, numbering

log = structlog.get_logger()

PRINT_SECONDS = 20.0
NOT_OURSELVES = frozenset({"identity-twice", "certificate-revoked"})
"""The hall's refusals that say that another machine may give this kiosk's numbers."""
WITHOUT_PAPER = frozenset(
    {MEDIA_EMPTY, COVER_OPEN, CUTTER_JAM, HEAD_OVER_TEMP, HARDWARE_FAILURE, OFFLINE, LINK_LOST},
)
"""Errors of a printer that only staff can end: until then numbers stand on the screen."""


class Kiosk:
    """The printers of a kiosk and the flow around them. One ticket is taken at a time."""

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        link: Link,
        desired: Desired,
        reserver: Reserver,
        printer: Printers,
        slips: SlipMaker,
    ) -> None:
        self.watch = Watch()
        self.by_ear = False
        """Somebody uses the kiosk by ear now (device/flows/ear_desk.py): its page is covered."""
        self._journal = journal
        self._clock = clock
        self._link = link
        self._desired = desired
        self._numbers = Numbers(journal, clock, link, desired, reserver)
        self._printer = printer
        self._slips = slips
        self._taking: asyncio.Future[Taken] | None = None
        self._asking = Asking(journal, self.watch)
        self._outcomes = Outcomes(journal)
        self.kept_by: Callable[[], str | None] = lambda: None
        """Why somebody else keeps the kiosk from giving numbers: a keyword; None for nobody."""

    @property
    def doubtful(self) -> Taken | None:
        """The slip of which nobody can say whether it came out, while its citizen is asked."""
        return self._asking.about("doubtful")

    @property
    def on_screen(self) -> Taken | None:
        """The number without paper that its citizen is to remember, until they say so."""
        return self._asking.about("on-screen")

    async def run(self) -> None:
        """Long-lived: take a citizen's silence for an answer in the end; write what a full disk has kept back."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._asking.run())
            group.create_task(self._outcomes.run())

    def service(self, code: str) -> Service:
        """The catalogue's entry. Raises CannotIssue for a code it does not have."""
        for service in self._link.welcome.services if self._link.welcome else []:
            if service.code == code:
                return service
        raise CannotIssue("no-such-service")

    def why_not(self) -> str | None:
        """Why no number can be given now: a keyword; None when one can."""
        if why := self._journal.stopped or self.kept_by():
            return why
        if self._link.refusal in NOT_OURSELVES:
            return self._link.refusal
        if not self._printer.state.accepting and self.without_paper() is None:
            errors = [r.keyword for r in sorted(self._printer.state.reasons) if r.severity is Severity.ERROR]
            return errors[0] if errors else "status-unknown"
        if self._link.welcome is None or not self._desired.business_date:
            return "no-business-date"
        return self._numbers.why_no_band() if self._link.hall == "down" else None

    def without_paper(self) -> str | None:
        """Why numbers stand on the screen only: the printer's keyword; None while it prints, or may soon."""
        state = self._printer.state
        lasting = sorted(state.reasons & WITHOUT_PAPER)
        return lasting[0].keyword if lasting and not state.accepting else None

    async def settle_the_past(self) -> None:
        """At start: what a power cut left open becomes doubtful or void. Nothing prints by itself."""
        for left in self._journal.unfinished():
            kind, why = ("doubtful", "evidence") if left.outcome == "issued" else ("voided", "reason")
            await self._journal.record(kind, {"ticket": left.ticket, why: "power-cut"}, visit=left.ticket)

    async def take(self, service: str, touch: str, item: str = "") -> Taken:
        """One slip for one touch. A second touch while a slip is on its way gets that same slip.

        ``item``: the matter that was chosen, "" for the service as such: told with *requested*.
        Raises CannotIssue before a number is spent, JournalStopped when nothing can be written.
        """
        if again := await self._same(touch):
            return again
        if why := self.why_not():
            raise CannotIssue(why)
        return await self._alone(self.service(service), touch, place_of="", item=item)

    async def came_out(self, ticket: str, *, yes: bool, touch: str) -> Taken:
        """The citizen says whether a doubtful slip came out; *no* voids it and prints anew at the same place."""
        doubtful = self.doubtful
        if doubtful is None or doubtful.ticket.ticket != ticket:
            if not yes and (again := await self._same(touch)):
                return again
            raise CannotIssue("nothing-doubtful")
        if not yes and (why := self.why_not()):
            raise CannotIssue(why)
        question = self._asking.close()  # before the first wait: a second answer finds nothing doubtful
        try:
            if not yes:
                return await self._alone(doubtful.ticket.service, touch, place_of=ticket)
            await self._journal.record("printed", {"ticket": ticket, "evidence": "citizen"}, visit=ticket)
        except JournalStopped:
            if question and not self._journal.ticket_of_touch(touch):
                self._asking.ask(Question(doubtful, question.evidence))
            raise
        return Taken(doubtful.ticket, "printed")

    async def noted(self, ticket: str, *, yes: bool) -> Taken:
        """The citizen says that they have the number from the screen, or that they do not want it.

        Raises CannotIssue when it is no longer asked, JournalStopped.
        """
        shown = self.on_screen
        if shown is None or shown.ticket.ticket != ticket:
            left = self._journal.ticket(ticket)
            if left is not None and left.outcome == "noted" and yes:
                return self._known(left)
            raise CannotIssue("nothing-doubtful")
        self._asking.close()
        kind, data = ("noted", {"evidence": "citizen"}) if yes else ("voided", {"reason": "not-confirmed"})
        try:
            await self._journal.record(kind, {"ticket": ticket, **data}, visit=ticket)
        except JournalStopped:
            self._asking.ask(Question(shown))
            raise
        return Taken(shown.ticket, "noted" if yes else "dropped")

    async def nobody_answers(self, ticket: str) -> None:
        """Who was asked about this ticket is gone: as silence, at once."""
        question = self._asking.question
        if question is not None and question.taken.ticket.ticket == ticket:
            await self._asking.take_silence()

    async def _same(self, touch: str) -> Taken | None:
        """What a touch that is sent again gets: the slip on its way, or what became of the first sending."""
        if self._taking is not None:
            return await asyncio.shield(self._taking)
        left = self._journal.ticket_of_touch(touch)
        return self._known(left) if left else None

    def _known(self, left: Left) -> Taken:
        """What already became of a touch that is sent again."""
        question = self._asking.question
        if question is not None and question.taken.ticket.ticket == left.ticket:
            return question.taken
        ticket = Ticket(
            left.ticket, left.number, self.service(left.service), left.date, left.source == "band", None, None
        )
        return Taken(ticket, "not-printed" if left.outcome == "voided" else left.outcome)

    async def _alone(self, service: Service, touch: str, place_of: str, item: str = "") -> Taken:
        taking = self._taking = asyncio.get_running_loop().create_future()
        try:
            taken = await self._issue(service, touch, place_of, item)
            taking.set_result(taken)
        except BaseException as error:
            taking.set_exception(error if isinstance(error, Exception) else CannotIssue("stopping"))
            taking.exception()  # whoever else waits gets it too; nobody need wait
            raise
        finally:
            self._taking = None
        return taken

    async def _issue(self, service: Service, touch: str, place_of: str, item: str) -> Taken:
        touched_ms = self._clock.mono_ms()
        await self._asking.take_silence()
        requested: Data = {"service": service.code, "touch": touch}
        if item:
            requested["item"] = item
        entries = [Entry("requested", requested)]
        if place_of:
            requested["place_of"] = place_of
            entries.insert(0, Entry("voided", {"ticket": place_of, "reason": "citizen"}, visit=place_of))
        *_, fact = await self._journal.record_many(entries)
        name = numbering.ticket_id(self._journal.device, self._journal.id, fact.seq)
        ticket = await self._numbers.take(name, service, touched_ms, place_of, fact.digest())
        if self.without_paper():
            return self._asking.ask(Question(Taken(ticket, "on-screen")))
        return await self._print(ticket)

    async def _print(self, ticket: Ticket) -> Taken:
        slip = self._slips.lay_out(ticket, self._link.welcome.hall if self._link.welcome else "")
        try:
            completion = await self._printer.do(lambda printer, limit: printer.print_slip(slip, limit), PRINT_SECONDS)
        except DeviceFault as fault:
            log.warning("slip not sent", ticket=ticket.ticket, fault=type(fault).__name__.lower(), what=str(fault))
            completion = Completion(CompletionCode.DEVICE_NOT_READY, False, "link-lost")
        return await self._conclude(ticket, completion)

    async def _conclude(self, ticket: Ticket, completion: Completion) -> Taken:
        reasons = tuple(r.keyword for r in sorted(completion.reasons) if r.severity is Severity.ERROR)
        data: Data = {"ticket": ticket.ticket}
        if completion.confirmed is None:
            return self._asking.ask(Question(Taken(ticket, "doubtful", reasons), completion.evidence))
        if completion.confirmed:
            await self._outcomes.tell("printed", data | {"evidence": completion.evidence}, ticket.ticket)
            return Taken(ticket, "printed")
        reason = reasons[0] if reasons else completion.evidence
        await self._outcomes.tell("voided", data | {"reason": reason}, ticket.ticket)
        return Taken(ticket, "not-printed", reasons or (reason,))
