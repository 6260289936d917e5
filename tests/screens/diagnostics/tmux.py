"""A real terminal of a given size: tmux, with a server of its own."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT_S = 40.0


class Tmux:
    """One window. ``socket``: of its server."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", str(self._socket), "-f", "/dev/null", *arguments],
            capture_output=True, text=True, check=True, timeout=LIMIT_S,
        )  # fmt: skip
        return done.stdout

    def press(self, *keys: str) -> None:
        self.run("send-keys", *keys)

    def seen(self) -> str:
        return self.run("capture-pane", "-p")

    def until(self, *words: str, limit_s: float = LIMIT_S) -> str:
        """All of these stand on the screen; what it shows then."""
        return self.when(lambda seen: all(word in seen for word in words), words, limit_s)

    def when(self, so: Callable[[str], object], what: object, limit_s: float = LIMIT_S) -> str:
        deadline = time.monotonic() + limit_s
        while not so(seen := self.seen()):
            assert time.monotonic() < deadline, f"never: {what}\n{seen}"
        return seen

    def pid(self) -> int:
        """Of what runs in it."""
        return int(self.run("display-message", "-p", "#{pane_pid}"))


@contextmanager
def diagnostics(folder: Path, *arguments: str, size: tuple[int, int] = (80, 24)) -> Iterator[Tmux]:
    """`yichuang diagnostics …` in a terminal of this size."""
    tmux = Tmux(folder / "tmux")
    command = shlex.join([sys.executable, "-m", "yichuang", "diagnostics", *arguments])
    width, height = map(str, size)
    environment = [f"PYTHONPATH={os.environ.get('PYTHONPATH', '')}", "LANG=C.UTF-8", "COLORTERM=truecolor"]
    tmux.run("new-session", "-d", "-x", width, "-y", height, f"exec env {shlex.join(environment)} {command}")
    try:
        yield tmux
    finally:
        subprocess.run(["tmux", "-S", str(folder / "tmux"), "kill-server"], check=False, capture_output=True)
