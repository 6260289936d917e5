"""What the bench page shows: devices as their simulators tell, the hall as its read API tells, kept as one state."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any

from config.wording import LANGUAGES, room
from simulators.account import Fact
from simulators.client import CallFailed, HallReader
from simulators.demo.more import More
from simulators.demo.more_seen import MoreSeen
from simulators.demo.more_settings import DOTS, STRIP
from simulators.demo.props import Event, Props
from simulators.demo.settings import COUNTER, GRADES, KIOSK, LOBBY, MORE, MORE_WINDOWS, WINDOWS
from simulators.demo.stage import Stage

FACTS_SHOWN = 60
SLIPS_SHOWN = 5
LOOK_SECONDS = 0.4
FACTS_A_LOOK = 500

EVERY_WINDOW = (*WINDOWS, *MORE_WINDOWS)
ON = {4: DOTS, 5: STRIP}
"""Which line a window's display hangs on; the others share one."""

Both = dict[str, str]


class Onlooker:
    """Keeps the state of the page and counts its changes."""

    def __init__(self, stage: Stage, props: Props, more: More) -> None:
        self._stage, self._props, self._more = stage, props, more
        self._hall: dict[str, Any] = {"up": False, "waiting": 0, "served": 0, "rated": 0, "facts": 0}
        self._facts: deque[dict[str, Any]] = deque(maxlen=FACTS_SHOWN)
        self._row = 0
        self._numbers: dict[str, str] = {}
        self._tried: set[str] = set()
        self._faults: set[tuple[str, str, int | None]] = set()
        self._callers: dict[int, dict[str, Any]] = {w: {"digits": "", "waiting": None} for w in EVERY_WINDOW}
        self.pictures: dict[str, Path] = {}
        self._taken: dict[str, int] = {}
        self._change = asyncio.Event()
        self.news = 0
        """Counts news: who has seen so many has seen all."""
        self.more_seen = MoreSeen(more, self.changed)
        props.attend(self._hear)

    async def watch(self) -> None:
        """Ask the hall what is new, again and again, until cancelled."""
        reader = self._stage.reader()
        try:
            while True:
                before = dict(self._hall)
                try:
                    await self._look(reader)
                except (CallFailed, ValueError):
                    self._hall = {**self._hall, "up": False}
                if self._hall != before:
                    self.changed()
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            await reader.close()

    async def _look(self, reader: HallReader) -> None:
        for fact in await reader.latest(self._row, FACTS_A_LOOK):
            self._row = fact.row
            self._tell(fact)
        counts = await reader.counts()
        tickets = await reader.tickets((await reader.status()).business_date)
        served = sum(ticket.state == "finished" for ticket in tickets)
        self._hall = {**self._hall, "up": True, "waiting": sum(counts.values()), "served": served, "facts": self._row}

    def _tell(self, fact: Fact) -> None:
        if fact.kind == "issued":
            self._numbers[fact.ticket] = str(fact.data.get("number"))
        if fact.kind == "rated":
            self._hall = {**self._hall, "rated": self._hall["rated"] + 1}
        if step := tried_by(fact):
            self._tried.add(step)
        words = fact_words(fact, self._numbers.get(fact.ticket, "?"))
        self._facts.appendleft({"row": fact.row, "time": _clock(fact.at_ms), "device": fact.device, **words})

    def _hear(self, line: str, event: Event) -> None:
        address = int(event.get("address", 0))
        if event["event"] == "display":
            self._callers[address] = {"digits": event["digits"], "waiting": event.get("waiting")}
        for key in ("png", "path"):
            if event.get(key) and str(event[key]).endswith(".png"):
                self._picture(line, event, Path(str(event[key])))
        if event["event"] == "state" and line == "printer":
            told = {("printer", str(name), None) for name in event.get("faults", [])}
            self._faults = {fault for fault in self._faults if fault[0] != "printer"} | told
        self.more_seen.hear(line, event)
        self.changed()

    def _picture(self, line: str, event: Event, file: Path) -> None:
        name = f"slip-{len(self._props.slips)}" if event["event"] == "slip" else f"{line}-{event.get('address', 0)}"
        self.pictures[name] = file
        self._taken[name] = self._taken.get(name, 0) + 1

    def switched(self, line: str, name: str, address: int | None, on: bool) -> None:
        """Remember a fault switch; printers tell their own."""
        (self._faults.add if on else self._faults.discard)((line, name, address))
        self.changed()

    def changed(self) -> None:
        """Wake everybody who waits for news."""
        self.news += 1
        self._change.set()
        self._change = asyncio.Event()

    async def change(self, seen: int, limit: float) -> bool:
        """Wait for news beyond the ``seen`` ones, at most ``limit`` seconds; whether there is any."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit):
                while self.news == seen:
                    await self._change.wait()
        return self.news != seen

    def state(self) -> dict[str, Any]:
        """Everything the page shows."""
        return {
            "printer": {**self._props.state.get("printer", {}), "live": self._url("printer-0")},
            "slips": self._slips(),
            "slip_count": sum(slip.complete for slip in self._props.slips),
            "windows": {str(window): self._window(window) for window in EVERY_WINDOW},
            "faults": [list(fault) for fault in sorted(self._faults, key=str)],
            "processes": {
                "hall": self._stage.hall.running,
                KIOSK: self._stage.kiosk.running,
                COUNTER: self._stage.counter.running,
                MORE: self._more.box.running,
                LOBBY: self._stage.lobby.running,
            },
            "more": self.more_seen.state(),
            "hall": self._hall,
            "facts": list(self._facts),
            "tried": sorted(self._tried),
        }

    def _slips(self) -> list[dict[str, Any]]:
        numbered = list(enumerate(self._props.slips, 1))[-SLIPS_SHOWN:]
        return [
            {"digits": slip.digits, "complete": slip.complete, "png": self._url(f"slip-{index}")}
            for index, slip in reversed(numbered)
        ]

    def _window(self, window: int) -> dict[str, Any]:
        return {
            "text": self._props.showing.get(window, ""),
            "png": self._url(f"{ON.get(window, 'displays')}-{window}"),
            "caller": self._callers[window],
            "lit": self._props.lit.get(window, False),
        }

    def _url(self, name: str) -> str | None:
        return f"/picture/{name}?v={self._taken[name]}" if name in self.pictures else None


_TRIED = {"printed": "take", "shown": "call", "rating-opened": "finish", "rated": "rate"}


def tried_by(fact: Fact) -> str | None:
    """Which step of the page's list this fact shows to be done."""
    if fact.kind == "request" and fact.data.get("type") == "start":
        return "start"
    return _TRIED.get(fact.kind)


def fact_words(fact: Fact, number: str) -> Both:
    """A fact in plain words, by language; an unknown kind as it is."""
    return {language: _words(fact, number, language) for language in LANGUAGES}


def _words(fact: Fact, number: str, language: str) -> str:
    sentences = room("bench", language)
    fields = {"number": number, **{name: _plain(name, value, language) for name, value in fact.data.items()}}
    try:
        return sentences[f"fact-{fact.kind}"].format(**fields).rstrip()
    except KeyError:
        return fact.kind


def _plain(name: str, value: object, language: str) -> str:
    """A keyword of a fact's data in plain words; what is none, as it is."""
    word = str(GRADES.index(str(value))) if name == "grade" and value in GRADES else str(value)
    if name == "reasons":
        keywords = [_plain("reason", keyword, language) for keyword in word.split(",") if keyword != "simulated"]
        return "·".join(keywords)
    return room("bench", language).get(f"{name}-{word}") or room("reason", language).get(word, word)


def _clock(at_ms: int) -> str:
    return time.strftime("%H:%M:%S", time.gmtime(at_ms / 1000 + 8 * 3600))
