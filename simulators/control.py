"""The control socket of a simulator: JSON lines, what happens goes out, presses and faults come in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Literal, Protocol

import msgspec

Event = dict[str, Any]
"""``event`` names it, ``t`` is monotonic seconds; the rest belongs to the kind."""

LARGEST_LINE = 1 << 16
LARGEST_BACKLOG = 1 << 20
"""Unread bytes after which a client that does not listen is let go."""


class Command(msgspec.Struct, tag_field="do", frozen=True, forbid_unknown_fields=True):
    """What one may ask of a simulator."""


class Fault(Command, tag="fault", frozen=True, forbid_unknown_fields=True):
    """Switch a fault on or off, of one address where several devices share the line."""

    name: str
    on: bool
    address: int | None = None


class Refill(Command, tag="refill", frozen=True, forbid_unknown_fields=True):
    """Put in a new roll and close the cover."""


class Press(Command, tag="press", frozen=True, forbid_unknown_fields=True):
    """Press keys of a caller: ``call``, ``5,function``, ``1,0,1,2,call``."""

    address: int
    keys: str


class Grade(Command, tag="grade", frozen=True, forbid_unknown_fields=True):
    """Press a grade of a rating keypad: 0 worst … 4 best."""

    address: int
    grade: int


class Time(Command, tag="time", frozen=True, forbid_unknown_fields=True):
    """Let the devices' own clocks run ahead by so many seconds."""

    seconds: float


class Insert(Command, tag="insert", frozen=True, forbid_unknown_fields=True):
    """Lay down the card of this name: ``social-2.00``, ``bank``."""

    card: str


class Remove(Command, tag="remove", frozen=True, forbid_unknown_fields=True):
    """Take the card away."""


class Tear(Command, tag="tear", frozen=True, forbid_unknown_fields=True):
    """Take the card away in the middle: after so many whole answers and so many bytes of the next one's message."""

    after: int
    octets: int = 0


class LayCard(Command, tag="lay-card", frozen=True, forbid_unknown_fields=True):
    """Lay a made-up person's card on an ID card reader: ``resident``, ``rare-name``, ``rejected`` and so on."""

    card: str
    fingerprint: bool = False
    newest_address: str = ""


class LiftCard(Command, tag="lift-card", frozen=True, forbid_unknown_fields=True):
    """Take the card away."""


class TearCard(Command, tag="tear-card", frozen=True, forbid_unknown_fields=True):
    """Take the card away in the middle of the next reading."""


class LayPage(Command, tag="lay-page", frozen=True, forbid_unknown_fields=True):
    """Lay paper on a scanner's glass or into its feeder: ``form``, ``blank``, or the picture in this file."""

    picture: str = "form"
    where: Literal["glass", "feeder"] = "glass"
    sheets: int = 1


class TakePages(Command, tag="take-pages", frozen=True, forbid_unknown_fields=True):
    """Take all paper away, what is stuck too."""


class Overwrite(Command, tag="overwrite", frozen=True, forbid_unknown_fields=True):
    """Another program writes this to the display of this address."""

    address: int
    text: str


AnyCommand = (
    Fault
    | Refill
    | Press
    | Grade
    | Time
    | Insert
    | Remove
    | Tear
    | LayCard
    | LiftCard
    | TearCard
    | LayPage
    | TakePages
    | Overwrite
)


class Device(Protocol):
    """What stands behind a control socket."""

    def snapshot(self) -> list[Event]:
        """What a newcomer has to know."""

    def do(self, command: AnyCommand) -> None:
        """Do it. Raises ValueError saying why not."""


class Control:
    """The socket. Every client hears everything; a client's commands are answered in their order."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._clients: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._decoder = msgspec.json.Decoder(AnyCommand)

    def emit(self, event: Event) -> None:
        """Tell everybody. An event without ``t`` happens now."""
        line = _line({"t": time.monotonic(), **event})
        for writer in self._clients.values():
            _tell(writer, line)

    @asynccontextmanager
    async def serving(self, device: Device) -> AsyncIterator[None]:
        """Listen; a socket left by a dead process is replaced. Closes all clients and removes the socket at the end."""

        async def client(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._attend(device, reader, writer)

        server = await asyncio.start_unix_server(client, self._path, limit=LARGEST_LINE)
        try:
            yield
        finally:
            server.close()
            for task in (clients := list(self._clients)):
                task.cancel()
            await asyncio.gather(*clients, return_exceptions=True)
            with suppress(FileNotFoundError):
                self._path.unlink()

    async def _attend(self, device: Device, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a client is attended by a task")
        for event in device.snapshot():
            _tell(writer, _line({"t": time.monotonic(), **event}))
        self._clients[task] = writer
        try:
            while line := await reader.readline():
                _tell(writer, _line(self._answer(device, line)))
        except (ConnectionError, ValueError, asyncio.CancelledError):
            pass  # gone, sent an endless line, or we stop: either way this client is done
        finally:
            del self._clients[task]
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _answer(self, device: Device, line: bytes) -> dict[str, Any]:
        try:
            device.do(self._decoder.decode(line))
        except (ValueError, msgspec.DecodeError) as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True}


def _line(message: dict[str, Any]) -> bytes:
    return msgspec.json.encode(message) + b"\n"


def _tell(writer: asyncio.StreamWriter, line: bytes) -> None:
    if writer.transport.get_write_buffer_size() > LARGEST_BACKLOG:
        writer.transport.abort()
    else:
        writer.write(line)
