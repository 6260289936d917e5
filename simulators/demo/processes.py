"""Child processes that cannot outlive the demonstration, however it ends."""

from __future__ import annotations

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 4.0
"""Hall and boxes promise to stop in 2 s; what has not by then is killed."""

TOLD_OF_A_DEATH = 2000
"""Characters of a dead child's last words that are shown."""

_libc = ctypes.CDLL(None, use_errno=True)


class DiedAtStart(Exception):
    """A process ended before it was ready; holds its name and last words."""


class NotReady(Exception):
    """A process did not become ready in time."""


def _die_with_parent(parent: int) -> None:
    """In the child: ask the kernel to kill us when the demo dies (prctl(2)), even by SIGKILL."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


class Child:
    """One `yichuang` command line, started, stopped and started again. ``environment`` is beside our own."""

    def __init__(
        self, name: str, arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self._arguments = [sys.executable, "-m", "yichuang", *arguments]
        self._log = log
        self._environment = {**os.environ, **(environment or {})}
        self._said_before = 0
        self._process: asyncio.subprocess.Process | None = None

    @property
    def running(self) -> bool:
        """Whether it has been started and has not ended."""
        return self._process is not None and self._process.returncode is None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None and self.running else None

    async def start(self) -> None:
        """Start it; its standard output and error go to its log."""
        parent = os.getpid()
        with self._log.open("ab") as log:
            self._said_before = log.tell()
            self._process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                start_new_session=True,  # a Ctrl-C at the terminal is the demo's, which stops its children in order
                preexec_fn=lambda: _die_with_parent(parent),
            )

    async def run(self) -> None:
        """Start it and wait for its end. Raises DiedAtStart when that is not exit code 0."""
        await self.start()
        if await self.ended() != 0:
            raise self.death()

    async def ended(self) -> int:
        """Wait for its end: its exit code, or minus the signal that ended it. Raises RuntimeError before a start."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        return await self._process.wait()

    def said(self) -> str:
        """Everything that it has said since it was started last."""
        with self._log.open("rb") as log:
            log.seek(self._said_before)
            return log.read().decode("utf-8", "replace")

    def death(self) -> DiedAtStart:
        """The complaint about its end."""
        return DiedAtStart(self.story())

    def story(self) -> str:
        """Whether it runs, and what it said last."""
        code = self._process.returncode if self._process is not None else None
        words = self._log.read_text(encoding="utf-8", errors="replace")[-TOLD_OF_A_DEATH:]
        return f"{self.name} {'runs' if self.running else f'ended with exit code {code}'}:\n{words}"

    async def stop(self) -> None:
        """Ask it to end; kill it when it has not in STOP_SECONDS."""
        if self._process is None or not self.running:
            return
        self._process.terminate()
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it at once, as a power cut would (SIGKILL)."""
        if self._process is not None and self.running:
            self._process.kill()
            await self._process.wait()
