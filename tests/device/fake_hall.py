"""A hall in memory behind httpx.MockTransport: answers, refuses, falls silent, goes away, comes back."""

from __future__ import annotations

import asyncio
import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import msgspec

from hall.contract import (
    VERSION,
    Answer,
    AskZone,
    Batch,
    Command,
    DayChanged,
    Directory,
    Fact,
    Hello,
    QueueCounts,
    Receipt,
    Reserve,
    Reserved,
    Service,
    StandingAlarm,
    Term,
    Welcome,
    WindowInfo,
    WindowState,
    ZoneLease,
)
from hall.contract.maintenance import Condition, Relayed

NOW_MS = 1_700_000_000_000


class _Stream(httpx.AsyncByteStream):
    def __init__(self, chunks: asyncio.Queue[bytes | Exception | None]) -> None:
        self._chunks = chunks

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (chunk := await self._chunks.get()) is not None:
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk


class FakeHall:
    def __init__(self) -> None:
        self.term = Term(n=1, draw="a")
        self.contract = VERSION
        self.date = "2026-01-05"
        self.facts: list[Fact] = []
        self.batches: list[int] = []
        self.hellos: list[Hello] = []
        self.commands: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.requests: defaultdict[str, int] = defaultdict(int)
        self.streams: list[asyncio.Queue[bytes | Exception | None]] = []
        self.there = True
        self.silent: set[str] = set()
        self.lose_answers_of: set[str] = set()
        self.refuse: dict[str, tuple[int, dict[str, Any]]] = {}
        self.heard = asyncio.Event()
        self.high: int | None = None
        self.digest: str | None = None
        self.band: dict[str, int] = {}
        self.recovering = False
        self.alarm: StandingAlarm | None = None
        """What it says in a welcome of the alarm; None for a hall that says nothing of it."""
        self.forked = False
        self.set_aside: dict[str, list[Fact]] = {}
        self.zone: Callable[[AskZone], ZoneLease] | None = None
        """How it leases its zone; None for a hall that knows none."""
        self.directory: Directory | None = None
        """What citizens may look up; None for a hall that tells of none."""
        self.conditions: list[Condition] = []
        self.relayed: list[Relayed] = []
        self._numbers: dict[str, int] = {}

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url="https://hall.test", transport=httpx.MockTransport(self._answer))

    async def until(self, true: Callable[[], object]) -> None:
        """Wait until ``true()``, looking after each request."""
        async with asyncio.timeout(3600):
            while not true():
                self.heard.clear()
                await self.heard.wait()
                await asyncio.sleep(0)

    async def push(self, event: str, body: msgspec.Struct | None = None) -> None:
        data = msgspec.json.encode(body) if body else b""
        self.streams[-1].put_nowait(b"event: %s\nid: 1/1\ndata: %s\n\n" % (event.encode(), data))

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.requests[path] += 1
        try:
            if not self.there:
                raise httpx.ConnectError("refused")
            if path in self.silent:
                await asyncio.Event().wait()
            if path in self.refuse:
                status, said = self.refuse[path]
                return httpx.Response(status, json=said)
            answer = self._routes[path](self, await request.aread())
            if path in self.lose_answers_of:
                raise httpx.ReadError("cut off")
            return answer
        finally:
            self.heard.set()

    def _hello(self, body: bytes) -> httpx.Response:
        self.hellos.append(msgspec.json.decode(body, type=Hello))
        welcome = Welcome(
            contract=self.contract,
            hall="示范大厅",
            hall_en="Model Hall",
            term=self.term,
            business_date=self.date,
            now_ms=NOW_MS,
            kiosk_digit=5,
            services=[Service(code="1", name="社保", name_en="Social security", letter="A")],
            windows=[WindowInfo(number=3, name="3号", name_en="Window 3", services=["1"])],
            high=len(self.facts) if self.high is None else self.high,
            digest=self.digest if self.digest is not None else self.facts[-1].digest() if self.facts else "",
            band=self.band,
            directory=self.directory.digest if self.directory else msgspec.UNSET,
            recovering=self.recovering,
            alarm=self.alarm or msgspec.UNSET,
        )
        return _json(welcome)

    def _facts(self, body: bytes) -> httpx.Response:
        batch = msgspec.json.decode(body, type=Batch)
        if batch.journal != self.hellos[-1].journal:
            kept = self.set_aside.setdefault(batch.journal, [])
            kept += [fact for raw in batch.facts if (fact := msgspec.json.decode(raw, type=Fact)).seq == len(kept) + 1]
            return _json(Receipt(high=len(kept), now_ms=NOW_MS))
        self.batches.append(len(batch.facts))
        for raw in batch.facts:
            fact = msgspec.json.decode(raw, type=Fact)
            assert hashlib.sha256(bytes(raw)).hexdigest() == fact.digest()
            if fact.seq == len(self.facts) + 1:
                assert fact.prev == (self.facts[-1].digest() if self.facts else "")
                self.facts.append(fact)
        return _json(Receipt(high=len(self.facts), backed_up=len(self.facts) // 2, now_ms=NOW_MS, forked=self.forked))

    def _reserve(self, body: bytes) -> httpx.Response:
        wanted = msgspec.json.decode(body, type=Reserve)
        count = self._numbers.setdefault(wanted.ticket, len(self._numbers) + 1)
        given = Reserved(
            ticket=wanted.ticket,
            digits=f"1{count:03d}",
            date=self.date,
            ahead=2,
            place_ms=NOW_MS,
            term=self.term,
        )
        return _json(given)

    def _command(self, body: bytes) -> httpx.Response:
        command: Command = msgspec.json.decode(body, type=Command)
        self.commands.append(command.request)
        if command.request not in self.answers:
            version = len(self.answers) + 1
            state = WindowState(window=command.window, term=self.term, version=version, phase="idle")
            self.answers[command.request] = Answer(request=command.request, outcome="done", window=state, fresh=True)
        return _json(self.answers[command.request])

    def _downlink(self, _body: bytes) -> httpx.Response:
        stream: asyncio.Queue[bytes | Exception | None] = asyncio.Queue()
        self.streams.append(stream)
        for event, body in (
            ("window", WindowState(window=3, term=self.term, version=1, phase="idle")),
            ("queue", QueueCounts(term=self.term, version=1, waiting={"1": 4})),
            ("day", DayChanged(term=self.term, business_date=self.date)),
        ):
            stream.put_nowait(b"event: %s\ndata: %s\n\n" % (event.encode(), msgspec.json.encode(body)))
        return httpx.Response(200, stream=_Stream(stream))

    def _zone(self, body: bytes) -> httpx.Response:
        if self.zone is None:
            return httpx.Response(404, json={"error": "no-such-call"})
        return _json(self.zone(msgspec.json.decode(body, type=AskZone)))

    def _condition(self, body: bytes) -> httpx.Response:
        self.conditions.append(msgspec.json.decode(body, type=Condition))
        return httpx.Response(200, json={})

    def _relayed(self, body: bytes) -> httpx.Response:
        self.relayed.append(msgspec.json.decode(body, type=Relayed))
        return httpx.Response(200, json={})

    def _directory(self, _body: bytes) -> httpx.Response:
        assert self.directory is not None
        return _json(self.directory)

    def _health(self, _body: bytes) -> httpx.Response:
        return httpx.Response(200, json={"status": "ok"})

    _routes = {
        "/device/hello": _hello,
        "/device/facts": _facts,
        "/device/reserve": _reserve,
        "/device/commands": _command,
        "/device/downlink": _downlink,
        "/device/zone": _zone,
        "/device/condition": _condition,
        "/device/maintenance": _relayed,
        "/device/directory": _directory,
        "/health": _health,
    }


def _json(body: msgspec.Struct) -> httpx.Response:
    return httpx.Response(200, content=msgspec.json.encode(body))
