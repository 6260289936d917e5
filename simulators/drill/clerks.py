"""Clerks of a drill: those of the demonstration, whose pages send again what nobody answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from simulators.client import until_answered
from simulators.demo.clerks import Clerk
from simulators.drill.moments import Moments

PAGE_SECONDS = 8.0
"""How long a clerk's page tries to get an answer to one press (screens/static/window_press.js)."""


@dataclass(kw_only=True)
class DrillClerk(Clerk):
    """One clerk at one window of ``counter``."""

    counter: str
    moments: Moments

    async def _post(self, act: str, press: str, **more: str) -> dict[str, Any]:
        self.moments.tell("press", self.counter)
        return await until_answered(lambda: self.box.press(self.window, act, press, **more), PAGE_SECONDS)
