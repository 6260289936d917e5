"""People with a slip who come back to a kiosk: they look where they stand, step away and return, give back."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from simulators.account import Ticket
from simulators.client import BoxClient, NoAnswer, until_answered
from simulators.demo.evidence import Slip, digits_in
from simulators.demo.props import Props
from simulators.demo.wished import Came, What, Wish

BY_SCREEN = 0.1
"""So many of those who have just taken a number want the screens to call them."""

COMES_BACK = 0.2
"""So often somebody with a slip stands at the kiosk before the next one who takes a number."""

WANTS: dict[What, int] = {"step-away": 5, "by-screen": 3, "give-back": 3}
LOOKS_ONLY = 0.15
CALLED_BEFORE = 0.2
"""So many have been called already: missed, or at a window this moment."""

RECENT = 40
"""So many slips back somebody may still be in the hall."""

AWAY_SECONDS = (2.0, 20.0)
AGAIN_SECONDS = 3.0
"""Before whoever has not been heard tries once more."""

SCAN_SECONDS, WISH_SECONDS = 6.0, 12.0
"""How long the kiosk's page tries to get an answer (screens/static/kiosk_own_ticket.js)."""


@dataclass
class SlipHolders:
    """Everybody in the hall who has a slip. Who has left at one kiosk may come back at another."""

    props: Props
    wishes: list[Wish] = field(default_factory=list)
    absent: set[str] = field(default_factory=set)
    """Numbers whose holder is not to be met in the hall now: away, at a kiosk, or gone for good."""
    comes_back: float = COMES_BACK
    by_screen: float = BY_SCREEN
    _back_at: dict[str, float] = field(default_factory=dict)

    async def after_taking(self, box: BoxClient, answer: dict[str, Any], random: Random) -> None:
        """Somebody has just taken a number: a few want the screens to call them."""
        wants = random.random() < self.by_screen
        if wants and answer.get("outcome") in {"printed", "doubtful", "noted"}:
            await self._wish(lambda: box.by_screen(answer["ticket_id"]), digits_in(answer["number"]), "by-screen")

    async def before_taking(self, box: BoxClient, random: Random) -> None:
        """Now and then somebody with a slip is at the kiosk first; who has been away long enough, always."""
        now = time.monotonic()
        if due := next((digits for digits, at in self._back_at.items() if at <= now), None):
            await self.come_back(box, due)
        elif random.random() < self.comes_back and (slip := self._somebody(random)) is not None:
            await self._at_kiosk(box, slip, random)

    async def bring_back(self, box: BoxClient, tickets: Iterable[Ticket]) -> None:
        """Whoever is still away, as the hall has it, comes back at this kiosk."""
        for ticket in tickets:
            if ticket.state == "away":
                await self.come_back(box, ticket.digits)

    async def come_back(self, box: BoxClient, digits: str) -> None:
        """我回来了, as often as it takes to be heard."""
        slip = self.props.slip_of(digits)
        self._back_at[digits] = time.monotonic() + AGAIN_SECONDS
        scanned = await _scanned(box, slip) if slip is not None else {}
        if "look" not in scanned:
            return
        if "step-back" in scanned["place"]["wishes"]:
            look = scanned["look"]
            if await self._wish(lambda: box.wish(look, "step-back"), digits, "step-back") in {"kept", "unknown"}:
                return
        del self._back_at[digits]
        self.absent.discard(digits)

    async def _at_kiosk(self, box: BoxClient, slip: Slip, random: Random) -> None:
        self.absent.add(slip.digits)
        what, came = None, "refused"
        try:
            scanned = await _scanned(box, slip)
            if "look" in scanned:
                look, may = scanned["look"], {what: WANTS[what] for what in WANTS if what in scanned["place"]["wishes"]}
                if may and random.random() > LOOKS_ONLY:
                    what = wanted = random.choices(list(may), list(may.values()))[0]
                    came = await self._wish(lambda: box.wish(look, wanted), slip.digits, what)
                else:
                    await _quietly(lambda: box.leave_slip(look))
        finally:
            stays = came in {"refused", "overtaken"} or what not in {"step-away", "give-back"}
            if stays:
                self.absent.discard(slip.digits)
            elif what == "step-away":
                self._back_at[slip.digits] = time.monotonic() + random.uniform(*AWAY_SECONDS)

    async def _wish(self, post: Callable[[], Awaitable[dict[str, Any]]], digits: str, what: What) -> Came:
        """Ask as the page does, and note what came of it."""
        begun, unheard = self.props.now_ms(), 0
        came: Came = "unknown"
        told: int | None = None

        async def once() -> dict[str, Any]:
            nonlocal unheard
            try:
                return await post()
            except NoAnswer:
                unheard += 1
                raise

        try:
            answer = await until_answered(once, WISH_SECONDS)
            came, told = _came(answer, sure=not unheard), self.props.now_ms()
        except NoAnswer:
            pass
        finally:
            self.wishes.append(Wish(begun, digits, what, came, told))
        return came

    def _somebody(self, random: Random) -> Slip | None:
        called = random.random() < CALLED_BEFORE
        seen = {shown.digits for shown in self.props.shown}
        recent = [slip for slip in self.props.slips[-RECENT:] if slip.complete and slip.digits not in self.absent]
        there = [slip for slip in recent if (slip.digits in seen) == called]
        return random.choice(there) if there else None


async def _scanned(box: BoxClient, slip: Slip) -> dict[str, Any]:
    return await _quietly(lambda: until_answered(lambda: box.scan_slip(slip.qr[0]), SCAN_SECONDS))


async def _quietly(post: Callable[[], Awaitable[dict[str, Any]]]) -> dict[str, Any]:
    """Nothing is done by it: who gets no answer goes away."""
    try:
        return await post()
    except NoAnswer:
        return {}


def _came(answer: dict[str, Any], *, sure: bool) -> Came:
    """``sure``: this is the answer to the first time it was asked."""
    outcome = answer.get("outcome")
    if outcome in {"done", "overtaken", "kept"}:
        came: Came = outcome
        return came
    return "refused" if sure and not str(answer.get("error")).startswith("status") else "unknown"
