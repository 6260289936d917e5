"""A hall at work: what its boxes may ask of it, and what it knows by heart."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from config.hall import HallSettings
from hall.catalogue import Catalogue
from hall.clock import Clock
from hall.commands import Carry
from hall.contract import (
    VERSION,
    Batch,
    Command,
    Hello,
    Receipt,
    Reserve,
    Reserved,
    SignIn,
    Term,
    Welcome,
    WindowState,
)
from hall.downlink import Downlink
from hall.ingest import Ingest, Rules
from hall.reserve import Giving
from hall.sign_in import Door, Entering
from hall.store import desks, journals, tickets
from hall.store.database import WrongDatabase
from hall.store.writer import Effects, Tx, Writer
from hall.windows import Window

log = structlog.get_logger("hall")

CLOCK_OFF_MS = 60_000
"""A box whose wall clock is further away is told so (contract.ClockTrust)."""


class Known(NamedTuple):
    """What a start reads from the database."""

    term: Term
    business_date: str
    waiting: dict[str, int]
    windows: dict[int, Window]


class Starting:
    """Begin a new term in one transaction. Raises WrongDatabase for a database of another mode."""

    def __init__(self, mode: str) -> None:
        self._mode = mode

    def __call__(self, tx: Tx) -> Known:
        """The next term, and what stands."""
        mode = desks.meta(tx, "mode")
        if mode and mode != self._mode:
            raise WrongDatabase(f"the database is of a hall in mode {mode}, the settings say {self._mode}")
        term = Term(n=int(desks.meta(tx, "term") or 0) + 1, draw=secrets.token_hex(8))
        desks.put_meta(tx, "mode", self._mode)
        desks.put_meta(tx, "term", str(term.n))
        windows = {window.number: window for window in desks.all_windows(tx)}
        return Known(term, desks.business_date(tx), tickets.waiting(tx), windows)


@dataclass(slots=True)
class Hall:
    """All that calls share. Changed only on the loop, by effects of what is committed."""

    settings: HallSettings
    catalogue: Catalogue
    clock: Clock
    writer: Writer
    term: Term
    business_date: str
    waiting: dict[str, int]
    windows: dict[int, Window]
    door: Door
    started_ms: int
    contracts: dict[str, int] = field(default_factory=dict)
    """The contract each box said hello with."""
    downlink: Downlink = field(init=False)

    def __post_init__(self) -> None:
        self.waiting = {code: self.waiting.get(code, 0) for code in (*self.catalogue.services, *self.waiting)}
        self.downlink = Downlink(self.term, lambda: self.waiting, lambda: self.business_date)

    def commit(self, effects: Effects) -> None:
        """What a committed job changed becomes known."""
        if effects.business_date is not None:
            self.business_date = effects.business_date
            self.waiting = dict.fromkeys(self.waiting, 0)
            log.info("day", business_date=self.business_date)
            self.downlink.tell_day()
        for service, change in effects.waiting.items():
            self.waiting[service] = self.waiting.get(service, 0) + change
        for number, window in effects.windows.items():
            self.windows[number] = window
            self.downlink.tell_window(self.state(number))
        if effects.waiting or effects.business_date is not None:
            self.downlink.tell_counts()

    def state(self, number: int) -> WindowState:
        """A window as its box is told."""
        return self.windows.get(number, Window(number=number)).state(self.term, self.clock)

    async def hello(self, hello: Hello) -> Welcome:
        """A box says who it is."""
        offset_ms = self.clock.now_ms() - hello.mono_ms

        def greet(tx: Tx) -> int:
            journals.seen_alive(tx, hello.device, hello.boot, offset_ms)
            return journals.journal(tx, hello.device, hello.journal).high

        high = await self.writer.write(greet)
        off_ms = hello.wall_ms - self.clock.wall_ms()
        log.info("hello", device=hello.device, journal=hello.journal, high=high, clock_off_ms=off_ms)
        named, box = self.settings.hall, self.catalogue.boxes[hello.device]
        return Welcome(
            contract=VERSION,
            hall=named.name,
            hall_en=named.name_en,
            term=self.term,
            business_date=self.business_date,
            now_ms=self.clock.wall_ms(),
            kiosk_digit=box.digit,
            services=list(self.catalogue.services.values()),
            windows=self.catalogue.windows_of(hello.device) if box.windows else list(self.catalogue.windows.values()),
            high=high,
            notices=["clock-off"] if abs(off_ms) > CLOCK_OFF_MS else [],
        )

    async def reserve(self, reserve: Reserve, device: str) -> Reserved:
        """Give a number. Raises NumbersExhausted."""
        given = await self.writer.write(Giving(reserve, device, self.catalogue, self.clock.now_ms()))
        return Reserved(
            ticket=reserve.ticket,
            digits=given.digits,
            date=given.date,
            ahead=self.waiting[reserve.service],
            place_ms=given.place_ms,
            term=self.term,
        )

    async def facts(self, batch: Batch) -> Receipt:
        """Take in what a box tells. Raises msgspec.ValidationError for a fact that has no place in a chain."""
        ingest = Ingest(batch, Rules(self.catalogue, self.settings.hall.mode), self.clock.now_ms())
        return Receipt(high=await self.writer.write(ingest), now_ms=self.clock.wall_ms())

    async def command(self, command: Command) -> bytes:
        """Carry out a command once and give its encoded answer."""
        if not isinstance(command, SignIn):
            return await self.writer.write(Carry(command, self.catalogue, self.term, self.clock))
        request = command.request
        answered = await self.writer.write(lambda tx: desks.answer(tx, request))
        if answered is not None:
            return answered
        admitted = await self.door.admit(command.name, command.pin)
        log.info("sign-in", window=command.window, name=command.name, refused=admitted.reason)
        return await self.writer.write(Entering(command, admitted, self.catalogue, self.term, self.clock))
