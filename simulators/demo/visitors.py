"""Visitors at the kiosk, one after the other, with what goes wrong there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from simulators.client import BoxClient, NoAnswer
from simulators.demo.mirror import Mirror
from simulators.demo.props import Props
from simulators.demo.slip_holders import SlipHolders
from simulators.demo.troubles import Trouble, heal_printer, switch

DOUBLE_TOUCHES = 0.08
TRIES = 4
"""So often one visitor touches before giving up: staff mend the printer after each failure."""

MENDED_SECONDS = 20.0
SLIP_SECONDS = 2.0
"""How long a visitor looks at the slot: a slip takes half a second."""

Quiet = Callable[[], Awaitable[None]]


class KioskStuck(Exception):
    """The kiosk stays shut although everything around it is mended."""


@dataclass
class Visitors:
    """Those who take numbers. ``quiet`` waits until nobody waits in the hall."""

    box: BoxClient
    props: Props
    services: list[str]
    random: Random
    quiet: Quiet
    holders: SlipHolders
    will: Random
    """Of those who have a number already, or want more than one: a stream of its own."""
    refused: set[str] = field(default_factory=set)
    """Tickets that a visitor said did not come out."""
    touches: dict[str, set[str]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.mirror = Mirror(self.box, "/kiosk/state")

    async def visit(self, trouble: Trouble | None) -> None:
        """One visitor takes a number, whatever it takes. Raises KioskStuck."""
        await self.holders.before_taking(self.box, self.will)
        if trouble is not None and trouble.quiet:
            await self.quiet()
        service = self.random.choice(self.services)
        if trouble is not None:
            await switch(self.props, "printer", trouble.faults, True)
        for _ in range(TRIES):
            answer = await self._touch(service)
            while answer.get("outcome") == "doubtful" and (said := await self._answer_doubt(answer, trouble)):
                answer = said
            if trouble is not None:
                await heal_printer(self.props, trouble)
            if answer.get("outcome") in {"printed", "doubtful"}:
                await self.holders.after_taking(self.box, answer, self.will)
                return
            if answer.get("outcome") == "on-screen":
                await self.box.noted(answer["ticket_id"], False)  # whoever wants paper takes another number later
            await self._mended()
            trouble = None
        raise KioskStuck(f"no slip in {TRIES} tries; the last answer was {answer}")

    async def _touch(self, service: str) -> dict[str, Any]:
        touch = UUID(int=self.random.getrandbits(128)).hex
        times = 2 if self.random.random() < DOUBLE_TOUCHES else 1
        try:
            answers = await asyncio.gather(*(self.box.take_ticket(service, touch) for _ in range(times)))
        except NoAnswer as error:
            return {"error": str(error)}
        self.touches[touch] = {a["ticket_id"] for a in answers if "ticket_id" in a}
        answer = answers[0]
        self.sources.append(str(answer.get("source")))
        self.outcomes.append(str(answer.get("outcome") or answer.get("error")))
        return answer

    async def _answer_doubt(self, answer: dict[str, Any], trouble: Trouble | None) -> dict[str, Any] | None:
        """小票出来了吗? Visitors say what they see, or walk away with their slip and say nothing: None."""
        digits = "".join(c for c in answer["number"] if c.isdigit())
        await self.props.until(lambda: self.props.slip_of(digits) is not None, SLIP_SECONDS)
        slip = self.props.slip_of(digits)
        came_out = slip is not None and slip.complete
        if came_out and trouble is not None and trouble.reply == "silence":
            return None
        if not came_out:
            self.refused.add(answer["ticket_id"])
            if trouble is not None:
                await heal_printer(self.props, trouble)
            await self._mended()
        return await self.box.came_out(answer["ticket_id"], came_out)

    async def _mended(self) -> None:
        """Wait until the kiosk gives numbers again. Raises KioskStuck."""
        if not await self.mirror.until(lambda s: bool(s["can_issue"] and s["printer"]["accepting"]), MENDED_SECONDS):
            raise KioskStuck(f"the kiosk stays shut: {self.mirror.state}")
