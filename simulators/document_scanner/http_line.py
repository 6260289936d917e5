"""HTTP/1.1 as a small device speaks it, over a line that can be bad and can be cut at any byte."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

FAULTS = frozenset({"unplug", "cut-line", "byte-by-byte", "slow", "reset"})
"""``reset``: each answer breaks off in its middle."""
SLOW_SECONDS = 0.15
SINGLE_BYTES = 600
"""So many bytes of an answer come one by one; the rest in small pieces, else a picture would take minutes."""
PIECE = 1400
LARGEST_BODY = 1 << 16
REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found"}
REASONS |= {405: "Method Not Allowed", 409: "Conflict", 410: "Gone", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Request:
    """What a client wants."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Reply:
    """What it gets. ``chunked``: the length is not told beforehand, as of an image that is still being scanned."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    chunked: bool = False

    def encode(self) -> bytes:
        """As it goes over the line."""
        lines = [f"HTTP/1.1 {self.status} {REASONS.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines.append("Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {len(self.body)}")
        body = self.body
        if self.chunked:
            pieces = [body[at : at + 8192] for at in range(0, len(body), 8192)]
            body = b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
        return "\r\n".join((*lines, "", "")).encode() + body


class HttpLine:
    """A listening port. ``cut_after``: the power goes with so many bytes ``carried``, in both directions together."""

    def __init__(self, address: str, port: int, answer: Callable[[Request], Awaitable[Reply]]) -> None:
        self.faults: set[str] = set()
        self.carried = 0
        self.cut_after: int | None = None
        self._place = (address, port)
        self._answer = answer
        self._listener: socket.socket | None = None
        self._clients: dict[asyncio.Task[None], socket.socket] = {}
        self._loop = asyncio.get_running_loop()

    @property
    def port(self) -> int:
        """Where it listens; once opened with port 0, the one it was given."""
        return self._place[1]

    def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        family = socket.AF_INET6 if ":" in self._place[0] else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(self._place)
            listener.listen(4)
        except OSError:
            listener.close()
            raise
        self._listener, self._place = listener, (self._place[0], listener.getsockname()[1])
        self._loop.add_reader(listener, self._arrived)

    def close(self) -> None:
        """Listen no more and cut everybody off."""
        if self._listener is not None:
            self._loop.remove_reader(self._listener)
            self._listener.close()
            self._listener = None
        for task, client in self._clients.items():
            with suppress(OSError):  # one that is just leaving by itself
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            task.cancel()

    async def closed(self) -> None:
        """Until everybody who was cut off is gone."""
        await asyncio.gather(*self._clients, return_exceptions=True)

    def switch(self, fault: str, on: bool) -> None:
        """Switch one of FAULTS on or off."""
        (self.faults.add if on else self.faults.discard)(fault)
        if fault == "unplug":
            if on:
                self.close()
            elif self._listener is None:
                self.open()

    def _arrived(self) -> None:
        if self._listener is None:
            return
        with suppress(BlockingIOError, ConnectionError):
            client, _ = self._listener.accept()
            client.setblocking(False)
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            task = self._loop.create_task(self._serve(client), name="scanner's client")
            self._clients[task] = client
            task.add_done_callback(self._clients.pop)

    async def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError, ValueError):  # gone, or no HTTP: this client is done
            unread = bytearray()
            while (request := await self._request(client, unread)) is not None:
                await self._say(client, (await self._answer(request)).encode())

    async def _request(self, client: socket.socket, unread: bytearray) -> Request | None:
        """The next one; None when the client has hung up."""
        while b"\r\n\r\n" not in unread:
            if len(unread) > LARGEST_BODY or not await self._more(client, unread):
                return None
        head, _, rest = bytes(unread).partition(b"\r\n\r\n")
        begin, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = begin.split(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        size = int(headers.get("content-length", "0"))
        unread[:] = rest
        while len(unread) < min(size, LARGEST_BODY):
            if not await self._more(client, unread):
                return None
        body = bytes(unread[:size])
        del unread[:size]
        return Request(method, path, headers, body)

    async def _more(self, client: socket.socket, unread: bytearray) -> bool:
        heard = self._carry(await self._loop.sock_recv(client, 1 << 16))
        unread += heard
        return bool(heard)

    async def _say(self, client: socket.socket, data: bytes) -> None:
        if "cut-line" in self.faults:
            return
        if "slow" in self.faults:
            await asyncio.sleep(SLOW_SECONDS)
        if "reset" in self.faults:
            data = data[: len(data) // 2]
        singles = data[:SINGLE_BYTES] if "byte-by-byte" in self.faults else b""
        pieces = [singles[at : at + 1] for at in range(len(singles))]
        rest = data[len(singles) :]
        pieces += [rest[at : at + PIECE] for at in range(0, len(rest), PIECE)] if singles else [rest]
        for piece in pieces:
            await self._loop.sock_sendall(client, self._carry(piece))
            if singles:
                await asyncio.sleep(0)
        if "reset" in self.faults:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            raise ConnectionResetError

    def _carry(self, data: bytes) -> bytes:
        """What of it gets through; the power goes behind it where it is to be cut."""
        if self.cut_after is not None and self.carried + len(data) > self.cut_after:
            data = data[: self.cut_after - self.carried]
            self._loop.call_soon(self.close)
        self.carried += len(data)
        return data
