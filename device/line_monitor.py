"""Lets a technician read along on a line: a Unix socket that tells every frame, and takes nothing.

The folder is the service's own (0700) and so is the socket (0600): who reads along is this user or root. What is told
is masked here, before it leaves the process. While nobody listens, nothing is looked at.

One JSON object a line: first ``{"line", "port", "models"}``, then what each Piece is (``t`` in ms since the first).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import msgspec
import structlog

from device.bugs import where_of
from device.bus import Bus, Way

log = structlog.get_logger()

SUFFIX = ".monitor"
REST_SECONDS = 0.5
"""After so much silence what was begun on the line is told as it is. Long: a busy machine too pauses inside a frame."""
LARGEST_BACKLOG = 1 << 20
"""Unread bytes after which a reader that does not keep up is let go: the line never waits for it."""
WAITING_CAP = 1024


class Interpreter(Protocol):
    """Makes what people may see of what passes (drivers.dialect); it belongs to one reader."""

    def hear(self, way: Way, data: bytes, at: float) -> Sequence[Any]:
        """What these bytes complete; ``at`` in seconds."""

    def rest(self) -> Sequence[Any]:
        """What stays incomplete: the line is silent."""

    def told(self, piece: Any, since: float) -> dict[str, Any]:
        """A piece as a JSON object, its time in ms after ``since``."""


class LineMonitor:
    """The socket of one line. ``header``: what a reader is told first."""

    def __init__(self, bus: Bus, folder: Path, header: dict[str, Any], interpret: Callable[[], Interpreter]) -> None:
        self.bus = bus
        self.interpret = interpret
        """Makes what may be told of what passes: one for each who reads along."""
        self._path = folder / f"{bus.name}{SUFFIX}"
        self._header = header
        self.offered = asyncio.Event()
        """Set once the socket is there."""

    async def run(self) -> None:
        """Serve readers for ever. A line without this socket works all the same: a failure is logged, and no more."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.parent.chmod(0o700)
            with suppress(FileNotFoundError):
                self._path.unlink()
            async with asyncio.TaskGroup() as group:
                server = await asyncio.start_unix_server(
                    lambda reader, writer: _start(group, self._attend(reader, writer)), self._path
                )
                self._path.chmod(0o600)
                self.offered.set()
                try:
                    await asyncio.get_running_loop().create_future()
                finally:
                    server.close()
                    with suppress(FileNotFoundError):
                        self._path.unlink()
        except* OSError as failures:
            what = str(failures.exceptions[0])
            log.warning("line is not monitored", line=self.bus.name, socket=str(self._path), what=what)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One reader, until it leaves."""
        log.info("line is read along", line=self.bus.name)
        passing: asyncio.Queue[tuple[Way, bytes, float]] = asyncio.Queue(WAITING_CAP)
        try:
            with self.bus.overheard(lambda *passed: _put(passing, passed, writer)):
                async with asyncio.TaskGroup() as group:
                    telling = group.create_task(self._tell(passing, writer))
                    await reader.read(1)  # nothing is taken: a byte is as good as leaving
                    telling.cancel()
        except* OSError:
            pass
        except* Exception as bugs:  # a mistake in reading along must not end the counter that it only looks at
            log.error("line monitor has a bug", line=self.bus.name, where=where_of(bugs))  # noqa: TRY400 - see where_of
        finally:
            log.info("line is not read along any more", line=self.bus.name)
            writer.transport.abort()

    async def _tell(self, passing: asyncio.Queue[tuple[Way, bytes, float]], writer: asyncio.StreamWriter) -> None:
        interpreter = self.interpret()
        since = asyncio.get_running_loop().time()
        _say(writer, self._header)
        while True:
            try:
                async with asyncio.timeout(REST_SECONDS):
                    pieces = interpreter.hear(*await passing.get())
            except TimeoutError:
                pieces = interpreter.rest()
                if not pieces and passing.empty():
                    pieces = interpreter.hear(*await passing.get())
            for piece in pieces:
                _say(writer, interpreter.told(piece, since))


def _start(group: asyncio.TaskGroup, attending: Any) -> None:
    group.create_task(attending, name="line monitor")


def _put(
    passing: asyncio.Queue[tuple[Way, bytes, float]], passed: tuple[Way, bytes, float], writer: asyncio.StreamWriter
) -> None:
    try:
        passing.put_nowait(passed)
    except asyncio.QueueFull:
        writer.transport.abort()


def _say(writer: asyncio.StreamWriter, what: dict[str, Any]) -> None:
    if writer.transport.get_write_buffer_size() > LARGEST_BACKLOG:
        writer.transport.abort()
    else:
        writer.write(msgspec.json.encode(what) + b"\n")
