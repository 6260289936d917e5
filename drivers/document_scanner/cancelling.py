"""Ending a scan from outside of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from drivers.contract.document_scanner import canceled
from drivers.deadline import Deadline


class Cancelling:
    """Cancels the task that scans, and tells that from a cancellation of that task by its owner, as asyncio.timeout."""

    def __init__(self) -> None:
        self._task: asyncio.Task[Any] | None = None
        self._asked = False
        self._before = 0
        """Cancellations that the task has had before this scan."""

    def ask(self) -> None:
        """End the scan that runs; nothing where none does."""
        if self._task is not None and not self._asked:
            self._asked = True
            self._task.cancel()

    @asynccontextmanager
    async def scanning(self) -> AsyncIterator[None]:
        """The body is one scan. Raises NotScanned, canceled, once it has been asked to end and has."""
        self._task, self._asked = asyncio.current_task(), False
        self._before = 0 if self._task is None else self._task.cancelling()
        try:
            yield
            if self._asked:  # by the body itself, behind its last wait: the cancellation is still to come
                await asyncio.sleep(0)
        except asyncio.CancelledError:
            if self._uncancelled():
                raise canceled() from None
            raise
        except BaseException:
            self._uncancelled()
            raise
        finally:
            self._task = None

    def _uncancelled(self) -> bool:
        """Whether it was we who cancelled, and nobody else."""
        return self._asked and self._task is not None and self._task.uncancel() <= self._before


def before(deadline: Deadline, seconds: float) -> Deadline:
    """So much before this one, that what was begun can be ended by then; half way where there is less."""
    return Deadline(deadline.at - min(seconds, deadline.left() / 2))
