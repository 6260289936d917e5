"""The box has its certificate renewed by itself, when less than a third of its time is left.

A new key is made, the hall certifies it for the box that shows its old one, both are written, and the next connection
shows them. Connections that stand go on: the hall takes the certificate before the newest, too.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import structlog

from device.clock import Clock
from device.sync import own_files
from device.sync.calls import HallClient, HallRefused, HallUnreachable
from device.sync.link import Link
from device.watch import Watch
from hall.contract.enrolment import Renew, Renewed

log = structlog.get_logger()

LOOK_S = 6 * 3600.0
LIMIT_S = 10.0
DAY_MS = 86_400_000


class Proof(NamedTuple):
    """A box's name and the files that prove it."""

    name: str
    certificate: Path
    key: Path


class Renewal:
    """Looks at the certificate whenever the hall is reached, and each six hours."""

    def __init__(self, link: Link, clock: Clock, proof: Proof, client: HallClient) -> None:
        self._link = link
        self._clock = clock
        self._proof = proof
        self._client = client
        self.watch = Watch()
        """Changed when there is a new certificate."""
        self._offline = ""
        """Why the hall renews nothing, said once."""

    def days_left(self) -> int | None:
        """Until the certificate's end by the hall's clock; None while that or the file cannot be read."""
        left = self._left_ms()
        return None if left is None else left[0] // DAY_MS

    async def run(self) -> None:
        """Long-lived: renew in time."""
        while True:
            await self._link.reached()
            if self.is_due():
                await self._renew()
            await asyncio.sleep(LOOK_S)

    def is_due(self) -> bool:
        """Whether less than a third of the certificate's time is left."""
        left = self._left_ms()
        return left is not None and left[0] < left[1] / 3

    def _left_ms(self) -> tuple[int, int] | None:
        """What is left of the certificate's time, and all of it. None before the hall has told its time."""
        offset_ms = self._clock.offset_ms
        if offset_ms is None:
            return None
        try:
            begin, end = own_files.lifetime(self._proof.certificate)
        except (OSError, ValueError) as error:
            log.warning("certificate cannot be read", file=str(self._proof.certificate), why=str(error))
            return None
        now = datetime.fromtimestamp((self._clock.wall_ms() + offset_ms) / 1000, UTC)
        return int((end - now).total_seconds() * 1000), int((end - begin).total_seconds() * 1000)

    async def _renew(self) -> None:
        from device.sync import certificate as pair  # here: 8 MB that a counter's box needs once a year

        name, certificate_file, key_file = self._proof
        key = pair.new_key()
        ask = Renew(csr=pair.request_for(name, key))
        try:
            renewed = await self._link.post("/device/renew", ask, Renewed, LIMIT_S)
        except (HallUnreachable, HallRefused) as failure:
            if self._offline != str(failure):
                log.warning("certificate not renewed", why=str(failure))
            self._offline = str(failure)
            return
        if not pair.fits(key, renewed.certificate, name):
            log.error("certificate not renewed", why="the hall gave another's")
            return
        try:
            made = renewed.certificate, pair.key_pem(key)
            await asyncio.to_thread(own_files.put, certificate_file, key_file, *made)
        except OSError as failed:
            log.error("certificate not renewed", why=str(failed))  # noqa: TRY400 - the disk's doing
            return
        self._client.show(certificate_file, key_file)
        log.info("certificate renewed", days=self.days_left())
        self.watch.changed()
