"""The least that an HTTPS answer costs here: the same server libraries and the same mutual TLS, and nothing behind."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import uvicorn
import uvloop

from simulators.bench.wire import HOST

Message = dict[str, Any]


async def echo(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer with the body that came."""
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(port: int, ca: Path, certificate: Path, key: Path) -> None:
    """Serve until SIGTERM: to be run as a process of its own."""
    config = uvicorn.Config(
        echo,
        host=HOST,
        port=port,
        ssl_ca_certs=str(ca),
        ssl_certfile=str(certificate),
        ssl_keyfile=str(key),
        ssl_cert_reqs=ssl.CERT_OPTIONAL,
        loop="none",
        http="httptools",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(uvicorn.Server(config).serve())
