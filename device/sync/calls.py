"""One call to the hall over HTTP: mutual TLS, JSON of the contract, and what can become of it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, TypeVar

import httpx
import msgspec

from device.sync.tls import trusting

T = TypeVar("T")

CUT_OFF = (httpx.HTTPError, AttributeError)
"""What a call raises when there is no hall. A socket that is gone by the end of its TLS handshake makes anyio ask
nothing for its name: AttributeError (anyio 4.16, httpcore 1.0.9; seen in drills)."""

_JSON = {"content-type": "application/json"}


class HallUnreachable(Exception):
    """No answer: not connected, cut off, too late, or the hall is failing. The request may have been heard."""


class HallRefused(Exception):
    """The hall answered no. ``reason`` is its keyword ("" when it gave none), ``body`` what else it said."""

    def __init__(self, status: int, reason: str, body: bytes) -> None:
        super().__init__(f"{status} {reason} {body[:200].decode('utf-8', 'replace')}")
        self.status = status
        self.reason = reason
        self.body = body


class HallClient(httpx.AsyncClient):
    """The one client of a box, and the certificate that its next connection shows."""

    def __init__(self, url: str, tls: ssl.SSLContext, limits: httpx.Limits) -> None:
        hooks = {"request": [_close_what_is_given_up]}
        super().__init__(base_url=url, verify=tls, limits=limits, trust_env=False, event_hooks=hooks)
        self._shown_by = tls

    def show(self, certificate: Path, key: Path) -> None:
        """Show this one from the next connection on; those that are open stay as they are. Raises OSError, SSLError."""
        self._shown_by.load_cert_chain(certificate, key)


async def _close_what_is_given_up(request: httpx.Request) -> None:
    """A call that ends in the middle of its TLS handshake would leave its socket open (httpcore 1.0.9)."""
    connected: list[Any] = []

    async def follow(event: str, told: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            connected.append(told["return_value"])
        elif event == "connection.start_tls.failed":
            for stream in connected:
                await stream.aclose()

    request.extensions = {**request.extensions, "trace": follow}


def make_client(url: str, ca: Path, certificate: Path, key: Path) -> HallClient:
    """The one client of a box: mutual TLS, HTTP/1.1 kept alive, no proxy of the environment."""
    # A number must not wait for a handshake: idle connections are kept for as long as the hall keeps them.
    limits = httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=None)
    return HallClient(url, trusting(ca, certificate, key), limits)


async def get(client: httpx.AsyncClient, path: str, kind: type[T], limit_s: float) -> T:
    """GET and decode the answer. Raises HallUnreachable, HallRefused."""
    return await _ask(client.get(path, timeout=None), kind, limit_s)


async def post(client: httpx.AsyncClient, path: str, body: msgspec.Struct, kind: type[T], limit_s: float) -> T:
    """POST and decode the answer. Raises HallUnreachable, HallRefused."""
    return await _ask(client.post(path, content=msgspec.json.encode(body), headers=_JSON, timeout=None), kind, limit_s)


async def _ask(asking: Awaitable[httpx.Response], kind: type[T], limit_s: float) -> T:
    try:
        async with asyncio.timeout(limit_s):
            answer = await asking
    except TimeoutError:
        raise HallUnreachable(f"no answer in {limit_s:.1f} s") from None
    except CUT_OFF as error:
        raise HallUnreachable(f"{type(error).__name__} {error}") from error
    if answer.status_code >= 500:
        raise HallUnreachable(f"status {answer.status_code} {refusal_keyword(answer.content)}")
    if answer.status_code >= 300:
        raise HallRefused(answer.status_code, refusal_keyword(answer.content), answer.content)
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except msgspec.MsgspecError as error:
        raise HallRefused(answer.status_code, "contract-differs", str(error).encode()) from error


def refusal_keyword(body: bytes) -> str:
    """The keyword in a refusal's JSON body, "" when there is none."""
    try:
        said = msgspec.json.decode(body, type=dict[str, object])
    except msgspec.MsgspecError:
        return ""
    return str(said.get("reason") or said.get("error") or "")
