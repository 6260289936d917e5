"""How the box is, for its pages, for technicians and for the watchdog."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from config.problem import Problem
from device.cell import Cell
from device.journal import Journal
from device.sync.desired import Desired
from device.sync.link import Link
from drivers.contract import State


def reasons_of(state: State) -> list[dict[str, str]]:
    """The reasons of a state, worst first."""
    order = {"error": 0, "warning": 1, "report": 2}
    ranked = sorted(state.reasons, key=lambda reason: (order[reason.severity], reason.keyword))
    return [{"keyword": reason.keyword, "severity": str(reason.severity)} for reason in ranked]


def condition_of(cell: Cell[Any]) -> dict[str, Any]:
    """One device as pages see it."""
    return {
        "name": cell.name,
        "model": cell.model,
        "window": cell.window,
        "phase": str(cell.state.phase),
        "accepting": cell.state.accepting,
        "reasons": reasons_of(cell.state),
    }


class Health:
    """Reads what every part says of itself; keeps nothing."""

    def __init__(
        self, journal: Journal, link: Link, desired: Desired, cells: list[Cell[Any]], refused: Sequence[Problem] = ()
    ) -> None:
        self.cells = cells
        self.refused = refused
        """What is wrong with the settings that the last good ones stand in for."""
        self._journal = journal
        self._link = link
        self._desired = desired

    def devices(self, window: int | None = None) -> list[dict[str, Any]]:
        """Conditions of all devices, or of one window's."""
        return [condition_of(cell) for cell in self.cells if window is None or cell.window == window]

    def report(self) -> dict[str, Any]:
        """The whole box."""
        now = asyncio.get_running_loop().time()
        return {
            "device": self._journal.device,
            "mode": self._journal.mode,
            "devices": self.devices(),
            "statistics": {cell.name: cell.statistics.report(now) for cell in self.cells},
            "hall": self._link.hall,
            "reached": self._link.reached_hall,
            "recovering": bool(self._link.welcome and self._link.welcome.recovering),
            "refusal": self._link.refusal,
            "outbox": self._journal.outbox + sum(former.outbox for former in self._journal.formers),
            "band_locked": self._journal.band_locked,
            "journal": self._journal.id,
            "seq": self._journal.head()[0],
            "stopped": self._journal.stopped,
            "business_date": self._desired.business_date,
            "settings_refused": [str(problem) for problem in self.refused],
        }
