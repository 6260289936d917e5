"""Hear a simulator's control socket from a measuring thread: blocking, one event after the other."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

Event = dict[str, Any]


class Ear:
    """One listener of one simulator. Events carry their own moments, so hearing them later costs nothing."""

    def __init__(self, control: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(control))
        self._lines = self._socket.makefile("rb")

    def until(self, holds: Callable[[Event], bool], seconds: float = 15.0) -> Event:
        """The next event that this holds for. Raises TimeoutError when none comes in time."""
        self._socket.settimeout(seconds)
        while line := self._lines.readline():
            event: Event = json.loads(line)
            if holds(event):
                return event
        raise ConnectionError("the simulator has ended")

    def close(self) -> None:
        """Stop hearing."""
        self._lines.close()
        self._socket.close()

    def __enter__(self) -> Ear:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
