"""Which life of the hall speaks: an older one, or another one of the same number, is not believed."""

from __future__ import annotations

import msgspec
import structlog

from device.journal import Journal, JournalStopped
from hall.contract import Term

log = structlog.get_logger()


class Terms:
    """The newest term this box has met, remembered through restarts."""

    def __init__(self, journal: Journal) -> None:
        remembered = journal.recall("term")
        self.newest = msgspec.json.decode(remembered, type=Term) if remembered else None
        self._journal = journal
        self._refused: Term | None = None

    async def accept(self, term: Term) -> bool:
        """Whether to believe what this term says; a newer one becomes the newest."""
        if self.newest is None or term.n > self.newest.n:
            self.newest = term
            try:
                await self._journal.remember("term", msgspec.json.encode(term).decode())
            except JournalStopped as stopped:  # believed in this process; after a restart the hall tells it again
                log.warning("term not kept", reason=stopped.reason)
            return True
        if term == self.newest:
            return True
        if term != self._refused:  # once a stranger, not at each of its events
            self._refused = term
            log.error("older hall refused", n=term.n, draw=term.draw, newest_n=self.newest.n, newest=self.newest.draw)
        return False
