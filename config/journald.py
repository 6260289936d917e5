"""The systemd journal's native protocol: one datagram an event, each field a key and its value.

Source: systemd, docs/JOURNAL_NATIVE_PROTOCOL.md. A value of one line is ``KEY=value``; of several ``KEY``, a newline,
its length as 64 bits little-endian, the value, a newline. Keys: A-Z, 0-9, _, not first; 64 characters at most.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

SOCKET = Path("/run/systemd/journal/socket")
LARGEST_VALUE = 32_768
"""Bytes; a datagram of a few of these goes through every socket's buffer (208 kB). Of longer ones the end is kept."""

_OWN = frozenset({"MESSAGE", "PRIORITY", "SYSLOG_IDENTIFIER", "SYSLOG_FACILITY", "SYSLOG_PID"})
_NOT_IN_KEYS = re.compile(r"[^A-Z0-9_]")


class Journald:
    """Sends to the journal's socket; never waits, never raises."""

    def __init__(self, path: Path, identifier: str) -> None:
        self._path = str(path)
        self._identifier = identifier
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)

    def send(self, priority: int, message: str, fields: Mapping[str, Any]) -> bool:
        """Whether the journal has taken it."""
        head = {"MESSAGE": message, "PRIORITY": priority, "SYSLOG_IDENTIFIER": self._identifier}
        data = b"".join(field(key, value) for key, value in head.items())
        data += b"".join(field(_key(key), value) for key, value in fields.items())
        with suppress(OSError):
            return self._socket.sendto(data, self._path) == len(data)
        return False

    def close(self) -> None:
        """Let go of the socket."""
        self._socket.close()


def field(key: str, value: Any) -> bytes:
    """One field as bytes."""
    data = str(value).encode("utf-8", "surrogateescape")[-LARGEST_VALUE:]
    if b"\n" in data:
        return b"%s\n%s%s\n" % (key.encode(), len(data).to_bytes(8, "little"), data)
    return b"%s=%s\n" % (key.encode(), data)


def _key(name: str) -> str:
    key = _NOT_IN_KEYS.sub("_", name.upper()).lstrip("_0123456789")[:48] or "FIELD"
    return f"YICHUANG_{key}" if key in _OWN else key
