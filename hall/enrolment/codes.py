"""One-time codes: for one box's name, for half an hour, for one key. Kept in memory, stretched; the hall forgets them.

| what is sent                                    | what follows                                                     |
|-------------------------------------------------|------------------------------------------------------------------|
| the right proof, for the first time             | a certificate                                                    |
| the same again (the answer was lost on the way) | the same certificate again, until the code runs out              |
| the right proof with another key                | *code-used*: somebody else has had this code                     |
| a wrong proof                                   | *wrong-code*; after five the code is void                        |
| a name without a code, or whose code has run out| *wrong-code*, after the same time                                |
| more than ten calls a minute from one address   | *too-many-tries*, without a look at the proof                    |
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from hall.clock import Clock
from hall.contract.enrolment import Enrol, Enrolled, box_proof, hall_proof, key_of, new_code, same

LASTS_MS = 30 * 60_000
TRIES = 5
MINUTE_MS = 60_000
EACH_MINUTE = 10
ADDRESSES = 4096
"""Of so many callers it is remembered how often they have asked; more in one minute are an attack, and all wait."""

Why = Literal["wrong-code", "code-used", "too-many-tries"]
Sign = Callable[[str, str], Awaitable[tuple[str, str]]]
"""Box's name and CSR to its certificate and the authority's, PEM."""


class CodeRefused(Exception):
    """Why nobody is enrolled by this."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class Standing(NamedTuple):
    """A code as it may be told to staff: never the code. ``used``: its box has its certificate."""

    box: str
    left_ms: int
    used: bool


@dataclass(slots=True)
class _Code:
    key: bytes
    until_ms: int
    wrong: int = 0
    csr: str = ""
    given: tuple[str, str] | None = None


@dataclass(slots=True)
class Codes:
    """At most one code a box's name; a new one makes the one before it void."""

    clock: Clock
    _codes: dict[str, _Code] = field(default_factory=dict)
    _calls: dict[str, deque[int]] = field(default_factory=dict)
    _one: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def begin(self, box: str) -> str:
        """A new code for this name: told once, kept nowhere."""
        code = new_code()
        key = await asyncio.to_thread(key_of, code, box)
        self._codes[box] = _Code(key, self.clock.mono_ms() + LASTS_MS)
        return code

    def standing(self) -> list[Standing]:
        """Codes that have not run out."""
        self._forget()
        now_ms = self.clock.mono_ms()
        return [Standing(box, code.until_ms - now_ms, code.given is not None) for box, code in self._codes.items()]

    async def enrol(self, asked: Enrol, address: str, sign: Sign) -> Enrolled:
        """The box's certificate, made by ``sign``. Raises CodeRefused, and what ``sign`` raises: the code then stands.

        One at a time: two calls with one code cannot both be the first.
        """
        self._count(address)
        async with self._one:
            self._forget()
            code = self._codes.get(asked.name)
            expected = box_proof(code.key if code else b"nobody", asked.name, asked.nonce, asked.csr)
            if not same(asked.proof, expected) or code is None:
                self._wrong(asked.name, code)
                raise CodeRefused("wrong-code")
            if code.given is None:
                code.given = await sign(asked.name, asked.csr)
                code.csr = asked.csr
            if code.csr != asked.csr:
                raise CodeRefused("code-used")
            certificate, ca = code.given
        proof = hall_proof(code.key, asked.nonce, certificate, ca)
        return Enrolled(name=asked.name, certificate=certificate, ca=ca, proof=proof)

    def _wrong(self, box: str, code: _Code | None) -> None:
        if code is not None:
            code.wrong += 1
            if code.wrong >= TRIES:
                del self._codes[box]

    def _forget(self) -> None:
        now_ms = self.clock.mono_ms()
        for box in [box for box, code in self._codes.items() if now_ms >= code.until_ms]:
            del self._codes[box]

    def _count(self, address: str) -> None:
        now_ms = self.clock.mono_ms()
        calls = self._calls.get(address)
        if calls is None and len(self._calls) >= ADDRESSES:
            self._calls = {at: told for at, told in self._calls.items() if now_ms - told[-1] < MINUTE_MS}
            if len(self._calls) >= ADDRESSES:
                raise CodeRefused("too-many-tries")
        calls = self._calls.setdefault(address, deque(maxlen=EACH_MINUTE))
        if len(calls) == EACH_MINUTE and now_ms - calls[0] < MINUTE_MS:
            raise CodeRefused("too-many-tries")
        calls.append(now_ms)
