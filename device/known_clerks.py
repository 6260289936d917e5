"""Clerks who have signed in at this box before: they may again while the hall, which alone knows all, is away.

The PIN is kept nowhere; of it stays a salted, stretched line (scrypt), made anew at each sign-in that the hall grants.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import os
from dataclasses import dataclass, field

import msgspec

from device.clock import Clock
from device.journal import Journal
from hall.contract import Clerk, Refusal, Struct

TRIES = 5
PAUSE_MS = 60_000
"""As the hall has it: a name pauses for a minute after five wrong PINs in a row."""


class _Known(Struct, frozen=True, kw_only=True):
    clerk: Clerk
    line: str


_NOBODY = _Known(clerk=Clerk(staff_no="", name=""), line=f"{'00' * 16}:{'00' * 32}")
"""Compared with when the name is unknown, so that both refusals take the same time."""


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    paused_until_ms: int = 0


@dataclass(slots=True)
class KnownClerks:
    """By the name they sign in with. Compares one PIN at a time: each takes some 50 ms and 16 MB, on purpose."""

    journal: Journal
    clock: Clock
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)
    _tries: dict[str, _Tries] = field(default_factory=dict)

    async def keep(self, name: str, pin: str, clerk: Clerk) -> None:
        """The hall has let this clerk in. Raises JournalStopped."""
        async with self._one:
            line = await asyncio.to_thread(_line, pin, os.urandom(16))
        known = _Known(clerk=clerk, line=line)
        await self.journal.remember(_key(name), msgspec.json.encode(known).decode())

    async def forget(self, name: str, pin: str) -> None:
        """The hall has refused this name with this PIN, which may have been right once. Raises JournalStopped."""
        if self.journal.recall(_key(name)) and not isinstance(await self.find(name, pin), str):
            await self.journal.remember(_key(name), "")

    async def find(self, name: str, pin: str) -> Clerk | Refusal:
        """Who this is, or why nobody: names that nobody has here are refused alike."""
        kept = self.journal.recall(_key(name))
        known = msgspec.json.decode(kept, type=_Known) if kept else _NOBODY
        async with self._one:
            tries = self._tries.setdefault(name, _Tries()) if kept else _Tries()
            if self.clock.mono_ms() < tries.paused_until_ms:
                return "too-many-tries"
            salt = bytes.fromhex(known.line.split(":")[0])
            if hmac.compare_digest(await asyncio.to_thread(_line, pin, salt), known.line):
                tries.wrong = 0
                return known.clerk
            tries.wrong += 1
            if tries.wrong >= TRIES:
                tries.wrong, tries.paused_until_ms = 0, self.clock.mono_ms() + PAUSE_MS
            return "wrong-name-or-pin"


def _key(name: str) -> str:
    return f"clerk/{name}"


def _line(pin: str, salt: bytes) -> str:
    return f"{salt.hex()}:{hashlib.scrypt(pin.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32).hex()}"
