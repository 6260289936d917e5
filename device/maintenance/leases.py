"""Which devices a technician has: "in maintenance" on every screen, and given back when nobody keeps them.

| what ends a lease                            | after                                                      |
|----------------------------------------------|------------------------------------------------------------|
| the terminal gives it back                   | at once                                                    |
| the terminal's process on this box ends      | at once (pidfd_open(2) of whoever took it over the socket) |
| nobody keeps it: a terminal beyond the hall, | LEASE_S                                                    |
| a frozen one, a cable pulled                 |                                                            |
| the box's process ends                       | with it: nothing of a lease is stored                      |
"""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import structlog

from device.cell import Cell
from device.maintenance.refusal import Refusal
from device.watch import Watch
from hall.contract.maintenance import LEASE_S, AskLease, Lease, LeaseStands

log = structlog.get_logger()

WHO_LENGTH = 40
FOR_EVER = float("inf")


class Standing:
    """One lease. ``ended`` is set when it is over, however that came."""

    def __init__(self, who: str, devices: list[str], until: float) -> None:
        self.id = secrets.token_hex(8)
        self.who = who
        self.devices = devices
        self.until = until
        self.ended = asyncio.Event()
        self.process: int | None = None
        """A handle (pidfd) on the process that took it; None where that is not on this box."""


class Leases:
    """All leases of one box. A device is in one of them at most."""

    def __init__(self, cells: Sequence[Cell[Any]], seconds: float = LEASE_S) -> None:
        self.watch = Watch()
        """Changed when a lease is taken or has ended."""
        self._cells = {cell.name: cell for cell in cells}
        self._seconds = seconds
        self._standing: dict[str, Standing] = {}
        self._stirred = asyncio.Event()

    async def run(self) -> None:
        """Long-lived: end what nobody keeps."""
        try:
            while True:
                self._stirred.clear()
                soonest = min((lease.until for lease in self._standing.values()), default=FOR_EVER)
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(None if soonest == FOR_EVER else soonest):
                        await self._stirred.wait()
                self._end_unkept()
        finally:
            for lease in tuple(self._standing.values()):
                self._end(lease, "stop")

    def ask(self, ask: AskLease, process: int | None = None) -> LeaseStands:
        """Take, keep or give back. ``process``: the pid that asks, on this box. Raises Refusal."""
        if not ask.id:
            return LeaseStands(lease=self._told(self._take(ask, process)))
        lease = self._standing.get(ask.id)
        if ask.give_back:
            if lease is not None:  # else it has ended by itself, or the answer to the first asking was lost
                self._end(lease, "given back")
            return LeaseStands(lease=None)
        if lease is None:
            raise Refusal(409, "lease-gone")
        lease.until = _now() + self._seconds
        return LeaseStands(lease=self._told(lease))

    def standing(self) -> list[Lease]:
        """Who has what, oldest first."""
        return [self._told(lease) for lease in self._standing.values()]

    def holds(self, device: str) -> bool:
        """Whether somebody has it."""
        return self._holder(device) is not None

    def of(self, id_: str, device: str) -> Standing:
        """The lease of this device. Raises Refusal where this id is none of it, or not any more."""
        lease = self._standing.get(id_)
        if lease is None:
            raise Refusal(409, "lease-gone" if id_ else "needs-lease", device=device)
        if device not in lease.devices:
            raise Refusal(409, "needs-lease", device=device)
        return lease

    @contextmanager
    def during(self, who: str, device: str) -> Iterator[Standing]:
        """This device for as long as the block lasts. Raises Refusal when somebody has it."""
        lease = self._begin(who, [device], FOR_EVER)
        try:
            yield lease
        finally:
            self._end(lease, "done")

    def _take(self, ask: AskLease, process: int | None) -> Standing:
        who = "".join(letter for letter in ask.who if letter.isprintable()).strip()[:WHO_LENGTH]
        if not who:
            raise Refusal(400, "no-name")
        lease = self._begin(who, ask.devices or list(self._cells), _now() + self._seconds)
        if process is not None:
            self._follow(lease, process)
        return lease

    def _begin(self, who: str, devices: list[str], until: float) -> Standing:
        for device in devices:
            if device not in self._cells:
                raise Refusal(404, "no-such-device", device=device, devices=", ".join(self._cells))
            if holder := self._holder(device):
                raise Refusal(409, "leased", device=device, who=holder.who)
        lease = Standing(who, list(dict.fromkeys(devices)), until)
        self._standing[lease.id] = lease
        for device in lease.devices:
            self._cells[device].maintain(True, "lease")
        log.info("lease begins", who=who, devices=",".join(lease.devices))
        self._changed()
        return lease

    def _follow(self, lease: Standing, process: int) -> None:
        """End the lease with the process that took it."""
        try:
            lease.process = os.pidfd_open(process)
        except ProcessLookupError:
            self._end(lease, "terminal ended")
            raise Refusal(409, "lease-gone") from None
        except OSError as error:  # a kernel or a sandbox that does not tell: then the time limit ends it
            log.info("terminal is not followed", why=error.strerror)
        else:
            asyncio.get_running_loop().add_reader(lease.process, self._end, lease, "terminal ended")

    def _end_unkept(self) -> None:
        for lease in [lease for lease in self._standing.values() if lease.until <= _now()]:
            self._end(lease, "not kept")

    def _end(self, lease: Standing, why: str) -> None:
        if self._standing.pop(lease.id, None) is None:
            return
        if lease.process is not None:
            asyncio.get_running_loop().remove_reader(lease.process)
            os.close(lease.process)
        for device in lease.devices:
            self._cells[device].maintain(False, "lease")
        lease.ended.set()
        log.info("lease ends", who=lease.who, devices=",".join(lease.devices), why=why)
        self._changed()

    def _changed(self) -> None:
        self._stirred.set()
        self.watch.changed()

    def _holder(self, device: str) -> Standing | None:
        return next((lease for lease in self._standing.values() if device in lease.devices), None)

    def _told(self, lease: Standing) -> Lease:
        left = self._seconds if lease.until == FOR_EVER else max(0.0, lease.until - _now())
        return Lease(id=lease.id, who=lease.who, devices=lease.devices, left_ms=round(left * 1000))


def _now() -> float:
    return asyncio.get_running_loop().time()
