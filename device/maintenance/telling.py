"""What a box tells the hall of itself: on every change, at most once a second, and once a minute."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog
from msgspec.structs import replace

from device.maintenance.report import Reporter
from device.sync.link import HallRefused, HallUnreachable, Link
from device.watch import Watch
from hall.contract.maintenance import Condition, Lease

log = structlog.get_logger()

PATH = "/device/condition"
LIMIT_S = 5.0
PAUSE_S = 1.0
REPEAT_S = 60.0


class Telling:
    """``changes``: changed with whatever a condition is made of."""

    def __init__(self, reporter: Reporter, link: Link, changes: Watch) -> None:
        self._reporter = reporter
        self._link = link
        self._changes = changes
        self._refused = ""

    async def run(self) -> None:
        """Long-lived."""
        with self._changes.watching() as changed:
            while True:
                await self._link.reached()
                told: Condition | None = None
                told_at = 0.0
                while self._link.reached_hall:
                    changed.clear()
                    condition = self._reporter.condition()
                    if (
                        told is None
                        or _figures_apart(condition) != _figures_apart(told)
                        or _now() - told_at >= REPEAT_S
                    ):
                        await self._tell(condition)
                        told, told_at = condition, _now()
                    await asyncio.sleep(PAUSE_S)
                    with suppress(TimeoutError):
                        async with asyncio.timeout_at(told_at + REPEAT_S):
                            await changed.wait()

    async def _tell(self, condition: Condition) -> None:
        """The time that the answer takes is the way's round trip, whatever the answer is."""
        began = _now()
        try:
            await self._link.post(PATH, condition, dict, LIMIT_S)
        except HallUnreachable:  # the link is lost by that
            return
        except HallRefused as refused:
            if refused.status >= 300 and refused.reason != self._refused:  # a hall that is older than this box
                log.info("condition is not taken", why=str(refused))
                self._refused = refused.reason
        self._reporter.round_trip_ms = round((_now() - began) * 1000, 1)


def _figures_apart(condition: Condition) -> Condition:
    """What of it is worth telling at once: figures that go up and down with every ticket can wait a minute."""
    leases = [Lease(id=lease.id, who=lease.who, devices=lease.devices, left_ms=0) for lease in condition.leases]
    clock = replace(condition.clock, wall_ms=0, off_ms=None, booted_ms=0)
    return replace(condition, outbox=0, free_bytes=0, clock=clock, leases=leases)


def _now() -> float:
    return asyncio.get_running_loop().time()
