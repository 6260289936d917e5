"""A real box with the role *entrance* on a real port, around a hall in memory; stopped and started like a daemon."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import msgspec
import uvicorn
from starlette.routing import Route

from device.api.app import make_app
from device.api.help import HelpCalls
from device.api.stream import Streams
from device.clock import Clock
from device.flows.ask_help import HelpDesk
from device.health import Health
from device.journal import Journal
from device.roles.box import Box
from device.roles.entrance import entrance
from device.supervise import Tasks
from device.sync.commands import Commands
from device.sync.desired import Desired
from device.sync.directory import Lookup
from device.sync.downlink import Downlink
from device.sync.link import Link
from device.sync.uplink import Uplink
from device.watch import Watch
from hall.contract import AskProgress, DayChanged, Directory, News, Progress, QueueCounts, Receipt, Wait, Welcome
from tests.device.fake_hall import NOW_MS, FakeHall
from tests.device.house import SERVICES, house
from tests.device.inline_writer import InlineWriter
from tests.device.kiosk_scene import Printer

LIMIT_S = 10.0
NAME = "entrance-1"
HALL = ("云溪县政务服务大厅", "Yunxi County Government Service Hall")
MORNING_MS = 4 * 3_600_000
"""From the made-up hall's time, 2023-11-15 06:13 in Beijing, a Wednesday, to after its doors have opened."""
CASE, LAST4 = "YX-2026-000123", "001X"


class Hall(FakeHall):
    """Knows one case, and gives its welcome the house's names and services."""

    def __init__(self) -> None:
        super().__init__()
        self.directory: Directory | None = house()
        self.progress = True
        self.asked: list[AskProgress] = []
        self.passed_ms = MORNING_MS

    def welcome(self, body: bytes) -> httpx.Response:
        told = msgspec.json.decode(self._hello(body).content, type=Welcome)
        named = {
            "now_ms": NOW_MS + self.passed_ms,
            "hall": HALL[0],
            "hall_en": HALL[1],
            "services": SERVICES,
            "progress": self.progress,
        }
        return httpx.Response(200, content=msgspec.json.encode(msgspec.structs.replace(told, **named)))

    def receipt(self, body: bytes) -> httpx.Response:
        told = msgspec.json.decode(self._facts(body).content, type=Receipt)
        return httpx.Response(
            200, content=msgspec.json.encode(msgspec.structs.replace(told, now_ms=NOW_MS + self.passed_ms))
        )

    def how_far(self, body: bytes) -> httpx.Response:
        ask = msgspec.json.decode(body, type=AskProgress)
        self.asked.append(ask)
        known = (ask.case, ask.last4) == (CASE, LAST4)
        found = Progress(state="in-review", item="id-card", accepted="2023-11-10", promised="2023-12-08")
        return httpx.Response(200, content=msgspec.json.encode(found if known else Progress()))

    _routes = {**FakeHall._routes, "/device/hello": welcome, "/device/facts": receipt, "/device/progress": how_far}  # type: ignore[dict-item]


