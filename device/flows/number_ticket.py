"""The number of a ticket: the hall's, or one of this kiosk's own band when the hall does not answer in time."""

from __future__ import annotations

from datetime import datetime

from device.clock import Clock
from device.journal import Data, Journal
from device.slip import Ticket
from device.sync.desired import Desired
from device.sync.link import Link
from device.sync.reserve import Reserver
from hall.contract import Reserve, Service, numbering


class CannotIssue(Exception):
    """No number now. ``why`` is a keyword of the wording room *reason*."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Numbers:
    """Gives each ticket its number, and journals it as *issued*; what gets none is *voided*."""

    def __init__(self, journal: Journal, clock: Clock, link: Link, desired: Desired, reserver: Reserver) -> None:
        self._journal = journal
        self._clock = clock
        self._link = link
        self._desired = desired
        self._reserver = reserver

    def why_no_band(self) -> str | None:
        """Why this kiosk has no number of its own: a keyword; None while it has."""
        if self._journal.band_locked:
            return "band-locked"
        return None if self._link.welcome and self._link.welcome.kiosk_digit else "no-digit"

    async def take(self, name: str, service: Service, touched_ms: int, place_of: str, digest: str) -> Ticket:
        """The hall's, or after 700 ms without an answer this kiosk's own. Raises CannotIssue, JournalStopped."""
        wanted = Reserve(
            ticket=name,
            service=service.code,
            mode=self._journal.mode,
            mono_ms=touched_ms,
            boot=self._clock.boot_id,
            place_of=place_of,
            digest=digest,
        )
        reserved = await self._reserver.reserve(wanted)
        taken = self._clock.local_time() if self._clock.trust() == "compared" else None
        if reserved is not None:
            ticket = Ticket(name, reserved.digits, service, reserved.date, False, reserved.ahead, taken)
            await self._journal.record("issued", _issued(ticket), visit=name)
            return ticket
        return await self._from_band(name, service, taken)

    async def _from_band(self, name: str, service: Service, taken: datetime | None) -> Ticket:
        date = self._desired.business_date
        if why := self.why_no_band():
            await self._journal.record("voided", {"ticket": name, "reason": why}, visit=name)
            raise CannotIssue(why)
        digit = self._link.welcome.kiosk_digit if self._link.welcome else 0

        def ticket_of(count: int) -> Ticket:
            digits = numbering.band_digits(service.code, digit, count)
            return Ticket(name, digits, service, date, True, None, taken)

        fact = await self._journal.issue_from_band(name, date, service.code, lambda count: _issued(ticket_of(count)))
        if fact is None:
            await self._journal.record("voided", {"ticket": name, "reason": "band-exhausted"}, visit=name)
            raise CannotIssue("band-exhausted")
        return ticket_of(int(str(fact.data["number"])[-3:]))


def _issued(ticket: Ticket) -> Data:
    return {
        "ticket": ticket.ticket,
        "service": ticket.service.code,
        "number": ticket.digits,
        "source": "band" if ticket.band else "hall",
        "date": ticket.date,
    }
