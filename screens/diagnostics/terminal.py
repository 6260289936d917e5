"""What all screens of the terminal share, and a visit to one box."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hall.contract.maintenance import BoxReport, Checked, Level
from screens.diagnostics.child import MaintenanceChild
from screens.diagnostics.client import BoxClient, HallClient, Lost
from screens.diagnostics.keeper import KEEP_S, Keeper
from screens.diagnostics.tongue import Tongue
from screens.diagnostics.watch import LOOK_S, Watch


@dataclass(frozen=True, slots=True)
class Judged:
    """A check and, where a person was asked, what the person said."""

    checked: Checked
    whole: bool | None
    at_ms: int


class Visit:
    """One box that somebody looks at: watched, and leased where it is touched."""

    def __init__(self, name: str, client: BoxClient, terminal: Terminal, child: MaintenanceChild | None = None) -> None:
        self.name = name
        self.client = client
        self.watch = Watch(client, terminal.clock)
        self.keeper = Keeper(client, terminal.who)
        self.child = child
        self.judged: dict[tuple[str, Level], Judged] = {}

    @property
    def report(self) -> BoxReport | None:
        """The newest."""
        return self.watch.report

    async def look(self, told: Callable[[], None]) -> None:
        """Watch it, and keep the lease, until cancelled; ``told`` after each look."""
        looks = 0
        while True:
            await self.watch.look()
            told()
            await asyncio.sleep(LOOK_S)
            looks += 1
            if looks * LOOK_S >= KEEP_S:
                looks = 0
                await self._keep()

    async def _keep(self) -> None:
        try:
            await self.keeper.keep()
        except Lost:
            return  # the next look says so


@dataclass
class Terminal:
    """``clock``: monotonic seconds; ``folder``: where bundles are saved; ``hall``: of all boxes."""

    who: str
    folder: Path
    clock: Callable[[], float]
    tongue: Tongue = field(default_factory=Tongue)
    hall: HallClient | None = None
    visits: list[Visit] = field(default_factory=list)

    def visit(self, name: str, client: BoxClient, child: MaintenanceChild | None = None) -> Visit:
        """Begin to look at a box."""
        visit = Visit(name, client, self, child)
        self.visits.append(visit)
        return visit

    async def leave(self, visit: Visit) -> None:
        """Give back what was leased there."""
        self.visits.remove(visit)
        await visit.keeper.give_back()

    async def close(self) -> None:
        """Leave every box, and stop what was begun."""
        for visit in list(self.visits):
            await self.leave(visit)
            if visit.child is not None:
                await visit.child.stop()
