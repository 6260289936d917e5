"""How one ticket stands, for whoever hears it alone: its call from what the box is told of windows, else by asking.

A box is told of all windows' calls where the hall's settings give its entry ``board = ["*"]``. One that is not asks
the place of the ticket every few seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from config.wording import say
from device.flows.ear_words import filled, of_hall
from device.flows.mouth import Utterance, utter
from device.sync.calls import HallRefused, HallUnreachable, post
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.link import Link
from device.watch import Watch
from hall.contract import AskPlace, Place, Said

log = structlog.get_logger()

ASK_SECONDS = 5.0
LIMIT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Called:
    """A call that stands: ``key`` is another one for each time it is called."""

    key: str
    window: int


class TicketCalls:
    """``watch`` changes when a ticket may stand otherwise."""

    def __init__(self, link: Link, desired: Desired, lookup: Lookup) -> None:
        self.watch = Watch()
        self._link = link
        self._desired = desired
        self._lookup = lookup
        self._refused = False
        desired.watch.feeds(self.watch)

    def told_of(self, service: str) -> bool:
        """Whether the box is told of every window that serves this, and need not ask."""
        serving = {window.number for window in self._lookup.directory.windows if service in window.services}
        return bool(self._desired.windows) and serving <= {*self._desired.windows}

    async def of(self, ticket: str, service: str) -> Called | None:
        """Its call that stands now; None while it is not called, or nobody can say."""
        for number, state in self._desired.windows.items():
            if state.phase == "called" and state.held is not None and state.held.ticket == ticket:
                return Called(f"{state.held.call}/{state.held.calls}", number)
        if self.told_of(service):
            return None
        place = await self.place(ticket)
        if place is None or place.state != "called" or place.window is None:
            return None
        return Called(f"place/{place.window}", place.window)

    def alarm(self, language: str) -> tuple[Utterance, ...]:
        """That everybody has to leave, or a drill of it; nothing when neither stands."""
        alarm = self._desired.alarm
        if alarm is None:
            return ()
        return (Utterance(say("alarm", alarm.kind, language), language), of_hall(alarm.text, language))

    async def place(self, ticket: str) -> Place | None:
        """How the hall says that it stands; None when it does not say."""
        try:
            return await post(self._link.client, "/device/place", AskPlace(ticket=ticket), Place, LIMIT_SECONDS)
        except HallUnreachable:
            return None
        except HallRefused as refused:
            if not self._refused:
                self._refused = True
                log.warning("place not told", why=refused.reason or refused.status)
            return None

    def said(self, number: str, called: Called, language: str) -> tuple[Utterance, ...]:
        """The call, and where that window is."""
        window = next((each for each in self._lookup.directory.windows if each.number == called.window), None)
        call = utter("called", language, number=number, window=called.window)
        if window is None:
            return (call,)
        name = Said(zh=window.name, en=window.name_en)
        return (call, *filled("called-where", "name", name, language, window=called.window))
