"""A clerk opens a window with name and PIN. The PIN is compared, and kept nowhere."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from msgspec import UNSET
from msgspec.structs import replace

from hall import pins
from hall.catalogue import Catalogue
from hall.clock import Clock
from hall.commands import DONE, Outcome, settle
from hall.contract import Clerk, SignIn, Term
from hall.store import desks
from hall.store.writer import Tx
from hall.windows import Window

TRIES = 5
PAUSE_MS = 60_000


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    paused_until_ms: int = 0


@dataclass(slots=True)
class Door:
    """Compares PINs, one at a time (each takes 16 MB), and pauses a name after five wrong ones in a row."""

    catalogue: Catalogue
    clock: Clock
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tries: dict[str, _Tries] = field(default_factory=dict)

    async def admit(self, name: str, pin: str) -> Outcome:
        """DONE, or why not. Names nobody has are refused alike, and are not remembered."""
        clerk = self.catalogue.clerks.get(name)
        async with self._one:
            tries = self._tries.setdefault(name, _Tries()) if clerk else _Tries()
            if self.clock.mono_ms() < tries.paused_until_ms:
                return Outcome("too-many-tries")
            line = clerk.pin if clerk else pins.NOBODY
            if await asyncio.to_thread(pins.matches, pin, line):
                tries.wrong = 0
                return DONE
            tries.wrong += 1
            if tries.wrong >= TRIES:
                tries.wrong, tries.paused_until_ms = 0, self.clock.mono_ms() + PAUSE_MS
            return Outcome("wrong-name-or-pin")


class Entering:
    """A sign-in whose PIN has been compared, on its way through one transaction; gives the encoded Answer."""

    def __init__(self, command: SignIn, admitted: Outcome, catalogue: Catalogue, term: Term, clock: Clock) -> None:
        self._request = command.request
        self._window = command.window
        self._name = command.name
        self._admitted = admitted
        self._catalogue = catalogue
        self._term = term
        self._clock = clock

    def __call__(self, tx: Tx) -> bytes:
        """Open the window, or find what was answered before."""
        answered = desks.answer(tx, self._request)
        if answered is not None:
            return answered
        before = desks.window(tx, self._window)
        outcome, window = self._admitted, before
        if not outcome.reason:
            outcome, window = self._enter(tx, before)
        return settle(tx, self._request, before, window, outcome, self._term, self._clock)

    def _enter(self, tx: Tx, window: Window) -> tuple[Outcome, Window]:
        entry = self._catalogue.clerks[self._name]
        post, unit = self._catalogue.windows[self._window].post, entry.unit or UNSET
        clerk = Clerk(staff_no=entry.staff_no, name=entry.name, post=post, unit=unit)
        if window.clerk and window.clerk.staff_no != clerk.staff_no and window.held:
            return Outcome("another-clerk", window.clerk.name), window
        for other in desks.all_windows(tx):
            if other.number == self._window or other.clerk is None or other.clerk.staff_no != clerk.staff_no:
                continue
            if other.held is not None:
                return Outcome("signed-in-elsewhere", str(other.number)), window
            desks.put_window(tx, replace(other.signed_out(), version=other.version + 1))
        return DONE, window.signed_in(clerk)
