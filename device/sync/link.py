"""The way to the hall: a hello whenever the hall was lost; then down, reached or up for all to see.

Facts go up before state comes down. A hall that has welcomed this box is *reached*: facts are told, numbers may be
asked for. It is *up* once it has stored all that the journal had at its welcome, and is not recovering.

| two pasts: this journal and the hall's         | what it was               | what follows                     |
|------------------------------------------------|---------------------------|----------------------------------|
| the hall has less, the same as far as it goes  | cut off, or hall restored | the rest is told                 |
| the hall has more, or another fact at its mark | an old copy goes on here  | a new journal at the next start  |
| the hall's life is older than one we have met  | hall restored             | refused: it begins a newer life  |
| a later boot under this name has spoken        | a clone                   | no number here until that ends   |
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Literal, TypeVar

import httpx
import msgspec
import structlog
from msgspec import UNSET

from device.clock import Clock
from device.journal import Journal, JournalStopped
from device.supervise import Backoff
from device.sync import calls
from device.sync.calls import HallRefused, HallUnreachable
from device.sync.desired import Desired
from device.watch import Watch
from hall.contract import VERSION, DayChanged, Hello, Welcome

__all__ = ["HallRefused", "HallUnreachable", "Link"]

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

REVOKED = "certificate-revoked"
"""The hall believes this box's certificate no more: another machine has its name, or it was taken back."""

