"""What everybody in the hall may know just now, put together from what the hall learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hall.contract import News, Term


class NewsDesk:
    """The newest of each part of the contract's News."""

    def __init__(self) -> None:
        self._open: dict[int, list[str]] = {}
        self._flashing: dict[str, str] = {}
        self._coming: list[str] = []

    def now(self, term: Term, version: int) -> News:
        """All of it."""
        parts: dict[str, Any] = {"open": dict(sorted(self._open.items())), "coming": self._coming}
        parts["by_screen"] = sorted(self._flashing.values())
        return News(term=term, version=version, **parts)

    def is_open(self, window: int, services: Sequence[str]) -> bool:
        """A clerk sits there and takes these services, or none; whether that is news."""
        before = self._open.get(window, [])
        if services:
            self._open[window] = list(services)
        else:
            self._open.pop(window, None)
        return before != list(services)

    def flash(self, changed: Mapping[str, str]) -> bool:
        """Tickets that the screens call from now on, by their numbers, or no longer (""); whether that is news."""
        before = dict(self._flashing)
        for ticket, number in changed.items():
            self._flashing.pop(ticket, None)
            if number:
                self._flashing[ticket] = number
        return before != self._flashing

    def flash_none(self) -> None:
        """The day is over."""
        self._flashing.clear()

    def coming(self, calls: Iterable[str]) -> None:
        """All calls for help that a guide has taken, by name."""
        self._coming = list(calls)
