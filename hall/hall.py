"""A hall at work: what its boxes may ask of it, and what it knows by heart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from config.hall import HallSettings
from hall import recovering
from hall.backup import Backup
from hall.boxes.conditions import Conditions
from hall.boxes.own import OwnCertificate
from hall.cases import Cases
from hall.catalogue import Catalogue
from hall.clock import Clock
from hall.contract import (
    AskPlace,
    AskZone,
    Batch,
    Command,
    Hello,
    Place,
    Receipt,
    Reserve,
    Reserved,
    Term,
    Wait,
    Welcome,
    WindowState,
    ZoneLease,
)
from hall.contract.maintenance import Condition
from hall.downlink import Downlink, Told
from hall.enrolment.desk import EnrolmentDesk
from hall.ingest import Ingest, Rules, Stored
from hall.maintenance import Relays
from hall.news import NewsDesk
from hall.newsroom import Newsroom
from hall.notices import Notices
from hall.place import FindPlace
from hall.pressing import carry_out
from hall.recovering import Life, NotWhole, Recovery
from hall.reserve import Given, Giving
from hall.sent_settings import SentSettings
from hall.sessions import Greeted, Greeting, IdentityTwice, Sessions
from hall.sign_in import Door
from hall.store.writer import Effects, Tx, Writer
from hall.welcome import welcome
from hall.windows import Window
from hall.zones import Zones

log = structlog.get_logger("hall")

ZONES_S = 5.0
"""How late it is noticed that nobody calls for a zone any more."""


@dataclass(slots=True)
class Hall:
    """All that calls share. Changed only on the loop, by effects of what is committed."""

    settings: HallSettings
    catalogue: Catalogue
    clock: Clock
    writer: Writer
    term: Term
    recovery: Recovery | None
    """While the hall is recovering; None for a hall that is whole."""
    business_date: str
    waiting: dict[str, int]
    windows: dict[int, Window]
    door: Door
    started_ms: int
    cases: Cases | None = None
    """How far cases are, where a platform tells it."""
    backed_up: Backup | None = None
    """The newest backup, once it has been looked for."""
    relays: Relays = field(default_factory=Relays)
    """What technicians elsewhere have asked of boxes."""
    contracts: dict[str, int] = field(default_factory=dict)
    """The contract each box said hello with."""
    own_certificate: OwnCertificate | None = None
    """What the hall shows to boxes and browsers; None before it serves any."""
    sent_settings: SentSettings = field(init=False)
    """Signed ones that boxes fetch; set with the folder of the data, before anything is asked."""
    downlink: Downlink = field(init=False)
    sessions: Sessions = field(init=False)
    conditions: Conditions = field(init=False)
    zones: Zones = field(init=False)
    news: NewsDesk = field(init=False)
    coming: set[str] = field(default_factory=set)
    """Calls for help that a guide has taken, by name."""
    stirred: set[asyncio.Event] = field(default_factory=set)
    """Set after each commit, and by what guides say: for pages that read what stands."""
    away: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody has stepped away."""
    newsroom: Newsroom = field(init=False)
    """Set with the database's second connection, before anything is committed."""
    enrolment: EnrolmentDesk = field(init=False)
    """Set before anybody is served."""
    notices: Notices = field(init=False)
    began_mono_ms: int = field(init=False)
    greeted: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Boot and journal of each box's last hello."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.waiting = {code: self.waiting.get(code, 0) for code in (*self.catalogue.services, *self.waiting)}
        self.sessions = Sessions(self.clock)
        self.conditions = Conditions(self.clock)
        announcers = {name: box.zone for name, box in self.catalogue.boxes.items() if box.zone}
        self.zones = Zones(self.clock, self.catalogue.zones, announcers)
        self.news = NewsDesk()
        self.began_mono_ms = self.clock.mono_ms()
        self.downlink = Downlink(self.term, self._told)
        self.notices = Notices(self.writer, self.news, lambda: self.newsroom.tell())
        for window in self.windows.values():
            self._sat_at(window)

    def _told(self) -> Told:
        return Told(
            self.waiting, self.business_date, self.news.now, self.zones.voices if self.catalogue.zones else None
        )

    def commit(self, effects: Effects) -> None:
        """What a committed job changed becomes known."""
        if effects.life is not None:
            self._live(effects.life)
        if effects.business_date is not None:
            self.business_date = effects.business_date
            self.waiting = dict.fromkeys(self.waiting, 0)
            log.info("day", business_date=self.business_date)
            self.downlink.tell_day()
        if effects.counted is not None:
            self.waiting = {**dict.fromkeys(self.waiting, 0), **effects.counted}
        if effects.away:
            self.away.set()
        for service, change in effects.waiting.items():
            self.waiting[service] = self.waiting.get(service, 0) + change
        for number, window in effects.windows.items():
            self.windows[number] = window
            self.downlink.tell_window(self.state(number))
            self._sat_at(window)
        if effects.waiting or effects.counted is not None or effects.business_date is not None:
            self.downlink.tell_counts()
        self.newsroom.learn(effects)
        if effects.life is not None or effects.business_date is not None:
            self._changed.set()
        self._stir()

    def _sat_at(self, window: Window) -> None:
        services = self.catalogue.windows[window.number].services if window.number in self.catalogue.windows else []
        self.news.is_open(window.number, services if window.clerk is not None else [])

    def help_is_coming(self, help_: str, *, comes: bool) -> None:
        """A guide has taken a call for help, or is done with it: the box it came from says so."""
        if comes == (help_ in self.coming):
            return
        self.coming ^= {help_}
        self.news.coming(sorted(self.coming))
        self.newsroom.tell()
        self._stir()

    def _stir(self) -> None:
        for waiter in self.stirred:
            waiter.set()

    def _live(self, life: Life) -> None:
        """Another term, or no whole database any more: no box hears anything until it has said hello again."""
        begun = life.recovery is not None and self.recovery is None
        if self.recovery is not None and life.recovery is None:
            log.info("whole again", term=life.term.n)
        self.recovery = life.recovery
        if begun or life.term != self.term:
            self.term = life.term
            self.downlink.begin(life.term)

    def has_backup(self, backup: Backup | None) -> None:
        """The newest that there is."""
        self.backed_up = backup
        self._changed.set()

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what a new day, a new term, a backup or the end of a recovery brings."""
        while not is_so():
            self._changed.clear()
            await self._changed.wait()

    def wait_for(self, service: str, ahead: int) -> Wait | None:
        """What waiting means for who waits with so many of this service before them; None where it cannot be told."""
        return self.newsroom.wait_for(service, ahead)

    def state(self, number: int) -> WindowState:
        """A window as its box is told."""
        return self.windows.get(number, Window(number=number)).state(self.term, self.clock)

    async def hello(self, hello: Hello) -> Welcome:
        """A box says who it is. Raises IdentityTwice when a later boot of it has spoken."""
        greeting = Greeting(hello, self.clock.now_ms())

        def greet(tx: Tx) -> Greeted | None:
            if not greeting.is_newest(tx):
                return None
            recovering.met(tx, hello, self.catalogue.boxes, self.clock.now_ms())
            return greeting(tx, self.catalogue.boxes[hello.device].digit)

        greeted = await self.writer.write(greet)
        if greeted is None:
            raise IdentityTwice(hello.device)
        if self.sessions.begin(hello.device, hello.boot, hello.mono_ms):
            self.downlink.part(hello.device)
        return welcome(self, hello, greeted)

    async def reserve(self, reserve: Reserve, device: str) -> Reserved:
        """Give a number. Raises NumbersExhausted, Forked, IdentityTwice, and NotWhole while the hall is recovering."""
        if not self.sessions.heard(device, reserve.boot, reserve.mono_ms):
            raise IdentityTwice(device)
        giving = Giving(reserve, device, self.catalogue, self.clock.now_ms())

        def give(tx: Tx) -> Given:
            if recovering.is_recovering(tx):
                raise NotWhole
            return giving(tx)

        given = await self.writer.write(give)
        return Reserved(
            ticket=reserve.ticket,
            digits=given.digits,
            date=given.date,
            ahead=self.waiting[reserve.service],
            place_ms=given.place_ms,
            term=self.term,
        )

    async def facts(self, batch: Batch) -> Receipt:
        """Take in what a box tells. Raises msgspec.DecodeError for a fact that has no place in a chain."""

        def take(tx: Tx) -> Stored:
            recovering.told(tx, batch.facts, self.catalogue.boxes, self.clock.now_ms())
            rules = Rules(self.catalogue, self.settings.hall.mode, recovering.is_recovering(tx))
            stored = Ingest(batch, rules, self.clock.now_ms())(tx)
            recovering.heard(tx, batch.device)
            return stored

        self.sessions.heard(batch.device, batch.boot, batch.mono_ms)
        stored = await self.writer.write(take)
        backed_up = min(stored.high, self.backed_up.high(batch.device, stored.journal)) if self.backed_up else 0
        return Receipt(high=stored.high, backed_up=backed_up, now_ms=self.clock.wall_ms(), forked=stored.forked)

    def tell_condition(self, device: str, condition: Condition) -> None:
        """A box says how it is: kept in memory, and told to whoever looks at the boxes."""
        self.conditions.tell(device, condition)
        self._stir()

    def zone(self, ask: AskZone, device: str) -> ZoneLease:
        """What a box may call for aloud. Raises IdentityTwice when a later boot of it has spoken."""
        if not self.sessions.heard(device, ask.boot, ask.mono_ms):
            raise IdentityTwice(device)
        lease = self.zones.ask(device, self.catalogue.boxes[device].windows, ask)
        self._tell_voices()
        return lease

    async def watch_zones(self) -> None:
        """Long-lived: a box that calls for a zone may fall silent, and then nobody tells it."""
        while True:
            await asyncio.sleep(ZONES_S)
            self._tell_voices()

    def _tell_voices(self) -> None:
        if self.zones.has_news():
            self.downlink.tell_voices()

    async def place(self, ask: AskPlace) -> Place:
        """Where a ticket stands. Raises NotWhole while the hall is recovering."""

        def find(tx: Tx) -> Place:
            if recovering.is_recovering(tx):
                raise NotWhole
            return FindPlace(ask, self.catalogue, self.news.open, self.wait_for, self.clock.now_ms())(tx)

        return await self.writer.write(find)

    async def declare_absent(self, boxes: list[str]) -> Recovery | None:
        """Wait for these no longer. Gives the recovery as it stands then; None for a hall that is whole."""
        return await self.writer.write(lambda tx: recovering.declare_absent(tx, boxes))

    async def command(self, command: Command, device: str) -> bytes:
        """Carry out a box's command once and give its encoded answer. Raises HelloFirst."""
        return await carry_out(self, command, device)
