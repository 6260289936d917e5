"""A browser, and a stand-in for the daemon.

The stand-in speaks the box's local API on a real socket, with states and answers that each test sets. It stands in
for the daemon only here, where pages alone are tried; the whole way with real daemons is tried in tests/system.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

import screens

LIMIT_S = 5.0
WINDOW = 3
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--touch-events=enabled",
    "--disable-pinch",
    "--overscroll-history-navigation=0",
    "--lang=zh-CN",
]

Json = dict[str, Any]


def service(code: str, name: str, name_en: str, theme: tuple[str, str], place: tuple[str, str], waiting: int) -> Json:
    return {
        "code": code,
        "name": name,
        "name_en": name_en,
        "theme": theme[0],
        "theme_en": theme[1],
        "letter": "ABCDEFGH"[int(code) - 1],
        "place": place[0],
        "place_en": place[1],
        "waiting": waiting,
    }


SOCIAL, MARKET = ("社会保障", "Social security"), ("企业登记", "Business registration")
HOUSE, ESTATE, BETWEEN = ("户籍", "Household"), ("不动产", "Real estate"), ("办不成事反映", "Unresolved matters")
EAST, WEST = ("一楼东区", "area East, floor 1"), ("一楼西区", "area West, floor 1")
SERVICES = [
    service("1", "社保参保与转移", "Joining or moving social security", SOCIAL, EAST, 4),
    service("2", "养老与医保待遇", "Pension and medical benefits", SOCIAL, EAST, 0),
    service("3", "公司设立登记", "Founding a company", MARKET, WEST, 12),
    service("4", "个体工商户登记", "Sole traders", MARKET, WEST, 2),
    service("5", "户口登记与迁移", "Household register", HOUSE, EAST, 7),
    service("6", "居民身份证", "Identity card", HOUSE, EAST, 3),
    service("7", "不动产登记", "Property registration", ESTATE, WEST, 1),
    service("8", "办不成事", "When nothing worked", BETWEEN, WEST, 0),
]


def kiosk_state(**changes: Any) -> Json:
    return {
        "hall_name": "清河县政务服务中心",
        "hall_name_en": "Qinghe County Government Service Centre",
        "date": "2025-11-21",
        "services": SERVICES,
        "hall": "up",
        "printer": {"phase": "idle", "accepting": True, "reasons": []},
        "can_issue": True,
        "why_not": None,
        "mode": "live",
        "idle_seconds": 60,
        "doubtful": None,
        **changes,
    }


CLERK = {"staff_no": "Q017", "name": "李晓梅", "post": "综合窗口"}


def held(number: str, code: str = "1", **changes: Any) -> Json:
    ticket = f"kiosk-1/00000000000000aa/{number[1:]}"
    base = {"ticket": ticket, "number": number, "service": code, "call": f"call-{number}", "visit": ticket}
    return {**base, "calls": 1, "start_implied": False, **changes}


_versions = iter(range(1, 1_000_000))


def window(phase: str = "idle", **changes: Any) -> Json:
    """A later window than any before it."""
    base: Json = {"window": WINDOW, "term": {"n": 1, "draw": "a"}, "version": next(_versions), "phase": phase}
    return {**base, "held": None, "parked": [], "finished": None, "undo": None, "clerk": CLERK, **changes}


def window_state(**changes: Any) -> Json:
    info = {"number": WINDOW, "name": "综合三号窗口", "name_en": "General counter 3", "services": ["1", "2", "6"]}
    return {
        "window": window(),
        "info": info,
        "link": "up",
        "waiting": {each["code"]: each["waiting"] for each in SERVICES},
        "waiting_here": 7,
        "services": SERVICES,
        "rating": None,
        "last_rating": None,
        "devices": [{"name": "display-3", "model": "onbon-bx5k", "window": 3, "phase": "idle", "reasons": []}],
        "mode": "live",
        **changes,
    }


@dataclass(frozen=True, slots=True)
class Post:
    """One POST as it came."""

    path: str
    body: Json
    token: str


@dataclass
class StandIn:
    """The daemon as pages see it."""

    states: dict[str, Json] = field(default_factory=dict)
    answers: dict[str, tuple[int, Json]] = field(default_factory=dict)
    posts: list[Post] = field(default_factory=list)
    drop: int = 0
    """So many POSTs are taken and then left without an answer."""

    def __post_init__(self) -> None:
        self._news = threading.Condition()
        self._gate = threading.Event()
        self._gate.set()
        self._queues: set[asyncio.Queue[str | None]] = set()
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
        self._loop.call_soon_threadsafe(lambda: [queue.put_nowait(None) for queue in self._queues])
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        self._socket.close()

    def tell(self, page: str, **changes: Any) -> None:
        """Change what a page (``kiosk`` or ``window``) is told, now."""
        self.states[page] = {**self.states[page], **changes}
        event = _event(self.states[page])
        self._loop.call_soon_threadsafe(lambda: [queue.put_nowait(event) for queue in self._queues])

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
                Route("/kiosk", lambda _: HTMLResponse(screens.render("kiosk", mode=self.states["kiosk"]["mode"]))),
                Route("/window/3", lambda _: HTMLResponse(screens.render("window", mode="live", window=WINDOW))),
                Route("/kiosk/state", self._kiosk),
                Route("/window/3/state", self._window),
                Route("/{path:path}", self._post, methods=["POST"]),
                Mount("/static", StaticFiles(directory=screens.STATIC)),
            ]
        )

    async def _kiosk(self, _: Request) -> Response:
        return StreamingResponse(self._events("kiosk"), media_type="text/event-stream")

    async def _window(self, _: Request) -> Response:
        return StreamingResponse(self._events("window"), media_type="text/event-stream")

    async def _events(self, page: str) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _event(self.states[page])
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._queues.discard(queue)

    async def _post(self, request: Request) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        with self._news:
            self.posts.append(Post(request.url.path, await request.json(), token))
            self._news.notify_all()
        if self.drop:
            self.drop -= 1
            raise ConnectionAbortedError
        await asyncio.to_thread(self._gate.wait, LIMIT_S)
        status, body = self.answers[request.url.path]
        return JSONResponse(body, status)


def _event(state: Json) -> str:
    return f"event: state\ndata: {json.dumps(state)}\n\n"


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    daemon = StandIn({"kiosk": kiosk_state(), "window": window_state()})
    yield daemon
    daemon.stop()


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", headless=True, args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def touch_screen(chromium: Browser) -> Iterator[BrowserContext]:
    """A kiosk's screen, 1080 × 1920, with fingers."""
    with chromium.new_context(viewport={"width": 1080, "height": 1920}, has_touch=True, locale="zh-CN") as context:
        yield context


@pytest.fixture
def desk(chromium: Browser) -> Iterator[BrowserContext]:
    """A clerk's screen."""
    with chromium.new_context(viewport={"width": 1280, "height": 800}, locale="zh-CN") as context:
        yield context


@pytest.fixture
def kiosk(touch_screen: BrowserContext, stand_in: StandIn) -> Page:
    """The kiosk page with a clock that tests may move."""
    page = touch_screen.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/kiosk")
    page.locator("#view-home").wait_for()
    return page


@pytest.fixture
def counter(desk: BrowserContext, stand_in: StandIn) -> Page:
    """The clerk's page, not signed in."""
    stand_in.answers["/window/3/sign-in"] = (200, {"token": "t-1", "clerk": CLERK})
    page = desk.new_page()
    page.set_default_timeout(LIMIT_S * 1000)
    page.clock.install()
    page.goto(f"{stand_in.origin}/window/3")
    page.locator("#sign-in-view").wait_for()
    return page


@pytest.fixture
def chromium_page(desk: BrowserContext) -> Page:
    """An empty page."""
    return desk.new_page()
