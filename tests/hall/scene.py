"""A hall's store in memory, and a box that tells it things: no loop, no thread, no network."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from config.hall import load_hall
from hall.catalogue import Catalogue
from hall.clock import SystemClock
from hall.commands import Carry
from hall.contract import Answer, Batch, CallNext, Clerk, Command, Fact, Reserve, Term
from hall.day import Turning
from hall.ingest import Ingest, Rules
from hall.reserve import Given, Giving
from hall.store import desks, tickets
from hall.store.database import connect, migrate
from hall.store.tickets import Ticket
from hall.store.writer import Tx
from hall.windows import Window

T = TypeVar("T")

TODAY = "2026-11-23"
NOON_MS = 1_795_406_400_000  # 2026-11-23 12:00 in Shanghai
TERM = Term(n=1, draw="00")
EXAMPLE = Path("config/examples/hall.toml").resolve()


class FakeClock(SystemClock):
    """Time that passes, and a wall clock that steps, only when a test says so."""

    def __init__(self, wall_ms: int = NOON_MS, since_boot_ms: int = 1_000_000, boot: str = "hall-boot") -> None:
        self._wall_ms = wall_ms
        self._since_boot_ms = since_boot_ms
        super().__init__(lambda: self._wall_ms, lambda: self._since_boot_ms, boot)

    def pass_ms(self, ms: int) -> None:
        self._wall_ms += ms
        self._since_boot_ms += ms

    def step_ms(self, ms: int) -> None:
        """Somebody puts the wall clock."""
        self._wall_ms += ms


def catalogue() -> Catalogue:
    """The example county hall."""
    settings, written = load_hall(EXAMPLE)
    return Catalogue.of(settings.values, written.values)


class Scene:
    """A hall with its example catalogue; windows 1–3 have clerks 1001–1003 sitting there."""

    def __init__(self, day: str = TODAY) -> None:
        self.clock = FakeClock()
        self.catalogue = catalogue()
        self.waiting: dict[str, int] = {}
        self.recovering = False
        self._connection = connect(Path(":memory:"))
        migrate(self._connection)
        self.write(Turning(day, NOON_MS))
        for number in self.catalogue.windows:
            clerk = Clerk(staff_no=f"100{number}", name=f"clerk {number}")
            self.write(partial(desks.put_window, state=Window(number=number, clerk=clerk, phase="idle")))
        self.requests = itertools.count(1)

    def close(self) -> None:
        self._connection.close()

    @property
    def changes(self) -> int:
        """How many rows have ever been written."""
        return self._connection.total_changes

    def write(self, job: Callable[[Tx], T]) -> T:
        tx = Tx(self._connection)
        tx.execute("BEGIN")
        try:
            result = job(tx)
        except BaseException:
            tx.execute("ROLLBACK")
            raise
        tx.execute("COMMIT")
        if tx.effects.counted is not None:
            self.waiting = dict(tx.effects.counted)
        for service, change in tx.effects.waiting.items():
            self.waiting[service] = self.waiting.get(service, 0) + change
        return result

    def box(self, name: str = "kiosk-1", journal: str = "00ff00ff00ff00ff") -> Box:
        return Box(self, name, journal)

    def press(self, kind: type[Command], window: int = 1, *, expired: bool = False, **fields: Any) -> Answer:
        """A press of this window's clerk, under a request of its own unless one is given."""
        fields = {"request": f"r{next(self.requests)}", "operator": f"100{window}", "mode": "demo", **fields}
        carry = Carry(kind(window=window, **fields), self.catalogue, TERM, self.clock, expired=expired)
        return msgspec.json.decode(self.write(carry), type=Answer)

    def day(self) -> str:
        return self.write(desks.business_date)

    def window(self, number: int = 1) -> Window:
        return self.write(lambda tx: desks.window(tx, number))

    def ticket(self, ticket_id: str) -> Ticket:
        ticket = self.write(lambda tx: tickets.find(tx, ticket_id))
        assert ticket is not None
        return ticket

    def rows(self, sql: str, *parameters: str | int) -> list[Any]:
        return self._connection.execute(sql, parameters).fetchall()

    def conflicts(self) -> list[str]:
        return [row[0] for row in self.rows("SELECT why FROM conflict ORDER BY row")]

    def show(self, window: int = 1) -> None:
        """The box tells that the held call stands on its display."""
        held = self.window(window).held
        assert held is not None
        counter = self.box(f"counter-{window}", f"journal of {held.call}")
        counter.tell("shown", ticket=held.ticket, call=held.call, window=window, on="page")

    def call_next(self, window: int = 1) -> Answer:
        """Call the next and let the call be shown."""
        answer = self.press(CallNext, window)
        if answer.fresh:
            self.show(window)
        return answer


