"""A real hall in its own process, with boxes that tell it things, for the guide's page to be tried with."""

from __future__ import annotations

import http.client
import itertools
import signal
import time
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Page

from device.slip import Ticket
from hall.contract import VERSION, Fact, Service
from tests.device.slips import slip_maker
from tests.hall.guide_scene import GUIDE, PIN, with_guide
from tests.hall.process import Process, get, post

LIMIT_MS = 10_000
CLERK, CLERK_PIN, OPERATOR = "林一帆", "2468", "1001"


def mono_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Box:
    """A box at the wire, with a journal of its own."""

    def __init__(self, hall: GuidedHall, name: str, signing: Path | None = None) -> None:
        self._slips = slip_maker(signing) if signing else None
        self._caller = hall.caller(name)
        self.name = name
        self.journal = f"{abs(hash(name)) % 16**15:016x}"
        self._prev, self._seq = "", 0
        self._requests = itertools.count(1)
        self._hello()

    def _hello(self) -> None:
        boot = {"device": self.name, "journal": self.journal, "boot": "b1", "mono_ms": mono_ms()}
        key = {"slip_key": self._slips.public_key} if self._slips else {}
        told = {"contract": VERSION, "wall_ms": 0, "mode": "demo", **boot, **key}
        assert "term" in post(self._caller, "/device/hello", told)

    def tell(self, kind: str, *, ago_ms: int = 0, **data: Any) -> str:
        """A fact that happened so long ago. Gives the ticket_id that it would begin."""
        self._seq += 1
        fact = Fact(
            seq=self._seq,
            prev=self._prev,
            kind=kind,
            at_ms=0,
            trust="unknown",
            boot="b1",
            mono_ms=mono_ms() - ago_ms,
            mode="demo",
            data=data,
        )
        self._prev = fact.digest()
        batch = {"device": self.name, "journal": self.journal, "boot": "b1", "mono_ms": mono_ms()}
        told = {**batch, "facts": [msgspec.to_builtins(fact)]}
        assert post(self._caller, "/device/facts", told)["high"] == self._seq
        return f"{self.name}/{self.journal}/{self._seq}"

    def ticket(self, service: str = "11", outcome: str = "printed", **data: Any) -> tuple[str, str]:
        """A ticket whose slip came out, or did not: its id and its digits."""
        ticket = self.tell("requested", service=service, touch="t")
        asked = {"ticket": ticket, "service": service, "mode": "demo", "mono_ms": mono_ms(), "boot": "b1"}
        given = post(self._caller, "/device/reserve", asked)
        number = {"service": service, "number": given["digits"], "source": "hall", "date": given["date"]}
        self.tell("issued", ticket=ticket, **number)
        self.tell(outcome, ticket=ticket, **(data or {"evidence": "gs-h"}))
        self._date = given["date"]
        return ticket, given["digits"]

    def code(self, ticket: str, digits: str, service: str) -> str:
        """What stands on the slip of its last ticket, for scanners."""
        assert self._slips is not None
        of = Service(code=service, name="", name_en="", letter="A")
        return self._slips.code(Ticket(ticket, digits, of, self._date, False, None, None))

    def press(self, kind: str, window: int = 1, **fields: Any) -> Any:
        """A command of this window's clerk."""
        base = {"type": kind, "request": f"{kind}-{next(self._requests)}", "window": window, "mode": "demo"}
        told = {"operator": OPERATOR, "boot": "b1", "mono_ms": mono_ms()}
        if kind == "sign-in":
            told = {"name": CLERK, "pin": CLERK_PIN}
        return post(self._caller, "/device/commands", {**base, **told, **fields})


class GuidedHall(Process):
    """A hall with a guide in its settings."""

    def __init__(self, settings_file: Path, *, technician: bool = False) -> None:
        self._callers: list[http.client.HTTPSConnection] = []
        super().__init__(with_guide(settings_file, technician=technician))

    def caller(self, name: str) -> http.client.HTTPSConnection:
        """Of this name's certificate; closed with the hall."""
        self._callers.append(super().caller(name))
        return self._callers[-1]

    def close(self) -> None:
        """Nobody is left."""
        for caller in self._callers:
            caller.close()
        self.end()

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def pause(self) -> None:
        """It says nothing and hears nothing, as behind a radio that is gone; no connection is closed."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It is in reach again."""
        self.process.send_signal(signal.SIGCONT)

    def facts(self, kind: str) -> list[Any]:
        """Everything of this kind that the hall has stored."""
        told = get(self.caller("observer-1"), "/api/facts?limit=10000")
        return [fact for fact in told if fact["kind"] == kind]

    def tickets(self) -> dict[str, Any]:
        """Today's tickets by number."""
        return {ticket["number"]: ticket for ticket in get(self.caller("observer-1"), "/api/tickets")}


def typed_by_a_scanner(text: str) -> list[str]:
    """The keys that a scanner makes of a code: no Chinese, Enter for a new line, and at the end."""
    return [*("Enter" if sign == "\n" else sign for sign in text if sign.isascii()), "Enter"]


def sign_in(page: Page, pin: str = PIN) -> None:
    page.locator("#name").fill(GUIDE)
    page.locator("#pin").fill(pin)
    page.keyboard.press("Enter")
    if pin == PIN:
        page.locator("#work-view").wait_for()
