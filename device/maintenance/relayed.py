"""Verbs that the hall passes on for a technician elsewhere, and what becomes of them.

| the hall heard no answer in time: two pasts | what it was                   | what follows                           |
|---------------------------------------------|-------------------------------|----------------------------------------|
| the relay never came                        | cut off                       | nothing was done                       |
| carried out, its answer was lost            | cut off, the hall restarted   | the terminal asks for a report         |
| under way when this process was killed      | power, kill −9                | leases end with it, devices are opened |
|                                             |                               | anew                                   |

No verb is carried out by itself a second time, and none stores anything.
"""

from __future__ import annotations

import asyncio

import msgspec
import structlog

from device.maintenance.refusal import Refusal
from device.maintenance.verbs import Answered, Verbs
from device.supervise import Tasks
from device.sync.link import HallRefused, HallUnreachable, Link
from hall.contract.maintenance import Relay, Relayed

log = structlog.get_logger()

EVENT = "maintenance"
ANSWER_S = 20.0
"""A support bundle over a slow line."""
MOST = 16
"""At once; a hall that asks for more has a mistake in it."""


class Relaying:
    """Carries out what comes down, each in a task of its own: the downlink goes on meanwhile."""

    def __init__(self, verbs: Verbs, link: Link, tasks: Tasks) -> None:
        self._verbs = verbs
        self._link = link
        self._tasks = tasks
        self._running = 0

    async def heard(self, data: bytes) -> None:
        """The downlink's event ``maintenance``. What cannot be read is logged: it must not end the stream."""
        try:
            relay = msgspec.json.decode(data, type=Relay)
        except msgspec.MsgspecError as error:
            log.warning("relay not understood", why=str(error))
            return
        if self._running >= MOST:
            log.warning("relay not taken", verb=relay.verb, running=self._running)
            return
        self._tasks.start(f"relayed {relay.request}", self._carry_out(relay))

    async def _carry_out(self, relay: Relay) -> None:
        self._running += 1
        try:
            answered = await self._within(relay)
            log.info("relayed", verb=relay.verb, status=answered.status)
            await self._tell(relay, answered)
        finally:
            self._running -= 1

    async def _within(self, relay: Relay) -> Answered:
        try:
            async with asyncio.timeout(relay.limit_s):
                return await self._verbs.do(relay.verb, relay.body.encode())
        except TimeoutError:
            return Answered(504, Refusal(504, "late", seconds=round(relay.limit_s)).body())

    async def _tell(self, relay: Relay, answered: Answered) -> None:
        told = Relayed(request=relay.request, status=answered.status, body=answered.body.decode())
        try:
            await self._link.post("/device/maintenance", told, dict, ANSWER_S)
        except (HallUnreachable, HallRefused) as failure:  # the technician is told by the hall, or gone
            log.warning("relayed answer not taken", verb=relay.verb, why=str(failure))
