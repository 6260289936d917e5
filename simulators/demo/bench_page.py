"""The bench page's server on 127.0.0.1: one page, its state by server-sent events, presses and switches by POST."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Literal
from urllib.parse import urlsplit

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from config.pages import render, screens
from config.wording import one_line
from simulators.demo.more import More
from simulators.demo.more_page import MorePage
from simulators.demo.onlooker import Onlooker
from simulators.demo.processes import Child
from simulators.demo.props import Props
from simulators.demo.settings import CLERKS, COUNTER, GUIDE, KIOSK, LOBBY, MORE, MORE_CLERKS, MORE_WINDOWS, WINDOWS
from simulators.demo.stage import Stage, Tell
from simulators.demo.tables import DemoClerk

PING_SECONDS = 15.0
LEAST_SECONDS = 0.05
"""Between two pushes: a burst of events is one picture."""


class Keys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Press keys on a window's caller."""

    window: int
    keys: str


class Grade(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Press a grade on a window's keypad."""

    window: int
    grade: int


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Switch a fault."""

    line: str
    name: str
    on: bool
    address: int | None = None


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Start, stop or kill a process."""

    name: str
    do: Literal["start", "stop", "kill"]


class BenchPage:
    """The routes of the page."""

    def __init__(self, stage: Stage, props: Props, onlooker: Onlooker, more: More) -> None:
        self._stage, self._props, self._onlooker = stage, props, onlooker
        self._more_url = more.url
        self.more = MorePage(more, onlooker.more_seen, props, onlooker.changed)
        self._children: dict[str, Child] = {
            "hall": stage.hall,
            KIOSK: stage.kiosk,
            COUNTER: stage.counter,
            MORE: more.box,
            LOBBY: stage.lobby,
        }
        self._acting = asyncio.Lock()
        self.closing = False

    def app(self) -> Starlette:
        """The application."""
        posts: dict[str, Callable[[bytes], Awaitable[dict[str, Any]]]] = {
            "/press": self._press,
            "/grade": self._grade,
            "/fault": self._fault,
            "/refill": self._refill,
            "/process": self._process,
            **self.more.posts(),
        }
        return Starlette(
            routes=[
                Route("/", self._page),
                Route("/about", self._about),
                Route("/state", self._state),
                Route("/picture/{name}", self._picture),
                *self.more.routes(),
                *(Route(path, self._posted(act), methods=["POST"]) for path, act in posts.items()),
                Mount("/static", StaticFiles(directory=screens() / "static")),
            ],
            middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])],
        )

    async def _page(self, _request: Request) -> Response:
        stage = self._stage
        frames = f"frame-src {stage.kiosk_url} {stage.counter_url} {stage.lobby_url} {self._more_url}"
        policy = f"default-src 'self'; img-src 'self' data:; {frames}"
        return HTMLResponse(render("bench", mode="demo"), headers={"Content-Security-Policy": policy})

    async def _about(self, _request: Request) -> Response:
        """What does not change: where the framed pages are, and who may sign in."""
        return JSONResponse(
            {
                "kiosk": f"{self._stage.kiosk_url}/kiosk",
                "windows": _windows(self._stage.counter_url, WINDOWS, CLERKS),
                "boxes": {"kiosk": KIOSK, "counter": COUNTER, "more": MORE, "lobby": LOBBY},
                "screens": {
                    "board": f"{self._stage.lobby_url}/board",
                    "entrance": f"{self._stage.lobby_url}/entrance",
                    "query": f"{self._stage.lobby_url}/query",
                    **{f"customer-{n}": f"{self._stage.counter_url}/customer/{n}" for n in WINDOWS},
                },
                "guide": {"page": f"{self._stage.hall_url}/guide", "name": GUIDE.name, "pin": GUIDE.pin},
                "more": {"windows": _windows(self._more_url, MORE_WINDOWS, MORE_CLERKS), **self.more.about()},
            }
        )

    async def _state(self, _request: Request) -> Response:
        return StreamingResponse(self._pushed(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    async def _pushed(self) -> AsyncIterator[bytes]:
        before = b""
        while not self.closing:
            seen = self._onlooker.news
            state = msgspec.json.encode(self._onlooker.state())
            if state != before:
                before = state
                yield b"event: state\ndata: " + state + b"\n\n"
            await asyncio.sleep(LEAST_SECONDS)
            if not await self._onlooker.change(seen, PING_SECONDS):
                yield b": ping\n\n"

    async def _picture(self, request: Request) -> Response:
        file = self._onlooker.pictures.get(request.path_params["name"])
        if file is None or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, media_type="image/png", headers={"Cache-Control": "no-store"})

    def _posted(self, act: Callable[[bytes], Awaitable[dict[str, Any]]]) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            origin = request.headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
                return JSONResponse({"error": "another page may not press here"}, 403)
            try:
                return JSONResponse(await act(await request.body()))
            except (ValueError, KeyError, ConnectionError) as error:
                return JSONResponse({"error": str(error)}, 400)

        return endpoint

    async def _press(self, body: bytes) -> dict[str, Any]:
        keys = msgspec.json.decode(body, type=Keys)
        return {"acknowledged": await self._props.press_keys(keys.window, keys.keys)}

    async def _grade(self, body: bytes) -> dict[str, Any]:
        grade = msgspec.json.decode(body, type=Grade)
        return {"acknowledged": await self._props.press_grade(grade.window, grade.grade)}

    async def _fault(self, body: bytes) -> dict[str, Any]:
        fault = msgspec.json.decode(body, type=Fault)
        if not await self.more.fault(fault.line, fault.name, fault.on):
            await self._props.fault(fault.line, fault.name, fault.on, fault.address)
        self._onlooker.switched(fault.line, fault.name, fault.address, fault.on)
        return {}

    async def _refill(self, _body: bytes) -> dict[str, Any]:
        return await self._props.do("printer", "refill")

    async def _process(self, body: bytes) -> dict[str, Any]:
        wanted = msgspec.json.decode(body, type=Process)
        child = self._children[wanted.name]
        async with self._acting:
            match wanted.do:
                case "start" if wanted.name == MORE:
                    await self.more.open()
                case "start" if wanted.name == LOBBY:
                    await self._stage.open_lobby()
                case "start" if not child.running:
                    await child.start()
                case "stop":
                    await child.stop()
                case "kill":
                    await child.kill()
        self._onlooker.changed()
        return {"running": child.running}


def _windows(url: str, numbers: Iterable[int], clerks: Iterable[DemoClerk]) -> list[dict[str, Any]]:
    return [
        {"number": number, "url": f"{url}/window/{number}", "clerk": clerk.name, "pin": clerk.pin}
        for number, clerk in zip(numbers, clerks, strict=True)
    ]


async def serve(stage: Stage, props: Props, tell: Tell) -> None:
    """Serve the page until cancelled."""
    more = More(stage.run, stage.ports)
    onlooker = Onlooker(stage, props, more)
    page = BenchPage(stage, props, onlooker, more)
    config = uvicorn.Config(
        page.app(), host="127.0.0.1", port=stage.ports.bench, log_level="warning", timeout_graceful_shutdown=1
    )
    server = _Server(config, lambda: tell(one_line("demo", "open", url=f"{stage.bench_url}/")))
    watching = asyncio.gather(onlooker.watch(), onlooker.more_seen.watch())
    serving = asyncio.ensure_future(server.serve())
    try:
        await asyncio.wait((watching, serving), return_when=asyncio.FIRST_COMPLETED)
    finally:
        page.closing = server.should_exit = True
        onlooker.changed()
        watching.cancel()
        await asyncio.gather(watching, serving, return_exceptions=True)
        await page.more.close()
        await more.strike()


class _Server(uvicorn.Server):
    """The demo's own signal handling stands: it strikes the stage."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Say it once connections are taken."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals alone."""
        return nullcontext()
