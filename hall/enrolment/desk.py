"""Enrols boxes, renews their certificates, takes them back: codes, authority and registry of one hall."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import structlog

from config.hall import HallSettings
from config.loader import Loaded
from hall.ca import Authority
from hall.clock import Clock
from hall.contract.enrolment import Enrol, Enrolled, Renewed
from hall.enrolment.codes import Codes
from hall.enrolment.registry import Registry, RegistryDamaged
from hall.identity import Peer

log = structlog.get_logger("hall.enrolment")

DAYS = 365
"""A box renews in the last third of these; nobody has to come."""


class NoAuthority(Exception):
    """The settings name no ca_key: certificates are made where it is, with `yichuang ca sign`."""


class CannotEnrol(Exception):
    """The CA's key or the file of certificates is of no use: what, where and the remedy."""


class NoSuchBox(Exception):
    """No [[box]] of the hall's settings has this name."""


@dataclass(slots=True)
class EnrolmentDesk:
    """What boxes, staff and command lines may ask. ``part``: ends what listens in a box's name."""

    boxes: Collection[str]
    codes: Codes
    registry: Registry
    authority: Authority | None
    part: Callable[[str], None] = lambda _: None

    async def code(self, box: str) -> str:
        """A one-time code for a box of the settings. Raises NoSuchBox, NoAuthority."""
        if box not in self.boxes:
            raise NoSuchBox(box)
        if self.authority is None:
            raise NoAuthority
        code = await self.codes.begin(box)
        log.info("code made", device=box)
        return code

    async def enrol(self, asked: Enrol, address: str) -> Enrolled:
        """A machine's certificate. Raises CodeRefused, BadRequest, NoAuthority, OSError."""
        if self.authority is None:
            raise NoAuthority
        enrolled = await self.codes.enrol(asked, address, self._first)
        log.info("enrolled", device=asked.name, address=address)
        return enrolled

    async def renew(self, peer: Peer, csr: str) -> Renewed:
        """The next certificate of the box that asks. Raises BadRequest, NoAuthority, OSError."""
        if self.authority is None:
            raise NoAuthority
        signed = self.authority.sign(csr, peer.name, "box", DAYS)
        await self.registry.renewed(peer.name, peer.serial, signed.serial)
        log.info("renewed", device=peer.name, serial=signed.serial)
        return Renewed(certificate=signed.certificate)

    async def revoke(self, name: str) -> str:
        """A box by name, or any certificate by serial: who is cut off. Raises NothingToRevoke, OSError."""
        box = await self.registry.revoke(name)
        self.part(box)
        log.warning("revoked", device=box)
        return box

    def believes(self, peer: Peer) -> bool:
        """Whether the certificate that it shows is good; whoever shows none is a stranger like another."""
        if peer.role == "box":
            return self.registry.admits(peer.name, peer.serial)
        return not self.registry.is_revoked(peer.serial)

    async def admits(self, peer: Peer) -> bool:
        """Whether this box may speak; its certificate is remembered, so that it can be revoked by the box's name."""
        if not self.believes(peer):
            return False
        if self.registry.is_new(peer.name, peer.serial):
            try:
                await self.registry.see(peer.name, peer.serial)
            except OSError as failed:  # it may speak all the same; only its revocation by name would not know it
                log.error("certificate not noted", device=peer.name, why=str(failed))  # noqa: TRY400 - the disk's doing
        return True

    async def _first(self, name: str, csr: str) -> tuple[str, str]:
        """The first certificate of a machine, and the authority's; what had the name before is refused from now on."""
        authority = self.authority
        if authority is None:
            raise NoAuthority
        signed = await asyncio.to_thread(authority.sign, csr, name, "box", DAYS)
        await self.registry.enrolled(name, signed.serial)
        self.part(name)
        return signed.certificate, authority.pem


def enrolment_desk(settings: Loaded[HallSettings], clock: Clock) -> EnrolmentDesk:
    """As these settings have it. Raises CannotEnrol."""
    named = settings.values.hall
    try:
        registry = Registry(certificates_file(settings), clock.wall_ms)
        authority = Authority(settings.beside(named.ca), settings.beside(named.ca_key)) if named.ca_key else None
    except RegistryDamaged as damaged:
        raise CannotEnrol(
            f"{damaged}\n    → put it back from a backup: without it nobody knows who is revoked"
        ) from None
    except (OSError, ValueError, TypeError) as error:
        what = f"{settings.file}: [hall] ca_key: {error}"
        raise CannotEnrol(f"{what}\n    → name the key that yichuang ca init made, or remove it") from None
    return EnrolmentDesk(frozenset(box.name for box in settings.values.box), Codes(clock), registry, authority)


def certificates_file(settings: Loaded[HallSettings]) -> Path:
    """Beside the data, never within: a copy put back must not bring a revoked box back."""
    data = settings.beside(settings.values.hall.data)
    return data.with_name(f"{data.name}.certificates")
