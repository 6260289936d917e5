"""Where what passes on a line can be had.

| source  | how                                                                     | both ways | ready masked |
|---------|-------------------------------------------------------------------------|-----------|--------------|
| daemon  | the socket of a running box's line (device/line_monitor.py)             | yes       | yes          |
| through | a new pty in the middle: whoever drove the port opens the pty instead   | yes       | here         |
| passive | a port that only listens, such as a second adapter on A and B           | by frames | here         |
"""

from __future__ import annotations

import asyncio
import json
import os
import tty
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from config.ports import is_path
from drivers.contract import Gone, Silent, Transport
from drivers.deadline import Deadline
from drivers.dialect.follow import Interpreter
from drivers.dialect.spoken import Dialect, Piece, Way, from_object
from workshop.monitor.recording import Header, header_of

SUFFIX = ".monitor"
REST_SECONDS = 0.5
"""After so much silence what was begun is shown as it is."""
OPEN_SECONDS = 5.0
WRITE_SECONDS = 10.0
READ_SIZE = 4096
HEADER_SECONDS = 2.0

Passing = tuple[Way | None, bytes, float]


class NotListening(Exception):
    """The source is not to be had, or is over."""


@asynccontextmanager
async def of_daemon(path: Path) -> AsyncIterator[tuple[Header, AsyncIterator[Piece]]]:
    """The line behind this socket. Raises NotListening."""
    try:
        reader, writer = await asyncio.open_unix_connection(path)
    except OSError as failure:
        raise NotListening(f"{path}: {failure}") from None
    try:
        yield await _header(reader), _told(reader)
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def own_socket(port: str) -> Path | None:
    """The path itself, where it is a daemon's socket."""
    return Path(port) if Path(port).is_socket() else None


async def daemon_with(port: str) -> Path | None:
    """The socket of the running box that has this port. Only its own user and root find it."""
    for path in _sockets():
        try:
            async with of_daemon(path) as (header, _):
                if _same(port, header.port):
                    return path
        except NotListening:
            continue
    return None


@asynccontextmanager
async def through(transport: Transport, link: Path, dialects: Sequence[Dialect]) -> AsyncIterator[AsyncIterator[Piece]]:
    """Carry bytes between ``link``, a new pty, and the port. Raises NotListening when the port cannot be opened."""
    passing: asyncio.Queue[Passing | None] = asyncio.Queue()
    master, slave = os.openpty()
    try:
        tty.setraw(slave)
        os.set_blocking(master, False)
        await _open(transport)
        _link(link, os.ttyname(slave))
        async with asyncio.TaskGroup() as group:
            carrying = [
                group.create_task(_to_device(master, transport, passing)),
                group.create_task(_from_device(transport, master, passing)),
            ]
            try:
                yield _understood(passing, dialects)
            finally:
                for task in carrying:
                    task.cancel()
    finally:
        _unlink(link, os.ttyname(slave))
        await transport.close()
        os.close(master)
        os.close(slave)


@asynccontextmanager
async def passive(transport: Transport, dialects: Sequence[Dialect]) -> AsyncIterator[AsyncIterator[Piece]]:
    """Only listen. Raises NotListening when the port cannot be opened."""
    passing: asyncio.Queue[Passing | None] = asyncio.Queue()
    try:
        await _open(transport)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(_from_device(transport, None, passing))
            try:
                yield _understood(passing, dialects)
            finally:
                listening.cancel()
    finally:
        await transport.close()


async def _understood(passing: asyncio.Queue[Passing | None], dialects: Sequence[Dialect]) -> AsyncIterator[Piece]:
    """Pieces with their times from now on; ends when the port is gone."""
    interpreter = Interpreter(dialects)
    since = asyncio.get_running_loop().time()
    while True:
        try:
            async with asyncio.timeout(REST_SECONDS):
                passed = await passing.get()
        except TimeoutError:
            for piece in interpreter.rest():
                yield _since(piece, since)
            passed = await passing.get()
        if passed is None:
            for piece in interpreter.rest():
                yield _since(piece, since)
            return
        for piece in interpreter.hear(*passed):
            yield _since(piece, since)


def _since(piece: Piece, since: float) -> Piece:
    return Piece(piece.way, piece.at - since, piece.shown, piece.verdict, piece.said)


async def _to_device(master: int, transport: Transport, passing: asyncio.Queue[Passing | None]) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    loop.add_reader(master, readable.set)
    try:
        while True:
            await readable.wait()
            readable.clear()
            try:
                data = os.read(master, READ_SIZE)
            except BlockingIOError:
                continue
            passing.put_nowait(("to-device", data, loop.time()))
            with suppress(Silent):
                await transport.write(data, Deadline.after(WRITE_SECONDS))
    except Gone:
        passing.put_nowait(None)
    finally:
        loop.remove_reader(master)


async def _from_device(transport: Transport, master: int | None, passing: asyncio.Queue[Passing | None]) -> None:
    way: Way | None = None if master is None else "from-device"
    try:
        while True:
            data = await transport.read(None)
            passing.put_nowait((way, data, asyncio.get_running_loop().time()))
            if master is not None:
                with suppress(BlockingIOError):  # nobody reads: a port overruns
                    os.write(master, data)
    except Gone:
        passing.put_nowait(None)


async def _open(transport: Transport) -> None:
    try:
        await transport.open(Deadline.after(OPEN_SECONDS))
    except (Gone, Silent) as fault:
        raise NotListening(str(fault)) from None


def _link(link: Path, target: str) -> None:
    try:
        if link.is_symlink():
            link.unlink()
        link.symlink_to(target)
    except OSError as failure:
        raise NotListening(f"{link}: {failure}") from None


def _unlink(link: Path, target: str) -> None:
    with suppress(OSError):
        if link.is_symlink() and str(link.readlink()) == target:
            link.unlink()


def _same(one: str, other: str) -> bool:
    if is_path(one) and is_path(other):
        return os.path.realpath(one) == os.path.realpath(other)
    return one == other


async def _header(reader: asyncio.StreamReader) -> Header:
    try:
        async with asyncio.timeout(HEADER_SECONDS):
            return header_of(json.loads(await reader.readline()))
    except (TimeoutError, OSError, ValueError):
        raise NotListening("it is not the monitor of a line") from None


async def _told(reader: asyncio.StreamReader) -> AsyncIterator[Piece]:
    with suppress(OSError):
        while line := await reader.readline():
            yield from_object(json.loads(line))


def _sockets() -> list[Path]:
    """Monitors of lines on this machine, whoever has them."""
    try:
        rows = Path("/proc/net/unix").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    paths = {row.split(maxsplit=7)[7] for row in rows if row.endswith(SUFFIX) and len(row.split(maxsplit=7)) > 7}
    return sorted(Path(path) for path in paths)
