"""What everybody in the hall may know just now: the newest of each part, from whoever learns it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hall.contract import Alarm, Fault, News, Notice, Term, Wait

VOID_SHOWN = 8
"""Void numbers that are told at a time; a slip is mostly held by who stands there still."""

VOID_MS = 30 * 60_000
"""… and for how long."""


class NewsDesk:
    """The newest of each part of the contract's News. ``changed`` is set when some of it may have to be told."""

    def __init__(self) -> None:
        self.changed = asyncio.Event()
        self._open: dict[int, list[str]] = {}
        self._void: dict[str, int] = {}
        self._flashing: dict[str, str] = {}
        self._parts: dict[str, Any] = {}

    def now(self, term: Term, version: int) -> News:
        """All of it."""
        return News(term=term, version=version, **self.parts())

    def parts(self) -> dict[str, Any]:
        """All of it, as it can be compared with what was told before."""
        return {**self._parts, "open": dict(sorted(self._open.items())), "void": [*self._void][:VOID_SHOWN]}

    @property
    def open(self) -> Mapping[int, Sequence[str]]:
        """Windows where a clerk sits, and the services they take."""
        return self._open

    @property
    def alarm(self) -> Alarm | None:
        """What stands over everything."""
        alarm: Alarm | None = self._parts.get("alarm")
        return alarm

    @property
    def notices(self) -> list[Notice]:
        """Those that are up."""
        return list(self._parts.get("notices", []))

    def is_open(self, window: int, services: Sequence[str]) -> None:
        """A clerk sits there and takes these services, or none."""
        before = self._open.get(window, [])
        if services:
            self._open[window] = list(services)
        else:
            self._open.pop(window, None)
        if before != list(services):
            self.changed.set()

    def waits(self, waits: Mapping[str, Wait]) -> None:
        """What waiting means, by service."""
        self._put("waits", dict(waits))

    def next(self, numbers: Mapping[str, list[str]]) -> None:
        """Who is called next, by theme."""
        self._put("next", dict(numbers))

    def popular(self, items: Iterable[str]) -> None:
        """Codes of the items asked for most, most first."""
        self._put("popular", list(items))

    def flash(self, changed: Mapping[str, str]) -> None:
        """Tickets that the screens call from now on, by their numbers, or no longer ("")."""
        for ticket, number in changed.items():
            self._flashing.pop(ticket, None)
            if number:
                self._flashing[ticket] = number
        if changed:
            self._put("by_screen", sorted(self._flashing.values()))

    def coming(self, calls: Iterable[str]) -> None:
        """All calls for help that a guide has taken, by name."""
        self._put("coming", list(calls))

    def put_up(self, notices: Iterable[Notice], alarm: Alarm | None) -> None:
        """All that the hall's staff have put up."""
        self._put("notices", list(notices))
        self._put("alarm", alarm)

    def faults(self, faults: Iterable[Fault]) -> None:
        """All that does not work."""
        self._put("faults", list(faults))

    def void(self, numbers: Iterable[str], now_ms: int) -> None:
        """These are void since now."""
        for number in numbers:
            self._void = {number: now_ms, **{other: at for other, at in self._void.items() if other != number}}
            self.changed.set()

    def valid(self, numbers: Iterable[str]) -> None:
        """These are not, or no longer."""
        for number in numbers:
            if self._void.pop(number, None) is not None:
                self.changed.set()

    def pass_time(self, now_ms: int) -> None:
        """What was void long ago has gone home, or to the guide."""
        self.valid([number for number, at_ms in self._void.items() if now_ms - at_ms > VOID_MS])

    def next_day(self) -> None:
        """Nobody is left of the day before."""
        self._void.clear()
        self._flashing.clear()
        for part in ("next", "by_screen", "coming"):
            self._parts.pop(part, None)
        self.changed.set()

    def _put(self, part: str, news: Any) -> None:
        if self._parts.get(part) != news:
            self._parts[part] = news
            self.changed.set()
