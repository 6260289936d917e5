"""Facts on their way to the hall: in batches, in order, from the first one that it has not stored."""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from device.clock import Clock
from device.journal import Journal
from device.supervise import Backoff
from device.sync.link import HallRefused, HallUnreachable, Link
from hall.contract import Batch, Receipt, Welcome

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
        link.on_welcome(self._welcomed)

    def _welcomed(self, welcome: Welcome) -> None:
        head, _ = self._journal.head()
        if welcome.high > head:
            # An older copy of this journal goes on here: what follows must still reach the hall, which sees the fork.
            log.error("the hall has more than this journal", high=welcome.high, head=head)
        else:
            self._journal.acknowledge(welcome.high, self._journal.backed_up)

    async def run(self) -> None:
        """Long-lived: send facts as they come."""
        with self._journal.watch.watching() as changed:
            while True:
                changed.clear()
                if not self._journal.outbox:
                    await changed.wait()
                    await asyncio.sleep(GATHER_S)
                    continue
                await self._link.up()
                if not self._journal.outbox:
                    continue  # the hall's welcome has just said that it has everything
                if await self._send():
                    self._backoff.reset()
                else:
                    await self._backoff.sleep()

    async def _send(self) -> bool:
        """One batch; whether the hall came further by it."""
        journal, clock = self._journal, self._clock
        before = journal.acknowledged
        rows = journal.unsent(before, BATCH)
        batch = Batch(
            device=journal.device,
            journal=journal.id,
            boot=clock.boot_id,
            mono_ms=clock.mono_ms(),
            facts=[msgspec.Raw(raw) for _, raw in rows],
        )
        try:
            receipt = await self._link.post("/device/facts", batch, Receipt, SEND_S)
        except HallUnreachable:
            return False
        except HallRefused as refused:
            log.warning("facts refused", first=before + 1, count=len(rows), why=str(refused))
            return False
        if receipt.now_ms:
            clock.compare(receipt.now_ms)
        journal.acknowledge(min(receipt.high, rows[-1][0]), receipt.backed_up)
        if receipt.high < before:
            log.warning("hall asks again", sent_from=before + 1, again_from=receipt.high + 1)
        return journal.acknowledged != before
