"""Clerks of a drill: those of the demonstration, whose pages send again what nobody answered, and who go on alone."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from simulators.client import until_answered
from simulators.demo.clerks import AWAY_SECONDS, IDLE_SECONDS, Clerk
from simulators.demo.evidence import Admission, Slip, digits_in
from simulators.drill.stage import DrillStage

PAGE_SECONDS = 8.0
"""How long a clerk's page tries to get an answer to one press (screens/static/window_press.js)."""

REST_SECONDS = 0.2
CALLS = {"next", "call-number"}
ALONE = {"start", "finish", "next", "recall", "missed"}
"""What a window does by itself."""


@dataclass(kw_only=True)
class DrillClerk(Clerk):
    """One clerk at one window of ``counter``."""

    counter: str
    stage: DrillStage
    admissions: list[Admission] = field(default_factory=list)

    async def _post(self, act: str, press: str, **more: str) -> dict[str, Any]:
        self.stage.moments.tell("press", self.counter)
        if act in CALLS:
            self.stage.moments.tell("call", self.counter)
        return await until_answered(lambda: self.box.press(self.window, act, press, **more), PAGE_SECONDS)

    async def _keys(self, keys: str) -> bool:
        done = await super()._keys(keys)
        if self._state().get("link") != "up":
            self.props.doubt_keys(self.window)
        return done

    async def _turn(self) -> None:
        if self.counter in self.stage.resting:
            await asyncio.sleep(REST_SECONDS)
            return
        with self.stage.using(self.counter):
            await super()._turn()

    async def _can_work(self) -> bool:
        return await self.mirror.until(
            lambda s: (s["link"] == "up" or s.get("alone", False)) and s["window"] is not None, AWAY_SECONDS
        )

    def _allowed(self, act: str) -> bool:
        return super()._allowed(act) and (act in ALONE or not self._state().get("alone", False))

    async def _when_called(self, window: dict[str, Any]) -> None:
        """Nobody comes whose slip was served at a counter that the hall did not reach."""
        if self.stage.holders.is_elsewhere(digits_in(window["held"]["number"]), self.window):
            await self._press("missed")
        else:
            await super()._when_called(window)

    async def _when_idle(self, state: dict[str, Any]) -> None:
        if not state.get("alone", False):
            await super()._when_idle(state)
            return
        there = self.stage.shown_there[self.counter]
        slip = there.pop() if there else self.stage.holders.step_up(self.random)
        if slip is None:
            await self.mirror.change(IDLE_SECONDS)
        else:
            await self._admit(slip)

    async def _admit(self, slip: Slip) -> None:
        """Serve whoever shows a slip: scanned, or its number typed."""
        begun, press = self.props.now_ms(), UUID(int=self.random.getrandbits(128)).hex
        scanned = self.random.random() < 0.5
        self.presses += 1
        answer: dict[str, Any] = {}
        try:
            if scanned:
                answer = await self._answered("scan", press, text=slip.qr[0])
            else:
                answer = await self._answered("call-number", press, digits=slip.digits)
        finally:
            self._note_admission(begun, slip.digits, "" if scanned else press, answer)
        await self.mirror.until(lambda s: bool(s["window"]) and s["window"]["phase"] == "called", IDLE_SECONDS)

    def _note_admission(self, begun_ms: int, digits: str, typed: str, answer: dict[str, Any]) -> None:
        """What came of it. A hall that is back by then has called the number that was ``typed`` (its press)."""
        outcome = answer.get("outcome", "unknown")
        if outcome in {"done", "unknown"}:
            self.stage.holders.serve(digits, self.window)
        if typed and outcome == "done":
            held = (answer.get("window") or {}).get("held") or {}
            if held.get("call") != typed:
                return
            self.page_presses.pop()  # this press has called nobody: its window served by itself
        self.admissions.append(Admission(begun_ms, self.window, digits, outcome == "done"))
