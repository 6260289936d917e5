"""`yichuang device --maintenance` for a box whose daemon will not start: begun here, and ended with the terminal."""

from __future__ import annotations

import asyncio
import shutil
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path

STOP_S = 5.0
KEPT = 4000
"""Characters of what it said last."""


class MaintenanceChild:
    """The daemon's cells and its maintenance socket, without its flows."""

    def __init__(self, settings: Path) -> None:
        self._settings = settings
        self._process: Process | None = None
        self._said = ""

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.returncode is None

    @property
    def failed(self) -> str:
        """What it said last, when it has ended by itself; "" otherwise."""
        if self._process is None or self.running:
            return ""
        return self._said.strip() or f"exit {self._process.returncode}"

    async def run(self) -> None:
        """Begin it, listen to what it says, until it ends. Raises OSError. Cancelled: it is stopped."""
        self._said = ""
        self._process = await asyncio.create_subprocess_exec(
            *_dying_with_us(),
            sys.executable,
            "-m",
            "yichuang",
            "device",
            "--maintenance",
            str(self._settings),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        try:
            await self._listen(self._process)
        finally:
            await self.stop()

    async def _listen(self, process: Process) -> None:
        if process.stdout is None:
            raise RuntimeError("begun without a pipe")
        while piece := await process.stdout.read(1024):
            self._said = (self._said + piece.decode("utf-8", "replace"))[-KEPT:]
        await process.wait()

    async def stop(self) -> None:
        """End it, kindly at first."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            async with asyncio.timeout(STOP_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _dying_with_us() -> list[str]:
    """A terminal that is killed takes its child along: a daemon nobody sees would hold the devices for ever."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "TERM"] if setpriv else []
