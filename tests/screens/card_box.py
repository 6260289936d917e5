"""The stand-in with a card reader that is none: the box's own calls, flow and driver, on a simulated reader."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from config.box import Cards as CardSettings
from device.api.cards import CardCalls
from device.api.stream import Streams
from device.flows.read_card import CardDesk
from device.sessions import Sessions
from tests.device.card_scene import Cards, cards_of
from tests.device.counter import CLERK, Counter, held
from tests.screens import scene
from tests.screens.stand_in import LIMIT_S, StandIn

HELD = scene.held("A1001")


class _Later:
    """An application that is there once the box is."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


class CardBox(StandIn):
    """Window 3 serves A1001; its ID card reader is on a line in memory, in real time."""

    def __init__(self, folder: Path, settings: CardSettings | None = None) -> None:
        self._folder = folder
        self._settings = settings or CardSettings()
        self._calls = _Later()
        self.cards: Cards
        clerk = {"staff_no": CLERK.staff_no, "name": CLERK.name, "post": CLERK.post}
        state = scene.window_state(
            window=scene.window("serving", held=HELD, clerk=clerk), card_readers=["id_card", "smart_card"]
        )
        super().__init__({"window": state})

    def _routes(self) -> Starlette:
        routes = super()._routes().routes
        return Starlette(routes=[Route("/window/{n:int}/card{rest:path}", self._calls), *routes])

    async def _serve(self) -> None:
        async with cards_of(self._folder) as cards:
            self.cards = cards
            self.streams = Streams()
            sessions = Sessions(cards.counter.journal)
            token = await sessions.open(scene.WINDOW, CLERK)
            clerk = {"staff_no": CLERK.staff_no, "name": CLERK.name, "post": CLERK.post}
            self.answers[f"/window/{scene.WINDOW}/sign-in"] = (200, {"token": token, "clerk": clerk})
            self._calls.app = Starlette(routes=self._card_calls(cards.counter, sessions).routes())
            await super()._serve()

    def _card_calls(self, counter: Counter, sessions: Sessions) -> CardCalls:
        link: Any = counter.link
        link.welcome.hall, link.welcome.hall_en = "清河县政务服务中心", "Qinghe County Government Service Centre"
        desks: Any = {scene.WINDOW: counter.desk}
        readers: dict[int, CardDesk] = {scene.WINDOW: self.cards.desk}
        return CardCalls(desks, readers, link, counter.desired, sessions, self.streams, self._settings)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self.streams.stop)
        super().stop()

    def here(self, deed: Callable[[], object]) -> None:
        """Do something in the box's own thread, and wait until it is done."""
        done = threading.Event()

        def do() -> None:
            deed()
            done.set()

        self._loop.call_soon_threadsafe(do)
        assert done.wait(LIMIT_S)

    def lay(self, card: str, *, torn: bool = False) -> None:
        """Somebody lays a card down; or takes it away too early."""
        module = self.cards.reader.module
        self.here(lambda: module.lay(card))
        if torn:
            self.here(module.tear)

    def until(self, true: Callable[[], object]) -> None:
        """Wait until the flow has come so far."""
        asyncio.run_coroutine_threadsafe(self.cards.until(true), self._loop).result(LIMIT_S)

    def noted(self) -> list[object]:
        """How each reading ended, as the journal has it."""
        outcomes: list[object] = []
        self.here(lambda: outcomes.extend(fact.data["outcome"] for fact in self.cards.noted()))
        return outcomes

    def visit_over(self) -> None:
        """Another number is called at the window."""
        told = self.cards.counter.tell("called", held=held("A1002"))
        self.here(lambda: self.cards.tasks.start("the hall", told))
