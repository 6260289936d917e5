"""A hall that is killed at any moment under load: what it has answered is there, and stays as it was answered."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import msgspec
import pytest

from hall.contract import (
    VERSION,
    Answer,
    Batch,
    CallNext,
    Command,
    Fact,
    Finish,
    Hello,
    Receipt,
    Reserve,
    Reserved,
    SignIn,
    Start,
    Struct,
    Welcome,
)
from tests.hall.process import Process
from tests.hall.served import LIMIT_S, context

pytestmark = pytest.mark.system

KILLS = 5
CLERKS = {1: "林一帆", 2: "周晓宁"}
PIN = "2468"
SERVICE = "11"


def mono_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Load:
    """Boxes at work. Whatever has no answer is sent again, as boxes do, until it has one."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.up = asyncio.Event()
        self.up.set()
        self.answered = 0
        self.numbers: dict[str, Reserved] = {}
        self.answers: dict[str, tuple[Command, bytes]] = {}
        self.journals: list[Kiosk] = []
        self._answered = asyncio.Event()

    @asynccontextmanager
    async def box(self, name: str) -> AsyncIterator[httpx.AsyncClient]:
        tls = context(self.process.folder / "certs", name)
        url = f"https://127.0.0.1:{self.process.port}"
        async with httpx.AsyncClient(base_url=url, verify=tls, timeout=LIMIT_S) as client:
            yield client

    async def ask(self, client: httpx.AsyncClient, path: str, body: msgspec.Struct) -> bytes:
        while True:
            await self.up.wait()
            try:
                response = await client.post(path, content=msgspec.json.encode(body))
            except httpx.TransportError:
                continue
            if response.status_code == 200:
                self.answered += 1
                self._answered.set()
                return response.content
            assert response.json()["error"] == "hello-first", response.text
            await self.ask(client, "/device/hello", hello("counter-1"))

    async def until_answered(self, more: int) -> None:
        wanted = self.answered + more
        while self.answered < wanted:
            self._answered.clear()
            await self._answered.wait()

    async def kill(self) -> None:
        """And start again."""
        self.up.clear()
        self.process.end()
        await asyncio.to_thread(self.process.start)
        self.up.set()


class Kiosk:
    """One journal of kiosk-1: touch, number, slip, again and again."""

    def __init__(self, load: Load, journal: str) -> None:
        self.journal = journal
        self.told = 0
        self._load = load
        self._facts: list[Fact] = []
        load.journals.append(self)

    async def work(self) -> None:
        async with self._load.box("kiosk-1") as client:
            for touch in itertools.count():
                ticket = f"kiosk-1/{self.journal}/{self._happens('requested', service=SERVICE, touch=str(touch))}"
                wanted = Reserve(
                    ticket=ticket,
                    service=SERVICE,
                    mode="demo",
                    mono_ms=mono_ms(),
                    boot="boot",
                    digest=self._facts[-1].digest(),
                )
                given = msgspec.json.decode(await self._load.ask(client, "/device/reserve", wanted), type=Reserved)
                self._load.numbers[ticket] = given
                self._happens(
                    "issued", ticket=ticket, service=SERVICE, number=given.digits, source="hall", date=given.date
                )
                self._happens("printed", ticket=ticket, evidence="gs-h")
                await self._tell(client)

    def _happens(self, kind: str, **data: str) -> int:
        fact = Fact(
            seq=len(self._facts) + 1,
            prev=self._facts[-1].digest() if self._facts else "",
            kind=kind,
            at_ms=0,
            trust="unknown",
            boot="boot",
            mono_ms=mono_ms(),
            mode="demo",
            data={**data},
        )
        self._facts.append(fact)
        return fact.seq

    async def _tell(self, client: httpx.AsyncClient) -> None:
        encode = msgspec.json.Encoder(order="deterministic").encode
        facts = [msgspec.Raw(encode(fact)) for fact in self._facts[self.told :]]
        batch = Batch(device="kiosk-1", journal=self.journal, boot="boot", mono_ms=mono_ms(), facts=facts)
        receipt = msgspec.json.decode(await self._load.ask(client, "/device/facts", batch), type=Receipt)
        assert receipt.high >= self.told
        self.told = receipt.high


async def serve(load: Load, window: int) -> None:
    """One window of counter-1: call, start, finish, again and again."""
    requests = (f"{window}-{count}" for count in itertools.count())
    staff_no = f"100{window}"
    async with load.box("counter-1") as client:
        await load.ask(client, "/device/hello", hello("counter-1"))
        door = SignIn(request=next(requests), window=window, name=CLERKS[window], pin=PIN, mode="demo")
        await load.ask(client, "/device/commands", door)
        call = ""
        turn: tuple[type[CallNext | Start | Finish], ...] = (CallNext, Start, Finish)
        for kind in itertools.cycle(turn):
            press = kind(
                request=next(requests),
                window=window,
                operator=staff_no,
                mode="demo",
                call=call,
                boot="boot",
                mono_ms=mono_ms(),
            )
            answer = await load.ask(client, "/device/commands", press)
            load.answers[press.request] = press, answer
            state = msgspec.json.decode(answer, type=Answer).window
            call = state.held.call if state is not None and state.held is not None else ""


def hello(name: str, journal: str = "j") -> Hello:
    return Hello(contract=VERSION, device=name, journal=journal, boot="boot", mono_ms=mono_ms(), wall_ms=0, mode="demo")


class Row(Struct, frozen=True):
    """A ticket or a call in the hall's lists."""

    ticket_id: str
    number: str
    state: str = ""


@pytest.fixture
def process(settings_file: Path) -> Iterator[Process]:
    process = Process(settings_file)
    yield process
    process.end()


async def test_a_hall_killed_under_load_loses_nothing_that_it_has_answered(process: Process) -> None:
    load, draw = Load(process), random.Random(1)
    kiosks = [Kiosk(load, f"{n:016x}") for n in range(2)]
    async with asyncio.timeout(3 * LIMIT_S), asyncio.TaskGroup() as group:
        works = [*(kiosk.work() for kiosk in kiosks), *(serve(load, window) for window in CLERKS)]
        tasks = [group.create_task(work) for work in works]
        for _ in range(KILLS):
            await load.until_answered(draw.randrange(20, 120))
            await load.kill()
        for task in tasks:
            task.cancel()
    await everything_stands(load)


async def everything_stands(load: Load) -> None:
    async with load.box("kiosk-1") as kiosk, load.box("counter-1") as counter:
        for journal in load.journals:
            welcome = await load.ask(kiosk, "/device/hello", hello("kiosk-1", journal.journal))
            assert msgspec.json.decode(welcome, type=Welcome).high >= journal.told
        await load.ask(counter, "/device/hello", hello("counter-1"))
        for command, answer in load.answers.values():
            assert await load.ask(counter, "/device/commands", command) == answer
        tickets = msgspec.json.decode((await kiosk.get("/api/tickets")).content, type=list[Row])
        calls = msgspec.json.decode((await kiosk.get("/api/calls")).content, type=list[Row])
        assert (await kiosk.get("/api/conflicts")).json() == []
    numbers = {ticket.ticket_id: ticket.number for ticket in tickets}
    assert {ticket: numbers[ticket] for ticket in load.numbers} == {
        ticket: f"A{given.digits}" for ticket, given in load.numbers.items()
    }
    assert max(Counter(numbers.values()).values()) == 1
    assert max(Counter(call.ticket_id for call in calls).values()) == 1
