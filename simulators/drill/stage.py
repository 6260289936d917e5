"""The processes of a drill: a hall, its boxes, a simulator for each line, and a cable from each box to the hall."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from config.wording import one_line
from simulators.client import BoxClient, CallFailed, GuidePage, HallReader
from simulators.demo.evidence import End, Slip
from simulators.demo.processes import Child
from simulators.demo.props import Props
from simulators.demo.stage import Tell, all_of, connects, until_holds
from simulators.drill.faults import FAKETIME, faked_clock
from simulators.drill.holders import Holders
from simulators.drill.lives import Kept, end_of
from simulators.drill.moments import Moments
from simulators.drill.namespaces import mount_disk, unmount
from simulators.drill.proxy import Cable
from simulators.drill.settings import HALL, DrillDirectory, Ports, Size, simulator_arguments, write_settings

READY_SECONDS = 60.0
"""Some twenty processes start at once, on two cores that others may use too."""

HALL_DISK_MB, BOX_DISK_MB = 256, 24


@dataclass(frozen=True, slots=True)
class Ground:
    """What the drill stands on: its size, its seed, namespaces of its own or not, and where to leave its directory."""

    size: Size
    seed: int
    isolated: bool
    keep: Path | None = None
    wishes: float | None = None
    """So many ask something of their number; None for as many as in a hall."""


class DrillStage:
    """The running processes of one drill."""

    def __init__(self, run: DrillDirectory, ground: Ground) -> None:
        self.run, self.size, self.isolated = run, ground.size, ground.isolated
        self._leave = ground.keep is not None
        self.ports = Ports.free(ground.size)
        self.moments = Moments(ground.size)
        self.lines = {
            line: Child(line, simulator_arguments(run, ground.size, line), run.log(line)) for line in ground.size.lines
        }
        self.processes = {name: Kept(self._child(name)) for name in (HALL, *ground.size.boxes)}
        self.cables = {
            box: Cable(box, self.ports.cables[box], self.ports.hall, Random(f"{ground.seed}/cable of {box}"))
            for box in ground.size.boxes
        }
        self.props = Props({line: run.control(line) for line in ground.size.lines}, ground.size.keypads_of)
        self.props.attend(self.moments.hear)
        self.holders = Holders(self.props, ground.wishes)
        self.random = Random(f"{ground.seed}/stage")
        self.shown_there: dict[str, list[Slip]] = {counter: [] for counter in ground.size.counter_names}
        """Slips that are shown at a counter besides: the same one at another counter too."""
        self.resting: set[str] = set()
        """Boxes that nobody is to use now."""
        self.losing = asyncio.Lock()
        """Data are lost one at a time: a hall rebuilt between a box's last word and its backup would never hear it."""
        self.lost_ms: list[int] = []
        """When the hall's database was lost."""
        self.tampered: set[str] = set()
        """Boxes whose journal was lost, replaced or damaged."""
        self.in_use: Counter[str] = Counter()
        """How many people are in the middle of something at each box."""
        self.other_ends: list[End] = []

    def _child(self, name: str) -> Child:
        command = "hall" if name == HALL else "device"
        clock = faked_clock(self.run.wall_clock(name)) if FAKETIME is not None else {}
        return Child(name, [command, str(self.run.settings(name))], self.run.log(name), clock)

    def busy(self, box: str) -> bool:
        """Whether somebody is in the middle of something there."""
        return self.in_use[box] > 0

    @contextmanager
    def using(self, box: str) -> Iterator[None]:
        """Somebody is."""
        self.in_use[box] += 1
        try:
            yield
        finally:
            self.in_use[box] -= 1

    async def note_end(self, child: Child, code: int) -> None:
        """A command line has come to its end."""
        self.other_ends.append(end_of(child, code, asked=code == 0))

    def reader(self) -> HallReader:
        """A client of the hall's read API with the observer's certificate, past every cable."""
        run = self.run
        return HallReader(self.ports.hall_url, run.certificate("ca"), run.certificate("observer"), run.key("observer"))

    def guide_page(self) -> GuidePage:
        """The hall's page as a guide's tablet has it, past every cable."""
        return GuidePage(self.ports.hall_url, self.run.certificate("ca"))

    def box(self, name: str) -> BoxClient:
        """A client of a box's local API."""
        return BoxClient(self.ports.box_url(name))

    @asynccontextmanager
    async def running(self, tell: Tell) -> AsyncIterator[None]:
        """Everything runs inside. Raises DiedAtStart, NotReady."""
        begun = time.monotonic()
        async with AsyncExitStack() as stack:
            write_settings(self.run, self.size, self.ports)
            if self.isolated:
                for name in self.processes:
                    stack.enter_context(_disk(self.run, name, self._leave))
            tell(one_line("demo", "certificates"))
            await all_of(self._certify(), *(self._start_line(stack, line) for line in self.lines))
            connected = asyncio.Event()
            await stack.enter_async_context(_beside(self.props.listen(connected)))
            await connected.wait()
            for cable in self.cables.values():
                await stack.enter_async_context(cable.laid())
            tell(one_line("demo", "processes"))
            await stack.enter_async_context(self._kept())
            await all_of(self._hall_answers(), *(self._box_stands(box) for box in self.size.boxes))
            tell(one_line("demo", "ready", seconds=round(time.monotonic() - begun, 1)))
            yield

    @asynccontextmanager
    async def _kept(self) -> AsyncIterator[None]:
        """Hall and boxes run, and come back, until the end; then boxes stop first."""
        async with _beside(self.processes[HALL].keep()), AsyncExitStack() as boxes:
            for name in self.size.boxes:
                await boxes.enter_async_context(_beside(self.processes[name].keep()))
            for kept in self.processes.values():
                await kept.begun.wait()
            yield

    async def _certify(self) -> None:
        roles = {"box": self.size.boxes, "observer": ("observer",), "hall": (HALL,)}
        ca, log = str(self.run.ca), self.run.log("ca")
        await Child("ca init", ["ca", "init", ca], log).run()
        issues = [
            Child("ca issue", ["ca", "issue", ca, *names, "--role", role], log).run() for role, names in roles.items()
        ]
        keys = [
            Child("ca slip-key", ["ca", "slip-key", str(self.run.slip_key_of(kiosk))], log).run()
            for kiosk in self.size.kiosk_names
        ]
        await all_of(*issues, *keys)

    async def _start_line(self, stack: AsyncExitStack, line: str) -> None:
        child = self.lines[line]
        await child.start()
        stack.push_async_callback(child.stop)
        await until_holds(child, lambda: connects(self.run.control(line)), READY_SECONDS)

    async def _hall_answers(self) -> None:
        reader = self.reader()
        try:
            await until_holds(self.processes[HALL].child, reader.healthy, READY_SECONDS)
        finally:
            await reader.close()

    async def _box_stands(self, name: str) -> None:
        box = self.box(name)

        async def stands() -> bool:
            with suppress(CallFailed):
                return await box.ready() and (await box.health())["hall"] == "up"
            return False

        try:
            await until_holds(self.processes[name].child, stands, READY_SECONDS)
        finally:
            await box.close()


@asynccontextmanager
async def drill_stage(ground: Ground, tell: Tell) -> AsyncIterator[DrillStage]:
    """A stage that is set up, and struck at the end; its directory is removed unless it is to be kept."""
    root = Path(tempfile.mkdtemp(prefix="yichuang-")) if ground.keep is None else ground.keep
    root.mkdir(parents=True, exist_ok=True)
    scene = DrillStage(DrillDirectory(root), ground)
    try:
        async with scene.running(tell):
            yield scene
    finally:
        if ground.keep is None:
            shutil.rmtree(root, ignore_errors=True)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something that runs beside until the end."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


@contextmanager
def _disk(run: DrillDirectory, name: str, leave: bool) -> Iterator[None]:
    """A disk of its own for a process; ``leave``: what is on it at the end stays in its place."""
    at = run.disk(name)
    mount_disk(at, HALL_DISK_MB if name == HALL else BOX_DISK_MB)
    try:
        yield
    finally:
        left = at.with_name(f"{name}-left")
        if leave:
            shutil.copytree(at, left)
        unmount(at)
        if leave:
            shutil.copytree(left, at, dirs_exist_ok=True)
            shutil.rmtree(left)
