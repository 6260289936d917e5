"""Who speaks for each box since this hall started, and how old a press is when it arrives.

The hall's clock and a box's are compared by the least delayed message of late: mono clocks of two machines drift apart
by some seconds a day, so that one comparison for ever would make old presses of fresh ones, or the reverse.

| a press arrives                       | what it is                           | what follows                     |
|---------------------------------------|--------------------------------------|----------------------------------|
| within EXPIRES_MS of its pressing     | fresh, or repeated at once           | done, or answered again          |
| later, and was done                   | repeated because the answer was lost | the stored answer again          |
| later, and was not done               | kept while the hall was away         | *expired*: its clerk has gone on |
| from an earlier boot of the box       | kept through a power cut             | answered again, or *expired*     |
| before the box has said hello         | the hall was started anew            | *hello-first*                    |
| from a boot that a later one followed | a second machine of that name        | answered again, or *expired*     |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from hall.clock import Clock
from hall.contract import EXPIRES_MS, Hello
from hall.store import desks, journals, tickets
from hall.store.journals import Conflict
from hall.store.writer import Tx

LATELY_MS = 10 * 60_000
"""The least delay counts for this long, and for as long again."""

DRIFT = 10_000
"""Clocks of two machines part by at most a ten-thousandth: twice what a bad crystal does."""


class HelloFirst(Exception):
    """The box has to say hello: this hall has not heard it since its start."""


class IdentityTwice(Exception):
    """A later boot of this box has said hello: two machines share a name, and this is the older one."""


@dataclass(slots=True)
class _Session:
    boot: str
    since_ms: int
    heard_ms: int
    offset_ms: int
    """The hall's mono minus the box's, of the least delayed message since ``since_ms``."""
    before_ms: int
    """… and in the time before that."""


class Sessions:
    """One session a box: of the boot that said hello last."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, _Session] = {}

    def begin(self, device: str, boot: str, mono_ms: int) -> bool:
        """A box has said hello. Whether another boot of it has spoken until now."""
        session = self._sessions.get(device)
        if session is not None and session.boot == boot:
            self.heard(device, boot, mono_ms)
            return False
        now_ms = self._clock.mono_ms()
        self._sessions[device] = _Session(boot, now_ms, now_ms, now_ms - mono_ms, now_ms - mono_ms)
        return session is not None

    def heard(self, device: str, boot: str, mono_ms: int) -> bool:
        """A message sent at ``mono_ms`` of this boot has come. False when another boot speaks for the box by now."""
        session = self._sessions.get(device)
        if session is None:
            return True
        if session.boot != boot:
            return False
        now_ms = self._clock.mono_ms()
        offset_ms = now_ms - mono_ms
        if now_ms - session.since_ms > LATELY_MS:
            long_silent = now_ms - session.heard_ms > 2 * LATELY_MS
            session.before_ms = offset_ms if long_silent else session.offset_ms
            session.since_ms, session.offset_ms = now_ms, offset_ms
        session.offset_ms = min(session.offset_ms, offset_ms)
        session.heard_ms = now_ms
        return True

    def is_expired(self, device: str, boot: str, mono_ms: int) -> bool:
        """Whether a press at ``mono_ms`` of this boot is too old to be done. Raises HelloFirst."""
        session = self._sessions.get(device)
        if session is None:
            raise HelloFirst(device)
        now_ms = self._clock.mono_ms()
        age_ms = now_ms - mono_ms - min(session.offset_ms, session.before_ms)
        return session.boot != boot or age_ms > EXPIRES_MS + (now_ms - session.heard_ms) // DRIFT


class Greeted(NamedTuple):
    """What the hall knows of a box and its journal: see Welcome."""

    high: int
    digest: str
    band: dict[str, int]
    slip_keys: dict[str, list[str]]
    former: list[str]


class Greeting:
    """One hello on its way through one transaction."""

    def __init__(self, hello: Hello, now_ms: int) -> None:
        self._hello = hello
        self._now_ms = now_ms

    def is_newest(self, tx: Tx) -> bool:
        """Whether no later boot of the box has spoken; else the conflict is there to be seen."""
        hello = self._hello
        journals.seen_alive(tx, hello.device, hello.boot, self._now_ms - hello.mono_ms)
        newest = journals.is_newest_boot(tx, hello.device, hello.boot)
        if not newest:
            why, detail = "identity-twice", f"boot {hello.boot} speaks after a later one"
            told = msgspec.json.encode(hello).decode()
            row = Conflict(hello.device, hello.journal, 0, hello.boot, why, detail, self._now_ms, told)
            journals.conflicts(tx, [row])
        return newest

    def __call__(self, tx: Tx, digit: int) -> Greeted:
        """Take in its key; tell what is known. ``digit``: the kiosk's, 0 for a box that gives no numbers."""
        hello = self._hello
        if hello.slip_key:
            journals.keep_slip_key(tx, hello.device, hello.slip_key)
        journal = journals.journal(tx, hello.device, hello.journal)
        band = tickets.band(tx, desks.business_date(tx), digit) if digit else {}
        known = [hello.journal, *(end.journal for end in hello.journals)]
        former = journals.others(tx, hello.device, known)
        return Greeted(journal.high, journal.digest, band, journals.slip_keys(tx), former)
