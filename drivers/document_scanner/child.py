"""A child process that may hang: a process group of its own, interrupted, then killed; what it says comes in pieces."""

from __future__ import annotations

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from drivers.contract import Gone, Silent
from drivers.deadline import Deadline

PIECE = 1 << 16
INTERRUPT_SECONDS = 0.7
"""What it may take to let its device go once it is interrupted; scanimage parks the head then."""
KILL_SECONDS = 0.3
"""Killed, a process is gone at once, unless the kernel holds it."""
END_SECONDS = INTERRUPT_SECONDS + KILL_SECONDS


class Child:
    """``async with Child(…) as child``: at the end of the block it has ended, or the kernel holds it (``stuck``)."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environment = environment
        self._process: Process | None = None
        self._ended = False

    @property
    def stuck(self) -> bool:
        """Whether it still lives."""
        return self._process is not None and self._process.returncode is None

    async def __aenter__(self) -> Self:
        """Start it. Raises Gone when there is no such program."""
        try:
            self._process = await asyncio.create_subprocess_exec(
                *self._arguments,
                stdin=DEVNULL,
                stdout=PIPE,
                stderr=STDOUT,
                env={**os.environ, **self._environment},
                start_new_session=True,
            )
        except OSError as failure:
            raise Gone(f"{self._arguments[0]} cannot be started: {failure.strerror}") from failure
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it and all that it has started."""
        if self._ended:
            return
        try:
            if self._signal(signal.SIGINT):
                await self._gone_within(INTERRUPT_SECONDS)
        finally:
            if not self._ended and self._signal(signal.SIGKILL):
                await self._gone_within(KILL_SECONDS)

    async def said(self, deadline: Deadline, what: str) -> str:
        """The next thing it says, "" once it has said all. Raises Silent(``what``) at the deadline."""
        async with deadline.limit(what):
            return await self._piece()

    async def code(self, deadline: Deadline) -> int:
        """Its exit code, once it has said all. Raises Silent at the deadline."""
        process = self._running()
        async with deadline.limit(f"{self._arguments[0]} does not end"):
            code = await process.wait()
        self._ended = True
        return code

    async def _piece(self) -> str:
        stream = self._running().stdout
        if stream is None:
            raise RuntimeError("a child is started with a pipe")
        return (await stream.read(PIECE)).decode(errors="replace")

    async def _gone_within(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while await self._piece():
                    pass  # a full pipe would keep it from ending
                await self._running().wait()
                self._ended = True

    def _signal(self, number: signal.Signals) -> bool:
        """To the whole group; whether there was anybody."""
        with suppress(ProcessLookupError):
            os.killpg(self._running().pid, number)
            return True
        return False

    def _running(self) -> Process:
        if self._process is None:
            raise RuntimeError("this child was not started")
        return self._process


async def answer(child: Child, deadline: Deadline, most: int = 1 << 20) -> tuple[int, str]:
    """Exit code and all that it says, up to ``most`` characters. Raises Silent."""
    text = ""
    while piece := await child.said(deadline, "it does not answer"):
        text = (text + piece)[:most]
    return await child.code(deadline), text


def check_not_stuck(child: Child | None) -> None:
    """Raises Silent while the kernel holds an earlier one: a second would only wait behind it."""
    if child is not None and child.stuck:
        raise Silent("an earlier call to the scanner has not ended yet")
