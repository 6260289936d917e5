"""A cable between a box and its hall that can be cut, stretched and shuffled. It sees TLS and understands none of it.

| trouble      | what the two ends see                                                                        |
|--------------|----------------------------------------------------------------------------------------------|
| cut          | every connection is reset, a new one is refused at once                                      |
| half-open    | connections stay, nothing arrives on them any more, not even their end; after it new ones do |
| stalled      | nothing arrives until the cable is back, then everything                                     |
| slow         | every chunk comes late, and then a few bytes at a time                                       |
| reordered    | one request is held while later ones on other connections pass it                            |
| lost answers | a request arrives, its answer does not, the connection is reset                              |
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from random import Random

CHUNK = 65536
RIPE_SECONDS = 0.5
"""A connection so old has its TLS handshake behind it: what goes up on it is a request."""

SLOW_STEPS_A_SECOND = 20
DIAL_SECONDS = 5.0
LOST_LATE_SECONDS = 0.6
"""A box learns this late, at most, that an answer is lost: by then it may have heard otherwise what followed."""

_LINGER_NONE = struct.pack("ii", 1, 0)
"""SO_LINGER with no time: closing sends a reset (socket(7))."""


@dataclass(frozen=True, slots=True)
class Slow:
    """Each chunk is late by ``delay`` seconds, then passes at so many bytes a second."""

    delay: float
    rate: int


class Connection:
    """Both ends of one connection through the cable."""

    def __init__(self, box: asyncio.StreamWriter, hall: asyncio.StreamWriter | None) -> None:
        self.ends = [end for end in (box, hall) if end is not None]
        self.begun = time.monotonic()
        self.dead = hall is None
        self.loses_answer = False

    @property
    def ripe(self) -> bool:
        """Whether what comes from the box on it is a request."""
        return time.monotonic() - self.begun > RIPE_SECONDS

    def reset(self) -> None:
        """End it as a reset does."""
        for end in self.ends:
            with suppress(OSError):
                end.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            end.transport.abort()


class Cable:
    """Listens where a box believes its hall to be. ``random`` draws which requests are held, and for how long."""

    def __init__(self, name: str, port: int, hall_port: int, random: Random) -> None:
        self.name = name
        self._port, self._hall_port = port, hall_port
        self._random = random
        self._connections: set[Connection] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self._cut = self._half_open = 0
        self._slow: Slow | None = None
        self._shuffles = False
        self._to_lose = 0
        self._loses_now: Callable[[], bool] = lambda: True
        self.lost_answers = 0

    @asynccontextmanager
    async def laid(self) -> AsyncIterator[None]:
        """Listen until the end; every connection is reset then."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", self._port)
        try:
            yield
        finally:
            server.close()
            self._reset_all()
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    @contextmanager
    def cut(self) -> Iterator[None]:
        """Nothing gets through, and both ends know it."""
        self._cut += 1
        self._reset_all()
        try:
            yield
        finally:
            self._cut -= 1

    @contextmanager
    def half_open(self) -> Iterator[None]:
        """What is connected now, or connects meanwhile, hears nothing any more and does not know it."""
        for connection in self._connections:
            connection.dead = True
        self._half_open += 1
        try:
            yield
        finally:
            self._half_open -= 1

    @contextmanager
    def stalled(self) -> Iterator[None]:
        """Everything waits."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    @contextmanager
    def slow(self, slow: Slow) -> Iterator[None]:
        """Everything is late."""
        self._slow = slow
        try:
            yield
        finally:
            self._slow = None

    @contextmanager
    def reordered(self) -> Iterator[None]:
        """Some requests are held while later ones pass."""
        self._shuffles = True
        try:
            yield
        finally:
            self._shuffles = False

    @contextmanager
    def losing_answers(self, count: int, now: Callable[[], bool] = lambda: True) -> Iterator[None]:
        """The next so many requests that begin while ``now`` holds are heard, their answers are not."""
        self._to_lose, self._loses_now = count, now
        try:
            yield
        finally:
            self._to_lose = 0

    def _reset_all(self) -> None:
        for connection in list(self._connections):
            connection.reset()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        self._tasks.add(task)
        try:
            await self._serve(reader, writer)
        except asyncio.CancelledError:
            pass  # the cable is taken away
        finally:
            self._tasks.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            Connection(writer, None).reset()
            return
        hall: asyncio.StreamReader | None = None
        to_hall: asyncio.StreamWriter | None = None
        if not self._half_open:
            try:
                async with asyncio.timeout(DIAL_SECONDS):
                    hall, to_hall = await asyncio.open_connection("127.0.0.1", self._hall_port)
            except (OSError, TimeoutError):
                Connection(writer, None).reset()
                return
        connection = Connection(writer, to_hall)
        self._connections.add(connection)
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._up(reader, to_hall, connection))
                if hall is not None:
                    both.create_task(self._down(hall, writer, connection))
        finally:
            self._connections.discard(connection)
            connection.reset()

    async def _up(self, box: asyncio.StreamReader, hall: asyncio.StreamWriter | None, connection: Connection) -> None:
        """From the box to the hall, until either has gone."""
        while data := await _read(box):
            if self._to_lose and connection.ripe and not connection.dead and self._loses_now():
                self._to_lose -= 1
                connection.loses_answer = True
            if self._shuffles and connection.ripe and self._random.random() < 0.5:
                await asyncio.sleep(self._random.uniform(0.2, 1.5))
            await self._carry(data, hall, connection)
        await self._end(hall, connection)

    async def _down(self, hall: asyncio.StreamReader, box: asyncio.StreamWriter, connection: Connection) -> None:
        """From the hall to the box, until either has gone."""
        while data := await _read(hall):
            if connection.loses_answer and not connection.dead:
                self.lost_answers += 1
                await asyncio.sleep(self._random.uniform(0.0, LOST_LATE_SECONDS))
                connection.reset()
                return
            await self._carry(data, box, connection)
        await self._end(box, connection)

    async def _carry(self, data: bytes, to: asyncio.StreamWriter | None, connection: Connection) -> None:
        await self._flows.wait()
        slow = self._slow
        if slow is not None:
            await asyncio.sleep(slow.delay)
        step = len(data) if slow is None else max(1, slow.rate // SLOW_STEPS_A_SECOND)
        for at in range(0, len(data), step):
            if connection.dead or to is None or to.is_closing():
                return
            with suppress(OSError):
                to.write(data[at : at + step])
                await to.drain()
            if slow is not None:
                await asyncio.sleep(1 / SLOW_STEPS_A_SECOND)

    async def _end(self, to: asyncio.StreamWriter | None, connection: Connection) -> None:
        """One end has gone: the other is told, unless the cable carries nothing."""
        await self._flows.wait()
        if not connection.dead and to is not None:
            to.close()


async def _read(reader: asyncio.StreamReader) -> bytes:
    """The next chunk; nothing when this end has gone, however it went."""
    try:
        return await reader.read(CHUNK)
    except OSError:
        return b""
