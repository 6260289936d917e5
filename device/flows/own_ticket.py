"""A slip scanned at a kiosk: where its ticket stands, and what its holder wants of it.

Nobody asks who holds it: whoever has the slip has the ticket, as at a counter. What the scan opened is known by a name
that only its page has, and is forgotten when the page leaves it.

| pressed      | only while the ticket is             | told as      | confirmed by                                  |
|--------------|--------------------------------------|--------------|-----------------------------------------------|
| 暂离         | waiting, redirected; once a ticket   | stepped-away | its state *away*                              |
| 我回来了     | away                                 | stepped-back | no longer *away*                              |
| 不办了退号   | waiting, redirected, away, missed    | given-back   | its state *void*                              |
| 请用屏幕叫我 | not yet served                       | by-screen    | *by_screen*                                   |

What is pressed is journaled first and never taken back by an answer:

| then…                                              | the page is told                                               |
|----------------------------------------------------|----------------------------------------------------------------|
| the hall has the fact, and the place says so       | done                                                           |
| … the place says otherwise: called meanwhile       | overtaken, with the place as it is                             |
| the hall does not take or answer it in time        | kept: it is told as soon as the hall is there; nothing is sure |
| the same press comes again, its answer was lost    | what became of the first                                       |
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from typing import Literal

from device.journal import Data, Journal
from device.sync.desired import Desired
from device.sync.link import HallRefused, HallUnreachable, Link
from hall.contract import AWAY_MS, AskPlace, Place
from hall.contract.slips import Slip, check
from hall.ticket import Step, TicketState, after

PLACE_S = 2.0
"""For the whole answer: who stands there with a slip does not wait longer for a machine."""

TOLD_S = 3.0
"""Until the hall has stored what was pressed."""

MINUTES = AWAY_MS // 60_000

Wish = Literal["step-away", "step-back", "give-back", "by-screen"]
Outcome = Literal["done", "overtaken", "kept"]

FACTS: dict[Wish, str] = {
    "step-away": "stepped-away",
    "step-back": "stepped-back",
    "give-back": "given-back",
    "by-screen": "by-screen",
}
_TOO_LATE = frozenset({TicketState.FINISHED, TicketState.SERVING, TicketState.VOID, TicketState.CLOSED})
"""States in which it is too late to ask for the screens."""


class HallAway(Exception):
    """The hall does not say where the ticket stands. ``why``: a keyword of the wording room *refusal*."""

    def __init__(self, why: Literal["hall-unreachable", "recovering"]) -> None:
        super().__init__(why)
        self.why = why


class NotPossible(Exception):
    """This wish cannot be had of the ticket as the page has seen it, or the page has left it."""


@dataclass(frozen=True, slots=True)
class Became:
    """What a press came to; ``place`` None when the hall did not tell it any more."""

    outcome: Outcome
    place: Place | None


@dataclass(slots=True, eq=False)
class Look:
    """One scanned slip. ``place`` as the page has seen it last."""

    slip: Slip
    place: Place
    id: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    pressed: dict[Wish, asyncio.Future[Became]] = field(default_factory=dict)


class OwnTickets:
    """The slips that are scanned at one kiosk, one at a time."""

    def __init__(self, journal: Journal, link: Link, desired: Desired) -> None:
        self._journal = journal
        self._link = link
        self._desired = desired
        self._look: Look | None = None

    async def scan(self, scanned: str) -> Look:
        """The ticket of this slip and its place. The slip scanned before is forgotten. Raises SlipRefused, HallAway."""
        self._look = None
        welcome = self._link.welcome
        keys, services = (welcome.slip_keys, welcome.services) if welcome else ({}, [])
        slip = check(scanned, keys, services, self._desired.business_date)
        look = Look(slip, await self._place(slip.ticket))
        self._look = look
        return look

    def leave(self, id_: str) -> None:
        """The page has left it."""
        if self._found(id_) is not None:
            self._look = None

    async def wish(self, id_: str, wish: Wish) -> Became:
        """One press. Raises NotPossible, JournalStopped."""
        look = self._found(id_)
        if look is None:
            raise NotPossible(wish)
        if (same := look.pressed.get(wish)) is not None:
            return await asyncio.shield(same)
        if wish not in possible(look.place):
            raise NotPossible(wish)
        pressed = look.pressed[wish] = asyncio.get_running_loop().create_future()
        try:
            became = await self._tell(look.slip.ticket, wish)
        except BaseException as error:
            del look.pressed[wish]  # nothing was journaled, or nobody knows: it may be pressed again
            pressed.set_exception(error if isinstance(error, Exception) else NotPossible(wish))
            pressed.exception()  # whoever pressed it twice gets it too; nobody need wait
            raise
        look.place = became.place or look.place
        pressed.set_result(became)
        return became

    async def by_screen(self, ticket: str) -> Became:
        """Whoever has just taken this number here wants to be called by the screens.

        Raises NotPossible for a number that this kiosk has not given, or not to be used, and JournalStopped.
        """
        given = self._journal.ticket(ticket)
        if given is None or given.outcome not in ("printed", "noted", "doubtful", "issued"):
            raise NotPossible(ticket)
        return await self._tell(ticket, "by-screen")

    def _found(self, id_: str) -> Look | None:
        look = self._look
        same = look is not None and secrets.compare_digest(look.id.encode(), id_.encode())
        return look if same else None

    async def _tell(self, ticket: str, wish: Wish) -> Became:
        data: Data = {"ticket": ticket}
        if wish == "step-away":
            data["minutes"] = MINUTES
        fact = await self._journal.record(FACTS[wish], data, visit=ticket)
        try:
            async with asyncio.timeout(TOLD_S):
                await self._told(fact.seq)
            place = await self._place(ticket)
        except (TimeoutError, HallAway):
            return Became("kept", None)
        return Became("done" if _is_so(place, wish) else "overtaken", place)

    async def _told(self, seq: int) -> None:
        """Wait until the hall has stored the journal up to here."""
        with self._journal.watch.watching() as changed:
            while self._journal.acknowledged < seq:
                await changed.wait()
                changed.clear()

    async def _place(self, ticket: str) -> Place:
        if self._link.hall != "up":
            self._link.knock()
            raise HallAway("hall-unreachable")
        try:
            async with asyncio.timeout(PLACE_S):
                return await self._link.post("/device/place", AskPlace(ticket=ticket), Place, PLACE_S)
        except HallRefused as refused:
            raise HallAway("recovering" if refused.reason == "recovering" else "hall-unreachable") from None
        except (TimeoutError, HallUnreachable):
            raise HallAway("hall-unreachable") from None


def possible(place: Place) -> list[Wish]:
    """What the holder may ask of a ticket that stands so."""
    if not place.state:
        return []
    state = TicketState(place.state)
    may: dict[Wish, bool] = {
        "step-away": place.may_step_away,
        "step-back": state is TicketState.AWAY,
        "give-back": after(state, Step.GIVE_UP) is not None,
        "by-screen": not place.by_screen and state not in _TOO_LATE,
    }
    return [wish for wish in may if may[wish]]


def _is_so(place: Place, wish: Wish) -> bool:
    match wish:
        case "step-away":
            return place.state == TicketState.AWAY
        case "step-back":
            return place.state != TicketState.AWAY
        case "give-back":
            return place.state == TicketState.VOID
        case "by-screen":
            return place.by_screen
