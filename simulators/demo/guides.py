"""A guide with a tablet: looks for who is called by the screens, finds, sends on, lets wait again, takes numbers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from simulators.client import CallFailed, GuidePage, NoAnswer
from simulators.demo.evidence import Noted, Slip, digits_in
from simulators.demo.props import Props
from simulators.demo.tables import DemoClerk
from simulators.demo.wished import Came, What, Wish

PAUSE_SECONDS = (0.3, 2.0)
"""Between two people who come to the guide."""

LOOK_SECONDS = 0.2
REOPEN_SECONDS = 0.2
AGAIN_SECONDS = 0.5
WALK_SECONDS = (0.3, 3.0)
"""From the tablet's word to having looked; as long again before a look of which the hall has not heard."""
ANSWER_SECONDS = 60.0
"""A guide repeats a deed until it is answered: nobody goes to the next visitor in doubt."""

FOUND = 0.5
TAKES = 0.15
"""So many who come have no number; everybody else shows a slip."""

COMES_LATE, COMES_EARLY = 0.4, 0.8
"""So many of those with a slip have missed their call, where somebody has; and up to here not been called yet."""

RECENT = 40
DEEDS: dict[What, int] = {"transfer": 3, "readmit": 4, "give-back": 1}
LEAVES_AS_IT_IS = 0.3
ASK_AGAIN = {"signed-out", "store-failed"}
"""Refusals after which the same is asked once more."""


@dataclass
class Guide:
    """One guide. ``services``: what tickets may be taken for, and sent to."""

    page: GuidePage
    person: DemoClerk
    props: Props
    services: list[str]
    random: Random
    closing: asyncio.Event
    over: asyncio.Event
    absent: set[str]
    """Numbers whose holder is not there to come to a guide."""
    missed: Callable[[], list[str]]
    """Numbers that were called in vain: their holders are likely to come."""
    wishes: list[Wish] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    """Numbers that were taken for visitors, who know them by heart."""
    board: dict[str, Any] = field(default_factory=dict)
    _there_at: dict[str, float] = field(default_factory=dict)

    async def work(self) -> None:
        """Help until the play is over."""
        next_at = 0.0
        async with asyncio.TaskGroup() as group:
            following = group.create_task(self._follow())
            while not self.over.is_set():
                with suppress(NoAnswer):
                    await self._look_for_people()
                    if time.monotonic() > next_at and not self.closing.is_set():
                        next_at = time.monotonic() + self.random.uniform(*PAUSE_SECONDS)
                        await self._somebody_comes()
                await asyncio.sleep(LOOK_SECONDS)
            following.cancel()

    async def _follow(self) -> None:
        """What the page shows, through sign-outs and restarts of the hall."""
        while True:
            with suppress(CallFailed):
                await self.page.sign_in(self.person.name, self.person.pin)
                async for state in self.page.states():
                    self.board = state["board"]
            self.board = {}
            await asyncio.sleep(REOPEN_SECONDS)

    async def _look_for_people(self) -> None:
        """Whoever is called by the screens and does not come."""
        for each in self.board.get("walk", []):
            if each["why"] != "by-screen" or each["looked"] is not None:
                continue
            now = time.monotonic()
            if now < self._there_at.setdefault(each["call"], now + self.random.uniform(*WALK_SECONDS)):
                continue
            self._there_at[each["call"]] = now + WALK_SECONDS[1]
            asked = {"ticket": each["ticket"], "call": each["call"], "found": self.random.random() < FOUND}
            await self._do("looked-for", asked, digits_in(each["number"]))

    async def _somebody_comes(self) -> None:
        if self.random.random() < TAKES:
            await self._do("take", {"service": self.random.choice(self.services)}, "")
            return
        slip = self._with_slip()
        if slip is None:
            return
        scanned = slip.qr[0] if self.random.random() < 0.5 else slip.digits
        tickets = (await self.page.post("find", {"scanned": scanned})).get("found") or []
        if len(tickets) == 1 and self.random.random() > LEAVES_AS_IT_IS:
            await self._help(tickets[0], slip.digits)

    def _with_slip(self) -> Slip | None:
        there = [s for s in self.props.slips[-RECENT:] if s.complete and s.digits not in self.absent]
        called = {shown.digits for shown in self.props.shown}
        missed, chance = set(self.missed()), self.random.random()
        late = [slip for slip in there if slip.digits in missed]
        early = [slip for slip in there if slip.digits not in called]
        those = (late if chance < COMES_LATE else early if chance < COMES_EARLY else there) or there
        return self.random.choice(those) if those else None

    async def _help(self, ticket: dict[str, Any], digits: str) -> None:
        """Whatever can be done with it as it stands."""
        may = {what: DEEDS[what] for what in DEEDS if what in ticket["may"]}
        if not may:
            return
        what = self.random.choices(list(may), list(may.values()))[0]
        asked = {"ticket": ticket["ticket"]}
        if what == "transfer":
            asked["service"] = self.random.choice([code for code in self.services if code != ticket["service"]])
        if what == "give-back":
            self.absent.add(digits)
        came = await self._do(what, asked, digits)
        if came == "refused":
            self.absent.discard(digits)

    async def _do(self, what: What, asked: dict[str, Any], digits: str) -> Came:
        """Do it once, however often it has to be asked for, and note what came of it."""
        begun, answer = self.props.now_ms(), {}
        body = asked | {"request": UUID(int=self.random.getrandbits(128)).hex}
        came: Came = "unknown"
        told: int | None = None
        try:
            answer = await self._answered(what, body)
            if answer:
                came, told = ("refused" if "error" in answer else "done"), self.props.now_ms()
        finally:
            digits = digits or digits_in(str((answer.get("ticket") or {}).get("number", "")))
            self.wishes.append(Wish(begun, digits, what, came, told, str(asked.get("service", "")), "guide"))
            if what == "take" and came == "done":
                self.noted.append(Noted(begun, digits))
        return came

    async def _answered(self, what: What, body: dict[str, Any]) -> dict[str, Any]:
        """The answer that counts; nothing when none comes."""
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            with suppress(NoAnswer):
                answer = await self.page.post(what, body)
                if answer.get("error") == "signed-out":
                    await self.page.sign_in(self.person.name, self.person.pin)
                elif answer.get("error") not in ASK_AGAIN and not str(answer.get("error")).startswith("status"):
                    return answer
            await asyncio.sleep(AGAIN_SECONDS)
        return {}