RECOVERING_S = 2.0
"""Between two looks whether a recovering hall is itself again."""


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
        self.reached_hall = False
        """The hall has welcomed this box and was not lost since."""
        remembered = journal.recall("welcome")
        self.welcome = msgspec.json.decode(remembered, type=Welcome) if remembered else None
        """The newest one, of this start or remembered from an earlier one."""
        self.refusal = REVOKED if journal.recall(REVOKED) else ""
        """Why the hall or we refuse to talk (``contract-differs``, ``identity-twice`` …), "" normally."""
        self.known_down = False
        """An attempt has failed since the hall was last up: waiting for it now would be in vain."""
        self.slip_key = ""
        """The public key of a kiosk's slips, as Hello has it."""
        self.forked = False
        """The hall knows another past under this journal's name: the box gives no number and is about to start anew."""
        self.facts_refused = False
        """The hall does not take what we tell, though it must: then it is up all the same, and the log says so."""
        self.watch = Watch()
        """Changed with ``hall``, ``reached_hall``, ``welcome`` and ``refusal``."""
        self._journal = journal
        self._clock = clock
        self._desired = desired
        self._backoff = backoff or Backoff(1.0, HELLO_MOST_S)
        self._welcomed: list[Callable[[Welcome], None]] = []
        self._forked: list[Callable[[], None]] = []
        self._reached = asyncio.Event()
        self._up = asyncio.Event()
        self._down = asyncio.Event()
        self._down.set()
        self._needed = asyncio.Event()
        self._tried_at = float("-inf")
        self._to_tell = 0
        self._notices: list[str] = []
        self._stir = Watch()
        journal.watch.feeds(self._stir)
        self.watch.feeds(self._stir)

    def on_welcome(self, call: Callable[[Welcome], None]) -> None:
        """Call this with each new welcome."""
        self._welcomed.append(call)

    def on_forked(self, call: Callable[[], None]) -> None:
        """Call this when the journal turns out to be an old or a second copy: the box has to start anew."""
        self._forked.append(call)

    async def reached(self) -> None:
        """Wait until the hall has welcomed this box."""
        await self._reached.wait()

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
            await self._until_up()
            await self._while_up()

    async def _hello_until_welcome(self) -> None:
        while True:
            self._needed.clear()
            try:
                await self._hello()
            except (HallUnreachable, HallRefused) as failure:
                self._failed(failure)
                await self._keep_revoked()
            else:
                self._backoff.reset()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(self._backoff.next()):
                    await self._needed.wait()

    async def _until_up(self) -> None:
        """From welcomed to up, or lost again."""
        while self.reached_hall:
            await self._told_or_lost()
            if self.reached_hall and not (self.welcome and self.welcome.recovering):
                await self._come_up()
                return
            with suppress(TimeoutError):
                async with asyncio.timeout(RECOVERING_S):
                    await self.down()
            if self.reached_hall:
                await self._hello_again()

    async def _told_or_lost(self) -> None:
        with self._stir.watching() as stirred:
            while self.reached_hall and not self._is_told():
                await stirred.wait()
                stirred.clear()

    def _is_told(self) -> bool:
        journal = self._journal
        told = journal.acknowledged >= self._to_tell and not any(former.outbox for former in journal.formers)
        return told or self.facts_refused

    async def _hello_again(self) -> None:
        try:
            await self._hello()
        except (HallUnreachable, HallRefused) as failure:
            self.lost(f"hello: {failure}")
            self._failed(failure)

    async def _while_up(self) -> None:
        while self.hall == "up":
            try:
                async with asyncio.timeout(WARM_S):
                    await self.down()
            except TimeoutError:
                await self.warm()

    async def _hello(self) -> None:
        self._tried_at = asyncio.get_running_loop().time()
        welcome = await calls.post(self.client, "/device/hello", self._greeting(), Welcome, HELLO_S)
        if welcome.contract != VERSION:
            raise HallRefused(200, "contract-differs", b"the hall speaks %d, this box %d" % (welcome.contract, VERSION))
        if not self._journal.holds(welcome.high, welcome.digest):
            await self.fork()
            raise HallRefused(200, "forked", b"this journal is an old or a second copy")
        if welcome.former:
            await self._take_over(welcome.former)
        day = DayChanged(term=welcome.term, business_date=welcome.business_date)
        if not await self._desired.offer_day(day):
            raise HallRefused(200, "older-term", b"the hall has an older life than it had")
        if welcome.alarm is not UNSET:
            await self._desired.offer_alarm(welcome.term, welcome.alarm)
        self._clock.compare(welcome.now_ms)
        await self._keep(welcome)
        self._reach(welcome)

    def _greeting(self) -> Hello:
        clock, journal = self._clock, self._journal
        ends = journal.ends()
        self._to_tell = ends[0].seq
        return Hello(
            contract=VERSION,
            device=journal.device,
            journal=journal.id,
            boot=clock.boot_id,
            mono_ms=clock.mono_ms(),
            wall_ms=clock.wall_ms(),
            mode=journal.mode,
            term=self._desired.term,
            journals=ends,
            slip_key=self.slip_key,
        )

    async def _take_over(self, formers: list[str]) -> None:
        """Before anybody may take a number here: a machine before this one had its name."""
        try:
            await self._journal.take_over(formers)
        except JournalStopped as stopped:
            raise HallRefused(200, stopped.reason, b"the machine before this one cannot be taken over") from None

    async def _keep_revoked(self) -> None:
        """A box that was taken back gives no number, not even after a start without the hall."""
        if self.refusal == REVOKED and not self._journal.recall(REVOKED):
            with suppress(JournalStopped):  # the hall says so again
                await self._journal.remember(REVOKED, "yes")

    async def _keep(self, welcome: Welcome) -> None:
        try:
            if self._journal.recall(REVOKED):
                await self._journal.remember(REVOKED, "")
            await self._journal.remember("welcome", msgspec.json.encode(welcome).decode())
        except JournalStopped as stopped:  # the hall is there all the same; the next welcome is kept again
            log.warning("welcome not kept", reason=stopped.reason)

    def _reach(self, welcome: Welcome) -> None:
        before, was_reached = self.welcome, self.reached_hall
        self.welcome, self.reached_hall, self.refusal, self.facts_refused = welcome, True, "", False
        self._down.clear()
        self._reached.set()
        if before is None or not was_reached or before.recovering != welcome.recovering:
            self._log_welcome(welcome)
        for notice in {*welcome.notices} - {*self._notices}:
            log.warning("hall says", notice=notice)
        self._notices = welcome.notices
        for call in self._welcomed:
            call(welcome)
        self.watch.changed()

    def _log_welcome(self, welcome: Welcome) -> None:
        log.info(
            "hall is reached",
            hall=welcome.hall,
            term=welcome.term.n,
            date=welcome.business_date,
            high=welcome.high,
            to_tell=self._to_tell,
            recovering=welcome.recovering,
        )

    async def _come_up(self) -> None:
        if self.welcome is not None:
            with suppress(JournalStopped):  # a locked band then stays so until the next welcome
                await self._journal.unlock_band(self.welcome.business_date, self.welcome.band)
        if self.reached_hall:
            self.hall, self.known_down = "up", False
            self._up.set()
            log.info("hall is up")
            self.watch.changed()

    def _failed(self, failure: HallUnreachable | HallRefused) -> None:
        refusal = failure.reason or "refused" if isinstance(failure, HallRefused) else ""
        refusal = refusal or (REVOKED if self.refusal == REVOKED else "")  # until a hall welcomes it again
        if not self.known_down or refusal != self.refusal:  # once when lost, not at each attempt
            if refusal:
                log.error("hall refuses us", reason=refusal, why=str(failure))
            else:
                log.warning("hall is down", why=str(failure))
        self.known_down, self.refusal = True, refusal
        self.watch.changed()

    def lost(self, why: str) -> None:
        """A request failed: the hall is down until it welcomes us again. Begins to try at once."""
        if self.reached_hall:
            self.reached_hall, self.hall = False, "down"
            self._reached.clear()
            self._up.clear()
            self._down.set()
            log.warning("hall is lost", why=why)
            self.watch.changed()

    async def fork(self) -> None:
        """The hall has other facts under this journal's name: the box has to start anew, with a new journal."""
        if self.forked:
            return
        self.forked = True
        log.error("this journal is an old or a second copy", head=self._journal.head()[0])
        with suppress(JournalStopped):  # the hall says so again at the next start
            await self._journal.mark_replaced("hall-differs")
        self.lost("this journal is an old or a second copy")
        for call in self._forked:
            call()

    def knock(self) -> None:
        """Somebody needs the hall: try now instead of at the end of the pause, at most once in 3 s."""
        if asyncio.get_running_loop().time() - self._tried_at >= KNOCK_S:
            self._needed.set()

    async def warm(self) -> None:
        """Have a connection open before somebody is in a hurry. Says nothing about the hall."""
        with suppress(*calls.CUT_OFF, TimeoutError):
            async with asyncio.timeout(HELLO_S):
                await self.client.get("/health", timeout=None)

    async def post(self, path: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
        """POST and decode the answer. Raises HallUnreachable (the link is then lost) and HallRefused."""
        try:
            return await calls.post(self.client, path, body, kind, limit_s)
        except HallUnreachable as failure:
            self.lost(f"{path}: {failure}")
            raise
