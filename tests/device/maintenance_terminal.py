"""A technician's terminal as tests need it: asks a box's maintenance socket, and keeps what it was told."""

from __future__ import annotations

import http.client
import json
import socket
import sys
from pathlib import Path
from typing import Any

LIMIT_S = 30.0

HOLDS_A_LEASE = """
import sys
from pathlib import Path
from tests.device.maintenance_terminal import Terminal
status, told = Terminal(Path(sys.argv[1])).ask("lease", who=sys.argv[2], devices=sys.argv[3:])
print(status, told["lease"]["id"], flush=True)
sys.stdin.read()
"""
"""A process that takes devices and then waits; its first line tells the status and the lease."""


class _Unix(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("box", timeout=LIMIT_S)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(LIMIT_S)
        self.sock.connect(str(self._path))


class Terminal:
    def __init__(self, path: Path) -> None:
        self.path = path

    def ask(self, verb: str, **body: Any) -> tuple[int, Any]:
        return self.post(f"/maintenance/{verb}", json.dumps(body).encode())

    def post(self, path: str, body: bytes, **headers: str) -> tuple[int, Any]:
        connection = _Unix(self.path)
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def report(self) -> Any:
        status, told = self.ask("report")
        assert status == 200, told
        return told

    def device(self, name: str) -> Any:
        return next(device for device in self.report()["devices"] if device["name"] == name)


def holding(path: Path, who: str, *devices: str) -> list[str]:
    """The command line of a process that takes these devices and waits."""
    return [sys.executable, "-c", HOLDS_A_LEASE, str(path), who, *devices]
