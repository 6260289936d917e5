"""A hall on a disk that is set back to old copies, and boxes that remember what it forgot. No network, no wall time."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec.structs import replace

from config.hall import load_hall
from device.entries import Entry
from device.pending import answered, requested
from hall.commands import DONE, Outcome
from hall.contract import (
    VERSION,
    Answer,
    Batch,
    Clerk,
    Command,
    Fact,
    Hello,
    JournalEnd,
    Reserve,
    Reserved,
    SignIn,
    Term,
    Welcome,
    WindowState,
)
from hall.files import places
from hall.hall import Hall
from hall.main import open_hall
from hall.recovering import NotWhole
from hall.relive import Relive
from hall.store import database
from hall.telling import Rules
from tests.hall.scene import EXAMPLE, FakeClock

T = TypeVar("T")

BOXES = """
[[box]]
name = "kiosk-1"
digit = 1

[[box]]
name = "kiosk-2"
digit = 2

[[box]]
name = "counter-1"
windows = [1]

[[box]]
name = "counter-2"
windows = [2, 3]
"""
CLERKS = {1: "林一帆", 2: "周晓宁", 3: "许文清"}
BATCH = 50


class OpenDoor:
    """Admits every clerk: PINs are tried elsewhere, and cost 50 ms each."""

    async def admit(self, _name: str, _pin: str) -> Outcome:
        return DONE


class Disk:
    """The hall's data folder, its side file, and whoever runs on them."""

    def __init__(self, folder: Path) -> None:
        self.clock = FakeClock()
        self.folder = folder
        self.copies: list[Path] = []
        self.runner = asyncio.Runner()
        settings = EXAMPLE.read_text("utf-8").replace('mode = "live"', 'mode = "demo"')
        head, clerks = settings[: settings.index("[[box]]")], settings[settings.index("# PINs") :]
        (folder / "hall.toml").write_text(head + BOXES + clerks, "utf-8")
        shutil.copy(EXAMPLE.with_name("catalogue.toml"), folder)
        self._settings = load_hall(folder / "hall.toml")
        self.start()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @property
    def database(self) -> Path:
        return places(self._settings[0]).database

    def start(self) -> None:
        self._opening = open_hall(*self._settings, self.clock)
        self.hall: Hall = self.do(self._opening.__aenter__()).hall
        self.hall.door = OpenDoor()  # type: ignore[assignment]

    def stop(self) -> None:
        self.do(self._opening.__aexit__(None, None, None))

    def close(self) -> None:
        self.stop()
        self.runner.close()

    def back_up(self) -> None:
        copy = self.folder / f"copy-{len(self.copies)}.db"
        database.copy(self.database, copy, "backup")
        self.copies.append(copy)

    def put_back(self, copy: Path | None) -> None:
        """The hall dies; its database is this copy from now on, or a new one."""
        self.stop()
        for left in self.database.parent.glob(f"{self.database.name}*"):
            left.unlink()
        if copy is not None:
            shutil.copy(copy, self.database)
        self.start()

    def relive(self) -> None:
        """What the hall does by itself once nobody is waited for any more."""
        hall = self.hall
        if hall.recovery is not None and not hall.recovery.awaited:
            rules = Rules(hall.catalogue, hall.settings.hall.mode)
            self.do(hall.writer.write(Relive(rules, self.clock.now_ms())))


