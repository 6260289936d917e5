"""Everything the hall answers over HTTPS: boxes' calls on plain ASGI, all else on FastAPI, one port."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path
from typing import Any, cast

import structlog
import uvicorn

from hall.body_cap import BodyCap
from hall.device_api import DeviceApi, Receive, Scope, Send
from hall.enrolment.wire import PATH as ENROL
from hall.enrolment.wire import enrol, refuse
from hall.guides.app import guide_app, serves
from hall.hall import Hall
from hall.identity import NOBODY, PeerProtocol
from hall.maintenance import PREFIX, MaintenanceApi
from hall.metrics import HallMetrics
from hall.people_api import people_api
from hall.store.reader import Reader

log = structlog.get_logger("hall.api")

STOP_S = 1
"""How long calls may go on when the hall stops; a stop takes 2 s at most (design §5)."""

KEEP_ALIVE_S = 75
"""A box's next call mostly finds its connection still open: a TLS handshake costs ten calls."""


NO_CHECK_TIME = ssl.VerifyFlags(0x200000)
"""X509_V_FLAG_NO_CHECK_TIME (OpenSSL, x509_vfy.h). A hall whose clock was lost would find no certificate valid, and
serve nobody. The CA and the settings, which name every box, say who may speak; a date does not."""


class Api:
    """The ASGI application."""

    def __init__(self, hall: Hall, reader: Reader) -> None:
        self._boxes = DeviceApi(hall)
        self.metrics = HallMetrics(hall, reader)
        self._people: Any = BodyCap(people_api(hall, reader, self.metrics))
        self._technicians: Any = MaintenanceApi(hall)
        self._enrolment = hall.enrolment
        self._guides: Any = guide_app(hall, reader) if hall.catalogue.guides else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One call."""
        if scope["path"] == ENROL:
            await enrol(self._enrolment, scope, receive, send)
        elif scope["path"].startswith("/device/"):
            await self._boxes(scope, receive, send)
        elif await self._is_refused(scope, send):
            return
        elif scope["path"].startswith(PREFIX):
            await self._technicians(scope, receive, send)
        elif self._guides is not None and serves(scope["path"]):
            await self._guides(scope, receive, send)
        else:
            await self._people(scope, receive, send)

    async def _is_refused(self, scope: Scope, send: Send) -> bool:
        """Whoever shows a certificate that was taken back reads nothing either, not even what is public."""
        if self._enrolment.believes(scope["state"].get("peer", NOBODY)):
            return False
        await refuse(send, 403, "certificate-revoked")
        return True


class Server(uvicorn.Server):
    """uvicorn under somebody else's TaskGroup: signals are not its business."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()
        self.port = 0
        """The port it listens on, once it does."""

    async def startup(self, sockets: Any = None) -> None:
        """Open the port."""
        await super().startup(sockets)
        self.port = self.servers[0].sockets[0].getsockname()[1]
        self.listening.set()
        log.info("listening", host=self.config.host, port=self.port)

    async def serve(self, sockets: Any = None) -> None:
        """Serve until ``should_exit``."""
        await self._serve(sockets)


def server(api: Api, host: str, port: int, *, ca: Path, certificate: Path, key: Path) -> Server:
    """A server that asks every caller for a certificate of this CA and lets those without one read what is public."""
    config = uvicorn.Config(
        api,
        host=host,
        port=port,
        ssl_ca_certs=str(ca),
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        ssl_cert_reqs=ssl.CERT_OPTIONAL,
        loop="none",
        http=PeerProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_S,
    )
    config.load()
    cast(ssl.SSLContext, config.ssl).verify_flags |= NO_CHECK_TIME
    return Server(config)