class EntranceBox:
    """The box, its hall and its printer. Deeds of the test run in the box's own thread."""

    def __init__(self, folder: Path, *, printer: bool = True) -> None:
        self.hall = Hall()
        self.printer: Any = Printer() if printer else None
        self.clock_off_ms = 0
        self.box: Box
        self._folder = folder
        self._port = 0
        self.start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """As systemd would."""
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", self._port))
        self._port = self._socket.getsockname()[1]
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live()))
        self._thread.start()
        assert self._ready.wait(LIMIT_S)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(LIMIT_S)
        assert not self._thread.is_alive()
        self._socket.close()

    async def _live(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        clock = Clock(lambda: NOW_MS + self.hall.passed_ms + self.clock_off_ms, lambda: self.hall.passed_ms, "boot-1")
        journal = Journal.open(self._folder / "journal.db", NAME, clock, "demo", writer=InlineWriter)
        async with self.hall.client() as client, Tasks() as tasks:
            self.box = box = self._build(client, journal, clock, tasks)
            role = entrance(box)
            works = {**role.long_lived, **self._links(box)}
            for name, work in works.items():
                tasks.start(name, work())
            routes: list[Route] = [*role.routes, *HelpCalls(box.help_desk).routes()]
            app = make_app(routes, box.health, lambda: True, port=self._port, frame_ancestors=[])
            settings = uvicorn.Config(app, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
            server = uvicorn.Server(settings)
            tasks.start("http", self._serve(server))
            await self._ended.wait()
            box.streams.stop()
            server.should_exit = True
            await self._served.wait()
            tasks.stop()
        await journal.close()

    async def _serve(self, server: uvicorn.Server) -> None:
        self._served = asyncio.Event()
        self._loop.call_soon(self._ready.set)
        await server.serve(sockets=[self._socket])
        self._served.set()
        await asyncio.Event().wait()

    def _build(self, client: httpx.AsyncClient, journal: Journal, clock: Clock, tasks: Tasks) -> Box:
        desired = Desired(journal)
        link = Link(client, journal, clock, desired)
        lookup = Lookup(link, journal)
        desk = HelpDesk(journal, desired)
        watch = Watch()
        for each in (link.watch, desired.watch, lookup.watch, desk.watch, journal.stopping):
            each.feeds(watch)
        printers = {"ticket_printer": [self.printer] if self.printer else [], "office_printer": []}
        settings = SimpleNamespace(
            box=SimpleNamespace(name=NAME, mode="live"), entrance=SimpleNamespace(idle_seconds=60, dwell_seconds=12)
        )
        parts: dict[str, Any] = {
            "loaded": SimpleNamespace(values=settings),
            "hardware": SimpleNamespace(all_of=printers.__getitem__, cells=[]),
        }
        return Box(
            **parts,
            tasks=tasks,
            clock=clock,
            journal=journal,
            desired=desired,
            link=link,
            commands=Commands(link, journal, desired, clock),
            lookup=lookup,
            help_desk=desk,
            health=Health(journal, link, desired, []),
            streams=Streams(),
            watch=watch,
        )

    def _links(self, box: Box) -> dict[str, Callable[[], Coroutine[Any, Any, None]]]:
        return {
            "link": box.link.run,
            "uplink": Uplink(box.link, box.journal, box.clock).run,
            "downlink": Downlink(box.link, box.desired).run,
            "directory": box.lookup.run,
            "help": box.help_desk.run,
        }

    def do(self, deed: Coroutine[Any, Any, Any]) -> Any:
        """In the box's own thread, to its end."""
        return asyncio.run_coroutine_threadsafe(deed, self._loop).result(LIMIT_S)

    def until(self, true: Callable[[], bool]) -> None:
        """Wait until the box has come so far."""

        async def waited() -> None:
            with self.box.watch.watching() as changed:
                while not true():
                    await changed.wait()
                    changed.clear()

        self.do(waited())

    def until_printed(self, count: int) -> None:
        """Wait until so many notices have come out."""

        async def waited() -> None:
            while len(self.printer.slips) < count:
                self.printer.began.clear()
                await self.printer.began.wait()

        self.do(waited())

    def run(self, deed: Callable[[], object]) -> None:
        """A deed without waiting."""

        async def done() -> None:
            deed()

        self.do(done())

    def news(self, version: int = 1, **parts: Any) -> None:
        """The hall tells everybody."""
        told: dict[str, Any] = {
            "open": {1: ["12"], 2: ["21"], 3: ["32", "41"]},
            "waits": {"12": Wait(low=5, high=10), "32": Wait(low=20, high=35)},
        }
        self.do(self.box.desired.offer_news(News(term=self.hall.term, version=version, **{**told, **parts})))

    def counts(self, version: int = 2, **waiting: int) -> None:
        """Who waits, by service: ``s12=3``."""
        by_code = {code.removeprefix("s"): count for code, count in waiting.items()}
        self.do(self.box.desired.offer_counts(QueueCounts(term=self.hall.term, version=version, waiting=by_code)))

    def new_day(self, business_date: str) -> None:
        """The hall's day begins."""
        self.do(self.box.desired.offer_day(DayChanged(term=self.hall.term, business_date=business_date)))

    def pass_ms(self, ms: int) -> None:
        """Time passes, and the box is told of the new minute."""

        async def passes() -> None:
            self.hall.passed_ms += ms
            self.box.desired.watch.changed()

        self.do(passes())
