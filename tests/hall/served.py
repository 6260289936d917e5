"""A hall on a real port with mutual TLS, and callers with and without certificates."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from config.hall import load_hall
from hall.api import Api, server
from hall.boxes.own import OwnCertificate
from hall.hall import Hall
from hall.main import open_hall
from hall.metrics import HallMetrics
from hall.relive import Reliving

LIMIT_S = 10.0


@dataclass
class Served:
    """``url`` answers until the context ends."""

    hall: Hall
    port: int
    certificates: Path
    metrics: HallMetrics

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def caller(self, name: str = "") -> httpx.AsyncClient:
        """A client with this name's certificate, or none."""
        return httpx.AsyncClient(base_url=self.url, verify=context(self.certificates, name), timeout=LIMIT_S)


def context(certificates: Path, name: str = "") -> ssl.SSLContext:
    tls = ssl.create_default_context(cafile=str(certificates / "ca.pem"))
    if name:
        tls.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return tls


@asynccontextmanager
async def serve(settings_file: Path) -> AsyncIterator[Served]:
    settings, written = load_hall(settings_file)
    certificates = settings_file.parent / "certs"
    async with open_hall(settings, written) as (hall, reader), asyncio.timeout(LIMIT_S * 3):
        hall.own_certificate = OwnCertificate.of(certificates / "hall.pem")
        api = Api(hall, reader)
        https = server(
            api,
            "127.0.0.1",
            0,
            ca=certificates / "ca.pem",
            certificate=certificates / "hall.pem",
            key=certificates / "hall.key",
        )
        async with asyncio.TaskGroup() as group:
            works = (hall.downlink.run(), hall.newsroom.run(), Reliving(hall).run())
            lasting = [group.create_task(work) for work in works]
            serving = group.create_task(https.serve())
            await https.listening.wait()
            try:
                yield Served(hall, https.port, certificates, api.metrics)
            finally:
                hall.downlink.close()
                https.should_exit = True
                await serving
                for task in lasting:
                    task.cancel()


def hello(name: str = "counter-1", **fields: Any) -> dict[str, Any]:
    return {
        "contract": 2,
        "device": name,
        "journal": "00ff00ff00ff00ff",
        "boot": "b1",
        "mono_ms": 1000,
        "wall_ms": 0,
        "mode": "demo",
        **fields,
    }


def command(kind: str, **fields: Any) -> dict[str, Any]:
    """A press at the moment of the hello."""
    press = {"request": f"{kind}-1", "window": 1, "operator": "1001", "boot": "b1", "mono_ms": 1000}
    return {"type": kind, "mode": "demo", **press, **fields}
