"""Who calls: the common name and role in the certificate that the TLS handshake proved."""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Peer(NamedTuple):
    """The other end of a connection. Both are "" for one that showed no certificate."""

    name: str
    role: str
    """The certificate's organisational unit: box, observer or hall."""


NOBODY = Peer("", "")

PARTING_S = 0.2
"""How long an idle peer has to say goodbye when the hall stops."""


def peer_of(certificate: dict[str, Any] | None) -> Peer:
    """The peer that a certificate (as ``SSLObject.getpeercert`` gives it) names."""
    if not certificate:
        return NOBODY
    names = {key: value for part in certificate["subject"] for key, value in part}
    return Peer(names.get("commonName", ""), names.get("organizationalUnitName", ""))


class PeerProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which puts the connection's peer into each request's ``scope["state"]``."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The handshake is done: from here on the peer stays the same."""
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self.app_state = {**self.app_state, "peer": peer_of(tls.getpeercert() if tls else None)}

    def shutdown(self) -> None:
        """The server stops. A peer that keeps silent over the closing of TLS is not waited for."""
        super().shutdown()
        if self.transport.is_closing():
            self.loop.call_later(PARTING_S, self.transport.abort)
