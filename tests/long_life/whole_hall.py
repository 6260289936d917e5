"""A hall, a kiosk and a counter on virtual time: the real parts put together by their own composition roots.

Not real are the devices, the wire between boxes and hall (tests/long_life/wire.py), and threads: who waits for a disk
or a hash does so on the loop, at once.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

import hall.main
from config.box import load_box
from config.hall import load_hall
from device import assembly, journal_place
from device.clock import Clock
from device.hardware import Hardware
from device.journal import Journal
from device.main import running
from device.supervise import Tasks
from hall import day
from hall.backup import Nightly
from hall.clock import SystemClock
from hall.device_api import DeviceApi, Receive, Scope, Send
from hall.files import places
from hall.hall import Hall
from hall.identity import Peer
from hall.relive import Reliving
from hall.store.database import connect
from hall.store.writer import Writer
from tests.device.inline_writer import InlineWriter
from tests.device.slips import key_file
from tests.hall.scene import EXAMPLE
from tests.long_life.devices import Display, Pad, Printer, display_cell, pad_cell, printer_cell
from tests.long_life.wire import Wire

BEGIN_MS = 1_795_388_400_000  # 2026-11-23 07:00 in Shanghai
UP_MS = 3_600_000
HOUR_MS = 3_600_000
PORTS = {"kiosk-1": 8620, "counter-1": 8630}
COUNTER_WINDOWS = (1, 2)

BOX = """\
[box]
name = "{name}"
mode = "demo"
port = {port}
data = "{name}"

[hall]
url = "https://hall.test"
ca = "ca.pem"
certificate = "{name}.pem"
key = "{name}.key"
"""


class InlineHallWriter(Writer):
    """The hall's writer without its thread."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._begun = _Now(self)  # type: ignore[assignment]

    def _run(self) -> None:
        """The thread ends at once."""


class _Now:
    """Stands where the thread's queue stood: what is put there is committed at once."""

    def __init__(self, writer: InlineHallWriter) -> None:
        self._writer = writer

    def put(self, batch: Any) -> None:
        loop, writer = asyncio.get_running_loop(), self._writer
        if batch is None:
            loop.call_soon(writer._end, None)
        else:
            loop.call_soon(writer._settle, writer._commit(batch))


def unsynced(connection: sqlite3.Connection) -> None:
    """No power is cut here, and three days make many commits."""
    connection.execute("PRAGMA synchronous = OFF")


def _connect(file: Path) -> sqlite3.Connection:
    connection = connect(file)
    unsynced(connection)
    return connection


def now_ms(ahead_ms: int = 0) -> int:
    """What a wall clock shows that is so far ahead of the hall's."""
    return BEGIN_MS + ahead_ms + _passed_ms()


def _passed_ms() -> int:
    return round((asyncio.get_running_loop().time() - 1000) * 1000)


class BoxesOnly:
    """The hall as boxes know it. Its other half would be built anew at each start, which no process ever does."""

    def __init__(self, opened: Hall) -> None:
        self._boxes = DeviceApi(opened)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] != "/health":
            await self._boxes(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


class Site:
    """The whole of it. ``hall`` is None while the hall is stopped."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.wires = {name: Wire(peer=Peer(name, "box")) for name in PORTS}
        self.pages = {name: Wire() for name in PORTS}
        self.journals: dict[str, Journal] = {}
        self.printer = Printer()
        self.displays = {number: Display() for number in COUNTER_WINDOWS}
        self.pads = {number: Pad() for number in COUNTER_WINDOWS}
        self.hall: Hall | None = None
        self._wanted = asyncio.Event()
        self._unwanted = asyncio.Event()
        self._started = asyncio.Event()
        monkeypatch.setattr(hall.main, "Writer", InlineHallWriter)
        monkeypatch.setattr(hall.main, "connect", _connect)
        monkeypatch.setattr(journal_place, "Journal", _InlineJournal)
        text = EXAMPLE.read_text(encoding="utf-8").replace('mode = "live"', 'mode = "demo"')
        (folder / "hall.toml").write_text(text, encoding="utf-8")
        shutil.copy(EXAMPLE.with_name("catalogue.toml"), folder)
        key_file(folder)

    async def run_hall(self) -> None:
        """A hall that runs while it is wanted, for ever."""
        settings, written = load_hall(self.folder / "hall.toml")
        at = places(settings)
        while True:
            await self._wanted.wait()
            clock = SystemClock(now_ms, lambda: UP_MS + _passed_ms(), "hall-boot")
            async with hall.main.open_hall(settings, written, clock) as (opened, _), Tasks() as tasks:
                nightly = Nightly(opened, at.database, at.backups)
                works = (opened.downlink.run, partial(day.run, opened.writer, clock), Reliving(opened).run, nightly.run)
                for work in works:
                    tasks.start("hall's own", work())
                for wire in self.wires.values():
                    wire.connect(BoxesOnly(opened), tasks)
                self.hall = opened
                self._started.set()
                try:
                    await self._unwanted.wait()
                finally:
                    self.hall = None
                    self._started.clear()
                    for wire in self.wires.values():
                        wire.disconnect()
                    tasks.stop()

    def want_hall(self, wanted: bool) -> None:
        """Start the hall, or stop it."""
        on, off = (self._wanted, self._unwanted) if wanted else (self._unwanted, self._wanted)
        off.clear()
        on.set()

    @asynccontextmanager
    async def box(self, name: str, hardware: Hardware, more: str, ahead_ms: int) -> AsyncIterator[None]:
        """A box's daemon, all but its socket."""
        file = self.folder / f"{name}.toml"
        file.write_text(BOX.format(name=name, port=PORTS[name]) + more, encoding="utf-8")
        client = httpx.AsyncClient(base_url="https://hall.test", transport=self.wires[name])
        clock = Clock(partial(now_ms, ahead_ms), lambda: UP_MS + _passed_ms(), f"{name}-boot")
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(assembly, "make_client", lambda *_: client)
            patched.setattr(assembly, "Clock", lambda: clock)
            async with Tasks() as tasks, running(load_box(file), hardware, tasks) as parts:
                self.journals[name] = parts.journal
                self.pages[name].connect(parts.app, tasks)
                try:
                    yield
                finally:
                    self.pages[name].disconnect()
                    parts.streams.stop()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Hall, kiosk and counter at work; the kiosk's clock is an hour fast."""
        cells = [display_cell(self.displays[number], number) for number in COUNTER_WINDOWS]
        pads = [pad_cell(self.pads[number], number) for number in COUNTER_WINDOWS]
        windows = "".join(f"\n[[window]]\nnumber = {number}\n" for number in COUNTER_WINDOWS)
        async with Tasks() as tasks:
            tasks.start("hall", self.run_hall())
            self.want_hall(True)
            await self._started.wait()
            async with (
                self.box(
                    "kiosk-1",
                    Hardware({}, [printer_cell(self.printer)]),
                    '\n[kiosk]\nsigning_key = "slip.key"\n',
                    HOUR_MS,
                ),
                self.box("counter-1", Hardware({}, [*cells, *pads]), windows, 0),
            ):
                yield
            tasks.stop()

    def page(self, name: str) -> httpx.AsyncClient:
        """A browser at this box."""
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORTS[name]}", transport=self.pages[name])


class _InlineJournal(Journal):
    """Journals are opened without a thread."""

    @classmethod
    def open(cls, *arguments: Any, **named: Any) -> Journal:
        return Journal.open(*arguments, **{**named, "writer": InlineWriter, "prepare": unsynced})
