"""A counter's box for both of its pages: its own calls, flows and journal; hall and keypad are the test's to play.

``stop`` and ``start`` are a daemon that ends and is started anew on the same journal.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route

from config.pages import render
from device.api.answers import unreadable
from device.api.customer import CustomerCalls
from device.api.help import HelpCalls
from device.api.stream import Streams
from device.api.window import WindowCalls
from device.flows.ask_help import HelpDesk
from device.flows.customer import CustomerDesk
from device.roles.customer import product_phrases
from device.sessions import Sessions
from device.supervise import Tasks
from drivers.contract import GradePress
from hall.contract import Alarm, Clerk, Directory, Fact, Item, Material, News, Said, Unit
from tests.device.counter import CLERK, TERM, Counter, counter_of, held
from tests.screens.card_box import _Later
from tests.screens.stand_in import LIMIT_S, StandIn

WINDOW = 1
SITTING = Clerk(staff_no=CLERK.staff_no, name=CLERK.name, post=CLERK.post, unit="social")
OTHER = Clerk(staff_no="Q018", name="周晓宁", post="社保岗", unit="social")
A1001, A1002 = held("A1001"), held("A1002")

DIRECTORY = Directory(
    digest="d",
    units=[
        Unit(code="social", name="清河县人力资源和社会保障局", name_en="Human Resources and Social Security Bureau")
    ],
    items=[
        Item(
            code="join",
            name="灵活就业人员参保登记",
            name_en="Joining as a freelancer",
            service="1",
            unit="social",
            basis=Said(zh="社会保险法第十条"),
            materials=[
                Material(name="居民身份证", name_en="Identity card", copies=1),
                Material(name="参保登记表", name_en="Form of registration"),
                Material(name="银行卡", name_en="Bank card", copies=1),
                Material(name="一寸照片", name_en="Photo", originals=2),
            ],
            steps=[Said(zh="交材料")],
            promised_days=3,
            fee=Said(zh="不收费", en="Free of charge"),
        ),
        Item(
            code="move",
            name="社保关系转移",
            name_en="Moving social security",
            service="1",
            unit="social",
            basis=Said(zh="x"),
            steps=[Said(zh="x")],
            promised_days=0,
            fee=Said(zh="不收费"),
        ),
        Item(
            code="card",
            name="补领社保卡",
            service="2",
            unit="social",
            basis=Said(zh="x"),
            steps=[Said(zh="x")],
            promised_days=0,
            fee=Said(zh="20 元", en="20 yuan"),
        ),
    ],
)


class CustomerBox(StandIn):
    """Window 1 with its clerk 王小明, signed in; nobody called."""

    def __init__(self, folder: Path, photos: Path | None = None) -> None:
        self.folder = folder
        self._photos = photos
        self._calls = _Later()
        self.counter: Counter
        super().__init__({})

    def _routes(self) -> Starlette:
        routes = super()._routes().routes
        own = [
            Route("/customer/1", lambda _: HTMLResponse(render("customer", mode="live", window=WINDOW))),
            Route("/window/1", lambda _: HTMLResponse(render("window", mode="live", window=WINDOW))),
            Route("/window/{rest:path}", self._calls),
            Route("/customer/{rest:path}", self._calls),
            Route("/help", self._calls),
            Route("/help/ended", self._calls),
        ]
        return Starlette(routes=[*own, *routes])

    async def _serve(self) -> None:
        async with counter_of(self.folder) as counter, Tasks() as tasks:
            self.counter = counter
            await counter.tell("idle", clerk=SITTING)
            self.streams = Streams()
            sessions = Sessions(counter.journal)
            lookup: Any = SimpleNamespace(directory=DIRECTORY)
            self.desk = CustomerDesk(counter.desk, lookup, self._photos, product_phrases())
            self.help = HelpDesk(counter.journal, counter.desired)
            for watch in (self.help.watch, counter.desired.watch):
                watch.feeds(counter.watch)
            tasks.start("customer screen", self.desk.run())
            tasks.start("help", self.help.run())
            handlers: Any = {msgspec.ValidationError: unreadable, msgspec.DecodeError: unreadable}
            self._calls.app = Starlette(routes=self._own_calls(counter, sessions), exception_handlers=handlers)
            await super()._serve()
            tasks.stop()

    def _own_calls(self, counter: Counter, sessions: Sessions) -> list[Route]:
        link: Any = counter.link
        link.welcome.hall, link.welcome.hall_en = "清河县政务服务中心", "Qinghe County Government Service Centre"
        desks, customers = {WINDOW: counter.desk}, {WINDOW: self.desk}

        async def enter(desk: Any, name: str, pin: str) -> tuple[Clerk, str]:
            clerk = next(clerk for clerk in (SITTING, OTHER) if clerk.name == name)
            await counter.tell("idle", clerk=clerk)
            return clerk, await sessions.open(WINDOW, clerk)

        door: Any = SimpleNamespace(sessions=sessions, enter=enter)
        health: Any = SimpleNamespace(devices=lambda number: [], refused=())
        page = WindowCalls(desks, link, counter.desired, health, door, self.streams, "live", {}, customers)
        calls = CustomerCalls(customers, link, counter.desired, self.help, sessions, self.streams, "live")
        return [*page.routes(), *calls.routes(), *HelpCalls(self.help).routes()]

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self.streams.stop)
        super().stop()

    def here(self, deed: Callable[[], object | Coroutine[Any, Any, Any]]) -> None:
        """Do something in the box's own thread, and wait until it is done."""
        done = threading.Event()

        async def do() -> None:
            result = deed()
            if asyncio.iscoroutine(result):
                await result
            done.set()

        future = asyncio.run_coroutine_threadsafe(do(), self._loop)
        assert done.wait(LIMIT_S), future

    def stand(self, phase: str, **more: Any) -> None:
        """The hall tells how the window stands."""
        self.here(lambda: self.counter.tell(phase, **{"clerk": SITTING, **more}))

    def pad(self, press: GradePress) -> None:
        """A key of the rating keypad."""
        self.here(lambda: self.counter.pad.heard.put_nowait(press))

    def alarm(self, text: str) -> None:
        news = News(term=TERM, version=1, alarm=Alarm(kind="evacuate", text=Said(zh=text)))
        self.here(lambda: self.counter.desired.offer_news(news))

    def facts(self, *kinds: str) -> list[Fact]:
        found: list[Fact] = []
        self.here(lambda: found.extend(self.counter.facts(*kinds)))
        return found

    def until_fact(self, kind: str) -> Fact:
        """The newest fact of this kind, once there is one."""

        async def wait() -> None:
            with self.counter.journal.watch.watching() as changed:
                while not self.counter.facts(kind):
                    await changed.wait()
                    changed.clear()

        self.here(wait)
        return self.facts(kind)[-1]

    def files(self) -> bytes:
        """All that is on the box's disk."""
        return b"".join(file.read_bytes() for file in sorted(self.folder.rglob("*")) if file.is_file())
