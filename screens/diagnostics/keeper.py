"""A technician's lease: taken before what can be seen, kept while it is needed, given back on leaving."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from hall.contract.maintenance import LEASE_S, AskLease, Lease
from screens.diagnostics.client import BoxClient, Lost, RefusedVerb

KEEP_S = LEASE_S / 3
"""Two may go missing on the way."""
LEAVE_S = 2.0


class Keeper:
    """At most one lease of one box. ``who`` is told to the clerk's and the hall's screens."""

    def __init__(self, client: BoxClient, who: str) -> None:
        self._client = client
        self._who = who
        self._turn = asyncio.Lock()
        self.lease: Lease | None = None

    def has(self, device: str) -> bool:
        """Whether this device is ours now."""
        return self.lease is not None and device in self.lease.devices

    async def take(self, device: str) -> str:
        """The id of a lease of this device; an earlier one of other devices goes back. Raises Lost, RefusedVerb."""
        if self.lease is not None and self.has(device):
            return self.lease.id
        await self.give_back()
        async with self._turn:
            stands = await self._client.lease(AskLease(who=self._who, devices=[device]))
            self.lease = stands.lease
            return stands.lease.id if stands.lease else ""

    async def keep(self) -> None:
        """Say that we are still here. A box that does not know the lease any more has given it back. Raises Lost."""
        async with self._turn:
            if self.lease is None:
                return
            try:
                stands = await self._client.lease(self._about(self.lease))
            except RefusedVerb:
                self.lease = None
            else:
                self.lease = stands.lease

    async def give_back(self) -> None:
        """Ours no more. A box that cannot be told takes it back by itself (LEASE_S)."""
        async with self._turn:
            lease, self.lease = self.lease, None
            if lease is None:
                return
            with suppress(Lost, RefusedVerb, TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    await self._client.lease(self._about(lease, give_back=True))

    def _about(self, lease: Lease, *, give_back: bool = False) -> AskLease:
        return AskLease(who=self._who, id=lease.id, devices=lease.devices, give_back=give_back)
