"""The way to the hall: one HTTP client, a hello whenever the hall was lost, up or down for all to see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Literal, TypeVar

import httpx
import msgspec
import structlog

from device.clock import Clock
from device.journal import Journal, JournalStopped
from device.supervise import Backoff
from device.sync.desired import Desired
from device.sync.tls import trusting
from device.watch import Watch
from hall.contract import VERSION, DayChanged, Hello, Welcome

T = TypeVar("T")
log = structlog.get_logger()

HELLO_S = 5.0
"""A hall that needs longer than this for a welcome serves nobody."""

WARM_S = 60.0
"""A hall closes connections that were idle for 75 s; a first number after a quiet hour must not wait for TLS."""

KNOCK_S = 3.0
"""Between two attempts out of turn, however many citizens ask."""

HELLO_MOST_S = 8.0
"""Longest pause between two hellos: a hall that is back is of no use to a clerk who does not know it."""


class HallUnreachable(Exception):
    """No answer: not connected, cut off, too late, or the hall is failing. The request may have been heard."""


class HallRefused(Exception):
    """The hall answered no. ``reason`` is its keyword ("" when it gave none), ``body`` what else it said."""

    def __init__(self, status: int, reason: str, body: bytes) -> None:
        super().__init__(f"{status} {reason} {body[:200].decode('utf-8', 'replace')}")
        self.status = status
        self.reason = reason
        self.body = body


def make_client(url: str, ca: Path, certificate: Path, key: Path) -> httpx.AsyncClient:
    """The one client of a box: mutual TLS, HTTP/1.1 kept alive, no proxy of the environment."""
    # A number must not wait for a handshake: idle connections are kept for as long as the hall keeps them.
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=None)
    return httpx.AsyncClient(base_url=url, verify=trusting(ca, certificate, key), limits=limits, trust_env=False)


class Link:
    """Says hello until the hall welcomes this box, and again each time the hall was lost."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        journal: Journal,
        clock: Clock,
        desired: Desired,
        backoff: Backoff | None = None,
    ) -> None:
        self.client = client
        self.hall: Literal["up", "down"] = "down"
        remembered = journal.recall("welcome")
        self.welcome = msgspec.json.decode(remembered, type=Welcome) if remembered else None
        """The newest one, of this start or remembered from an earlier one."""
        self.refusal = ""
        """Why the hall or we refuse to talk (``contract-differs``, ``wrong-mode``, ``older-term`` …), "" normally."""
        self.known_down = False
        """An attempt has failed since the hall was last up: waiting for it now would be in vain."""
        self.watch = Watch()
        """Changed with ``hall``, ``welcome`` and ``refusal``."""
        self._journal = journal
        self._clock = clock
        self._desired = desired
        self._backoff = backoff or Backoff(1.0, HELLO_MOST_S)
        self._welcomed: list[Callable[[Welcome], None]] = []
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._needed = asyncio.Event()
        self._tried_at = float("-inf")

    def on_welcome(self, call: Callable[[Welcome], None]) -> None:
        """Call this with each new welcome."""
        self._welcomed.append(call)

    async def up(self) -> None:
        """Wait until the hall is up."""
        await self._up.wait()

    async def down(self) -> None:
        """Wait until the hall is lost."""
        await self._down.wait()

    async def run(self) -> None:
        """Long-lived: keep the box welcomed."""
        while True:
            await self._hello_until_welcome()
            while self.hall == "up":
                try:
                    async with asyncio.timeout(WARM_S):
                        await self.down()
                except TimeoutError:
                    await self.warm()

    async def _hello_until_welcome(self) -> None:
        while True:
            self._needed.clear()
            try:
                await self._hello()
            except (HallUnreachable, HallRefused) as failure:
                self._failed(failure)
            else:
                self._backoff.reset()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff.next()):
                    await self._needed.wait()

    async def _hello(self) -> None:
        clock, journal = self._clock, self._journal
        self._tried_at = asyncio.get_running_loop().time()
        hello = Hello(
            contract=VERSION,
            device=journal.device,
            journal=journal.id,
            boot=clock.boot_id,
            mono_ms=clock.mono_ms(),
            wall_ms=clock.wall_ms(),
            mode=journal.mode,
        )
        welcome = await self._post("/device/hello", hello, Welcome, HELLO_S)
        if welcome.contract != VERSION:
            raise HallRefused(200, "contract-differs", b"the hall speaks %d, this box %d" % (welcome.contract, VERSION))
        day = DayChanged(term=welcome.term, business_date=welcome.business_date)
        if not await self._desired.offer_day(day):
            raise HallRefused(200, "older-term", b"the hall has an older life than it had")
        self._clock.compare(welcome.now_ms)
        await self._keep(welcome)
        self._come_up(welcome)

    async def _keep(self, welcome: Welcome) -> None:
        try:
            await self._journal.remember("welcome", msgspec.json.encode(welcome).decode())
        except JournalStopped as stopped:  # the hall is there all the same; the next welcome is kept again
            log.warning("welcome not kept", reason=stopped.reason)

    def _come_up(self, welcome: Welcome) -> None:
        self.welcome, self.hall, self.refusal, self.known_down = welcome, "up", "", False
        self._down.clear()
        self._up.set()
        log.info("hall is up", hall=welcome.hall, term=welcome.term.n, date=welcome.business_date, high=welcome.high)
        for notice in welcome.notices:
            log.warning("hall says", notice=notice)
        for call in self._welcomed:
            call(welcome)
        self.watch.changed()

    def _failed(self, failure: HallUnreachable | HallRefused) -> None:
        refusal = failure.reason or "refused" if isinstance(failure, HallRefused) else ""
        if not self.known_down or refusal != self.refusal:  # once when lost, not at each attempt
            log.warning("hall refuses us" if refusal else "hall is down", reason=refusal, why=str(failure))
        self.known_down, self.refusal = True, refusal
        self.watch.changed()

    def lost(self, why: str) -> None:
        """A request failed: the hall is down until it welcomes us again. Begins to try at once."""
        if self.hall == "up":
            self.hall = "down"
            self._up.clear()
            self._down.set()
            log.warning("hall is lost", why=why)
            self.watch.changed()

    def knock(self) -> None:
        """Somebody needs the hall: try now instead of at the end of the pause, at most once in 3 s."""
        if asyncio.get_running_loop().time() - self._tried_at >= KNOCK_S:
            self._needed.set()

    async def warm(self) -> None:
        """Have a connection open before somebody is in a hurry. Says nothing about the hall."""
        with suppress(httpx.HTTPError, TimeoutError):
            async with asyncio.timeout(HELLO_S):
                await self.client.get("/health", timeout=None)

    async def post(self, path: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
        """POST and decode the answer. Raises HallUnreachable (the link is then lost) and HallRefused."""
        try:
            return await self._post(path, body, kind, limit_s)
        except HallUnreachable as failure:
            self.lost(f"{path}: {failure}")
            raise

    async def _post(self, path: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
        content = msgspec.json.encode(body)
        try:
            async with asyncio.timeout(limit_s):
                answer = await self.client.post(path, content=content, headers=_JSON, timeout=None)
        except TimeoutError:
            raise HallUnreachable(f"no answer in {limit_s:.1f} s") from None
        except httpx.HTTPError as error:
            raise HallUnreachable(f"{type(error).__name__} {error}") from error
        if answer.status_code >= 500:
            raise HallUnreachable(f"status {answer.status_code}")
        if answer.status_code >= 300:
            raise HallRefused(answer.status_code, refusal_keyword(answer.content), answer.content)
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise HallRefused(answer.status_code, "contract-differs", str(error).encode()) from error


_JSON = {"content-type": "application/json"}


def refusal_keyword(body: bytes) -> str:
    """The keyword in a refusal's JSON body, "" when there is none."""
    try:
        said = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        return ""
    return str(said.get("reason") or said.get("error") or "")
