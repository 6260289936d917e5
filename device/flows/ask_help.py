"""Somebody asks for a person to come: once for a place of the box, however often it is pressed.

| it happens…                                     | what it becomes                                                  |
|-------------------------------------------------|------------------------------------------------------------------|
| pressed again, or by the next person there      | the same call                                                    |
| the box stops                                   | the call stands on after its start, its time begins anew         |
| the page says that somebody came, or need not   | *help-ended* (came, not-needed)                                  |
| a guide has taken the call and then put it away | *help-ended* (came), when the same life of the hall tells so     |
| nobody says anything                            | *help-ended* (timed-out) after 15 minutes                        |
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Literal

import msgspec

from device.flows.patience import until_written
from device.journal import Data, Journal, JournalStopped
from device.sync.desired import Desired
from device.watch import Watch

At = Literal["kiosk", "window", "entrance"]
How = Literal["came", "not-needed", "timed-out"]
WAITS_SECONDS = 15 * 60.0
KEPT_AS = "help"


class HelpCall(msgspec.Struct, frozen=True, kw_only=True):
    """A call for a person. ``help`` is its name; ``window`` 0 and ``ticket`` "" where there is none."""

    help: str
    at: At
    window: int = 0
    ticket: str = ""


class HelpDesk:
    """The calls of one box that have not ended. ``watch`` changes with them."""

    def __init__(self, journal: Journal, desired: Desired) -> None:
        self.watch = Watch()
        self._journal = journal
        self._desired = desired
        remembered = journal.recall(KEPT_AS)
        calls = msgspec.json.decode(remembered, type=list[HelpCall]) if remembered else []
        self._open = {(call.at, call.window): call for call in calls}
        self._began: dict[str, float] = {call.help: float("inf") for call in calls}
        """On the loop's clock; of a call from before this start, once ``run`` has begun."""
        self._coming: dict[str, int] = {}
        """Calls that a guide has been seen to take, and the life of the hall that said so."""
        self._one = asyncio.Lock()
        self._wake = Watch()
        self.watch.feeds(self._wake)
        desired.watch.feeds(self._wake)

    def at(self, at: At, window: int = 0) -> HelpCall | None:
        """The call of this place, while it stands."""
        return self._open.get((at, window))

    def is_coming(self, call: HelpCall) -> bool:
        """Whether a guide is on the way."""
        return self._desired.news is not None and call.help in self._desired.news.coming

    async def ask(self, at: At, window: int = 0, ticket: str = "") -> HelpCall:
        """Ask for a person, journal first. Raises JournalStopped."""
        async with self._one:
            if standing := self.at(at, window):
                return standing
            name = f"{self._journal.device}-{secrets.token_hex(4)}"
            call = HelpCall(help=name, at=at, window=window, ticket=ticket)
            data: Data = {"help": name, "at": at, "window": window or None, "ticket": ticket}
            await self._journal.record("help-asked", data, visit=ticket)
            self._began[name] = asyncio.get_running_loop().time()
            self._open[at, window] = call
            await self._keep()
            return call

    async def end(self, name: str, how: How) -> bool:
        """End the call of this name; whether it stood. Raises JournalStopped, and it stands on."""
        async with self._one:
            call = next((call for call in self._open.values() if call.help == name), None)
            if call is None:
                return False
            await self._journal.record("help-ended", {"help": name, "how": how}, visit=call.ticket)
            del self._open[call.at, call.window]
            del self._began[name]
            self._coming.pop(name, None)
            await self._keep()
            return True

    async def run(self) -> None:
        """Long-lived: end what a guide has put away, and what nobody came for."""
        now = asyncio.get_running_loop().time
        self._began |= {call.help: now() for call in self._open.values()}
        with self._wake.watching() as changed:
            while True:
                changed.clear()
                for name, how in [*self._put_away(), *self._too_old(now())]:
                    await until_written(partial(self.end, name, how))
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._left(now())):
                        await changed.wait()

    def _put_away(self) -> Iterator[tuple[str, How]]:
        news = self._desired.news
        if news is None:
            return
        for call in self._open.values():
            if call.help in news.coming:
                self._coming[call.help] = news.term.n
            elif self._coming.get(call.help) == news.term.n:
                yield call.help, "came"

    def _too_old(self, now: float) -> Iterator[tuple[str, How]]:
        for call in self._open.values():
            if now - self._began[call.help] >= WAITS_SECONDS:
                yield call.help, "timed-out"

    def _left(self, now: float) -> float | None:
        """Seconds until the oldest call has waited for too long; None without any."""
        first = min((self._began[call.help] for call in self._open.values()), default=None)
        return None if first is None else max(0.0, first + WAITS_SECONDS - now)

    async def _keep(self) -> None:
        """Remember what stands: told again at a restart, so a full disk costs only that."""
        self.watch.changed()
        with suppress(JournalStopped):
            await self._journal.remember(KEPT_AS, msgspec.json.encode(list(self._open.values())).decode())
