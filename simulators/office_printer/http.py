"""The little of HTTP/1.1 that a printer's server needs: requests out of single bytes, answers as whole."""

from __future__ import annotations

from dataclasses import dataclass

HEAD_CAP = 1 << 14
BODY_CAP = 1 << 26
REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    body: bytes


class HttpEar:
    """Takes a connection's bytes one by one. A request that is none is told as method "" and ends the connection."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """Forget what came: the next byte begins a request."""
        self._head = bytearray()
        self._body = bytearray()
        self._line = bytearray()
        self._left: int | None = None
        self._chunked = False
        self._method = self._path = ""

    def hear(self, byte: int) -> Asked | None:
        """The request that this byte ends."""
        if self._left is None and not self._chunked:
            return self._hear_head(byte)
        if self._left:
            self._body.append(byte)
            self._left -= 1
            return self._asked() if not self._left and not self._chunked else None
        return self._hear_size(byte)

    def _hear_head(self, byte: int) -> Asked | None:
        self._head.append(byte)
        if len(self._head) > HEAD_CAP:
            return self._wrong()
        if not self._head.endswith(b"\r\n\r\n"):
            return None
        first, *lines = self._head.decode("latin-1").rstrip("\r\n").split("\r\n")
        words = first.split(" ")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = fields.get("content-length", "0")
        if len(words) != 3 or not words[2].startswith("HTTP/1.") or not length.isdigit() or int(length) > BODY_CAP:
            return self._wrong()
        self._method, self._path = words[:2]
        self._chunked = fields.get("transfer-encoding", "").lower() == "chunked"
        self._left = 0 if self._chunked else int(length)
        return None if self._chunked or self._left else self._asked()

    def _hear_size(self, byte: int) -> Asked | None:
        """The line before a chunk, or the empty one behind it."""
        self._line.append(byte)
        if byte != 0x0A:
            return self._wrong() if len(self._line) > 64 else None
        line = self._line.strip()
        self._line.clear()
        if not line:
            return self._asked() if self._left is None else None
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            return self._wrong()
        if len(self._body) + size > BODY_CAP:
            return self._wrong()
        self._left = size or None  # none: the last chunk, and an empty line behind it
        return None

    def _asked(self) -> Asked:
        asked = Asked(self._method, self._path, bytes(self._body))
        self.restart()
        return asked

    def _wrong(self) -> Asked:
        self.restart()
        return Asked("", "", b"")


def answered(status: int, body: bytes, kind: str = "application/ipp") -> bytes:
    """An answer after which the printer hangs up, as cheap ones do."""
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
