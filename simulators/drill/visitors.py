"""Those who take numbers at one kiosk, one after the other, whatever the kiosk is going through."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import UUID

from simulators.client import BoxClient, NoAnswer, until_answered
from simulators.demo.evidence import Noted, digits_in
from simulators.demo.mirror import Mirror, State
from simulators.demo.props import Props
from simulators.drill.moments import Moments
from simulators.drill.stage import DrillStage

DOUBLE_TOUCHES = 0.05
SILENT = 0.15
"""So many walk away with a slip in hand and leave the question unanswered whether it came out."""

WALKS_AWAY, FORGETS = 0.1, 0.15
"""Of those whose number is only on the screen."""

PAGE_SECONDS = 40.0
"""How long the kiosk's page tries to get an answer to one touch (screens/static/kiosk.js)."""

SLIP_SECONDS = 2.0
SHUT_SECONDS = 1.0
CROWD = 24
"""So many waiting are enough: nobody else comes in."""

AWAY_PAUSE = 0.5
"""Between two visitors while nobody can say how many wait."""


@dataclass
class Visitors:
    """The visitors of one kiosk."""

    kiosk: str
    box: BoxClient
    props: Props
    services: list[str]
    random: Random
    moments: Moments
    closing: asyncio.Event
    stage: DrillStage
    will: Random
    """Of those who have a number already, or want more than one: a stream of its own."""
    refused: set[str] = field(default_factory=set)
    """Tickets that a visitor said did not come out."""
    touches: dict[str, set[str]] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    noted: list[Noted] = field(default_factory=list)
    """Numbers that were only on the screen, and are known by heart."""

    def __post_init__(self) -> None:
        self.mirror = Mirror(self.box, "/kiosk/state")

    async def come(self) -> None:
        """One visitor after the other until the hall closes."""
        while not self.closing.is_set():
            resting = self.kiosk in self.stage.resting
            if not resting and await self.mirror.until(lambda s: s["can_issue"] and not _crowded(s), SHUT_SECONDS):
                with self.stage.using(self.kiosk):
                    await self.stage.holders.at_kiosks.before_taking(self.box, self.will)
                    await self.visit()
            if resting or self.mirror.state is None or self.mirror.state["hall"] != "up":
                await asyncio.sleep(AWAY_PAUSE)

    async def visit(self) -> bool:
        """One visitor touches a service; whether a number was given."""
        try:
            answer = await self._touch(self.random.choice(self.services))
            while said := await self._say(answer):
                answer = said
            await self.stage.holders.at_kiosks.after_taking(self.box, answer, self.will)
            return answer.get("outcome") in {"printed", "doubtful", "noted"}
        except NoAnswer as error:
            self.outcomes.append(type(error).__name__)
            return False

    async def _say(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        """Answer what the kiosk asks; None when it asks nothing, or nobody answers."""
        match answer.get("outcome"):
            case "doubtful":
                return await self._answer_doubt(answer)
            case "on-screen":
                return await self._note(answer)
            case _:
                return None

    async def _touch(self, service: str) -> dict[str, Any]:
        touch = UUID(int=self.random.getrandbits(128)).hex
        times = 2 if self.random.random() < DOUBLE_TOUCHES else 1
        self.moments.tell("touch", self.kiosk)
        answers = await asyncio.gather(
            *(until_answered(lambda: self.box.take_ticket(service, touch), PAGE_SECONDS) for _ in range(times))
        )
        self.touches[touch] = {a["ticket_id"] for a in answers if "ticket_id" in a}
        answer = answers[0]
        self.outcomes.append(str(answer.get("outcome") or answer.get("error")))
        if "source" in answer:
            self.sources.append(str(answer["source"]))
        return answer

    async def _answer_doubt(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        """小票出来了吗? Visitors say what they see; some walk away with their slip and say nothing: None."""
        digits = digits_in(answer["number"])
        await self.props.until(lambda: self.props.slip_of(digits) is not None, SLIP_SECONDS)
        slip = self.props.slip_of(digits)
        came_out = slip is not None and slip.complete
        if came_out and self.random.random() < SILENT:
            return None
        if not came_out:
            self.refused.add(answer["ticket_id"])
        while True:
            said = await until_answered(lambda: self.box.came_out(answer["ticket_id"], came_out), PAGE_SECONDS)
            if came_out or "outcome" in said or said.get("error") == "nothing-doubtful" or self.closing.is_set():
                self.outcomes.append(str(said.get("outcome") or said.get("error")))
                return said
            await asyncio.sleep(SHUT_SECONDS)  # it cannot print anew yet: whoever has no slip stays and asks again

    async def _note(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        """号码记住了吗? Most have the number by heart, some say no, some walk away."""
        chance = self.random.random()
        if chance < WALKS_AWAY:
            return None
        keeps = chance > WALKS_AWAY + FORGETS
        noted, said = Noted(self.props.now_ms(), digits_in(answer["number"])), {"outcome": "unknown"}
        try:
            while True:
                said = await until_answered(lambda: self.box.noted(answer["ticket_id"], keeps), PAGE_SECONDS)
                if "outcome" in said or said.get("error") == "nothing-doubtful" or self.closing.is_set():
                    return said
                await asyncio.sleep(SHUT_SECONDS)  # it cannot be written down yet: whoever wants the number stays
        finally:
            self.outcomes.append(str(said.get("outcome") or said.get("error")))
            if keeps and ("outcome" in said or said.get("error") == "nothing-doubtful"):
                self.noted.append(noted)


def _crowded(state: State) -> bool:
    return sum(service["waiting"] or 0 for service in state["services"]) > CROWD
