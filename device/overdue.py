"""How long something has gone on past the time that it was given: what the watchdog looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Overdue:
    """One thing at a time that has to end by a moment. A driver keeps its deadlines; one that is stuck does not."""

    def __init__(self) -> None:
        self._due: float | None = None

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """What happens in the block has so long, from now on."""
        self._due = asyncio.get_running_loop().time() + seconds
        try:
            yield
        finally:
            self._due = None

    @property
    def seconds(self) -> float:
        """How long it has been late; 0.0 while it is not, or while nothing is to be done."""
        return 0.0 if self._due is None else max(0.0, asyncio.get_running_loop().time() - self._due)
