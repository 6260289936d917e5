"""A stand-in for the daemon.

It speaks the box's local API on a real socket, with states and answers that each test sets. It stands in for the
daemon only here, where pages alone are tried; the whole way with real daemons is tried in tests/system.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from config.pages import languages_css, render, screens
from config.wording.packs import Pack
from tests.screens.scene import WINDOW, Json, left_state

LIMIT_S = 5.0


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as it came."""

    path: str
    body: Json
    token: str


class CutOff(Response):
    """An answer that breaks off after its first line; the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})


@dataclass
class StandIn:
    """The daemon as pages see it."""

    states: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    drop: int = 0
    """So many POSTs are taken and then left without an answer."""
    packs: Sequence[Pack] = ()

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        self._queues: dict[asyncio.Queue[str | None], str] = {}
        """What listens, each to the state of one page."""
        self.states.setdefault("left", left_state())
        self._port = 0
        self.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._port))
        self._port = self._socket.getsockname()[1]
        settings = uvicorn.Config(self._routes(), log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        self._server = uvicorn.Server(settings)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))
        self._started = threading.Event()
        self._thread.start()
        assert self._started.wait(LIMIT_S)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.call_soon(self._started.set)
        await self._server.serve(sockets=[self._socket])

    def stop(self) -> None:
        self._server.should_exit = True
        self._gate.set()
        self._loop.call_soon_threadsafe(self._push, None)
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        self._socket.close()

    def tell(self, page: str, **changes: Any) -> None:
        """Change what a page (``kiosk`` or ``window``) is told, now."""
        self.states[page] = {**self.states[page], **changes}
        self._loop.call_soon_threadsafe(self._push, _event(self.states[page]), page)

    def _push(self, event: str | None, page: str = "") -> None:
        for queue, told in self._queues.items():
            if page in ("", told):
                queue.put_nowait(event)

    def hold(self) -> None:
        """Answer no POST until ``let_go``."""
        self._gate.clear()

    def let_go(self) -> None:
        self._gate.set()

    def wait_for(self, count: int, path: str = "") -> list[Post]:
        """The POSTs to this path once there are so many."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.to(path)) >= count, LIMIT_S), self.posts
            return self.to(path)

    def to(self, path: str) -> list[Post]:
        return [post for post in self.posts if post.path.endswith(path)]

    def _routes(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/kiosk", self._kiosk_page),
                Route("/languages.css", lambda _: Response(languages_css(self.packs), media_type="text/css")),
                Route("/window/3", lambda _: HTMLResponse(render("window", mode="live", window=WINDOW))),
                Route("/board", lambda _: HTMLResponse(render("board", mode="live"))),
                Route("/board/state", self._board),
                Route("/kiosk/state", self._kiosk),
                Route("/kiosk/left/state", self._left),
                Route("/directory", lambda _: JSONResponse(self.states["directory"])),
                Route("/window/3/state", self._window),
                Route("/{path:path}", self._post, methods=["POST"]),
                Mount("/static", StaticFiles(directory=screens() / "static")),
            ]
        )

    async def _kiosk_page(self, _: Request) -> Response:
        return HTMLResponse(render("kiosk", mode=self.states["kiosk"]["mode"], packs=self.packs))

    async def _kiosk(self, _: Request) -> Response:
        return StreamingResponse(self._events("kiosk"), media_type="text/event-stream")

    async def _left(self, _: Request) -> Response:
        return StreamingResponse(self._events("left"), media_type="text/event-stream")

    async def _board(self, _: Request) -> Response:
        return StreamingResponse(self._events("board"), media_type="text/event-stream")

    async def _window(self, _: Request) -> Response:
        return StreamingResponse(self._events("window"), media_type="text/event-stream")

    async def _events(self, page: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues[queue] = page
        try:
            yield _event(self.states[page])
            while (event := await queue.get()) is not None:
                yield event
        finally:
            del self._queues[queue]

    async def _post(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self._news:
            self.posts.append(Post(request.url.path, await request.json(), token))
            self._news.notify_all()
        if self.drop:
            self.drop -= 1
            return CutOff()
        await asyncio.to_thread(self._gate.wait, LIMIT_S)
        status, body = self.answers[request.url.path]
        return JSONResponse(body, status)


def _event(state: Json) -> str:
    return f"event: state\ndata: {json.dumps(state)}\n\n"