class Remembering:
    """A box: a journal that is never lost, commands that are repeated until they are answered."""

    def __init__(self, disk: Disk, name: str) -> None:
        self.disk = disk
        self.name = name
        self.journal = name.encode().hex().ljust(16, "0")[:16]
        self.boots = 1
        self.facts: list[bytes] = []
        self.ends: list[str] = [""]
        self.told = 0
        self.term: Term | None = None
        self.greeted: Term | None = None
        self.pending: list[Command] = []
        self.states: dict[int, WindowState] = {}
        self.fresh: list[WindowState] = []
        """Newer states of windows, in the order in which they were told."""
        self.record("opened")

    @property
    def boot(self) -> str:
        return f"{self.name}-{self.boots}"

    def record(self, kind: str, visit: str = "", operator: str = "", **data: Any) -> str:
        """Journal a fact; gives the id of a ticket that it begins."""
        clock = self.disk.clock
        fact = Fact(
            seq=len(self.facts) + 1,
            prev=self.ends[-1],
            kind=kind,
            at_ms=clock.now_ms(),
            trust="compared",
            boot=self.boot,
            mono_ms=clock.mono_ms(),
            mode="demo",
            operator=operator,
            visit=visit,
            data=data,
        )
        self.facts.append(msgspec.json.encode(fact, order="deterministic"))
        self.ends.append(fact.digest())
        return f"{self.name}/{self.journal}/{fact.seq}"

    def record_entry(self, entry: Entry) -> None:
        """Journal what a real box would write."""
        self.record(entry.kind, entry.visit, entry.operator, **entry.data)

    def come_up(self) -> bool:
        """Greet the hall, tell it everything; whether it is up. Pending commands then go first."""
        hall = self.disk.hall
        if self.greeted != hall.term or hall.recovery is not None:
            welcome = self._hello()
            if self.term is not None and welcome.term.n < self.term.n:
                raise AssertionError(f"{welcome.term} after {self.term}")
            self.greeted = self.term = welcome.term
            self.told = welcome.high
            assert welcome.digest == self.ends[welcome.high]
        self.tell()
        self.disk.relive()
        if self.disk.hall.recovery is not None:
            return False
        while self.pending:
            self._ask(self.pending[0])  # what state it holds may be long past: the downlink tells it
        for number in hall.catalogue.boxes[self.name].windows:
            self._offer(hall.state(number))
        return True

    def tell(self) -> None:
        while self.told < len(self.facts):
            batch = Batch(
                device=self.name,
                journal=self.journal,
                boot=self.boot,
                mono_ms=self.disk.clock.mono_ms(),
                facts=[msgspec.Raw(raw) for raw in self.facts[self.told : self.told + BATCH]],
            )
            receipt = self.disk.do(self.disk.hall.facts(batch))
            assert not receipt.forked
            assert receipt.high > self.told
            self.told = receipt.high

    def reserve(self, ticket: str, service: str) -> Reserved | None:
        wanted = Reserve(
            ticket=ticket,
            service=service,
            mode="demo",
            mono_ms=self.disk.clock.mono_ms(),
            boot=self.boot,
            digest=self.ends[-1],
        )
        try:
            return self.disk.do(self.disk.hall.reserve(wanted, self.name))
        except NotWhole:
            return None

    def press(self, command: Command, lost: str) -> None:
        """Journal and send it. ``lost``: "" nothing, else the *request* or the *answer*."""
        if not isinstance(command, SignIn):
            command = replace(command, boot=self.boot, mono_ms=self.disk.clock.mono_ms())
            state = self.states.get(command.window)
            held = state.held if state is not None else None
            self.record_entry(requested(command, held.ticket if held else "", held.visit if held else ""))
            self.pending.append(command)
        if lost == "answer":
            self.disk.do(self.disk.hall.command(command, self.name))
        elif not lost:
            self._offer(self._ask(command).window)

    def power_cut(self) -> None:
        self.boots += 1
        self.greeted = None

    def _hello(self) -> Welcome:
        hello = Hello(
            contract=VERSION,
            device=self.name,
            journal=self.journal,
            boot=self.boot,
            mono_ms=self.disk.clock.mono_ms(),
            wall_ms=self.disk.clock.wall_ms(),
            mode="demo",
            term=self.term,
            journals=[JournalEnd(journal=self.journal, seq=len(self.facts), digest=self.ends[-1])],
        )
        return self.disk.do(self.disk.hall.hello(hello))

    def _ask(self, command: Command) -> Answer:
        answer = msgspec.json.decode(self.disk.do(self.disk.hall.command(command, self.name)), type=Answer)
        if command in self.pending:
            self.pending.remove(command)
        self.record_entry(answered(command, answer))
        return answer

    def _offer(self, state: WindowState | None) -> None:
        if state is None:
            return
        known = self.states.get(state.window)
        if known is None or (state.term.n, state.version) > (known.term.n, known.version):
            self.states[state.window] = state
            self.fresh.append(state)


def clerk_of(window: int) -> Clerk:
    return Clerk(staff_no=f"100{window}", name=CLERKS[window])
