"""The least that an HTTPS answer costs here: the same server libraries and the same mutual TLS, and nothing behind.

It gives everybody the same number, so that the very clients of the hall can be its clients: what they cost themselves,
they cost here too.
"""

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

ANSWER = (
    b'{"ticket":"bench-2/0123456789abcdef/1000","digits":"11001","date":"2026-01-01","ahead":10,'
    b'"place_ms":1767225600000,"high":1000}'
)
"""As long as what the hall answers."""

HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))]


async def echo(
    _scope: dict[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Take the whole body, answer the same as ever."""
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": ANSWER})


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
