"""A keep-alive HTTP/1.1 client on a raw socket: what it costs itself is as little as can be."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

HOST = "127.0.0.1"
CHUNK = 65536
HEAD_BYTES = 16384
"""No head that we ask for is longer."""

ANSWER_SECONDS = 30.0

Receive = Callable[[int], bytes]


class Broken(Exception):
    """The other side closed, or does not speak the HTTP/1.1 that is asked of it here."""


class Answer(NamedTuple):
    """One response."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Its body. Raises Broken, naming it, when the status is not 200."""
        if self.status != 200:
            raise Broken(f"status {self.status}: {self.body[:300].decode('utf-8', 'replace')}")
        return msgspec.json.decode(self.body)


def request(method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """The bytes of one request without its Host line, which ``Connection`` puts in."""
    lines = [f"{method} {path} HTTP/1.1", "Host: {host}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_answer(receive: Receive) -> Answer:
    """Exactly one response, framed by its Content-Length. Raises Broken."""
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        if len(data) > HEAD_BYTES:
            raise Broken("a head without an end")
        data += _more(receive)
    status, length = _head(data[:end])
    body = data[end + 4 :]
    while len(body) < length:
        body += _more(receive)
    if len(body) > length:
        raise Broken(f"{len(body) - length} bytes after the answer")
    return Answer(status, body)


def _more(receive: Receive) -> bytes:
    data = receive(CHUNK)
    if not data:
        raise Broken("closed before the answer was whole")
    return data


def _head(head: bytes) -> tuple[int, int]:
    """Status and length of the body."""
    version, _, rest = head.partition(b" ")
    status = rest[:3]
    if not version.startswith(b"HTTP/1.") or not status.isdigit():
        raise Broken(f"no HTTP/1.1: {head[:60]!r}")
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length" and value.strip().isdigit():
            return int(status), int(value)
    raise Broken("an answer without Content-Length")


class Connection:
    """One connection that stays open. ``context`` makes it TLS. Raises OSError when nobody listens."""

    def __init__(self, port: int, context: ssl.SSLContext | None = None) -> None:
        plain = socket.create_connection((HOST, port), ANSWER_SECONDS)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self._socket = plain if context is None else context.wrap_socket(plain, server_hostname=HOST)
        except BaseException:
            plain.close()
            raise
        self._host = f"{HOST}:{port}".encode()

    def ask(self, sent: bytes) -> Answer:
        """Send one request, read its response. Raises Broken, OSError."""
        self._socket.sendall(sent)
        return read_answer(self._socket.recv)

    def ready(self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """A request to this host, to be sent later."""
        return request(method, path, body, headers).replace(b"{host}", self._host, 1)

    def get(self, path: str) -> Answer:
        """GET. Raises Broken, OSError."""
        return self.ask(self.ready("GET", path))

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        """POST of a JSON body. Raises Broken, OSError."""
        return self.ask(self.ready("POST", path, msgspec.json.encode(body), headers))

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def context(ca: Path, certificate: Path, key: Path) -> ssl.SSLContext:
    """Mutual TLS with a certificate of the hall's CA."""
    trust = ssl.create_default_context(cafile=str(ca))
    trust.load_cert_chain(certificate, key)
    return trust
