"""The terminal driven by keys, in memory, against a stand-in for a box."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from textual.pilot import Pilot

from screens.diagnostics.app import Diagnostics
from screens.diagnostics.boxes import BoxesView
from screens.diagnostics.child import MaintenanceChild
from screens.diagnostics.client import BoxClient, HallClient
from screens.diagnostics.home import HomeView
from screens.diagnostics.terminal import Terminal
from screens.diagnostics.tongue import Tongue
from screens.diagnostics.view import View
from tests.screens.diagnostics.comparer import Shot, shot, words_on
from tests.screens.diagnostics.scene import BOX
from tests.screens.diagnostics.stand_in import StandIn

LIMIT_S = 20.0
SMALL, LARGE = (80, 24), (140, 45)


class Reached(httpx.AsyncBaseTransport):
    """The way to the stand-in, which a test may cut."""

    def __init__(self, box: StandIn) -> None:
        self._way = httpx.ASGITransport(app=box.app)
        self.cut: Exception | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.cut is not None:
            raise self.cut
        return await self._way.handle_async_request(request)


@dataclass
class Clock:
    """Stands still unless a test moves it."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class Driven:
    app: Diagnostics
    pilot: Pilot[None]
    box: StandIn
    terminal: Terminal
    clock: Clock
    way: Reached

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    def words(self) -> str:
        return words_on(self.app)

    def chosen(self) -> str:
        """The key of the row that is chosen."""
        screen = self.app.screen
        return screen.rows.chosen if isinstance(screen, View) else ""

    async def until(self, *words: str) -> None:
        """All of these stand on the screen."""
        await self.when(lambda: all(word in words_on(self.app) for word in words), words)

    async def gone(self, *words: str) -> None:
        """None of these does."""
        await self.when(lambda: not any(word in words_on(self.app) for word in words), words)

    async def resize(self, size: tuple[int, int]) -> None:
        await self.pilot.resize_terminal(*size)
        await self.when(lambda: len(shot(self.app).lines) == size[1] and self.app.size.width == size[0], size)

    async def speak(self, language: str) -> None:
        while self.terminal.tongue.language != language:
            await self.press("f2")

    async def both_themes(self) -> tuple[Shot, Shot]:
        """Dark and light; the theme is dark again afterwards."""
        dark = await self.at_rest()
        await self.press("f3")
        light = await self.at_rest()
        await self.press("f3")
        return dark, light

    async def at_rest(self) -> Shot:
        """The screen once it no longer changes."""
        seen = [shot(self.app)]
        while len(seen) < 3 or seen[-1] != seen[-2] or seen[-2] != seen[-3]:
            await self.pilot.pause()
            seen.append(shot(self.app))
        return seen[-1]

    async def when(self, so: Callable[[], bool], what: object = "") -> None:
        deadline = time.monotonic() + LIMIT_S
        while not so():
            assert time.monotonic() < deadline, f"never: {what}\n{words_on(self.app)}"
            await self.pilot.pause()


@asynccontextmanager
async def driven(
    box: StandIn,
    folder: Path,
    *,
    size: tuple[int, int] = SMALL,
    language: str = "en",
    hall: bool = False,
    way: Reached | None = None,
    child: MaintenanceChild | None = None,
) -> AsyncIterator[Driven]:
    """One terminal, at its first screen; closed as the command line closes it."""
    reached = way or Reached(box)
    async with httpx.AsyncClient(transport=reached, base_url="http://box") as client:
        clock = Clock()
        terminal = Terminal("wang", folder, clock, Tongue(language))
        if hall:
            terminal.hall = HallClient(client)
            first: BoxesView | HomeView = BoxesView(terminal)
        else:
            first = HomeView(terminal, terminal.visit(BOX, BoxClient(client), child))
        app = Diagnostics(terminal, first)
        async with app.run_test(size=size) as pilot:
            yield Driven(app, pilot, box, terminal, clock, reached)
        await terminal.close()
