"""Sets the stage: settings, a throw-away CA, three simulators, a hall and two boxes, each by its own command line."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from config.wording import one_line
from simulators.client import BoxClient, CallFailed, GuidePage, HallReader
from simulators.demo.places import Ports, RunDirectory
from simulators.demo.processes import Child, DiedAtStart, NotReady
from simulators.demo.settings import COUNTER, KIOSK, LOBBY, MORE, WINDOWS, write_settings
from simulators.demo.tables import PAD_BIT

READY_SECONDS = 15.0
"""A start takes about three seconds; a machine busy with other things may need more."""

POLL_SECONDS = 0.05
LINES = ("printer", "displays", "keypads")

Tell = Callable[[str], None]


def simulator_arguments(run: RunDirectory, line: str) -> list[str]:
    """The command line of one line's simulator."""
    numbers = ",".join(map(str, WINDOWS))
    pads = ",".join(str(PAD_BIT + window) for window in WINDOWS)
    devices = {
        "printer": ["--baud", "115200"],
        "displays": ["--addresses", numbers],
        "keypads": ["--callers", numbers, "--keypads", pads],
    }
    return ["simulate", line, "--link", str(run.port(line)), "--control", str(run.control(line)), *devices[line]]


class Stage:
    """The running processes of one demonstration."""

    def __init__(self, run: RunDirectory, ports: Ports) -> None:
        self.run = run
        self.ports = ports
        self.lines = {line: Child(line, simulator_arguments(run, line), run.log(line)) for line in LINES}
        self.hall = Child("hall", ["hall", str(run.settings("hall"))], run.log("hall"))
        self.kiosk = Child(KIOSK, ["device", str(run.settings(KIOSK))], run.log(KIOSK))
        self.counter = Child(COUNTER, ["device", str(run.settings(COUNTER))], run.log(COUNTER))
        self.lobby = Child(LOBBY, ["device", str(run.settings(LOBBY))], run.log(LOBBY))

    @property
    def children(self) -> tuple[Child, ...]:
        """Every process, in the order in which they are stopped."""
        return (self.kiosk, self.counter, self.lobby, self.hall, *self.lines.values())

    @property
    def bench_url(self) -> str:
        """The one address to open."""
        return f"http://127.0.0.1:{self.ports.bench}"

    @property
    def kiosk_url(self) -> str:
        """The kiosk box's local address."""
        return f"http://127.0.0.1:{self.ports.kiosk}"

    @property
    def counter_url(self) -> str:
        """The counter box's local address."""
        return f"http://127.0.0.1:{self.ports.counter}"

    @property
    def lobby_url(self) -> str:
        """The local address of the box at the door."""
        return f"http://127.0.0.1:{self.ports.lobby}"

    @property
    def hall_url(self) -> str:
        """The hall's address."""
        return f"https://127.0.0.1:{self.ports.hall}"

    def reader(self) -> HallReader:
        """A client of the hall's read API with the observer's certificate."""
        return HallReader(
            self.hall_url, self.run.certificate("ca"), self.run.certificate("observer"), self.run.key("observer")
        )

    def guide_page(self) -> GuidePage:
        """The hall's page as a guide's tablet has it."""
        return GuidePage(self.hall_url, self.run.certificate("ca"))

    async def set_up(self, tell: Tell) -> None:
        """Start everything. Raises DiedAtStart, NotReady; leaves nothing running then."""
        begun = time.monotonic()
        try:
            write_settings(self.run, self.ports)
            tell(one_line("demo", "certificates"))
            await all_of(self._certify(), *(self._start_line(line) for line in LINES))
            tell(one_line("demo", "processes"))
            await all_of(self.hall.start(), self.kiosk.start(), self.counter.start())
            await all_of(self.hall_answers(), self.box_stands(self.kiosk), self.box_stands(self.counter))
        except BaseException:
            await self.strike()
            raise
        tell(one_line("demo", "ready", seconds=round(time.monotonic() - begun, 1)))

    async def _certify(self) -> None:
        roles = {"box": (KIOSK, COUNTER, MORE, LOBBY), "observer": ("observer",), "hall": ("hall",)}
        ca = str(self.run.ca)
        await Child("ca init", ["ca", "init", ca], self.run.log("ca")).run()
        issues = [
            Child("ca issue", ["ca", "issue", ca, *names, "--role", role], self.run.log("ca")).run()
            for role, names in roles.items()
        ]
        slip_key = Child("ca slip-key", ["ca", "slip-key", str(self.run.slip_key)], self.run.log("ca")).run()
        await all_of(*issues, slip_key)

    async def _start_line(self, line: str) -> None:
        child = self.lines[line]
        await child.start()
        await until_holds(child, lambda: connects(self.run.control(line)))

    async def hall_answers(self) -> None:
        """Wait until the hall's /health does. Raises DiedAtStart, NotReady."""
        reader = self.reader()
        try:
            await until_holds(self.hall, reader.healthy)
        finally:
            await reader.close()

    async def box_stands(self, child: Child) -> None:
        """Wait until a box is ready and sees the hall. Raises DiedAtStart, NotReady."""
        urls = {self.kiosk.name: self.kiosk_url, self.counter.name: self.counter_url, self.lobby.name: self.lobby_url}
        box = BoxClient(urls[child.name])

        async def stands() -> bool:
            with suppress(CallFailed):
                return await box.ready() and (await box.health())["hall"] == "up"
            return False

        try:
            await until_holds(child, stands)
        finally:
            await box.close()

    async def open_lobby(self) -> None:
        """Start the box at the door, if it does not run. Raises DiedAtStart, NotReady."""
        if not self.lobby.running:
            await self.lobby.start()
            await self.box_stands(self.lobby)

    async def strike(self) -> None:
        """Stop everything, boxes first."""
        await asyncio.gather(self.kiosk.stop(), self.counter.stop(), self.lobby.stop())
        await asyncio.gather(self.hall.stop(), *(line.stop() for line in self.lines.values()))


async def all_of(*steps: Awaitable[None]) -> None:
    """Await these at the same time; the first exception as itself, not in a group."""
    tasks = [asyncio.ensure_future(step) for step in steps]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until_holds(child: Child, holds: Callable[[], Awaitable[bool]], limit: float = READY_SECONDS) -> None:
    """Wait until this holds of a child that has been started. Raises DiedAtStart, NotReady."""
    try:
        async with asyncio.timeout(limit):
            while not await holds():
                if not child.running:
                    raise child.death()
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        raise NotReady(f"{child.name} was not ready in {limit:.0f} s:\n{child.death()}") from None


async def connects(socket: Path) -> bool:
    """Whether somebody listens at this Unix socket."""
    try:
        _, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


@asynccontextmanager
async def stage(ports: Ports, keep: Path | None, tell: Tell) -> AsyncIterator[Stage]:
    """A stage that is set up, and struck at the end; its directory is removed unless ``keep`` (absolute) names it."""
    root = Path(tempfile.mkdtemp(prefix="yichuang-")) if keep is None else keep
    root.mkdir(parents=True, exist_ok=True)
    scene = Stage(RunDirectory(root), ports)
    try:
        await scene.set_up(tell)
        try:
            yield scene
        except Exception:
            for child in scene.children:
                tell(child.story())
            raise
        finally:
            await scene.strike()
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)


__all__ = ["DiedAtStart", "NotReady", "Stage", "stage"]
