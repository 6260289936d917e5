"""A hall as its own process, and blocking calls to it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import pytest

from tests.free_ports import free_port
from tests.hall.served import LIMIT_S, context


class Daemon:
    """One of our daemons as a process of its own, started anew as often as a test likes."""

    def __init__(
        self, command: list[str], settled: str, environment: Mapping[str, str], start_s: float = LIMIT_S
    ) -> None:
        self._start_s = start_s
        self.command = [sys.executable, "-m", "yichuang", *command]
        self._settled = settled
        self._environment = {**os.environ, **environment}
        self.start()

    def start(self) -> None:
        """Returns when it says in its log that it has ``settled``."""
        self.process = subprocess.Popen(self.command, env=self._environment, stderr=subprocess.PIPE, text=True)
        self.told = ""
        limit = threading.Timer(self._start_s, self.process.kill)
        limit.start()
        while self._settled not in self.told and (line := self._stderr().readline()):
            self.told += line
        limit.cancel()
        limit.join()
        if self._settled not in self.told:
            self.end()
            pytest.fail(f"not settled: {self.told}")

    def log(self) -> str:
        """All it has logged, once it has ended."""
        return self.told + self._stderr().read()

    def end(self) -> None:
        """Without a word of warning."""
        self.process.kill()
        self.process.wait(LIMIT_S)
        self._stderr().close()

    def _stderr(self) -> IO[str]:
        assert self.process.stderr is not None
        return self.process.stderr


class Process(Daemon):
    """A hall, on a port of nobody's."""

    def __init__(self, settings_file: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = settings_file.parent
        self.port = free_port()
        text = settings_file.read_text(encoding="utf-8")
        own = self.folder / "own.toml"
        own.write_text(text.replace("port = 8610", f"port = {self.port}"), encoding="utf-8")
        super().__init__(["hall", str(own)], "event=listening", environment or {})

    def caller(self, name: str) -> http.client.HTTPSConnection:
        tls = context(self.folder / "certs", name)
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=tls, timeout=LIMIT_S)


def get(caller: http.client.HTTPSConnection, path: str) -> Any:
    caller.request("GET", path)
    return json.loads(caller.getresponse().read())


def post(caller: http.client.HTTPSConnection, path: str, body: dict[str, Any]) -> Any:
    caller.request("POST", path, json.dumps(body))
    return json.loads(caller.getresponse().read())


def reserve(caller: http.client.HTTPSConnection, seq: int) -> Any:
    body = {"ticket": f"kiosk-1/j/{seq}", "service": "11", "mode": "demo", "mono_ms": 1, "boot": "b"}
    return post(caller, "/device/reserve", body)
