"""What citizens may look up here: asked for when a welcome names another one than this box has, and kept."""

from __future__ import annotations

import msgspec
import structlog
from msgspec import UNSET

from config.once import Once
from device.journal import Journal, JournalStopped
from device.supervise import Backoff
from device.sync.calls import HallRefused, HallUnreachable, get
from device.sync.link import Link
from device.watch import Watch
from hall.contract import Directory

log = structlog.get_logger()

LIMIT_S = 10.0
KEPT_AS = "directory"


class Lookup:
    """The newest Directory, of this start or remembered from an earlier one. ``watch`` changes with it."""

    def __init__(self, link: Link, journal: Journal) -> None:
        remembered = journal.recall(KEPT_AS)
        self.directory = msgspec.json.decode(remembered, type=Directory) if remembered else Directory(digest="")
        self.watch = Watch()
        self._link = link
        self._journal = journal
        self._backoff = Backoff()
        self._failing = Once()

    async def run(self) -> None:
        """Long-lived: after each welcome that names another one, ask for it."""
        with self._link.watch.watching() as changed:
            while True:
                changed.clear()
                if self._is_old() and self._link.reached_hall:
                    await self._ask()
                else:
                    await changed.wait()

    def _is_old(self) -> bool:
        named = self._link.welcome.directory if self._link.welcome else UNSET
        return named is not UNSET and named != self.directory.digest

    async def _ask(self) -> None:
        try:
            told = await get(self._link.client, "/device/directory", Directory, LIMIT_S)
        except (HallUnreachable, HallRefused) as failure:
            if self._failing.begins():
                log.warning("directory not had", why=str(failure))
            await self._backoff.sleep()
            return
        self._backoff.reset()
        self._failing.ends()
        self.directory = told
        self.watch.changed()
        log.info("directory", items=len(told.items), digest=told.digest)
        if self._is_old():
            await self._backoff.sleep()  # the hall was started anew between welcome and answer
        try:
            await self._journal.remember(KEPT_AS, msgspec.json.encode(told).decode())
        except JournalStopped as stopped:  # asked for again after the next start
            log.warning("directory not kept", reason=stopped.reason)
