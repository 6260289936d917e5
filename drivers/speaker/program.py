"""A program that is run once with a deadline, and never outlives it.

Not asyncio's subprocesses: given up while it starts one, Python 3.11.7's waits for ever (seen on a busy machine), and
its wait() ends only when whoever inherited the pipes has closed them too.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from subprocess import PIPE, Popen
from typing import IO

from drivers.contract import CompletionCode, Garbled, Refused, Remedy
from drivers.deadline import Deadline

REAP_SECONDS = 0.5
"""A killed program that is stuck in the kernel is not waited for longer than that."""
COMPLAINT_BYTES = 4096
CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended, negative for a signal; ``complaint`` is the end of what it wrote on stderr."""

    code: int
    output: bytes
    complaint: str


def not_installed(program: str, package: str) -> Refused:
    """It cannot be run here."""
    what = f"{program} is not installed → apt-get install {package}"
    return Refused(what, CompletionCode.DEVICE_NOT_READY, Remedy.CONFIGURATION)


async def run(command: list[str], given: bytes, output_cap: int, deadline: Deadline) -> Ended:
    """Give it ``given``, wait for its end. Raises FileNotFoundError, PermissionError, Silent, Garbled (too much)."""
    program = _Program(command, given, output_cap)
    try:
        async with deadline.limit(f"{command[0]} has not ended"):
            code = await program.ended()
    finally:
        await program.end()
    if len(program.output) > output_cap:
        raise Garbled(f"{command[0]} gave more than {output_cap} bytes")
    return Ended(code, bytes(program.output), program.complaint.decode(errors="replace"))


class _Program:
    """A running program. ``output`` ends one byte beyond its cap: the rest is read and dropped."""

    def __init__(self, command: list[str], given: bytes, output_cap: int) -> None:
        self.output = bytearray()
        self.complaint = b""
        self._cap = output_cap
        self._given = memoryview(given)
        self._loop = asyncio.get_running_loop()
        plain = {**os.environ, "LC_ALL": "C"}  # its complaints are read
        self._process = Popen(
            command, bufsize=0, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=plain, start_new_session=True
        )
        self._exit = os.pidfd_open(self._process.pid)
        self._open: set[int] = {self._exit}
        self._news = asyncio.Event()
        self._loop.add_reader(self._exit, self._exited)
        self._join(self._process.stdin, self._loop.add_writer, self._give)
        self._join(self._process.stdout, self._loop.add_reader, partial(self._read, self._take_output))
        self._join(self._process.stderr, self._loop.add_reader, partial(self._read, self._take_complaint))

    async def ended(self) -> int:
        """Its exit code, when it has ended and all that it wrote is read."""
        while self._open:
            self._news.clear()
            await self._news.wait()
        return self._process.wait()

    async def end(self) -> None:
        """Kill it and whatever it has started, unless it has ended; let go of its pipes."""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            with suppress(TimeoutError):
                async with asyncio.timeout(REAP_SECONDS):
                    while self._exit in self._open:
                        self._news.clear()
                        await self._news.wait()
            self._process.poll()
        for descriptor in tuple(self._open):
            self._leave(descriptor)

    def _join(self, pipe: IO[bytes] | None, add: Callable[..., None], work: Callable[[int], None]) -> None:
        """Work on a pipe whenever there is something to do; it is ours alone from now on."""
        if pipe is None:
            return
        descriptor = os.dup(pipe.fileno())
        pipe.close()
        os.set_blocking(descriptor, False)
        self._open.add(descriptor)
        add(descriptor, work, descriptor)

    def _leave(self, descriptor: int) -> None:
        self._loop.remove_reader(descriptor)
        self._loop.remove_writer(descriptor)
        os.close(descriptor)
        self._open.discard(descriptor)
        self._news.set()

    def _exited(self) -> None:
        self._leave(self._exit)

    def _give(self, descriptor: int) -> None:
        """It may end without having heard all: its code says why."""
        try:
            self._given = self._given[os.write(descriptor, self._given[:CHUNK]) :]
        except BlockingIOError:
            return
        except OSError:
            self._given = self._given[:0]
        if not self._given:
            self._leave(descriptor)

    def _read(self, take: Callable[[bytes], None], descriptor: int) -> None:
        try:
            chunk = os.read(descriptor, CHUNK)
        except BlockingIOError:
            return
        if chunk:
            take(chunk)
        else:
            self._leave(descriptor)

    def _take_output(self, chunk: bytes) -> None:
        self.output += chunk[: self._cap + 1 - len(self.output)]

    def _take_complaint(self, chunk: bytes) -> None:
        self.complaint = (self.complaint + chunk)[-COMPLAINT_BYTES:]
