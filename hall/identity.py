"""Who calls: the common name and role in the certificate that the TLS handshake proved."""

from __future__ import annotations

import asyncio
import socket
from typing import Any, NamedTuple, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from hall.one_write import OneWrite


class Peer(NamedTuple):
    """The other end of a connection. Both are "" for one that showed no certificate."""

    name: str
    role: str
    """The certificate's organisational unit: box, observer, technician or hall."""
    serial: str = ""
    """The certificate's, in hex as hall.enrolment has it."""


NOBODY = Peer("", "")

SILENT_MS = 30_000
"""A peer that acknowledges nothing for so long is gone: a box cut off in mid-stream would else be told for 15 minutes
(the kernel's own patience) what it never hears, and counted as connected."""

PARTING_S = 0.2
"""How long an idle peer has to say goodbye when the hall stops."""


def peer_of(certificate: dict[str, Any] | None) -> Peer:
    """The peer that a certificate (as ``SSLObject.getpeercert`` gives it) names."""
    if not certificate:
        return NOBODY
    names = {key: value for part in certificate["subject"] for key, value in part}
    serial = str(certificate.get("serialNumber", "")).upper().lstrip("0")
    return Peer(names.get("commonName", ""), names.get("organizationalUnitName", ""), serial)


class PeerProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which puts the connection's peer into each request's ``scope["state"]``."""

    _parting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The handshake is done: from here on the peer stays the same."""
        super().connection_made(cast(asyncio.Transport, OneWrite(transport)))
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENT_MS)
        tls = transport.get_extra_info("ssl_object")
        self.app_state = {**self.app_state, "peer": peer_of(tls.getpeercert() if tls else None)}

    def on_response_complete(self) -> None:
        """An answer without a body has ended, too."""
        cast(OneWrite, self.transport).flush()
        super().on_response_complete()

    def shutdown(self) -> None:
        """The server stops. A peer that keeps silent over the closing of TLS is not waited for."""
        super().shutdown()
        if self.transport.is_closing():
            self._parting = self.loop.call_later(PARTING_S, self.transport.abort)

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer is gone, and so is every timer that waited for it."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        if self._parting is not None:
            self._parting.cancel()