class Box:
    """Keeps a journal as boxes do, and tells its facts."""

    def __init__(self, scene: Scene, name: str, journal: str) -> None:
        self.scene = scene
        self.name = name
        self.journal = journal
        self.boot = f"{name}-boot"
        self.mono_ms = 5_000
        self.wall_off_ms = 0
        """How far its wall clock is ahead of the hall's."""
        self.facts: list[bytes] = []
        self._prev = ""

    def fact(self, kind: str, *, mode: Any = "demo", operator: str = "", **data: str | int | bool | None) -> bytes:
        """The journal's next fact, not told yet."""
        self.mono_ms += 10
        fact = Fact(
            seq=len(self.facts) + 1,
            prev=self._prev,
            kind=kind,
            at_ms=max(0, self.scene.clock.wall_ms() + self.wall_off_ms),
            trust="unknown",
            boot=self.boot,
            mono_ms=self.mono_ms,
            mode=mode,
            operator=operator,
            data=data,
        )
        self._prev = fact.digest()
        self.facts.append(msgspec.json.encode(fact))
        return self.facts[-1]

    @property
    def head(self) -> str:
        """Digest of the journal's last fact."""
        return self._prev

    def resume(self, head: str) -> None:
        """Go on after the fact with this digest: the box is a copy of another."""
        self._prev = head

    def tell(self, kind: str, *, operator: str = "", **data: str | int | bool | None) -> str:
        """A fact happens and is told. Returns the ticket_id it would have as a *requested*."""
        self.send([self.fact(kind, mode="demo", operator=operator, **data)])
        return f"{self.name}/{self.journal}/{len(self.facts)}"

    def send(self, facts: list[bytes]) -> int:
        """Send these facts now. Returns the hall's high-water mark."""
        batch = Batch(
            device=self.name,
            journal=self.journal,
            boot=self.boot,
            mono_ms=self.mono_ms,
            facts=[msgspec.Raw(fact) for fact in facts],
        )
        rules = Rules(self.scene.catalogue, "demo", self.scene.recovering)
        return self.scene.write(Ingest(batch, rules, self.scene.clock.now_ms())).high

    def reserve(self, ticket: str, service: str, place_of: str = "", digest: str = "") -> Given:
        reserve = Reserve(
            ticket=ticket,
            service=service,
            mode="demo",
            mono_ms=self.mono_ms,
            boot=self.boot,
            place_of=place_of,
            digest=digest,
        )
        giving = Giving(reserve, self.name, self.scene.catalogue, self.scene.clock.now_ms())
        return self.scene.write(giving)

    def issue(self, service: str = "11") -> tuple[str, str]:
        """A ticket with a number from the hall, not printed yet: its id and digits."""
        ticket = self.tell("requested", service=service, touch="t")
        given = self.reserve(ticket, service)
        self.tell("issued", ticket=ticket, service=service, number=given.digits, source="hall", date=given.date)
        return ticket, given.digits

    def take(self, service: str = "11") -> str:
        """A printed ticket: its id."""
        self.scene.clock.pass_ms(10)
        ticket, _ = self.issue(service)
        self.tell("printed", ticket=ticket, evidence="gs-h")
        return ticket
