"""Whole demonstrations as processes of their own, each on ports of its own, watched to their end."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.free_ports import free_neighbours

START_SECONDS = 30.0
END_SECONDS = 10.0
PORTS = 40
"""As many as a demonstration wants side by side."""


def children_of(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def watching(pids: list[int]) -> Iterator[Callable[[], set[int]]]:
    """Handles on processes; the call waits for their ends and gives those that still run after END_SECONDS."""
    handles = {os.pidfd_open(pid): pid for pid in pids}

    def left() -> set[int]:
        running = dict(handles)
        deadline = time.monotonic() + END_SECONDS
        while running and (patience := deadline - time.monotonic()) > 0:
            for handle in select.select(list(running), [], [], patience)[0]:
                del running[handle]
        return set(running.values())

    try:
        yield left
    finally:
        for handle in handles:
            os.close(handle)


class Command:
    """A command line of `yichuang` in a process of its own, with what it has said so far."""

    def __init__(self, *arguments: str, tree: Path | None = None) -> None:
        self.said: list[str] = []
        environment = {**os.environ, **({"PYTHONPATH": str(tree)} if tree else {})}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yichuang", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=tree,
            env=environment,
        )

    def until(self, words: str) -> None:
        """Wait until it says this."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + START_SECONDS
        while not any(words in line for line in self.said):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, deadline - time.monotonic()))
            line = self.process.stdout.readline() if ready else ""
            assert line, f"{words!r} was never said, but:\n" + "".join(self.said)
            self.said.append(line)

    def end(self, limit: float) -> tuple[int, str]:
        """Wait for its end: exit code and everything it said."""
        rest, _ = self.process.communicate(timeout=limit)
        return self.process.returncode, "".join(self.said) + rest

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


class Demo(Command):
    """`yichuang demo` on ports of its own, from ``base`` on."""

    def __init__(self, *arguments: str, tree: Path | None = None) -> None:
        self.base = free_neighbours(PORTS)
        super().__init__("demo", "--port-base", str(self.base), *arguments, tree=tree)
