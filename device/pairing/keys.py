"""Which PC may open which window: one key a window, of which the journal keeps the SHA-256; and one-time codes.

| what is typed                         | what follows                                                  |
|---------------------------------------|---------------------------------------------------------------|
| a code that stands                    | a key for its window; the code, and the key before it, are void |
| the same again, or after ten minutes  | nothing                                                       |
| a fifth wrong one                     | every code that stands is void                                |
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from device.journal import Journal
from hall.contract.enrolment import new_code, shown, typed

NOTE = "pairing"
LASTS_S = 600
TRIES = 5
KEY_BYTES = 32


class Paired(msgspec.Struct, frozen=True):
    """A window's PC: the digest of its key (hex), and when it was paired (UTC, ms)."""

    sha256: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class _Code:
    digest: str
    until_s: float


@dataclass(slots=True)
class Keys:
    """Of one box. ``wall_ms``: for people to read, nothing is decided by it. Needs a running loop."""

    journal: Journal
    wall_ms: Callable[[], int]
    undone: list[Callable[[int], None]] = field(default_factory=list)
    """Told each window whose key is void from now on."""
    _codes: dict[int, _Code] = field(default_factory=dict, repr=False)
    _wrong: int = 0

    def paired(self) -> dict[int, Paired]:
        """By window."""
        return msgspec.json.decode(self.journal.recall(NOTE) or "{}", type=dict[int, Paired])

    def begin(self, window: int) -> str:
        """A new code for this window, as people read it: told once. The one before it is void."""
        code = new_code()
        self._codes[window] = _Code(_sha256(code), asyncio.get_running_loop().time() + LASTS_S)
        self._wrong = 0
        return shown(code)

    async def take(self, text: str) -> tuple[int, str] | None:
        """Window and new key for a code as it was typed; None for a wrong one.

        Raises JournalStopped: the code is gone then, too.
        """
        window = self._window_of(text)
        if window is None:
            self._wrong += 1
            if self._wrong >= TRIES:
                self._codes.clear()
            return None
        del self._codes[window]
        key = secrets.token_urlsafe(KEY_BYTES)
        await self._keep({**self.paired(), window: Paired(_sha256(key), self.wall_ms())})
        self._tell(window)
        return window, key

    async def undo(self, window: int) -> None:
        """Its key and its code open nothing from now on. Raises JournalStopped."""
        self._codes.pop(window, None)
        await self._keep({number: paired for number, paired in self.paired().items() if number != window})
        self._tell(window)

    def window(self, key: str) -> int | None:
        """Which window this key opens; each is compared, in the same time."""
        digest = _sha256(key)
        opened = [n for n, paired in self.paired().items() if secrets.compare_digest(paired.sha256, digest)]
        return opened[0] if opened else None

    def _window_of(self, text: str) -> int | None:
        now = asyncio.get_running_loop().time()
        for window in [window for window, code in self._codes.items() if now >= code.until_s]:
            del self._codes[window]
        try:
            digest = _sha256(typed(text))
        except ValueError:
            return None
        found = [n for n, code in self._codes.items() if secrets.compare_digest(code.digest, digest)]
        return found[0] if found else None

    async def _keep(self, paired: dict[int, Paired]) -> None:
        await self.journal.remember(NOTE, msgspec.json.encode(paired).decode())

    def _tell(self, window: int) -> None:
        for told in self.undone:
            told(window)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
