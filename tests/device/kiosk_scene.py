"""A kiosk with everything around it in reach: printer and hall are the test's to play."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec

from device.clock import Clock
from device.flows.take_ticket import Kiosk
from device.journal import Journal
from device.slip import SlipMaker
from device.watch import Watch
from device.writer import Writer
from drivers.contract import MEDIA_EMPTY, Completion, CompletionCode, QrCode, Slip, State
from hall.contract import Fact, Reserve, Reserved, Term
from tests.device.slips import DATE, SOCIAL, key_file

PRINTED = Completion(CompletionCode.SUCCESS, True, "gs-h")
NOT_PRINTED = Completion(CompletionCode.HARDWARE_ERROR, False, "status", frozenset({MEDIA_EMPTY}))
DOUBTFUL = Completion(CompletionCode.TIME_OUT, None, "status")


class Printer:
    """Takes slips and completes them as laid out beforehand."""

    def __init__(self) -> None:
        self.state = State.of()
        self.watch = Watch()
        self.slips: list[Slip] = []
        self.handed: list[str] = []
        """Tickets whose slips came out, or may have."""
        self.completions: list[Completion | Exception] = []
        self.may_finish = asyncio.Event()
        self.may_finish.set()
        self.began = asyncio.Event()

    async def do(self, verb: Any, seconds: float) -> Completion:
        completion: Completion = await verb(self, None)
        return completion

    async def print_slip(self, slip: Slip, deadline: object) -> Completion:
        self.slips.append(slip)
        self.began.set()
        await self.may_finish.wait()
        completion = self.completions.pop(0) if self.completions else PRINTED
        if isinstance(completion, Exception):
            raise completion
        if completion.confirmed is not False:
            self.handed += [part.data.split("\n")[1].split("|")[0] for part in slip if isinstance(part, QrCode)]
        return completion


class HallNumbers:
    """Gives numbers in order, or none."""

    def __init__(self) -> None:
        self.asked: list[Reserve] = []
        self.answers = True

    async def reserve(self, wanted: Reserve) -> Reserved | None:
        self.asked.append(wanted)
        if not self.answers:
            return None
        count = len(self.asked)
        term = Term(n=1, draw="a")
        digits = f"1{count:03d}"
        return Reserved(ticket=wanted.ticket, digits=digits, date=DATE, ahead=count - 1, place_ms=1, term=term)


class KioskScene:
    """A kiosk with everything around it in reach."""

    def __init__(self, folder: Path, writer: type[Writer] = Writer) -> None:
        self.clock = Clock()
        self.journal = Journal.open(folder / "journal.db", "kiosk-1", self.clock, "demo", writer=writer)
        self.link = SimpleNamespace(
            hall="up", refusal="", welcome=SimpleNamespace(services=[SOCIAL], kiosk_digit=2, hall="演示县政务服务中心")
        )
        self.desired = SimpleNamespace(business_date=DATE)
        self.hall = HallNumbers()
        self.printer = Printer()
        self.slips = SlipMaker("demo", key_file(folder))
        self.kiosk = self.new_kiosk()

    def new_kiosk(self) -> Kiosk:
        return Kiosk(
            self.journal,
            self.clock,
            self.link,  # type: ignore[arg-type]
            self.desired,  # type: ignore[arg-type]
            self.hall,  # type: ignore[arg-type]
            self.printer,  # type: ignore[arg-type]
            self.slips,
        )

    def facts(self, kind: str = "") -> list[Fact]:
        told = [msgspec.json.decode(raw, type=Fact) for _, raw in self.journal.unsent(0, 100)]
        return [fact for fact in told if kind in ("", fact.kind)]

    def kinds(self) -> list[str]:
        return [fact.kind for fact in self.facts()]
