"""The stand-in with a printer that is none: the maintenance view's own calls and flow, and a real driver in memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from device.api.kiosk_care import CareCalls
from device.api.stream import Streams
from tests.device.care_scene import LINE, CareScene, caring
from tests.screens import scene
from tests.screens.stand_in import LIMIT_S, StandIn


class _Later:
    """An application that is there once the box is."""

    app: ASGIApp

    async def __call__(self, scope_: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope_, receive, send)


class CareBox(StandIn):
    """A kiosk whose printer is in memory, in real time; what the kiosk says of itself is the test's to tell."""

    def __init__(self, code: str = LINE) -> None:
        self._code = code
        self._calls = _Later()
        self.care: CareScene
        super().__init__({"kiosk": scene.kiosk_state()})

    def _routes(self) -> Starlette:
        return Starlette(routes=[Route("/kiosk/care{rest:path}", self._calls), *super()._routes().routes])

    async def _serve(self) -> None:
        async with caring(self._code) as self.care:
            self.streams = Streams()
            self._calls.app = Starlette(routes=CareCalls(self.care.care, self.streams).routes())
            await super()._serve()

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

    def until_seen(self) -> None:
        """The cell has asked its printer how it is."""
        asyncio.run_coroutine_threadsafe(self.care.seen(), self._loop).result(LIMIT_S)
