"""A real hall in its own process, with boxes that tell it things, for the guide's page to be tried with."""

from __future__ import annotations

import itertools
import json
import time
from pathlib import Path
from typing import Any

import msgspec

from hall.contract import VERSION, Fact
from tests.hall.guide_scene import with_guide
from tests.hall.process import Process, get, post

CLERK, CLERK_PIN, OPERATOR = "林一帆", "2468", "1001"


def mono_ms() -> int:
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


class Box:
    """A box at the wire, with a journal of its own."""

    def __init__(self, hall: GuidedHall, name: str, slip_key: str = "") -> None:
        self._hall = hall
        self._caller = hall.caller(name)
        self.name = name
        self.journal = f"{abs(hash(name)) % 16**15:016x}"
        self._prev, self._seq = "", 0
        self._requests = itertools.count(1)
        self._slip_key = slip_key
        self.hello()

    def hello(self) -> None:
        boot = {"device": self.name, "journal": self.journal, "boot": "b1", "mono_ms": mono_ms()}
        more = {"slip_key": self._slip_key} if self._slip_key else {}
        told = {"contract": VERSION, "wall_ms": 0, "mode": "demo", **boot, **more}
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
        return ticket, given["digits"]

    def press(self, kind: str, window: int = 1, **fields: Any) -> Any:
        """A command of this window's clerk."""
        base = {"type": kind, "request": f"{kind}-{next(self._requests)}", "window": window, "mode": "demo"}
        told = {"operator": OPERATOR, "boot": "b1", "mono_ms": mono_ms()}
        if kind == "sign-in":
            told = {"name": CLERK, "pin": CLERK_PIN}
        return post(self._caller, "/device/commands", {**base, **told, **fields})


class GuidedHall(Process):
    """A hall with a guide in its settings."""

    def __init__(self, settings_file: Path) -> None:
        super().__init__(with_guide(settings_file))

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def facts(self, kind: str) -> list[Any]:
        """Everything of this kind that the hall has stored."""
        told = get(self.caller("observer-1"), "/api/facts?limit=10000")
        return [fact for fact in told if fact["kind"] == kind]

    def tickets(self) -> dict[str, Any]:
        """Today's tickets by number."""
        return {ticket["number"]: ticket for ticket in get(self.caller("observer-1"), "/api/tickets")}


def scan_keys(text: str) -> list[str]:
    """What a scanner that types makes of a code: no Chinese, Enter for a new line, and at the end."""
    typed = [sign if sign != "\n" else "Enter" for sign in text if sign == "\n" or sign.isascii()]
    return [*typed, "Enter"]


def loaded(text: str) -> Any:
    return json.loads(text)
