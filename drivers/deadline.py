"""A timeout handed down as a point in time, so that nested waits share one limit."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from drivers.contract import Silent


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on the running loop's clock, in seconds."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The moment ``seconds`` from now. Needs a running loop."""
        return cls(asyncio.get_running_loop().time() + seconds)

    def left(self) -> float:
        """Seconds until the moment; 0.0 once it has passed."""
        return max(0.0, self.at - asyncio.get_running_loop().time())

    def sooner(self, seconds: float) -> Deadline:
        """This deadline or the one ``seconds`` from now, whichever comes first."""
        return Deadline(min(self.at, asyncio.get_running_loop().time() + seconds))

    @asynccontextmanager
    async def limit(self, what: str) -> AsyncIterator[None]:
        """Cut the body off at the deadline and raise ``Silent(what)``."""
        try:
            async with asyncio.timeout_at(self.at):
                yield
        except TimeoutError:
            raise Silent(what) from None
