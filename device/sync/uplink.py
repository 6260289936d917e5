"""Facts on their way to the hall: in batches, in order, from the first one that it has not stored.

| the hall's mark after a batch | what it was                             | what follows                        |
|-------------------------------|-----------------------------------------|-------------------------------------|
| the batch's end               | stored                                  | the next batch                      |
| less, or no answer            | cut off, answer lost, a gap             | sent again from the hall's mark     |
| less than it had said before  | the hall was restored from an old copy  | sent again from there               |
| *forked*                      | another past under this journal's name  | this journal ends: Link.fork        |

A journal set aside (device.journal) is told to its end before the one in use, under its own name; there a fork is no
surprise: the hall keeps it as a journal of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import structlog

from config.once import Once
from device.clock import Clock
from device.former import Former
from device.journal import Journal
from device.supervise import Backoff
from device.sync.link import HallRefused, HallUnreachable, Link
from hall.contract import Batch, Receipt, Term, Welcome

log = structlog.get_logger()

BATCH = 200
GATHER_S = 0.02
"""A new fact waits this long for company: a ticket makes three, and its slip must not share the processor with TLS."""

SEND_S = 10.0


class Uplink:
    """Sends what the journal has and the hall has not; woken by new facts and by a welcome."""

    def __init__(self, link: Link, journal: Journal, clock: Clock, backoff: Backoff | None = None) -> None:
        self._link = link
        self._journal = journal
        self._clock = clock
        self._backoff = backoff or Backoff()
        self._refused = Once()
        self._term: Term | None = None
        """The life of the hall that has been told the set-aside journals."""
        link.on_welcome(self._welcomed)

    def _welcomed(self, welcome: Welcome) -> None:
        self._journal.acknowledge(welcome.high, self._journal.backed_up)
        if welcome.term != self._term:  # only a new life of the hall may have been restored from an old copy
            self._term = welcome.term
            for former in self._journal.formers:
                self._journal.former_told(former, 0)

    async def run(self) -> None:
        """Long-lived: send facts as they come."""
        with self._journal.watch.watching() as changed:
            while True:
                changed.clear()
                if not self._has_something():
                    await changed.wait()
                    await asyncio.sleep(GATHER_S)
                    continue
                await self._link.reached()
                if not self._has_something():
                    continue  # the hall's welcome has just said that it has everything
                if await self._send():
                    self._backoff.reset()
                else:
                    await self._backoff.sleep()

    def _has_something(self) -> bool:
        return bool(self._untold()) or self._journal.outbox > 0

    def _untold(self) -> list[Former]:
        return [former for former in self._journal.formers if former.outbox]

    async def _send(self) -> bool:
        """One batch; whether the hall came further by it."""
        try:
            untold = self._untold()
            return await (self._send_former(untold[0]) if untold else self._send_newest())
        except HallUnreachable:
            return False
        except HallRefused as refused:
            if self._refused.begins(str(refused)):
                log.error("facts refused", why=str(refused))  # noqa: TRY400 - the hall's doing, not this program's
            self._link.facts_refused = True
            self._link.watch.changed()
            return False

    async def _send_former(self, former: Former) -> bool:
        before = former.told
        rows = former.unsent(before, BATCH)
        if not rows:
            return True  # it is damaged from here on
        receipt = await self._tell(former.id, rows, former.kept_from(rows[0][0]))
        # The hall may have more under this name than this copy of it: what this one has is told to its own end.
        self._journal.former_told(former, min(receipt.high, rows[-1][0]), receipt.backed_up)
        return former.told != before

    async def _send_newest(self) -> bool:
        journal = self._journal
        before = journal.acknowledged
        rows = journal.unsent(before, BATCH)
        receipt = await self._tell(journal.id, rows, journal.kept_from)
        if receipt.forked:
            await self._link.fork()
            return False
        journal.acknowledge(min(receipt.high, rows[-1][0]), receipt.backed_up)
        if receipt.high < before:
            log.warning("hall asks again", sent_from=before + 1, again_from=receipt.high + 1)
        return journal.acknowledged != before

    async def _tell(self, name: str, rows: Sequence[tuple[int, bytes]], kept_from: int) -> Receipt:
        clock = self._clock
        batch = Batch(
            device=self._journal.device,
            journal=name,
            boot=clock.boot_id,
            mono_ms=clock.mono_ms(),
            facts=[msgspec.Raw(raw) for _, raw in rows],
            kept_from=kept_from,
        )
        receipt = await self._link.post("/device/facts", batch, Receipt, SEND_S)
        if self._refused.ends():
            log.info("facts taken again")
        if receipt.now_ms:
            clock.compare(receipt.now_ms)
        return receipt
