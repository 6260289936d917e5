"""Processes of the bench: put up as each figure needs them, polled for readiness on raw sockets."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from simulators.bench import full_hall, loud_hall, settings
from simulators.bench.crew import Spot
from simulators.bench.settings import ALONE, ALONE_LINE, LOADING, VOICE, BenchPorts
from simulators.bench.wire import Broken, Connection
from simulators.client import HallReader
from simulators.demo.places import RunDirectory
from simulators.demo.processes import Child, NotReady
from simulators.demo.settings import COUNTER, KIOSK
from simulators.demo.stage import simulator_arguments

POLL_SECONDS = 0.003
READY_SECONDS = 20.0
FAST_PAPER = ("--mm-per-second", "2000")
"""A real printer moves 250 mm a second, and a hundred slips would take minutes; the wire's speed stays real."""


class Scene:
    """One run directory and what runs in it."""

    def __init__(self, run: RunDirectory, ports: BenchPorts) -> None:
        self.run = run
        self.ports = ports
        self.hall = self._hall("hall")
        self.boxes = {
            name: Child(name, ["device", str(run.settings(name))], run.log(name))
            for name in (KIOSK, COUNTER, ALONE, VOICE)
        }
        self.lines = {line: self._line(line) for line in ("printer", "displays", "keypads", ALONE_LINE)}
        self.box_ports = {KIOSK: ports.kiosk, COUNTER: ports.counter, ALONE: ports.alone, VOICE: ports.voice}

    def _hall(self, settings: str) -> Child:
        return Child("hall", ["hall", str(self.run.settings(settings))], self.run.log("hall"))

    def _line(self, line: str) -> Child:
        if line == ALONE_LINE:
            places = ["--link", str(self.run.port(line)), "--control", str(self.run.control(line))]
            arguments = ["simulate", "displays", *places, "--addresses", "1"]
        else:
            arguments = simulator_arguments(self.run, line)
        return Child(line, [*arguments, *(FAST_PAPER if line == "printer" else ())], self.run.log(line))

    def spot(self, name: str) -> Spot:
        """A client of the hall with this certificate."""
        run = self.run
        return Spot(self.ports.hall, run.certificate("ca"), run.certificate(name), run.key(name))

    def spots(self, count: int) -> list[Spot]:
        """As many loaders as clients of the hall."""
        return [self.spot(loader.name) for loader in LOADING[:count]]

    def echo_spots(self, count: int) -> list[Spot]:
        """The same loaders as clients of the echo."""
        run = self.run
        return [
            Spot(self.ports.echo, run.certificate("ca"), run.certificate(loader.name), run.key(loader.name))
            for loader in LOADING[:count]
        ]

    def reader(self) -> HallReader:
        """A client of the hall's read API with the observer's certificate."""
        run = self.run
        url = f"https://127.0.0.1:{self.ports.hall}"
        return HallReader(url, run.certificate("ca"), run.certificate("observer"), run.key("observer"))

    async def business_date(self) -> str:
        """The day that the hall is in."""
        reader = self.reader()
        try:
            return (await reader.status()).business_date
        finally:
            await reader.close()

    async def change_hall(self, settings: str) -> None:
        """Stop the hall; the next start is of the one with these settings."""
        await self.hall.stop()
        self.hall = self._hall(settings)

    async def prepare(self) -> None:
        """Settings and certificates. Raises DiedAtStart."""
        settings.write(self.run, self.ports)
        full_hall.write(self.run, self.ports)
        loud_hall.write(self.run, self.ports)
        ca, log = str(self.run.ca), self.run.log("ca")
        await Child("ca init", ["ca", "init", ca], log).run()
        boxes = [*self.boxes, *(loader.name for loader in LOADING), *(box.name for box in full_hall.BOXES)]
        for role, names in {"box": boxes, "observer": ["observer"], "hall": ["hall"]}.items():
            await Child("ca issue", ["ca", "issue", ca, *names, "--role", role], log).run()
        await Child("ca slip-key", ["ca", "slip-key", str(self.run.slip_key)], log).run()

    async def start_line(self, line: str) -> None:
        """Start a simulator. Raises NotReady, DiedAtStart."""
        await self.lines[line].start()
        await self.until(self.lines[line], self.run.control(line).exists)

    async def start_hall(self) -> float:
        """Start the hall; seconds from exec to its first answer. Raises NotReady, DiedAtStart."""
        context = self.spot("observer").context()

        def answers() -> bool:
            with Connection(self.ports.hall, context) as connection:
                return connection.get("/health").status == 200

        return await self._started(self.hall, answers)

    async def start_box(self, name: str) -> float:
        """Start a box; seconds from exec to its /ready. Raises NotReady, DiedAtStart."""

        def answers() -> bool:
            with Connection(self.box_ports[name]) as connection:
                return connection.get("/ready").status == 200

        return await self._started(self.boxes[name], answers)

    async def box_works(self, name: str) -> None:
        """Wait until a box sees the hall and all its devices accept work. Raises NotReady, DiedAtStart."""

        def works() -> bool:
            health = self.health(name)
            return health["hall"] == "up" and all(device["accepting"] for device in health["devices"])

        await self.until(self.boxes[name], works)

    def health(self, name: str) -> dict[str, Any]:
        """What a box says of itself. Raises Broken, OSError."""
        with Connection(self.box_ports[name]) as connection:
            told: dict[str, Any] = connection.get("/health").json()
        return told

    async def _started(self, child: Child, answers: Callable[[], bool]) -> float:
        begun = time.monotonic()
        await child.start()
        return await self.until(child, answers) - begun

    async def until(self, child: Child, holds: Callable[[], bool]) -> float:
        """The moment at which this holds, asked again and again. Raises NotReady, DiedAtStart."""
        limit = time.monotonic() + READY_SECONDS
        while time.monotonic() < limit:
            with suppress(OSError, Broken):
                if holds():
                    return time.monotonic()
            if not child.running:
                raise child.death()
            await asyncio.sleep(POLL_SECONDS)
        raise NotReady(f"{child.name} was not ready in {READY_SECONDS:.0f} s:\n{child.death()}")

    def freeze_hall(self, frozen: bool) -> None:
        """Stop the hall's process where it stands, or let it go on."""
        if self.hall.pid is not None:
            os.kill(self.hall.pid, signal.SIGSTOP if frozen else signal.SIGCONT)

    async def strike(self) -> None:
        """Stop everything, boxes first."""
        self.freeze_hall(False)
        await asyncio.gather(*(box.stop() for box in self.boxes.values()))
        await asyncio.gather(self.hall.stop(), *(line.stop() for line in self.lines.values()))


@asynccontextmanager
async def scene(folder: Path) -> AsyncIterator[Scene]:
    """A prepared scene below ``folder``, an absolute path, removed at the end."""
    root = Path(tempfile.mkdtemp(prefix="yc-bench-", dir=folder))
    try:
        here = Scene(RunDirectory(root), settings.free_ports())
        await here.prepare()
        try:
            yield here
        finally:
            await here.strike()
    finally:
        shutil.rmtree(root, ignore_errors=True)
